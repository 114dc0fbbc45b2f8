/** `switch`: services that can run both as a process and as a container change into their other form. */
import { count } from '../render/duration.js';
import { describeOutcome } from '../render/outcome.js';
import type { VerbImplementation } from '../verb.js';
import { exitCodeOf, summarize } from './start.js';

export const switchForm: VerbImplementation = {
  async run(context, { services, flags }) {
    const { supervisor, system, out } = context;
    const fixed = services.filter(name => !system.alternatives.has(name));
    for (const name of fixed) {
      const isContainer = system.services.get(name)?.type === 'container';
      out.complain(`"${name}" has one form only: add "${isContainer ? 'run' : 'image'}" to it`);
    }
    const turned = services.filter(name => !fixed.includes(name));
    if (turned.length === 0) return 1;
    const running = turned.filter(name => supervisor.status(name)?.run !== undefined);
    const outcomes = await supervisor.switch(turned);
    if (flags.has('json')) {
      for (const name of turned) {
        const outcome = outcomes.find(({ service }) => service === name) ?? ({ result: 'stopped', tookMs: 0 } as const);
        out.json({
          ...describeOutcome({ service: name, ...outcome }),
          type: context.system.services.get(name)?.type ?? null,
        });
      }
      return fixed.length > 0 ? 1 : exitCodeOf(outcomes);
    }
    const forms = turned.map(name => `${name} is a ${context.system.services.get(name)?.type} now`);
    out.print(forms.length <= 3 ? forms.join(', ') : `${count(forms.length, 'service')} switched`);
    const code = running.length > 0 ? await summarize(context, outcomes) : 0;
    return fixed.length > 0 ? 1 : code;
  },
};

/** `set`: variables above everything that the files say, from the next start on. */
import type { VerbImplementation } from '../verb.js';

export const set: VerbImplementation = {
  async run({ supervisor, out }, { services, words, flags }) {
    const unset = flags.get('unset');
    const assignments = words.map(
      word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const,
    );
    if (assignments.length === 0 && typeof unset !== 'string') {
      out.complain('set needs NAME=value, or --unset NAME');
      return 2;
    }
    for (const name of services) {
      for (const [variable, value] of assignments) await supervisor.setVariable(name, variable, value);
      if (typeof unset === 'string') await supervisor.setVariable(name, unset, undefined);
    }
    if (flags.has('json')) {
      for (const service of services) {
        for (const [variable] of assignments) out.json({ service, variable, isSet: true });
        if (typeof unset === 'string') out.json({ service, variable: unset, isSet: false });
      }
      return 0;
    }
    const changed = [...assignments.map(([variable]) => variable), ...(typeof unset === 'string' ? [unset] : [])];
    const isOne = changed.length === 1;
    const running = services.filter(name => supervisor.status(name)?.run !== undefined);
    const now = running.length > 0 ? `: "restart ${running.join(' ')}" applies ${isOne ? 'it' : 'them'} now` : '';
    out.print(`${changed.join(', ')} of ${services.join(', ')} ${isOne ? 'applies' : 'apply'} on the next start${now}`);
    return 0;
  },
};

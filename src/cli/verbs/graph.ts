/** `graph`: who needs whom; with states where the system runs. */
import { nodesOf, renderDot, renderMermaid, renderTree } from '../render/graph.js';
import { describeState, formatState, painterOf } from '../render/state.js';
import { widthOf } from '../render/width.js';
import type { VerbImplementation } from '../verb.js';

const FORMATS = ['text', 'mermaid', 'dot', 'json'];

export const graph: VerbImplementation = {
  async run({ supervisor, system, out, shell }, { services, flags }) {
    const format = flags.has('json') ? 'json' : String(flags.get('format') ?? 'text');
    if (!FORMATS.includes(format)) {
      out.complain(`graph has no format "${format}": ${FORMATS.slice(0, -1).join(', ')} or ${FORMATS.at(-1)}`);
      return 2;
    }
    const now = Date.now();
    const isPainted = format === 'text';
    // On the command line nothing runs in this process: every state would be "stopped".
    const stateOf = (name: string) => {
      const status = shell ? supervisor.status(name) : undefined;
      if (status === undefined) return '';
      const state = describeState(status, now);
      return isPainted ? painterOf(out.paint, state.colour)(formatState(state)) : formatState(state);
    };
    const nodes = nodesOf(system.services, services, stateOf);
    if (format === 'json') {
      for (const { name, state, needs } of nodes) out.json({ name, state: state === '' ? null : state, needs });
      return 0;
    }
    if (nodes.length === 0) {
      out.complain(`${system.name} has no services`);
      return 1;
    }
    const names = [...system.services.keys()];
    const lines =
      format === 'mermaid'
        ? renderMermaid(nodes)
        : format === 'dot'
          ? renderDot(nodes, system.name)
          : renderTree(nodes, {
              widthOf,
              paintName: name => out.paint.bold(out.paint.service(names.indexOf(name), name)),
              dim: out.paint.dim,
            });
    out.print(lines.join('\n'));
    return 0;
  },
};

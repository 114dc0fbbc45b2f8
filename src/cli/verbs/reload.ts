/** `reload`: applies an edited system file; one with errors changes nothing. */
import { describeDiagnostic } from '../render/diagnostic.js';
import { describeChanges } from '../render/events.js';
import type { VerbImplementation } from '../verb.js';

export const reload: VerbImplementation = {
  async run({ supervisor, out }, { flags }) {
    const { changes, diagnostics } = await supervisor.reloadFile();
    if (flags.has('json')) {
      const { added = null, changed = null, removed = null } = changes ?? {};
      out.json({
        applied: changes !== undefined,
        added,
        changed,
        removed,
        problems: diagnostics.map(describeDiagnostic),
      });
      return changes ? 0 : 1;
    }
    for (const diagnostic of diagnostics) out.diagnose(diagnostic);
    if (!changes) {
      out.complain('the system file has errors: everything goes on as it was');
      return 1;
    }
    const { added } = changes;
    out.print(describeChanges(changes, `"start ${added.join(' ')}" starts ${added.length === 1 ? 'it' : 'them'}`));
    return 0;
  },
};

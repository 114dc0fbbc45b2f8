/** `reload`: applies an edited system file; one with errors changes nothing. */
import { describeChanges } from '../render/events.js';
import type { VerbImplementation } from '../verb.js';

export const reload: VerbImplementation = {
  async run({ supervisor, out }) {
    const { changes, diagnostics } = await supervisor.reloadFile();
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

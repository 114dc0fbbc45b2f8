/** `reload`: applies an edited system file; one with errors changes nothing. */
import type { VerbImplementation } from '../verb.js';

export const reload: VerbImplementation = {
  async run({ supervisor, out }) {
    const { changes, diagnostics } = await supervisor.reloadFile();
    for (const diagnostic of diagnostics) out.diagnose(diagnostic);
    if (!changes) {
      out.complain('the system file has errors: everything goes on as it was');
      return 1;
    }
    const { added, removed, changed } = changes;
    const parts = [
      added.length > 0
        ? `added ${added.join(', ')} ("start ${added.join(' ')}" starts ${added.length === 1 ? 'it' : 'them'})`
        : '',
      removed.length > 0 ? `removed ${removed.join(', ')}` : '',
      changed.length > 0 ? `changed ${changed.join(', ')} (restarted where it ran)` : '',
    ].filter(part => part !== '');
    out.print(parts.length === 0 ? 'nothing has changed' : parts.join('\n'));
    return 0;
  },
};

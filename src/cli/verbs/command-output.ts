/** Shows what one-off commands print where no prompt does it. */
import { LogLines } from '../render/log-lines.js';
import type { Context } from '../verb.js';

/** Prints the lines of commands from now on; call the result to end that. */
export function showCommandOutput({ shell, supervisor, out }: Context): () => void {
  if (shell) return () => {};
  const text = new LogLines(supervisor, out.paint);
  return supervisor.subscribe(event => {
    if (event.type === 'lines' && event.command !== undefined) out.print(text.lines(event, 0, false));
    else if (event.type === 'notice') out.diagnose(event.diagnostic);
  });
}

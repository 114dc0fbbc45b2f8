/** Tells what becomes of services while a command works, where no prompt does it. */
import { shortenPath } from '../output.js';
import { EventText } from '../render/events.js';
import type { Context } from '../verb.js';

/** Prints a sentence for each event from now on; call the result to end that. */
export function showWhatHappens({ shell, supervisor, out }: Pick<Context, 'shell' | 'supervisor' | 'out'>): () => void {
  if (shell) return () => {};
  const text = new EventText(supervisor, { paint: out.paint, diagnosticStyle: { path: shortenPath } });
  return supervisor.subscribe(
    event => {
      const sentence = text.sentence(event);
      if (sentence !== undefined) out.print(sentence);
    },
    { lines: false },
  );
}

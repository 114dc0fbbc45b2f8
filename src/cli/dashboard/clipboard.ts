/** Copies text to the clipboard of whoever looks at the terminal (OSC 52), through tmux and screen where they stand between. */

/** Bytes of text that terminals take at least. */
const LIMIT = 74_994;
/** Characters that screen passes on at once. */
const SCREEN_CHUNK = 254;

/** What must be written to the terminal; undefined: that is too much for terminals. */
export function copySequence(text: string, env: NodeJS.ProcessEnv): string | undefined {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > LIMIT) return undefined;
  const sequence = `\x1b]52;c;${bytes.toString('base64')}\x07`;
  // tmux takes it itself where set-clipboard is "on" or "external"(its default takes only what it copies), and passes on
  // what is wrapped where allow-passthrough is on: both are tried, twice the same text does no harm.
  if (env.TMUX) return `${sequence}\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  if (env.STY) {
    const chunks = sequence.match(new RegExp(`[^]{1,${SCREEN_CHUNK}}`, 'g')) ?? [];
    return chunks.map(chunk => `\x1bP${chunk}\x1b\\`).join('');
  }
  return sequence;
}

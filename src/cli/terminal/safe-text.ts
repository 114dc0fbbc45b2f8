/** Makes text from services harmless to the terminal: colours may stay, whatever moves, erases, beeps or talks back goes. */

/** One test tells that a whole batch needs nothing. Newline and tab are fine. */
const SUSPECT = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

/** Control sequences, longest forms first; unfinished ones lose their introducer only, so that no text is swallowed. */
const CONTROL = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`, // CSI: cursor, erase, modes, SGR
    String.raw`\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)`, // OSC: titles, links, clipboard
    String.raw`\x1b[PX^_][^\x1b\n]*\x1b\\`, // DCS, SOS, PM, APC
    String.raw`\x1b[ -/]+[0-~]`, // character sets and the like
    String.raw`\x1b[0-~]`, // two-byte escapes
    String.raw`[\x00-\x08\x0b-\x1f\x7f-\x9f]`, // single controls, C1 included (some terminals obey those)
  ].join('|'),
  'g',
);

const COLOUR = /^\x1b\[[\d;:]*m$/;
const RESET = '\x1b[0m';

/**
 * One or more lines without control characters. With `colour`, SGR sequences stay and end with their line; without it
 * they go too.
 */
export function makeSafe(text: string, colour: boolean): string {
  if (!SUSPECT.test(text)) return text;
  if (!text.includes('\n')) return makeLineSafe(text, colour);
  return text
    .split('\n')
    .map(line => makeLineSafe(line, colour))
    .join('\n');
}

function makeLineSafe(line: string, colour: boolean): string {
  let open = false;
  const safe = line.replace(CONTROL, sequence => {
    if (!colour || !COLOUR.test(sequence)) return '';
    open = !/^\x1b\[0*m$/.test(sequence);
    return sequence;
  });
  return open ? safe + RESET : safe;
}

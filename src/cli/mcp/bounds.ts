/**
 * Keeps answers small enough for an agent, and says what was left out.
 *
 * An answer's text and its data have at most 64 KB each. A line has at most 2,000 characters.
 */

/** Bytes. */
export const LARGEST = 64 * 1024;
/** Bytes that lines of logs may have, so that an answer with them stays below {@link LARGEST}. */
export const LINES_BUDGET = 40 * 1024;
const LONGEST_LINE = 2000;

const sizeOf = (text: string) => Buffer.byteLength(text);

/** Each of the lines within {@link LONGEST_LINE}. */
export function shortenLine(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  return `${text.slice(0, LONGEST_LINE)}… (${text.length - LONGEST_LINE} more characters)`;
}

/** As many of the last items as a budget of bytes allows, at least one. */
export function newestWithin<Item>(
  items: readonly Item[],
  size: (item: Item) => number,
  budget: number,
): readonly Item[] {
  let first = items.length;
  for (let sum = 0; first > 0; first--) {
    sum += size(items[first - 1]!);
    if (sum > budget && first < items.length) break;
  }
  return items.slice(first);
}

export function boundText(text: string): string {
  if (sizeOf(text) <= LARGEST) return text;
  const note = (left: number) => `\n… cut: ${left} more characters; ask for less`;
  // A character has up to three bytes for each of its code units.
  let kept = text.slice(0, LARGEST - 100);
  while (sizeOf(kept) > LARGEST - 100) kept = kept.slice(0, Math.floor(kept.length * 0.9));
  const end = kept.lastIndexOf('\n');
  if (end > kept.length / 2) kept = kept.slice(0, end);
  return kept + note(text.length - kept.length);
}

type Data = Readonly<Record<string, unknown>>;

/** The longest lists of the data lose their ends until it is small enough; `cut` then tells how many items each lost. */
export function boundData(data: Data): Data {
  let bounded = data;
  const cut: Record<string, number> = {};
  while (sizeOf(JSON.stringify(bounded)) > LARGEST) {
    const [name, list] = Object.entries(bounded)
      .flatMap(([name, value]): [string, unknown[]][] =>
        Array.isArray(value) && value.length > 0 ? [[name, value]] : [],
      )
      .reduce<[string, unknown[]]>(
        (a, b) => (sizeOf(JSON.stringify(b[1])) > sizeOf(JSON.stringify(a[1])) ? b : a),
        ['', []],
      );
    if (list.length === 0) return { cut: 'too large to be told: ask for less' };
    const kept = list.slice(0, Math.floor(list.length * 0.8));
    cut[name] = (cut[name] ?? 0) + list.length - kept.length;
    bounded = { ...bounded, [name]: kept, cut };
  }
  return bounded;
}

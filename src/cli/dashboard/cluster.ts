/** Text as what stands in the cells of a terminal: characters with the accents that belong to them. */
import { columnsOf } from './cell-width.js';

export interface Cluster {
  readonly text: string;
  readonly width: 1 | 2;
  /** Every terminal gives it this width. */
  readonly isSure: boolean;
}

const ASCII = /^[ -~]*$/;
/** Latin, Greek, Cyrillic, and what tables and marks are drawn with. */
const SURE = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u2193\u2500-\u259f]$/;
const MOST_ACCENTS = 8;

/** Each ASCII character, made once; controls show as blanks. */
const ascii: readonly Cluster[] = Array.from({ length: 128 }, (_, code) => ({
  text: code < 0x20 || code === 0x7f ? ' ' : String.fromCharCode(code),
  width: 1,
  isSure: true,
}));

/** Accents with nothing before them are left out. */
export function clustersOf(text: string): readonly Cluster[] {
  if (ASCII.test(text)) return Array.from(text, character => ascii[character.charCodeAt(0)]!);
  const clusters: Cluster[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x80) {
      clusters.push(ascii[code]!);
      continue;
    }
    const width = columnsOf(character);
    const last = clusters.at(-1);
    if (width > 0) clusters.push({ text: character, width: width > 1 ? 2 : 1, isSure: SURE.test(character) });
    else if (last && last.text.length <= MOST_ACCENTS)
      clusters[clusters.length - 1] = { text: last.text + character, width: last.width, isSure: false };
  }
  return clusters;
}

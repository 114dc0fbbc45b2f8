/**
 * Makes text of code points whose widths every terminal agrees on, and measures it: clusters (families, flags, keycaps,
 * skin tones) are reduced to one code point, since terminals and blessed draw them at different widths.
 */
import { widthOf } from '../render/width.js';

const PLAIN = /^[ -~]*$/;
/** What calls for a closer look. */
const CLUSTERED =
  /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0f]|\u20e3|[\u{1f000}-\u{1faff}\u{e0020}-\u{e007f}]/u;
/** Emoji that are joined to one picture: the first stands for it. */
const JOINED =
  /(\p{Extended_Pictographic})[\ufe0f\u{1f3fb}-\u{1f3ff}]?(?:\u200d[\p{Extended_Pictographic}][\ufe0f\u{1f3fb}-\u{1f3ff}]?)+/gu;
const FLAG = /[\u{1f1e6}-\u{1f1ff}]{2}|\u{1f3f4}[\u{e0020}-\u{e007f}]+/gu;
const TONE = /(\p{Extended_Pictographic})[\u{1f3fb}-\u{1f3ff}]/gu;
/** Zero-width and direction marks, variation selectors, the keycap: they show nothing, or turn the line around. */
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0020}-\u{e007f}]|[\ufe00-\ufe0f]|\u20e3/gu;
const FLAG_MARK = '⚑';

/** The text with every cluster reduced to one code point; combining accents stay. */
export function reduceClusters(text: string): string {
  if (PLAIN.test(text) || !CLUSTERED.test(text)) return text;
  return text.replace(FLAG, FLAG_MARK).replace(JOINED, '$1').replace(TONE, '$1').replace(UNSEEN, '');
}

const known = new Map<string, number>();

/** Columns of reduced text. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** How many UTF-16 units of reduced text, from one on, fit into so many columns, accents with their letters. */
export function fitting(text: string, columns: number, from = 0): number {
  let [used, at] = [0, from];
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const character = unit < 0x80 ? undefined : String.fromCodePoint(text.codePointAt(at)!);
    used += character === undefined ? 1 : columnsOfCharacter(character);
    if (used > columns) break;
    at += character?.length ?? 1;
  }
  return at - from;
}

function columnsOfCharacter(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  let columns = known.get(character);
  if (columns === undefined) {
    if (known.size > 20_000) known.clear();
    columns = widthOf(character);
    known.set(character, columns);
  }
  return columns;
}

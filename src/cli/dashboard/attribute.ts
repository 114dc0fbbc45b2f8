/**
 * Styles as blessed keeps them in a cell: flags, foreground and background in one number. It knows neither dim nor
 * italic: they take the places of blink and invisible, and what is written is put right.
 */
import type { Colour, Style } from './frame.js';
import type { ColourDepth } from './term.js';

const BOLD = 1;
const UNDERLINE = 2;
const DIM = 4;
const INVERSE = 8;
const ITALIC = 16;
/** The terminal's own colour. */
const DEFAULT = 0x1ff;

/** By style: a model makes few of them. */
const known: Readonly<Record<ColourDepth, WeakMap<Style, number>>> = {
  0: new WeakMap(),
  16: new WeakMap(),
  256: new WeakMap(),
};

export function attributeOf(style: Style, depth: ColourDepth): number {
  const attributes = known[depth];
  const attribute = attributes.get(style) ?? compute(style, depth);
  attributes.set(style, attribute);
  return attribute;
}

function compute(style: Style, depth: ColourDepth): number {
  const flags =
    (style.bold ? BOLD : 0) |
    (style.underline ? UNDERLINE : 0) |
    (style.dim ? DIM : 0) |
    (style.inverse ? INVERSE : 0) |
    (style.italic ? ITALIC : 0);
  return (flags << 18) | (colourOf(style.foreground, depth) << 9) | colourOf(style.background, depth);
}

function colourOf(colour: Colour | undefined, depth: ColourDepth): number {
  if (colour === undefined || depth === 0) return DEFAULT;
  const index = typeof colour === 'number' ? colour : nearestOf256(colour);
  return depth === 256 || index < 16 ? index : nearestOf16(index);
}

type Parts = Exclude<Colour, number>;

const STEPS = [0, 95, 135, 175, 215, 255];

/** In the cube of 216 colours, or among the 24 greys. */
function nearestOf256({ red, green, blue }: Parts): number {
  const average = (red + green + blue) / 3;
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 10 && average > 4 && average < 243)
    return 232 + Math.min(23, Math.max(0, Math.round((average - 8) / 10)));
  const step = (part: number) => STEPS.indexOf(STEPS.reduce((a, b) => (nearer(b, a, part) ? b : a)));
  return 16 + 36 * step(red) + 6 * step(green) + step(blue);
}

const nearer = (a: number, b: number, goal: number) => Math.abs(a - goal) < Math.abs(b - goal);

/** Which of red, green and blue are strong, and whether the whole is bright. */
function nearestOf16(index: number): number {
  if (index >= 232) return index < 238 ? 0 : index < 247 ? 8 : index < 250 ? 7 : 15;
  const cube = index - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  const most = Math.max(...parts);
  if (most === 0) return 0;
  const hue = parts.reduce((sum, part, i) => sum + (part > most / 2 ? 1 << i : 0), 0);
  return hue + (most > 3 ? 8 : 0);
}

/** In blessed's order: bold, underline, blink, inverse, invisible, background, foreground. */
const SGR = /\x1b\[((?:1;)?(?:4;)?)(5;?)?(7;?)?(8;?)?((?:\d+;?)*)m/g;

/** Puts dim and italic where blessed wrote blink and invisible. */
export function withDimAndItalic(text: string): string {
  return text.replace(SGR, (whole, before: string, blink = '', inverse = '', invisible = '', colours: string) =>
    blink === '' && invisible === ''
      ? whole
      : `\x1b[${before}${blink.replace('5', '2')}${inverse}${invisible.replace('8', '3')}${colours}m`,
  );
}

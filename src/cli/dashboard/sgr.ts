/** What an SGR sequence (ECMA-48, with the palette and true-colour forms of ITU T.416) does to a style. */
import type { Colour, Style } from './frame.js';

type Mutable = { -readonly [Key in keyof Style]: Style[Key] };

/** @param parameters What stands between `\x1b[` and `m`. @param base What a reset goes back to. */
export function applySgr(style: Style, parameters: string, base: Style = {}): Style {
  const codes = parameters.split(/[;:]/).map(code => (code === '' ? 0 : Number(code)));
  let next: Mutable = { ...style };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code === 0) next = { ...base };
    else if (code === 38 || code === 48) {
      const [colour, taken] = extendedColour(codes, at + 1, parameters.includes(':'));
      at += taken;
      if (colour !== undefined) next[code === 38 ? 'foreground' : 'background'] = colour;
    } else applyCode(next, code, base);
  }
  return next;
}

function applyCode(style: Mutable, code: number, base: Style): void {
  if (code >= 30 && code <= 37) style.foreground = code - 30;
  else if (code >= 90 && code <= 97) style.foreground = code - 82;
  else if (code >= 40 && code <= 47) style.background = code - 40;
  else if (code >= 100 && code <= 107) style.background = code - 92;
  else if (code === 1) style.bold = true;
  else if (code === 2) style.dim = true;
  else if (code === 3) style.italic = true;
  else if (code === 4 || code === 21) style.underline = true;
  else if (code === 7) style.inverse = true;
  else for (const part of ENDS[code] ?? []) restore(style, part, base);
}

/** What ends a part goes back to what the text is based on. */
const ENDS: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  39: ['foreground'],
  49: ['background'],
};

function restore<Part extends keyof Style>(style: Mutable, part: Part, base: Style): void {
  if (base[part] === undefined) delete style[part];
  else style[part] = base[part];
}

/** `5;N` or `2;R;G;B`; with colons `2:SPACE:R:G:B`, too. The colour, and how many codes it took. */
function extendedColour(codes: readonly number[], at: number, hasColons: boolean): [Colour | undefined, number] {
  if (codes[at] === 5) {
    const number = codes[at + 1];
    return [isByte(number) ? number : undefined, 2];
  }
  if (codes[at] !== 2) return [undefined, 1];
  const space = hasColons && codes.length - at >= 5 ? 1 : 0;
  const [red, green, blue] = codes.slice(at + 1 + space);
  const isWhole = isByte(red) && isByte(green) && isByte(blue);
  return [isWhole ? { red, green, blue } : undefined, 4 + space];
}

const isByte = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 255;

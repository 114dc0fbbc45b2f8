/** What a description is made of: plain data in the words of a system file. */
import type { Command } from '../../system.js';
import { parseCommand } from '../../words.js';

export type Described = string | number | boolean | null | readonly Described[] | { readonly [key: string]: Described };

/** Entries that are undefined are left out. */
export type Sketch = { readonly [key: string]: Described | undefined };

export function present(sketch: Sketch): { readonly [key: string]: Described } {
  return Object.fromEntries(
    Object.entries(sketch).filter((entry): entry is [string, Described] => entry[1] !== undefined),
  );
}

/** Lists and maps that say nothing are left out. */
export function unlessEmpty<T extends Described>(value: T): T | undefined {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value;
}

/** `500ms`, `2s`. */
export function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** As a line that is read as the same words. */
export function commandLine(command: Command): string {
  if (command.kind === 'shell') return command.line;
  const parsed = parseCommand(command.source);
  const isSame = parsed && 'argv' in parsed && parsed.argv.join('\0') === command.argv.join('\0');
  return isSame ? command.source : command.argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Command lines: POSIX word splitting without expansion, and whether a line needs a shell. */
import type { Command } from './system.js';

/** A line's words with quotes removed, or where and why it can't be split. */
export type Words =
  | { readonly words: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string; readonly offset: number; readonly words?: undefined };

/**
 * Splits as a POSIX shell does, quotes removed, with no expansion of any kind: `$`, `*`, `~` and operators stay as they
 * are. Inside double quotes a backslash protects only `$`, `` ` ``, `"`, `\` and the newline.
 */
export function splitWords(line: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '\\') {
      const next = line[++i];
      if (next === undefined) return { problem: 'a backslash at the end protects nothing', offset: i - 1 };
      if (next !== '\n') word = (word ?? '') + next;
    } else if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end === -1) return { problem: "the quote ' is never closed", offset: i };
      word = (word ?? '') + line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      const start = i;
      word ??= '';
      for (i++; line[i] !== '"'; i++) {
        if (i >= line.length) return { problem: 'the quote " is never closed', offset: start };
        if (line[i] === '\\' && '$`"\\\n'.includes(line[i + 1] ?? '-')) {
          i++;
          if (line[i] !== '\n') word += line[i];
        } else word += line[i];
      }
    } else {
      word = (word ?? '') + c;
    }
  }
  if (word !== undefined) words.push(word);
  return { words };
}

/**
 * What in the line only a shell can do (a pipe, a redirection, `&&`, `;`, a group, a command substitution, a leading
 * assignment), or undefined if plain words will do. Variables, globs and `~` are no reason: fuge 2 never expanded them.
 */
export function shellFeature(line: string): string | undefined {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote === "'") {
      if (c === "'") quote = '';
      continue;
    }
    if (c === '\\') i++;
    else if (c === '`') return '`';
    else if (c === '$' && line[i + 1] === '(') return '$(';
    else if (c === '"') quote = quote === '"' ? '' : '"';
    else if (quote === '') {
      if (c === "'") quote = "'";
      else if ((c === '&' || c === '|') && line[i + 1] === c) return c + c;
      else if ('|&;<>()'.includes(c)) return c;
    }
  }
  return /^\s*([A-Za-z_][A-Za-z0-9_]*=)/.exec(line)?.[1];
}

/**
 * A command as the user wrote it. `shell` decides explicitly; undefined lets {@link shellFeature} decide. A blank line
 * gives undefined.
 */
export function parseCommand(
  source: string,
  shell?: boolean,
): Command | { readonly problem: string; readonly offset: number } | undefined {
  const trimmed = source.trim();
  if (trimmed === '') return undefined;
  if (shell ?? shellFeature(source) !== undefined) return { kind: 'shell', line: trimmed, source: trimmed };
  const split = splitWords(source);
  if (split.words === undefined) return split;
  const [first, ...rest] = split.words;
  return { kind: 'argv', argv: [first!, ...rest], source: trimmed };
}

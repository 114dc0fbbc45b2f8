/**
 * Commands of other tools as keys of a service.
 *
 * Those tools hand every line to a shell; fuge does only where a line uses what a shell alone can do, so here it is said
 * which lines need one.
 */
import { shellFeature, splitWords } from '../../words.js';
import { type Key, Template } from './draft.js';

/** What a shell does itself. */
const BUILTINS =
  /^(cd|exec|source|\.|export|unset|set|eval|ulimit|umask|trap|if|for|while|until|case|command|test|\[|\[\[|!|:|\{|function|time)$/;
/** What sh, where that is no bash, does not know. */
const BASHISMS =
  /(^|\s)(\[\[|source|shopt|declare|function|mapfile|pushd|popd)\s|<\(|<<<|&>|\$'|\$\{\w+(\/|\^|,|:\d|\[)|\b(BASH_\w+|RANDOM)\b/;

/**
 * `type`, `run` and, where it must be said, `shell`.
 *
 * @param line As the tool's shell gets it.
 * @param isTemplate Variables stand in it as in a system file (`$$` for a dollar).
 */
export function commandKeys(line: string, isTemplate = false): Key[] {
  const trimmed = line.trim();
  const seen = isTemplate ? withoutVariables(trimmed) : trimmed;
  if (BASHISMS.test(seen)) return keysOf('process', `bash -c ${quote(trimmed)}`, isTemplate, false);
  const words = splitWords(seen).words;
  const feature = shellFeature(seen);
  const needsShell = words === undefined || onlyShell(seen, words);
  if (feature === undefined && !needsShell && words?.[0] === 'node' && words.length > 1)
    return keysOf('node', trimmed, isTemplate, false);
  return keysOf('process', trimmed, isTemplate, feature === undefined && needsShell);
}

/** `type` and `run` of a command that is split already. */
export function argvKeys(argv: readonly string[], isTemplate = false): Key[] {
  const line = argv.map(quote).join(' ');
  const isNode = argv[0] === 'node' && argv.length > 1;
  // Quoted, none of its words is anything to a shell, but for an assignment in front.
  const seemsShell = shellFeature(isTemplate ? withoutVariables(line) : line) !== undefined;
  const keys = keysOf(isNode && !seemsShell ? 'node' : 'process', line, isTemplate, false);
  return seemsShell ? [...keys, { key: 'shell', value: false }] : keys;
}

function keysOf(type: 'node' | 'process', run: string, isTemplate: boolean, shell: boolean): Key[] {
  return [
    { key: 'type', value: type },
    { key: 'run', value: isTemplate ? new Template(run) : run },
    ...(shell ? [{ key: 'shell', value: true }] : []),
  ];
}

/** Something in the line that {@link shellFeature} passes over, since fuge 2 never expanded it. */
function onlyShell(line: string, words: readonly string[]): boolean {
  if (/\n/.test(line) || BUILTINS.test(words[0] ?? '')) return true;
  let quoted = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quoted === "'") {
      if (c === "'") quoted = '';
    } else if (c === '\\') i++;
    else if (c === '"') quoted = quoted === '"' ? '' : '"';
    else if (c === '$' && /[\w{]/.test(line[i + 1] ?? '')) return true;
    else if (quoted === '') {
      if (c === "'") quoted = "'";
      else if (/[*?[]/.test(c)) return true;
      else if ((c === '~' || c === '#') && /^\s?$/.test(line[i - 1] ?? '')) return true;
    }
  }
  return false;
}

/** What fuge replaces is no matter of the shell; `$$` is a dollar for it. */
function withoutVariables(text: string): string {
  return text.replace(/\$(\$|\{[^{}]*\}|[A-Za-z_]\w*)/g, (_, what: string) => (what === '$' ? '$' : 'V'));
}

/** One word of a command line. */
export function quote(word: string): string {
  return /^[\w@%+=:,./${}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

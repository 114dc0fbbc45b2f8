/**
 * What an app of pm2 runs.
 *
 * Rules (its documentation): `interpreter` runs the script, and `none` means that the script is a program; without it the
 * extension decides, and Node is the one for all that is not known. A script with spaces that is no file is a line for bash.
 */
import path from 'node:path';
import { splitWords } from '../../words.js';
import type { ScalarNode } from '../yaml.js';
import { argvKeys, commandKeys } from './commands.js';
import type { Key } from './draft.js';
import type { Fields } from './fields.js';
import type { Reading } from './pm2.js';

const INTERPRETERS: Readonly<Record<string, string>> = {
  '.sh': 'bash',
  '.py': 'python3',
  '.rb': 'ruby',
  '.php': 'php',
  '.pl': 'perl',
  '.coffee': 'coffee',
  '.ts': 'bun',
  '.tsx': 'bun',
};

/** @param cwd Where the script is looked for. */
export function pm2CommandKeys(fields: Fields, script: ScalarNode | undefined, cwd: string, reading: Reading): Key[] {
  const { context, templates } = reading;
  const { report, around } = context;
  const args = wordsOf(fields, 'args');
  const nodeArgs = ['node_args', 'interpreter_args', 'interpreterArgs'].flatMap(key => wordsOf(fields, key));
  if (fields.boolean('source_map_support') === true) nodeArgs.push('--enable-source-maps');
  const said = fields.text('interpreter') ?? fields.text('exec_interpreter');
  if (!script || script.text.trim() === '') {
    report.warn('missing-run', `${fields.what} has no "script", so it can't be started`, fields.node);
    return [{ key: 'type', value: 'process' }];
  }
  const isTemplate = templates.has(script);
  const file = path.resolve(cwd, script.text);
  const isFile = !isTemplate && around.isFile(file);
  // Within its own directory a script goes by its short name.
  const written = isTemplate ? script.text : path.isAbsolute(script.text) && isFile ? inside(cwd, file) : script.text;
  if (said === undefined && !isFile && /\s/.test(script.text))
    return commandKeys([script.text, ...args].join(' '), isTemplate);
  const extension = path.extname(script.text);
  const isProgram = said === undefined && !isFile && extension === '' && !script.text.includes('/');
  if (said === 'none' || isProgram) return argvKeys([written, ...args], isTemplate);
  const interpreter = said ?? INTERPRETERS[extension] ?? 'node';
  return argvKeys([interpreter, ...nodeArgs, written, ...args], isTemplate);
}

function wordsOf(fields: Fields, key: string): string[] {
  const node = fields.at(key);
  if (node?.kind === 'scalar') return [...(splitWords(node.text).words ?? [node.text])];
  return node ? (fields.texts(key) ?? []).map(({ text }) => text) : [];
}

function inside(directory: string, file: string): string {
  const relative = path.relative(directory, file);
  return relative.startsWith('..') ? file : relative;
}

/**
 * What a Node package runs as a service.
 *
 * Rules, the first that fits: a `start` script that runs one file with Node, which is there (fuge then runs the file
 * itself: no npm between them, and it can be debugged); the `dev` script; the `start` script, built before if what it runs
 * is missing; `server.js`, as npm does; `main`, if it listens. Anything else is no service.
 */
import path from 'node:path';
import { shellFeature, splitWords } from '../../words.js';
import type { Key } from './draft.js';
import { type Listening, listeningOf, listeningOfScript } from './listens.js';
import type { NodePackage } from './packages.js';
import { type Surroundings, sourceOf } from './surroundings.js';

export type PackageService =
  | {
      /** `type`, `run` and what belongs to it. */
      readonly keys: readonly Key[];
      /** Undefined: it is not known to listen. */
      readonly listening: Listening | undefined;
      readonly remarks: readonly string[];
    }
  | { readonly leftOut: string };

/** Tools that restart, or reload, by themselves. */
const WATCHES =
  /\b(nodemon|node-dev|ts-node-dev|tsnd|vite|parcel|turbo|nx|next\s+dev|nuxt\s+dev|nuxi\s+dev|astro\s+dev|remix\s+dev|react-scripts\s+start|ng\s+serve|vue-cli-service\s+serve|webpack\s+serve|webpack-dev-server|tsx\s+watch|bun\s+--hot|wrangler\s+dev)\b|(^|\s)(--watch|--hot|-w)\b/;
const PROGRAM = /\.[cm]?[jt]sx?$/;

/** @param manager The package manager's command. */
export function serviceOfPackage(one: NodePackage, manager: string, around: Surroundings): PackageService {
  const { scripts, directory, main } = one;
  const start = scripts.get('start');
  const dev = scripts.get('dev');
  const direct = start !== undefined && !scripts.has('prestart') ? nodeProgram(start, directory, around) : undefined;
  if (direct?.exists) return program(direct.run, direct.file, one, manager, around);
  if (dev !== undefined) return script('dev', dev, one, manager, around);
  if (start !== undefined) {
    if (!direct) return script('start', start, one, manager, around);
    const missing = path.relative(directory, direct.file);
    if (!scripts.has('build')) return { leftOut: `its start script runs ${missing}, which does not exist` };
    const run = script('start', start, one, manager, around);
    if ('leftOut' in run) return run;
    const prerun = { key: 'prerun', value: runScript(manager, 'build'), remark: `makes ${missing}` };
    return { ...run, keys: [...run.keys, prerun] };
  }
  const server = path.join(directory, 'server.js');
  if (around.isFile(server)) return program('server.js', server, one, manager, around);
  const written = main ?? 'index.js';
  const entry = fileOf(path.join(directory, written), around);
  if (entry !== undefined && readListening(entry, around))
    return program(path.relative(directory, entry).split(path.sep).join('/'), entry, one, manager, around);
  const why =
    entry === undefined ? 'nothing else to run' : `${path.basename(entry)} does not listen anywhere that could be seen`;
  return { leftOut: `it has no start or dev script, and ${one.bin ? 'is a command' : why}` };
}

function program(run: string, file: string, one: NodePackage, manager: string, around: Surroundings): PackageService {
  const keys = [{ key: 'type', value: 'node' }, { key: 'run', value: run }, ...testKeys(one, manager)];
  return { keys, listening: readListening(file, around), remarks: [] };
}

function script(name: string, text: string, one: NodePackage, manager: string, around: Surroundings): PackageService {
  const watches = WATCHES.test(text);
  const entry = entryOf(text, one.directory, around);
  return {
    keys: [
      { key: 'type', value: 'process' },
      { key: 'run', value: runScript(manager, name) },
      ...testKeys(one, manager),
      ...(watches ? [{ key: 'monitor', value: false, remark: 'it watches its files itself' }] : []),
    ],
    listening: listeningOfScript(text) ?? (entry === undefined ? undefined : readListening(entry, around)),
    remarks: [`its ${name} script: ${text}`],
  };
}

function testKeys({ scripts }: NodePackage, manager: string): Key[] {
  const test = scripts.get('test');
  return test === undefined || /no test specified/.test(test)
    ? []
    : [{ key: 'test', value: manager === 'bun' ? 'bun run test' : `${manager} test` }];
}

function runScript(manager: string, name: string): string {
  return name === 'start' && manager !== 'bun' ? `${manager} start` : `${manager} run ${name}`;
}

/** `node [options] file …` and nothing that a shell would have to do. */
function nodeProgram(line: string, directory: string, around: Surroundings) {
  if (shellFeature(line) !== undefined || /[$*?~]/.test(line)) return undefined;
  const words = splitWords(line).words;
  if (words?.[0] !== 'node') return undefined;
  const at = words.findIndex((word, i) => i > 0 && !word.startsWith('-'));
  if (
    at === -1 ||
    words
      .slice(1, at)
      .some(word => /^(-e|-p|--eval|--print|-r|--require|--import|--loader|--watch.*|--env-file)$/.test(word))
  )
    return undefined;
  const file = path.join(directory, words[at]!);
  const found = fileOf(file, around);
  return { run: at === 1 ? line.replace(/^\s*node\s+/, '') : line, file: found ?? file, exists: found !== undefined };
}

/** The program that a script names: `tsx watch src/index.ts`, `nodemon .`; for Nest its own place. */
function entryOf(line: string, directory: string, around: Surroundings): string | undefined {
  if (/\bnest\s+start\b/.test(line)) return fileOf(path.join(directory, 'src/main.ts'), around);
  for (const word of splitWords(line).words ?? []) {
    if (!PROGRAM.test(word)) continue;
    const file = fileOf(path.join(directory, word), around);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** As Node finds a file: also without its extension, or by its directory. */
function fileOf(file: string, around: Surroundings): string | undefined {
  return [file, `${file}.js`, `${file}.mjs`, `${file}.cjs`, path.join(file, 'index.js')].find(one =>
    around.isFile(one),
  );
}

function readListening(file: string, around: Surroundings): Listening | undefined {
  const source = sourceOf(file, around);
  return source && listeningOf(source.text);
}

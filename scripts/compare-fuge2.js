// Loads every system file of a folder with fuge-config 2.0.2 and with ours, and prints what differs in meaning:
//   npm run compare:fuge2 [folder]
// Differences that are meant (CHANGELOG, docs) are counted by kind; any other makes the exit code 1.
// fuge-config refuses a system whose directories are missing, so the files are copied and the directories made.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDiagnostic } from '../dist/diagnostic.js';
import { loadSystem } from '../dist/index.js';
import { compareSystems } from './compare-fuge2/compare.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(root, '../shared/wild-fuge'));
if (!existsSync(folder)) {
  console.log(`No system files: ${folder} does not exist. Give their folder: npm run compare:fuge2 -- FOLDER`);
  process.exit(0);
}

const fugeConfig = loadFuge2();
const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge2-')));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
// One level deeper than the copy's root, so that paths that leave the folder stay inside of it.
const base = path.join(copy, 'a/b/c/wild');
cpSync(folder, base, { recursive: true });

const explained = new Map();
let unexplained = 0;
for (const file of systemFiles(base)) {
  const name = path.relative(base, file);
  const ours = await loadOurs(file);
  const theirs = await loadTheirs(file);
  const problems = [];
  if (theirs.error !== undefined && ours.system === undefined) note('both refuse');
  else if (theirs.error !== undefined) note(`fuge 2 refuses, ours loads (${kindOfRefusal(theirs.error)})`);
  else if (ours.system === undefined) {
    const codes = [...new Set(ours.diagnostics.filter(one => one.severity === 'error').map(one => one.code))];
    if (codes.every(code => code === 'mis-indented')) note('ours refuses a mis-indented file');
    else problems.push('ours refuses it:', ...ours.diagnostics.map(one => formatDiagnostic(one)));
  } else {
    for (const difference of compareSystems(theirs.system, ours.system, readFileSync(file, 'utf8'))) {
      if (difference.kind) note(difference.kind);
      else problems.push(difference.text);
    }
  }
  const services = ours.system ? `${ours.system.services.size} services` : 'refused';
  console.log(`${problems.length === 0 ? 'same    ' : 'DIFFERS '} ${name} (${services})`);
  for (const problem of problems) console.log(`  ${problem.replaceAll(copy, '').replaceAll('\n', '\n  ')}`);
  unexplained += problems.length;
}
if (explained.size > 0) console.log('\nMeant differences:');
for (const [kind, count] of [...explained].sort()) console.log(`  ${String(count).padStart(5)}  ${kind}`);
console.log(unexplained === 0 ? '\nNothing else differs.' : `\n${unexplained} differences are not explained.`);
process.exit(unexplained === 0 ? 0 : 1);

function note(kind) {
  explained.set(kind, (explained.get(kind) ?? 0) + 1);
}

function kindOfRefusal(error) {
  if (/path does not exist/.test(error)) return 'a missing path';
  if (/ports/.test(error)) return 'forms of ports';
  if (/environment/.test(error)) return 'forms of environment';
  return error.trim().split('\n')[0].replaceAll(copy, '');
}

/** fuge 2's parser, installed beside the dependency tree and never into it. */
function loadFuge2() {
  const cache = path.join(root, 'node_modules/.cache/fuge2');
  if (!existsSync(path.join(cache, 'node_modules/fuge-config'))) {
    mkdirSync(cache, { recursive: true });
    console.log('Installing fuge-config 2.0.2 to compare with …');
    execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', cache, 'fuge-config@2.0.2'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return createRequire(path.join(cache, 'x.js'))('fuge-config')();
}

/** Every YAML file that has fuge's settings, or whose top-level maps have a type. */
function systemFiles(directory) {
  return readdirSync(directory, { recursive: true })
    .filter(name => /\.ya?ml$/.test(name) && !name.includes('node_modules'))
    .sort()
    .map(name => path.join(directory, name))
    .filter(file => {
      const text = readFileSync(file, 'utf8');
      return (
        /^fuge_global:/m.test(text) ||
        (/^ +type: *['"]?(process|node|container)\b/m.test(text) && !/^services:/m.test(text))
      );
    });
}

/** Ours says which directories are missing; they are made, and it loads again. */
async function loadOurs(file) {
  const env = {};
  const first = await loadSystem(file, { env });
  for (const service of first.system?.services.values() ?? [])
    if (service.disabled && service.cwd.startsWith(copy)) mkdirSync(service.cwd, { recursive: true });
  return loadSystem(file, { env });
}

function loadTheirs(file) {
  return new Promise(resolve => {
    const environment = process.env;
    process.env = {};
    const { log } = console;
    console.log = () => {};
    try {
      fugeConfig.load(file, (error, system) => resolve(error ? { error: String(error) } : { system }));
    } catch (error) {
      resolve({ error: String(error) });
    } finally {
      process.env = environment;
      console.log = log;
    }
  });
}

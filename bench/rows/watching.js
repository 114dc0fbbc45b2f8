// Watching 300 directories of 10 files beside 2,000 in node_modules: until every save is seen, memory, inotify watches.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compare, folder, interleave, median, root } from '../harness.js';

export const title = 'Watching 300 directories beside 2,000 in node_modules';
export const limitedBy = 'reading 301 directories';

const url = path => JSON.stringify(pathToFileURL(join(root, path)).href);
/** Says in one JSON line what it took. */
const REPORT = `
import { readdirSync, readFileSync } from 'node:fs';
const report = () => {
  const status = readFileSync('/proc/self/status', 'latin1');
  const fds = readdirSync('/proc/self/fdinfo').map(fd => { try { return readFileSync('/proc/self/fdinfo/' + fd, 'latin1'); } catch { return ''; } });
  const watches = fds.reduce((sum, text) => sum + (text.match(/^inotify wd:/gm)?.length ?? 0), 0);
  console.log(JSON.stringify({ ms: performance.now() - began, mb: Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]) / 1024, watches }));
  process.exit();
};
const watched = process.argv[2];
`;
const PROGRAMS = {
  'chokidar.mjs': `${REPORT}
import { watch } from ${url('node_modules/chokidar/index.js')};
const began = performance.now();
watch(watched).on('ready', report);`,
  'chokidar-ignoring.mjs': `${REPORT}
import { watch } from ${url('node_modules/chokidar/index.js')};
const began = performance.now();
watch(watched, { ignored: path => path.includes('node_modules') }).on('ready', report);`,
  'fuge.mjs': `${REPORT}
import { createWatcher } from ${url('dist/supervisor/watch.js')};
const began = performance.now();
const watcher = createWatcher({ onChange() {}, onProblem(problem) { throw problem; } });
await watcher.watch('all', { enabled: true, roots: [watched], excludes: [], gitignore: true });
report();`,
};

export default async function watching(runs) {
  if (process.platform !== 'linux') {
    console.log('skipped: inotify is of Linux');
    return [];
  }
  const files = {};
  for (let i = 0; i < 3000; i++) files[`src/d${i % 300}/f${i}.js`] = '';
  for (let i = 0; i < 2000; i++)
    for (const name of ['index.js', 'package.json']) files[`node_modules/p${i}/${name}`] = '';
  const tree = folder(files);
  const programs = folder();
  for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(programs, name), text);
  const names = ['chokidar', 'chokidar-ignoring', 'fuge'];
  const peaks = Object.fromEntries(names.map(name => [name, []]));
  const watches = {};
  const contender = name => () => {
    const out = execFileSync(process.execPath, [join(programs, `${name}.mjs`), tree], { encoding: 'utf8' });
    const { ms, mb, watches: count } = JSON.parse(out);
    peaks[name].push(mb);
    watches[name] = count;
    return ms;
  };
  const measured = await interleave(Object.fromEntries(names.map(name => [name, contender(name)])), runs);
  const costs = names.map(name => `${name} ${median(peaks[name]).toFixed(0)} MB, ${watches[name]} watches`).join('; ');
  const what = 'watching 300 directories beside 2,000 in node_modules, until ready';
  return [
    compare(what, measured, 'fuge', 'chokidar', { goal: 0.33, note: costs }),
    compare(what, measured, 'fuge', 'chokidar-ignoring', { note: 'chokidar told to leave node_modules out' }),
  ];
}

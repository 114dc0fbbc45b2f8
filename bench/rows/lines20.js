// A million lines of 100 characters, written by 20 services at once, through to a file: how many arrive whole.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, folder, fuge, interleave, measure, median, peer, runToEnd } from '../harness.js';
import { turboWorkspace } from '../turbo.js';

export const title = '1,000,000 lines of 20 services at once';
export const limitedBy = 'the 20 writers, and one thread that splits lines';

const WRITERS = 20;
const COUNT = 1_000_000 / WRITERS;
const FLOOD = `
const tail = 'x'.repeat(89);
const writer = process.argv[2].padStart(2, '0');
let n = 0;
(function more() {
  while (n < ${COUNT}) {
    let text = '';
    for (let i = 0; i < 500; i++) text += writer + String(n++).padStart(8, '0') + tail + '\\n';
    if (!process.stdout.write(text)) return process.stdout.once('drain', more);
  }
})();
`;

/** ms until the runner has ended. */
async function run(command, cwd, seen) {
  rmSync(join(cwd, 'log'), { recursive: true, force: true });
  const path = join(cwd, 'out.txt');
  const stdout = openSync(path, 'w');
  const [program, ...args] = command;
  const env = { TURBO_TELEMETRY_DISABLED: '1', XDG_RUNTIME_DIR: join(cwd, 'run') };
  const { took, peak } = await runToEnd(program, args, { cwd, env, stdout });
  closeSync(stdout);
  seen.peaks.push(peak);
  seen.broken = Math.max(seen.broken ?? 0, countBroken(readFileSync(path, 'latin1')));
  return took;
}

/** How many lines did not arrive whole and in their order. */
function countBroken(text) {
  const next = Array(WRITERS).fill(0);
  let whole = 0;
  for (const [, writer, number] of text.matchAll(/(\d\d)(\d{8})x{89}$/gm)) {
    if (Number(number) === next[Number(writer)]) whole++;
    next[Number(writer)] = Number(number) + 1;
  }
  return WRITERS * COUNT - whole;
}

export default async function lines20(runs) {
  const [concurrently, turbo] = [peer('concurrently', '9'), peer('turbo', '2')];
  const writers = Array.from({ length: WRITERS }, (_, i) => i);
  const services = writers.map(i => `w${i}:\n  type: process\n  run: node flood.js ${i}\n`);
  const cwd = folder({ 'flood.js': FLOOD, 'fuge.yml': `fuge_global:\n  monitor: false\n${services.join('')}` });
  mkdirSync(join(cwd, 'run'));
  const seen = { fuge: { peaks: [] }, concurrently: { peaks: [] }, turbo: { peaks: [] } };
  const contenders = {};
  if (concurrently) {
    const commands = writers.map(i => `exec node flood.js ${i}`);
    contenders.concurrently = () => run([concurrently, ...commands], cwd, seen.concurrently);
  }
  if (turbo) {
    const commands = writers.map(i => `exec node ../../flood.js ${i}`);
    const at = turboWorkspace('flood', commands, { 'flood.js': FLOOD });
    const command = [turbo, 'run', 'flood', '--ui=stream', `--concurrency=${WRITERS + 1}`];
    contenders.turbo = () => run(command, at, seen.turbo);
  }
  contenders.fuge = () => run([process.execPath, fuge, 'up'], cwd, seen.fuge);
  const measured = await interleave(contenders, runs);
  if (seen.fuge.broken > 0) throw new Error(`fuge: ${seen.fuge.broken} lines are missing, torn or out of order`);
  const what = '1,000,000 lines of 20 services at once to a file';
  seen.fuge.peaks.shift(); // of the round that does not count
  return [
    ...Object.keys(contenders)
      .filter(name => name !== 'fuge')
      .map(name =>
        compare(what, measured, 'fuge', name, {
          below: 1,
          note: `lines lost or torn: 0 against ${seen[name].broken}; ${name} has ${median(seen[name].peaks).toFixed(0)} MB at its peak; fuge writes log files, too`,
        }),
      ),
    measure(`${what}: peak memory`, seen.fuge.peaks, { limit: 80, unit: 'MB' }),
  ];
}

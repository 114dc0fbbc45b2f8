// A million lines of 100 characters from one child, to a file and to a pipe.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, folder, fuge, interleave, measure, median, peer, runToEnd } from '../harness.js';
import { turboWorkspace } from '../turbo.js';

export const title = '1,000,000 lines of one service';
export const limitedBy = 'one thread that splits lines, keeps them and writes the log file';

const COUNT = 1_000_000;
const FLOOD = `
const tail = 'x'.repeat(91);
let n = 0;
(function more() {
  while (n < ${COUNT}) {
    let text = '';
    for (let i = 0; i < 500; i++) text += String(n++).padStart(8, '0') + tail + '\\n';
    if (!process.stdout.write(text)) return process.stdout.once('drain', more);
  }
})();
`;

/** ms until the runner has ended; its output goes to a file or through a pipe, and is checked for loss afterwards. */
async function run(program, args, cwd, isPipe, peaks) {
  const path = join(cwd, 'out.txt');
  rmSync(path, { force: true });
  rmSync(join(cwd, 'log'), { recursive: true, force: true });
  const stdout = isPipe ? 'pipe' : openSync(path, 'w');
  const { took, peak, bytes } = await runToEnd(program, args, { cwd, stdout });
  peaks.push(peak);
  if (!isPipe) {
    closeSync(stdout);
    checkWhole(readFileSync(path, 'utf8'), program);
  } else if (bytes < COUNT * 100) throw new Error(`${program} lost output: ${bytes} bytes arrived`);
  return took;
}

/** Every line once, in order, whole. */
function checkWhole(text, who) {
  let expected = 0;
  for (const match of text.matchAll(/(\d{8})x{91}$/gm))
    if (Number(match[1]) !== expected++) throw new Error(`${who}: line ${expected - 1} is missing`);
  if (expected !== COUNT) throw new Error(`${who}: ${expected} lines of ${COUNT} arrived`);
}

export default async function lines(runs) {
  const [concurrently, turbo] = [peer('concurrently', '9'), peer('turbo', '2')];
  const workspace = turbo && turboWorkspace('flood', ['exec node ../../flood.js'], { 'flood.js': FLOOD });
  const results = [];
  for (const isPipe of [false, true]) {
    const cwd = folder({
      'flood.js': FLOOD,
      'fuge.yml': 'fuge_global:\n  monitor: false\nflood:\n  type: process\n  run: node flood.js\n',
    });
    const peaks = { concurrently: [], turbo: [], fuge: [] };
    const measured = await interleave(
      {
        ...(concurrently && {
          concurrently: () => run(concurrently, ['node flood.js'], cwd, isPipe, peaks.concurrently),
        }),
        ...(turbo && {
          turbo: () => run(turbo, ['run', 'flood', '--ui=stream'], workspace, isPipe, peaks.turbo),
        }),
        fuge: async () => {
          const took = await run(process.execPath, [fuge, 'up'], cwd, isPipe, peaks.fuge);
          checkWhole(readFileSync(join(cwd, 'log', 'flood.log'), 'utf8'), 'the log file');
          return took;
        },
      },
      runs,
    );
    const what = `1,000,000 lines of 100 characters to a ${isPipe ? 'pipe' : 'file'}`;
    for (const name of Object.keys(measured).filter(each => each !== 'fuge')) {
      const note = `${name} has ${median(peaks[name]).toFixed(0)} MB at its peak; no line lost, the log file of fuge whole`;
      results.push(compare(what, measured, 'fuge', name, { below: 1, note }));
    }
    peaks.fuge.shift(); // of the round that does not count
    results.push(measure(`${what}: peak memory`, peaks.fuge, { limit: 80, unit: 'MB' }));
  }
  return results;
}

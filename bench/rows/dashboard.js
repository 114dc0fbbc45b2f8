// The dashboard over a service that prints 20,000 lines a second: what it costs on top of a fuge that shows nothing, and
// how long a key takes until its effect is on the screen. Linux only.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compare, folder, fuge, interleave, signalGroup } from '../harness.js';

export const title = 'The dashboard over 20,000 lines a second';
export const limitedBy = 'drawing whole rows of text at 30 frames a second';

const SCRIPT = '/usr/bin/script';
const LINES_A_SECOND = 20_000;
const WARM_UP_MS = 2500;
const SPAN_MS = 3500;
const KEYS = 20;
const PATIENCE_MS = 5000;

// Bursts of 10 ms, by the clock, so that a held output is not made up for.
const FLOOD = `let n = 0;
setInterval(() => {
  let text = '';
  for (let i = 0; i < ${LINES_A_SECOND / 100}; i++) text += 'GET /customers/' + n++ + ' 200 \\x1b[32mOK\\x1b[0m in 12 ms\\n';
  process.stdout.write(text);
}, 10);
`;

/** Seconds of processor time that a process has used. */
function usedBy(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Runs fuge in a pseudo-terminal of 40 rows; gives what it used and how keys did. */
async function run(cwd, args, hasKeys) {
  const command = `stty rows 40 cols 140; echo $$ > pid; exec '${process.execPath}' '${fuge}' ${args}`;
  const child = spawn(SCRIPT, ['-qfec', `sh -c "${command}"`, '/dev/null'], {
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    env: { ...process.env, TERM: 'xterm-256color' },
  });
  let bytes = 0;
  let awaited;
  child.stdout.setEncoding('utf8').on('data', chunk => {
    bytes += chunk.length;
    if (awaited?.pattern.test(chunk)) awaited.resolve(performance.now());
  });
  await pause(WARM_UP_MS);
  const pid = Number(readFileSync(join(cwd, 'pid'), 'latin1'));
  const began = performance.now();
  const [used, drawn] = [usedBy(pid), bytes];
  const delays = [];
  if (hasKeys) {
    // Letters on the command line that neither the lines nor the terminal's sequences have.
    child.stdin.write(':');
    await pause(100);
    for (let i = 0; i < KEYS; i++) {
      const key = i % 2 === 0 ? 'z' : 'q';
      const pressed = performance.now();
      const seen = new Promise(resolve => {
        awaited = { pattern: new RegExp(key), resolve };
      });
      child.stdin.write(key);
      delays.push((await Promise.race([seen, pause(PATIENCE_MS, Number.POSITIVE_INFINITY, { ref: false })])) - pressed);
      awaited = undefined;
      await pause(SPAN_MS / KEYS - 40);
    }
  }
  await pause(Math.max(0, began + SPAN_MS - performance.now()));
  const seconds = (performance.now() - began) / 1000;
  const share = (100 * (usedBy(pid) - used)) / seconds;
  const rate = (bytes - drawn) / seconds / 1000;
  const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
  process.kill(pid, 'SIGTERM');
  await new Promise(resolve => child.once('exit', resolve));
  signalGroup(child.pid, 'SIGKILL');
  return { share, delays, rate, memory };
}

export default async function dashboard(runs) {
  if (!existsSync(SCRIPT) || process.platform !== 'linux') {
    console.log('skipped: dashboard needs Linux and script(1) of bsdutils');
    return [];
  }
  const cwd = folder({ 'fuge.yml': 'flood:\n  type: node\n  run: flood.js\n', 'flood.js': FLOOD });
  const shown = [];
  const measured = await interleave(
    {
      'fuge up > /dev/null': async () => (await run(cwd, 'up > /dev/null', false)).share,
      'fuge up --ui': async () => {
        const result = await run(cwd, 'up --ui', true);
        shown.push(result);
        return result.share;
      },
    },
    runs,
  );
  const delays = shown.flatMap(each => each.delays).sort((a, b) => a - b);
  const at = share => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))].toFixed(0);
  const last = shown.at(-1);
  const note = `key to screen: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, at most ${at(1)} ms; ${last.rate.toFixed(0)} kB/s drawn, ${last.memory.toFixed(0)} MB`;
  return [
    compare('dashboard, 20,000 lines a second: processor', measured, 'fuge up --ui', 'fuge up > /dev/null', {
      unit: '% of a core',
      note,
    }),
  ];
}

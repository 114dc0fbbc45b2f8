// Structured records and logs -f as they are seen: at the prompt in a real terminal, and on the command line.
import { describe, expect, it, vi } from 'vitest';
import { FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const API = `
  let n = 0;
  setInterval(() => {
    console.log(JSON.stringify({ level: ++n % 2 ? 30 : 40, time: Date.now(), pid: 1, hostname: 'h', n, msg: 'paid' }));
  }, 50);
`;
const WEB = `setInterval(() => console.log('noise'), 20);`;
const files = {
  'fuge.yml': `
fuge_global: { monitor: false }
api: { type: node, path: ., run: api.cjs }
web: { type: node, path: ., run: web.cjs }
`,
  'api.cjs': API,
  'web.cjs': WEB,
};

describe.skipIf(!hasTmux)('logs -f at the prompt', () => {
  it('shows what was asked for and nothing else until Ctrl-C, then all lines again', async () => {
    const terminal = new Terminal(temporaryFolder(files), ['shell', 'fuge.yml', '--start']);
    await terminal.sees(/api │ INFO {2}paid {2}n=\d/);
    await terminal.sees(/web │ noise/);
    terminal.enter('logs api -f --level warn -n 2');
    const below = () => {
      const text = terminal.text();
      return text.slice(text.lastIndexOf('fuge> logs api -f')).trimEnd().split('\n').slice(1);
    };
    await vi.waitFor(() => expect(below().length).toBeGreaterThan(6), { timeout: 20_000, interval: 50 });
    // Each of them once, in their order, from the kept ones on. What came while it was typed stands above.
    const rows = below();
    const shown = rows.slice(rows.findIndex(row => /^\d\d:/.test(row)));
    const numbers = shown.map(row => Number(/^\d\d:\d\d:\d\d │ WARN {2}paid {2}n=(\d+)$/.exec(row)?.[1]));
    expect(numbers.length).toBeGreaterThan(2);
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + 2 * i));
    terminal.press('C-c');
    await vi.waitFor(() => expect(below().join('\n')).toMatch(/web │ noise/), { timeout: 20_000, interval: 50 });
    terminal.enter('exit');
    await terminal.sees(/CODE=0/);
  });
});

it('logs reads the files afterwards, by level and time', async () => {
  const folder = temporaryFolder(files);
  const shell = new FugeProcess(folder, { args: ['shell', 'fuge.yml', '--start'] });
  await shell.says(/WARN {2}paid {2}n=2\n/);
  shell.enter('exit');
  await shell.ended;
  const ran = async (...args: string[]) => {
    const fuge = new FugeProcess(folder, { args });
    const { code } = await fuge.ended;
    return { code, output: fuge.output };
  };
  const { code, output } = await ran(
    'logs',
    'api',
    '--level',
    'warn',
    '--since',
    '1h',
    '-n',
    '1',
    '--raw',
    '-f',
    'fuge.yml',
  );
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/^nothing runs .*, so there are no lines to follow/),
  });
  expect(await ran('logs', 'api', '--level', 'warn', '--since', '1h', '-n', '1', '--raw', 'fuge.yml')).toEqual({
    code: 0,
    output: expect.stringMatching(/^\{"level":40,"time":\d+,"pid":1,"hostname":"h","n":\d+,"msg":"paid"\}\n$/),
  });
  expect(await ran('logs', 'web', '--since', '1h')).toMatchObject({ code: 1 });
});

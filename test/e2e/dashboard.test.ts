// The dashboard in a real terminal: floods, sizes, kinds of terminals, and every way out leaves the terminal as it was.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal, type TerminalOptions } from '../rig/tmux.js';

const IDLE = `
  console.log('\\x1b[32mup\\x1b[0m and 漢字 🎉 here');
  setInterval(() => {}, 1000);
`;
/** 20,000 lines a second. */
const FLOOD = `
  let n = 0;
  setInterval(() => {
    let text = '';
    for (let i = 0; i < 200; i++) text += 'line ' + ++n + ' of a flood\\n';
    process.stdout.write(text);
  }, 10);
`;
/** Where a fuge finds another one. */
const run = process.env.XDG_RUNTIME_DIR!;
const AS_IT_WAS = { screen: 'main', cursor: true, mouse: false, keyboard: 'by line' } as const;
const TAKEN = { screen: 'alternate', cursor: false, mouse: true, keyboard: 'raw' } as const;

function folderOf(source: string): string {
  const yaml = 'fuge_global:\n  monitor: false\nweb:\n  type: node\n  path: web\n  run: index.cjs\n';
  return temporaryFolder({ 'web/index.cjs': source, 'fuge.yml': yaml });
}

async function open(source = IDLE, options: TerminalOptions & { args?: readonly string[] } = {}) {
  const { args = ['up', '--ui', 'fuge.yml'], ...others } = options;
  const folder = folderOf(source);
  const terminal = new Terminal(folder, args, others);
  await terminal.sees(/1 of 1 ready/);
  return { folder, terminal };
}

const gone = (terminal: Terminal, pattern: RegExp) =>
  terminal.waits(() => {
    expect(terminal.rows().join('\n')).not.toMatch(pattern);
  });

describe.skipIf(!hasTmux)('the dashboard', () => {
  it('takes the terminal and gives it back', async () => {
    const { terminal } = await open();
    expect(terminal.modes()).toEqual(TAKEN);
    terminal.press('q');
    await terminal.sees(/Stop the service that runs and leave\?/);
    terminal.press('y');
    await terminal.sees(/stopped in .*\nCODE=0/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
    expect(terminal.text()).not.toMatch(/┌/);
  });

  it('answers keys while 20,000 lines a second come', async () => {
    const { terminal } = await open(FLOOD);
    await terminal.sees(/line \d{5} of a flood/);
    terminal.press(':');
    terminal.type('echo still alive');
    await terminal.ends(': echo still alive');
    terminal.press('Escape');
    terminal.press('?');
    await terminal.sees(/┌ keys ─/);
    terminal.press('Escape');
    await gone(terminal, /┌ keys ─/);
    const shown = () => Number(/line (\d+)/.exec(terminal.rows().findLast(row => row.includes('line '))!)![1]);
    const from = shown();
    await terminal.waits(() => expect(shown()).toBeGreaterThan(from + 20_000));
    terminal.press('Space');
    await terminal.sees(/paused/);
    terminal.press('q');
    terminal.press('y');
    await terminal.sees(/CODE=0/);
  });

  it('is opened and left at the prompt, which is as it was', async () => {
    const folder = folderOf(IDLE);
    const terminal = new Terminal(folder, ['shell', 'fuge.yml', '--start']);
    await terminal.sees(/1 ready in .*\nfuge> /);
    terminal.enter('ui');
    await terminal.sees(/all services/);
    expect(terminal.modes()).toEqual(TAKEN);
    terminal.press('r');
    terminal.press('y');
    await terminal.sees(/↻1/);
    terminal.press('q');
    await terminal.ends('fuge>');
    // What happened meanwhile was seen there.
    expect(terminal.rows().filter(row => /restarting|┌/.test(row))).toEqual([]);
    terminal.enter('echo as it was');
    await terminal.sees(/^as it was$/m);
    terminal.enter('exit');
    await terminal.sees(/CODE=0/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
    expect(readFileSync(join(folder, 'log/web.log'), 'utf8')).toContain('and 漢字 🎉 here');
  });

  it('follows the size of the window', async () => {
    const { terminal } = await open(IDLE, { columns: 120, rows: 40 });
    for (const [columns, rows] of [
      [60, 16],
      [100, 30],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.waits(() => {
        const shown = terminal.rows();
        expect(shown[rows - 1]).toMatch(/^\? help/);
        expect(shown[rows - 2]).toMatch(/^└─+┘/);
        expect(shown[rows - 2]).toHaveLength(columns);
      });
    }
  });

  it('hears the mouse and what is pasted', async () => {
    const { terminal } = await open();
    terminal.send('\x1b[<0;5;4M\x1b[<0;5;4m');
    await terminal.sees(/┌ web ─/);
    // The wheel above the services, three notches in one go.
    terminal.send('\x1b[<64;5;4M\x1b[<64;5;4M\x1b[<64;5;4M');
    await terminal.sees(/┌ all ─/);
    terminal.press(':');
    terminal.send('\x1b[200~echo one\necho two\x1b[201~');
    await terminal.ends(': echo one echo two');
  });

  it('lends the terminal to a program, and comes back', async () => {
    const { terminal } = await open();
    terminal.press(':');
    terminal.enter('exec web cat');
    await terminal.waits(() => expect(terminal.modes()).toEqual(AS_IT_WAS));
    terminal.enter('said to the program');
    await terminal.sees(/said to the program\n+said to the program/);
    terminal.press('C-d');
    // It is asked for a key where there was little time to read.
    terminal.press('Enter');
    await terminal.sees(/all services/);
    expect(terminal.modes()).toEqual(TAKEN);
    terminal.press(':');
    terminal.enter('exec web echo only a glimpse');
    await terminal.sees(/only a glimpse\n+any key goes back to the dashboard/);
    terminal.press('Space');
    await terminal.waits(() => expect(terminal.modes()).toEqual(TAKEN));
  });

  it.each([
    'xterm',
    'xterm-256color',
    'screen',
    'screen-256color',
    'tmux',
    'tmux-256color',
    'xterm-kitty',
    'alacritty',
    'xterm-ghostty',
    'linux',
    'no-such-terminal',
  ])('works where TERM is %s', async TERM => {
    const { terminal } = await open(IDLE, { env: { TERM, TERMINFO: '/nowhere', NO_COLOR: '' } });
    await terminal.sees(/✓ web/);
    await terminal.sees(/up and 漢字 🎉 here +│/);
    expect(terminal.coloured()).toMatch(/\x1b\[(?:\d+;)*32m/);
    terminal.press('q', 'y');
    await terminal.sees(/CODE=0/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
  });

  it('uses no colours where NO_COLOR is set', async () => {
    const { terminal } = await open(IDLE, { env: { NO_COLOR: '1', TERM: 'xterm-256color' } });
    await terminal.sees(/up and 漢字/);
    expect(terminal.coloured()).not.toMatch(/\x1b\[(?:\d+;)*(?:3|4|9|10)[0-8][;m]/);
  });

  it.each([
    [
      undefined,
      'the dashboard needs a terminal that can place text, and TERM is not set. In a usual terminal "export TERM=xterm-256color" helps',
    ],
    ['dumb', 'the dashboard needs a terminal that can place text, and TERM says "dumb". "fuge shell" works here'],
  ])('says why there is none where TERM is %s', async (TERM, message) => {
    const terminal = new Terminal(folderOf(IDLE), ['dashboard', 'fuge.yml'], { columns: 160, env: { TERM } });
    await terminal.sees(/CODE=2/);
    expect(terminal.text()).toContain(message);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
  });

  it('says that a pipe is no terminal', async () => {
    const fuge = new FugeProcess(folderOf(IDLE), { args: ['up', '--ui'] });
    expect(await fuge.ended).toEqual({ code: 2, signal: null });
    expect(fuge.output).toBe('the dashboard needs a terminal: "fuge up" and "fuge logs -f" are for pipes and files\n');
  });
});

describe.skipIf(!hasTmux)('the terminal is as it was', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)('after %s, and the system is stopped', async signal => {
    const { terminal } = await open();
    process.kill(terminal.pid, signal);
    await terminal.sees(/CODE=(143|129)/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
  });

  it('while it is stopped by Ctrl-Z, and the dashboard comes back', async () => {
    const { terminal } = await open(IDLE, { isJob: true });
    terminal.press('C-z');
    await terminal.sees(/CODE=1\d\d/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
    terminal.press('Enter');
    await terminal.sees(/all services/);
    expect(terminal.modes()).toEqual(TAKEN);
  });

  it('after the fuge that runs the system was killed', async () => {
    const folder = folderOf(IDLE);
    const owner = new FugeProcess(folder, { run });
    owner.enter('start all');
    await owner.says(/1 ready/);
    const terminal = new Terminal(folder, ['dashboard']);
    await terminal.sees(/1 of 1 ready/);
    onTestFinished(() => owner.kill('SIGKILL'));
    owner.kill('SIGKILL');
    await terminal.sees(/CODE=1/);
    expect(terminal.text()).toMatch(/the fuge that ran it \(pid \d+\) has gone without a word/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
  });

  it('after q in one that is attached, and the system goes on', async () => {
    const folder = folderOf(IDLE);
    const owner = new FugeProcess(folder, { run });
    owner.enter('start all');
    await owner.says(/1 ready/);
    const terminal = new Terminal(folder, ['dashboard']);
    await terminal.sees(/1 of 1 ready/);
    await terminal.sees(/up and 漢字 🎉 here/);
    terminal.press('q');
    await terminal.sees(/left: the system goes on[\s\S]*CODE=0/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
    owner.enter('ps');
    await owner.says(/web .* ready +\d+/);
  });

  it('after the system was stopped from another terminal', async () => {
    const { folder, terminal } = await open();
    const down = new FugeProcess(folder, { args: ['down'], run });
    expect((await down.ended).code).toBe(0);
    await terminal.sees(/stopped from another terminal[\s\S]*CODE=0/);
    expect(terminal.modes()).toEqual(AS_IT_WAS);
  });
});

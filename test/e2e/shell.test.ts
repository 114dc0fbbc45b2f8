// The prompt in a real terminal: what is typed, what is seen, what is left behind.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const IDLE = `
  require('node:fs').writeFileSync('pid', String(process.pid));
  console.log('up');
  setInterval(() => {}, 1000);
`;
const STUBBORN = `process.on('SIGTERM', () => console.log('not now')); ${IDLE}`;
/** 10,000 lines a second. */
const FLOOD = `
  let n = 0;
  setInterval(() => {
    let text = '';
    for (let i = 0; i < 100; i++) text += 'line ' + ++n + ' of a flood\\n';
    process.stdout.write(text);
  }, 10);
`;
/** Takes the whole screen and every key, as vi does. */
const FULL_SCREEN = `
  process.stdout.write('\\x1b[?1049h\\x1b[2J\\x1b[HFULL ' + process.stdin.isTTY + '\\r\\n');
  process.stdin.setRawMode(true);
  process.stdin.on('data', key => {
    if (String(key) !== 'q') return process.stdout.write('key ' + JSON.stringify(String(key)) + '\\r\\n');
    process.stdout.write('\\x1b[?1049l');
    process.exit(3);
  });
`;

function systemFile(services: Record<string, string>, more = ''): Record<string, string> {
  const files: Record<string, string> = {};
  let yaml = 'fuge_global:\n  monitor: false\n';
  for (const [name, source] of Object.entries(services)) {
    files[`${name}/index.cjs`] = source;
    yaml += `${name}:\n  type: node\n  path: ${name}\n  run: index.cjs\n${more}`;
  }
  return { ...files, 'fuge.yml': yaml };
}

function open(services: Record<string, string>, args: readonly string[] = [], size = {}) {
  const folder = temporaryFolder(systemFile(services));
  return { folder, terminal: new Terminal(folder, ['shell', 'fuge.yml', ...args], size) };
}

const pidOf = (folder: string, name: string) => Number(readFileSync(join(folder, name, 'pid'), 'utf8'));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const gone = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000, interval: 50 });

describe.skipIf(!hasTmux)('the line being typed', () => {
  it('survives 10,000 lines a second with its cursor, wide characters and all', async () => {
    const { terminal } = open({ flood: FLOOD }, ['--start']);
    await terminal.sees(/flood +│ line \d{4}/);
    terminal.type('echo 日本 👍 abcdef');
    terminal.press('Left', 'Left', 'Left');
    await terminal.ends('fuge> echo 日本 👍 abcdef');
    const before = terminal.cursor();
    const shown = () => Number(/line (\d+)/.exec(terminal.rows().findLast(row => row.includes('line '))!)![1]);
    const from = shown();
    await vi.waitFor(() => expect(shown()).toBeGreaterThan(from + 20_000), { timeout: 20_000 });
    expect(terminal.lastRow()).toBe('fuge> echo 日本 👍 abcdef');
    expect(terminal.cursor().column).toBe(before.column);
    expect(before.column).toBe('fuge> echo '.length + 5 + 2 + 1 + 3);
    terminal.type('XY');
    await terminal.ends('fuge> echo 日本 👍 abcXYdef');
    // No scrap of the prompt is left among the lines.
    expect(terminal.rows().filter(row => row.includes('fuge>'))).toHaveLength(1);
    terminal.press('C-c');
    await terminal.ends('fuge>');
    terminal.enter('exit');
    await terminal.sees(/stopped in [\d.]+ s\nCODE=0/);
  });

  it('survives when it is wrapped over several rows', async () => {
    const { terminal } = open({ flood: FLOOD }, ['--start'], { columns: 40, rows: 20 });
    await terminal.sees(/flood +│ line \d{4}/);
    const typed = `echo ${'0123456789'.repeat(9)}`;
    terminal.type(typed);
    terminal.press(...Array<string>(50).fill('Left'));
    const wrapped = `fuge> ${typed}`.match(/.{1,40}/g)!;
    const isWhole = () => {
      const rows = terminal.rows().filter(row => row !== '');
      expect(rows.slice(-wrapped.length)).toEqual(wrapped);
      expect(rows.filter(row => row.includes('fuge>'))).toHaveLength(1);
      return rows;
    };
    await vi.waitFor(isWhole, { timeout: 20_000 });
    const shown = () => Number(/line (\d+)/.exec(terminal.rows().findLast(row => row.includes('line '))!)![1]);
    const from = shown();
    await vi.waitFor(() => expect(shown()).toBeGreaterThan(from + 10_000), { timeout: 20_000 });
    await vi.waitFor(isWhole, { timeout: 20_000 });
    terminal.press('C-c');
    await terminal.ends('fuge>');
  });

  it('is taken from a paste line by line, each shown when its turn has come', async () => {
    const { terminal } = open({ api: IDLE });
    await terminal.ends('fuge>');
    terminal.type('echo one\necho two\necho thr');
    await terminal.sees(/fuge> echo one\none\nfuge> echo two\ntwo\nfuge> echo thr$/m);
    terminal.enter('ee');
    await terminal.sees(/fuge> echo three\nthree\nfuge> /);
  });

  it('is completed by Tab', async () => {
    const { terminal } = open({ gateway: IDLE });
    await terminal.ends('fuge>');
    terminal.type('sta');
    terminal.press('Tab');
    await terminal.ends('fuge> sta'); // start, status
    terminal.type('r');
    terminal.press('Tab');
    await terminal.ends('fuge> start');
    terminal.type('ga');
    terminal.press('Tab');
    await terminal.ends('fuge> start gateway');
  });

  it('is remembered in the next run', async () => {
    const { folder, terminal } = open({ api: IDLE });
    await terminal.ends('fuge>');
    terminal.enter('echo one');
    await terminal.sees(/^one$/m);
    terminal.enter('set api SECRET_TOKEN=hunter2');
    terminal.enter('exit');
    await terminal.sees(/CODE=0/);
    const next = new Terminal(folder, ['shell', 'fuge.yml']);
    await next.ends('fuge>');
    next.press('Up');
    await next.ends('fuge> exit');
    next.press('Up');
    await next.ends('fuge> echo one');
    expect(readFileSync(join(folder, 'state/fuge/history'), 'utf8')).toBe('echo one\nexit\n');
  });
});

describe.skipIf(!hasTmux)('Ctrl-C', () => {
  it('clears the line, then stops the system', async () => {
    const { folder, terminal } = open({ api: IDLE }, ['--start']);
    await terminal.sees(/│ up[\s\S]*fuge>/);
    const pid = pidOf(folder, 'api');
    terminal.type('half a comm');
    await terminal.ends('fuge> half a comm');
    terminal.press('C-c');
    await terminal.ends('fuge>');
    expect(isAlive(pid)).toBe(true);
    terminal.press('C-c');
    await terminal.sees(/stopped in [\d.]+ s\nCODE=130/);
    expect(isAlive(pid)).toBe(false);
  });

  it('ends a command alone', async () => {
    const { folder, terminal } = open({ api: IDLE }, ['--start']);
    await terminal.ends('fuge>');
    terminal.enter('apply echo begun && exec sleep 60');
    await terminal.sees(/^api .*begun$/m);
    terminal.press('C-c');
    await terminal.ends('fuge>');
    expect(isAlive(pidOf(folder, 'api'))).toBe(true);
  });

  it('kills what does not want to stop, once the waiting has been seen', async () => {
    const { folder, terminal } = open({ stubborn: STUBBORN }, ['--start']);
    await terminal.sees(/│ up[\s\S]*fuge>/);
    const pid = pidOf(folder, 'stubborn');
    terminal.press('C-d');
    await terminal.sees(/^waiting for stubborn \(SIGTERM \d s ago, SIGKILL in \d+ s; Ctrl-C: now\)$/m);
    expect(isAlive(pid)).toBe(true);
    terminal.press('C-c');
    await terminal.sees(/stopped in [\d.]+ s\nCODE=0/);
    expect(terminal.text()).not.toMatch(/waiting for/);
    expect(isAlive(pid)).toBe(false);
  });
});

describe.skipIf(!hasTmux)('a program of the system', () => {
  it('has the whole terminal, every key, and gives it back', async () => {
    const { folder, terminal } = open({ api: IDLE, full: FULL_SCREEN }, []);
    await terminal.ends('fuge>');
    terminal.enter('start api');
    await terminal.sees(/ready in/);
    terminal.enter('node full/index.cjs');
    await terminal.sees(/^FULL true$/m);
    terminal.press('x', 'C-c', 'Tab');
    await terminal.sees(/key "x"\nkey "\\u0003"\nkey "\\t"/);
    terminal.press('q');
    await terminal.sees(/exit code 3\nfuge>/);
    expect(isAlive(pidOf(folder, 'api'))).toBe(true);
    terminal.type('echo bac');
    terminal.enter('k');
    await terminal.sees(/^back$/m);
  });

  it('keeps what it printed without a newline', async () => {
    const { terminal } = open({ api: IDLE });
    await terminal.ends('fuge>');
    terminal.enter('printf unfinished');
    await terminal.sees(/^unfinished⏎\s+fuge>/m);
  });

  it('is stopped by Ctrl-C without fuge', async () => {
    const { terminal } = open({ api: IDLE });
    await terminal.ends('fuge>');
    terminal.enter('echo begun; exec sleep 60');
    await terminal.sees(/^begun$/m);
    terminal.press('C-c');
    await terminal.ends('fuge>');
    terminal.enter('exit');
    await terminal.sees(/CODE=0/);
  });
});

describe.skipIf(!hasTmux)('however fuge ends', () => {
  it('a closed terminal leaves nothing running', async () => {
    const { folder, terminal } = open({ api: IDLE, web: IDLE }, ['--start']);
    await terminal.sees(/│ up[\s\S]*│ up[\s\S]*fuge>/);
    const pids = [pidOf(folder, 'api'), pidOf(folder, 'web')];
    expect(pids.every(isAlive)).toBe(true);
    terminal.close();
    await Promise.all(pids.map(gone));
  });

  it('SIGTERM stops the system and is told by the exit code', async () => {
    const { folder, terminal } = open({ api: IDLE }, ['--start']);
    await terminal.sees(/│ up[\s\S]*fuge>/);
    const pid = pidOf(folder, 'api');
    terminal.enter('kill -TERM $PPID');
    await terminal.sees(/stopped in [\d.]+ s\nCODE=143/);
    expect(isAlive(pid)).toBe(false);
  });
});

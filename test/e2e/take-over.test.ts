// A second fuge on the same system file: says who runs it, and at a terminal takes over when told to.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const fuge = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));
const FILES = {
  'fuge.yml': 'api:\n  type: node\n  path: api\n  run: index.cjs\n',
  'api/index.cjs': "console.log('up'); setInterval(() => {}, 1000);",
};

/** A fuge whose system is started and which waits for more commands. */
async function openFirst(folder: string) {
  // The terminal's fuge has to look where this one writes.
  const runtime = process.env.XDG_RUNTIME_DIR!;
  const child = spawn(process.execPath, [fuge, 'shell', 'fuge.yml', '--start'], {
    cwd: folder,
    env: { ...process.env, XDG_RUNTIME_DIR: runtime, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  onTestFinished(async () => {
    child.stdin.end();
    await ended;
  });
  await new Promise<void>(resolve => {
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes('1 ready')) resolve();
    });
  });
  return { pid: child.pid!, ended };
}

const problem = (pid: number) => `another fuge runs this system \\(pid ${pid}, since \\d\\d:\\d\\d\\)`;

describe('a second fuge', () => {
  it('without a terminal complains and gives 2', async () => {
    const folder = temporaryFolder(FILES);
    const { pid } = await openFirst(folder);
    const second = spawn(process.execPath, [fuge, 'shell', 'fuge.yml'], { cwd: folder });
    second.stdin.end('ps\n');
    const ended = new Promise<number | null>(resolve => second.once('close', resolve));
    const [out, errors, code] = await Promise.all([text(second.stdout), text(second.stderr), ended]);
    expect([code, out]).toEqual([2, '']);
    expect(errors).toMatch(new RegExp(`^error already-running: ${problem(pid)}`));
  });

  it.skipIf(!hasTmux)('at a terminal asks, and leaves the first one alone if told so', async () => {
    const folder = temporaryFolder(FILES);
    const { pid } = await openFirst(folder);
    const terminal = new Terminal(folder, ['shell', 'fuge.yml']);
    await terminal.sees(
      new RegExp(`${problem(pid)}[^]*take over \\(y\\), attach to it \\(a\\), or leave it \\(N\\)\\?`),
    );
    terminal.press('Enter');
    await terminal.sees(/CODE=2/);
    expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it.skipIf(!hasTmux)('takes over: the first one stops its services and ends, the second one opens', async () => {
    const folder = temporaryFolder(FILES);
    const { pid, ended } = await openFirst(folder);
    const terminal = new Terminal(folder, ['shell', 'fuge.yml', '--start']);
    await terminal.sees(new RegExp(`${problem(pid)}[^]*take over`));
    terminal.enter('y');
    expect(await ended).toBe(143);
    await terminal.sees(/1 ready in/);
    terminal.enter('ps');
    await terminal.sees(/api +ready/);
    terminal.enter('exit');
    await terminal.sees(/CODE=0/);
  });
});

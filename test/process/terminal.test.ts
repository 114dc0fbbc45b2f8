// Services with `tty: true`: real programs in real pseudo-terminals.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ExecSession, Supervisor } from '../../src/index.js';
import { Owner } from '../../src/supervisor/runners/owner.js';
import { createProcessRunner } from '../../src/supervisor/runners/process.js';
import type { Runner } from '../../src/supervisor/runners/runner.js';
import { attached, openDoor } from '../rig/attach.js';
import { alive, eventually, FAMILY, FugeProcess, MEMBERS, standingIn } from '../rig/fuge-process.js';
import { comesTo, isAlive, openSystem, prints, temporaryFolder } from '../rig/open-system.js';

const yaml = (run: string, more = '') =>
  `fuge_global:\n  monitor: false\nrepl:\n  type: process\n  tty: true\n  run: ${run}\n${more}`;
const FOREVER = 'setInterval(() => {}, 1e9);';

interface Looked extends ExecSession {
  /** All that came. */
  text(): string;
}

async function look(supervisor: Supervisor, columns = 100, rows = 30): Promise<Looked> {
  let text = '';
  const session = await supervisor.openTerminal('repl', {
    columns,
    rows,
    onOutput: (_, chunk) => {
      text += Buffer.from(chunk).toString();
    },
  });
  return Object.assign(session, { text: () => text });
}

describe('a service with a terminal', () => {
  it('is typed into, by several at a time', async () => {
    const { supervisor, until } = await openSystem({ 'fuge.yml': yaml('node -i') });
    await supervisor.start(['repl']);
    await until(prints('repl', 'Welcome'));
    const one = await look(supervisor);
    const two = await look(supervisor);
    one.write(Buffer.from('6*7\r'));
    await eventually(() => expect(one.text()).toContain('42'));
    await eventually(() => expect(two.text()).toContain('42'));
    two.close();
    expect(await two.exit).toEqual({ reason: 'lost', problem: 'left' });
    one.write(Buffer.from('.exit\r'));
    expect(await one.exit).toEqual({ reason: 'code', code: 0 });
    await until(comesTo('repl', 'completed'));
  });

  it('sees a terminal of the size of the one who looks, and leads its group', async () => {
    const { supervisor, printed, until } = await openSystem({
      'fuge.yml': yaml('node web.js'),
      'web.js': `const say = () => console.log([process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY,
        process.env.TERM, process.stdout.columns + 'x' + process.stdout.rows].join(' '));
        say(); process.stdout.on('resize', say); ${FOREVER}`,
    });
    await supervisor.start(['repl']);
    await until(prints('repl', 'true true true xterm-256color 80x24'));
    const session = await look(supervisor, 100, 30);
    await until(prints('repl', 'true true true xterm-256color 100x30'));
    session.resize(60, 20);
    await until(prints('repl', 'true true true xterm-256color 60x20'));
    expect(printed('repl')[0]).toBe('true true true xterm-256color 80x24');
  });

  it('is typed into from another process', async () => {
    const { supervisor, until } = await openSystem({ 'fuge.yml': yaml('cat') });
    await supervisor.start(['repl']);
    const client = await attached((await openDoor(supervisor)).path);
    const session = await look(client);
    session.write(Buffer.from('hello\r'));
    await until(prints('repl', 'hello'));
    await eventually(() => expect(session.text()).toBe('hello\r\nhello\r\n'));
    session.write(Buffer.from('\x04'));
    expect(await session.exit).toEqual({ reason: 'code', code: 0 });
    await expect(look(client)).rejects.toMatchObject({ code: 'no-terminal', message: '"repl" is not running' });
  });

  it.runIf(process.platform === 'linux')('is gone after fuge was killed', async () => {
    const direct = 'run: node worker.cjs direct';
    const withTerminal = FAMILY['fuge.yml']!.replace(direct, `${direct}\n  tty: true`);
    const folder = temporaryFolder({ ...FAMILY, 'fuge.yml': withTerminal });
    const fuge = new FugeProcess(folder);
    fuge.enter('start all');
    await eventually(() => expect(alive(folder)).toEqual(MEMBERS));
    fuge.kill('SIGKILL');
    await fuge.ended;
    await eventually(() => {
      expect(alive(folder)).toEqual([]);
      expect(standingIn(folder)).toEqual([]);
    });
  });

  it('gets Ctrl-C as SIGINT', async () => {
    const { supervisor, until } = await openSystem({
      'fuge.yml': yaml('node web.js'),
      'web.js': `process.on('SIGINT', () => { console.log('interrupted'); process.exit(3); }); console.log('up'); ${FOREVER}`,
    });
    void supervisor.start(['repl']);
    await until(prints('repl', 'up'));
    const session = await look(supervisor);
    session.write(Buffer.from('\x03'));
    await until(prints('repl', 'interrupted'));
    expect(await session.exit).toEqual({ reason: 'code', code: 3 });
  });

  it('shows whoever joins the question that waits for an answer', async () => {
    const { supervisor, until } = await openSystem({
      'fuge.yml': yaml('sh ask.sh'),
      'ask.sh': 'printf "one\\ntwo? "; read answer; echo "got $answer"; read more',
    });
    void supervisor.start(['repl']);
    await until(prints('repl', 'one'));
    const session = await look(supervisor);
    await eventually(() => expect(session.text()).toContain('two? '));
    session.write(Buffer.from('three\r'));
    await until(prints('repl', 'got three'));
  });

  it('ends at a stop, though it ignores SIGHUP, and its log has plain lines', async () => {
    const { supervisor, folder, until } = await openSystem({
      'fuge.yml': yaml('node web.js'),
      'web.js': `process.on('SIGHUP', () => {}); console.log('one\\ntwo'); ${FOREVER}`,
    });
    void supervisor.start(['repl']);
    await until(prints('repl', 'two'));
    const pid = supervisor.status('repl')!.run!.pid!;
    const session = await look(supervisor);
    expect(await supervisor.stop(['repl'])).toMatchObject([{ result: 'stopped' }]);
    expect(isAlive(pid)).toBe(false);
    expect(await session.exit).toEqual({ reason: 'signal', signal: 'SIGTERM' });
    await supervisor.close();
    expect(readFileSync(join(folder, 'log/repl.log'), 'utf8')).toContain('one\ntwo\n');
  });

  it('loses no line of a flood', async () => {
    const { supervisor, printed, until } = await openSystem({ 'fuge.yml': yaml('seq 1 50000') });
    void supervisor.start(['repl']);
    await until(comesTo('repl', 'completed'));
    expect(printed('repl')).toEqual(Array.from({ length: 50_000 }, (_, i) => String(i + 1)));
  });

  it('that has none says how to get one, and one that is stopped says so', async () => {
    const { supervisor, folder } = await openSystem({
      'fuge.yml': yaml('cat', 'plain:\n  type: process\n  run: cat\n'),
    });
    const options = { columns: 80, rows: 24, onOutput() {} };
    await expect(supervisor.openTerminal('plain', options)).rejects.toMatchObject({
      code: 'no-terminal',
      message: '"plain" has no terminal that could be typed into',
      at: { file: join(folder, 'fuge.yml'), line: 7 },
      hint: 'add "tty: true" to it',
    });
    await expect(supervisor.openTerminal('repl', options)).rejects.toMatchObject({
      message: '"repl" is not running',
      hint: '"start repl" starts it',
    });
  });

  it('is not started where there are no pseudo-terminals', async () => {
    const owner = new Owner();
    onTestFinished(() => owner.close());
    const missing = () => Promise.reject(new Error('not installed'));
    const { supervisor, folder } = await openSystem(
      { 'fuge.yml': yaml('cat') },
      { runner: createProcessRunner(owner, missing) as Runner },
    );
    expect(await supervisor.start(['repl'])).toMatchObject([{ result: 'failed' }]);
    expect(supervisor.status('repl')?.lastExit).toMatchObject({
      reason: 'not-started',
      problem: {
        code: 'no-pseudo-terminal',
        message: `"repl" can't get a terminal: @lydell/node-pty is not installed, or has no build for ${process.platform} on ${process.arch}`,
        at: { file: join(folder, 'fuge.yml'), line: 5 },
        hint: 'install fuge with its optional dependencies ("npm install --include=optional"), or remove "tty: true"',
      },
    });
  });
});

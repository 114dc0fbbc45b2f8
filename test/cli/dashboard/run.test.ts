// How the dashboard treats the terminal that it is given, by what it writes there.
import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../../src/cli/dashboard/frame.js';
import type { Effect, Message } from '../../../src/cli/dashboard/message.js';
import { Dashboard, type DashboardOptions } from '../../../src/cli/dashboard/run.js';
import { FakeSupervisor, nodeService, systemOf } from '../../rig/fake-supervisor.js';
import { FakeStream } from '../../rig/fake-terminal.js';

class FakeKeyboard extends EventEmitter {
  isRaw = false;
  isRead = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  resume(): this {
    this.isRead = true;
    return this;
  }

  pause(): this {
    this.isRead = false;
    return this;
  }
}

const LEFT = '\x1b[?1006l\x1b[?1000l\x1b[23;0t\x1b[0m\x1b[r\x1b[?2026l\x1b[?2004l\x1b[?25h\x1b[?1049l';

interface Heard {
  readonly messages: readonly Message[];
}

function frame(text: string): Frame {
  const place = { left: 0, top: 0, width: 80, height: 24 };
  return {
    columns: 80,
    rows: 24,
    panes: [{ id: 'logs', place, hasFocus: true, rows: [[{ text, style: {} }]] }],
  };
}

function open(options: Partial<DashboardOptions<Heard>> = {}) {
  const keyboard = new FakeKeyboard();
  const screen = new FakeStream(true);
  const supervisor = new FakeSupervisor(systemOf(nodeService('api')));
  const abort = new AbortController();
  const messages: Message[] = [];
  const dashboard = new Dashboard<Heard>({
    model: { messages },
    update: (model, message) => {
      messages.push(message);
      const effects: Effect[] = message.type === 'key' && message.key === 'q' ? [{ type: 'leave' }] : [];
      return { model: { ...model }, effects };
    },
    frameOf: () => frame(`heard ${messages.length}`),
    supervisor,
    stdin: keyboard as unknown as ReadStream,
    stdout: screen as unknown as WriteStream,
    env: { TERM: 'xterm-256color' },
    signal: abort.signal,
    runLine: async () => 0,
    remember: () => {},
    complete: line => ({ line, candidates: [] }),
    ...options,
  });
  return { keyboard, screen, supervisor, abort, messages, dashboard, ended: dashboard.run() };
}

describe('the dashboard', () => {
  it('says its size and its system before anything else', async () => {
    const { messages, abort, ended } = open();
    expect(messages.slice(0, 2).map(({ type }) => type)).toEqual(['resize', 'system']);
    abort.abort();
    await ended;
  });

  it('gives the terminal back when it is left', async () => {
    const { keyboard, screen, ended } = open();
    expect(screen.text).toContain('\x1b[?1049h');
    expect(keyboard).toMatchObject({ isRaw: true, isRead: true });
    keyboard.emit('data', Buffer.from('q'));
    await ended;
    expect(screen.text.endsWith(LEFT)).toBe(true);
    expect(keyboard).toMatchObject({ isRaw: false, isRead: false });
    expect(keyboard.listenerCount('data')).toBe(0);
  });

  it.each([
    ['the model', { update: (): never => fail() }],
    ['drawing', { frameOf: (): never => fail() }],
  ])('gives the terminal back when %s fails, and says so', async (_what, broken) => {
    const { keyboard, screen, ended } = open(broken);
    await expect(ended).rejects.toThrow('a mistake in it');
    expect(screen.text.endsWith(LEFT)).toBe(true);
    expect(keyboard).toMatchObject({ isRaw: false, isRead: false });
  });

  it('gives the terminal back when drawing fails later on', async () => {
    let isBroken = false;
    const { keyboard, screen, ended } = open({ frameOf: () => (isBroken ? fail() : frame('fine')) });
    isBroken = true;
    keyboard.emit('data', Buffer.from('j'));
    await expect(ended).rejects.toThrow('a mistake in it');
    expect(screen.text.endsWith(LEFT)).toBe(true);
  });

  it('listens to no more of the process than before, when it is left', async () => {
    const events = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGCONT', 'uncaughtException', 'exit'];
    const counts = () => events.map(event => process.listenerCount(event));
    const before = counts();
    const { abort, ended } = open();
    abort.abort();
    await ended;
    expect(counts()).toEqual(before);
  });

  it('draws nothing where nothing has changed', async () => {
    const { keyboard, screen, messages, abort, ended } = open({ frameOf: () => frame('always the same') });
    screen.take();
    keyboard.emit('data', Buffer.from('j'));
    expect(messages.at(-1)).toEqual({ type: 'key', key: 'j' });
    await new Promise(resolve => setImmediate(resolve));
    expect(screen.take()).toBe('');
    abort.abort();
    await ended;
  });

  it('waits with drawing for a terminal that is slow', async () => {
    const { keyboard, screen, messages, abort, ended } = open();
    screen.stick();
    const before = messages.length;
    // One frame fills what the stream keeps; those that follow wait until it is taken.
    for (let i = 0; i < 200 && !screen.writableNeedDrain; i++) screen.write('x'.repeat(1024));
    screen.take();
    keyboard.emit('data', Buffer.from('j'));
    expect(messages.length).toBeGreaterThan(before);
    screen.unstick();
    await vi.waitFor(() => expect(screen.text).toContain(String(messages.length)));
    abort.abort();
    await ended;
  });
});

function fail(): never {
  throw new Error('a mistake in it');
}

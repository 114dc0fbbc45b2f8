import { describe, expect, it } from 'vitest';
import { stopSystem, waitingText } from '../../../src/cli/shell/closing.js';
import { Writer } from '../../../src/cli/terminal/writer.js';
import { FakeSupervisor, nodeService, statusOf, systemOf } from '../../rig/fake-supervisor.js';
import { FakeStream } from '../../rig/fake-terminal.js';

const system = systemOf(...['a', 'b', 'c', 'd', 'payments'].map(name => nodeService(name)));
const stopping = { id: 'stopping', run: 1, forced: false } as const;

describe('the line that says what is waited for', () => {
  it('names the service, its signal and what comes next', () => {
    const statuses = [statusOf('a'), statusOf('payments', { phase: stopping, since: 1000 })];
    expect(waitingText(statuses, system, 4000, true)).toBe(
      'waiting for payments (SIGTERM 3 s ago, SIGKILL in 7 s; Ctrl-C: now)',
    );
    expect(waitingText(statuses, system, 4000, false)).toBe('waiting for payments (SIGTERM 3 s ago, SIGKILL in 7 s)');
  });

  it('names three and counts the others', () => {
    const statuses = ['a', 'b', 'c', 'd', 'payments'].map(name => statusOf(name, { phase: stopping, since: 0 }));
    expect(waitingText(statuses, system, 0, false)).toBe(
      'waiting for a, b, c and 2 more (SIGTERM 0 s ago, SIGKILL in 10 s)',
    );
  });

  it('says when nothing more can be done', () => {
    const statuses = [statusOf('a', { phase: { ...stopping, forced: true }, since: 0 })];
    expect(waitingText(statuses, system, 11_000, true)).toBe('waiting for a (SIGKILL sent, stopping since 11 s ago)');
  });

  it('is empty when all have stopped', () => {
    expect(waitingText([statusOf('a')], system, 0, true)).toBe('');
  });
});

describe('stopping the system', () => {
  const set = (supervisor: FakeSupervisor) => supervisor.set('payments', { phase: { id: 'ready', run: 1 }, since: 0 });

  it('is said before and after, in a pipe as lines', async () => {
    const stream = new FakeStream();
    const supervisor = new FakeSupervisor(system);
    set(supervisor);
    const writer = new Writer({ stream });
    await stopSystem(supervisor, writer);
    await writer.drained();
    expect(stream.text).toMatch(/^stopping 1 service …\nstopped in \d+\.\d+ s\n$/);
    expect(supervisor.calls).toEqual(['close']);
  });

  it('leaves nothing of the status line in a terminal', async () => {
    const stream = new FakeStream(true);
    const supervisor = new FakeSupervisor(system);
    set(supervisor);
    const writer = new Writer({ stream });
    await stopSystem(supervisor, writer);
    await writer.drained();
    expect(stream.text).toMatch(/^stopping 1 service …\r\x1b\[Jstopped in \d+\.\d+ s\n$/);
  });

  it('says nothing where nothing runs', async () => {
    const stream = new FakeStream();
    const supervisor = new FakeSupervisor(system);
    const writer = new Writer({ stream });
    await stopSystem(supervisor, writer);
    await writer.drained();
    expect(stream.text).toBe('');
    expect(supervisor.calls).toEqual(['close']);
  });
});

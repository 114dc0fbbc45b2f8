// Clients that are broken, greedy or slow: they hurt nobody but themselves.
import { createConnection } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import type { Event } from '../../src/event.js';
import { attached, openDoor, openReachable, RawClient } from '../rig/attach.js';
import { FakeSupervisor } from '../rig/fake-supervisor.js';
import { processService, systemOf } from '../rig/system.js';

const service = (name: string) => processService(name, { ready: 'launched' });

const eventsOf = (client: RawClient) =>
  client.messages.flatMap(({ params }) => (params as { event?: Event } | undefined)?.event ?? []);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory that is really in use. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('what is no request', () => {
  it.each([
    ['nonsense\n', null, -32700, 'a message must be one line of JSON'],
    ['\u0000\u0001\n', null, -32700, 'a message must be one line of JSON'],
    ['null\n', null, -32600, 'a message must be an object with a method'],
    ['[]\n', null, -32600, 'a message must be an object with a method'],
    ['{"id":7}\n', 7, -32600, 'a message must be an object with a method'],
    ['{"id":7,"method":"fly"}\n', 7, -32601, 'there is no method "fly"'],
    ['{"id":7,"method":"constructor"}\n', 7, -32601, 'there is no method "constructor"'],
    ['{"id":7,"method":"__proto__"}\n', 7, -32601, 'there is no method "__proto__"'],
    ['{"id":7,"method":"start"}\n', 7, -32602, '"services" must be a list of strings'],
    ['{"id":7,"method":"start","params":["a"]}\n', 7, -32602, 'params must be an object'],
    ['{"id":7,"method":"start","params":{"services":["x"]}}\n', 7, -32602, 'there is no service "x"'],
    ['{"id":7,"method":"lines","params":{"service":"a","limit":-1}}\n', 7, -32602, '"limit" must be a whole number'],
    ['{"id":7,"method":"exec","params":{"service":"a","command":[]}}\n', 7, -32602, '"command" must name a program'],
  ])('%j is answered with what is wrong, and the connection goes on', async (text, id, code, message) => {
    const { path } = await openReachable([service('a')]);
    const client = new RawClient(path);
    client.write(text);
    expect(await client.answer(id)).toEqual({ jsonrpc: '2.0', id, error: { code, message } });
    expect(await client.ask(99, 'statuses')).toMatchObject({ result: [{ name: 'a' }] });
  });

  it('is no matter as a notification', async () => {
    const { path } = await openReachable([service('a')]);
    const client = new RawClient(path);
    for (const method of ['cancel', 'input', 'endInput', 'resize', 'closeSession', 'unheard of'])
      for (const params of [undefined, {}, [], { session: 1 }, { session: 'x', id: null, data: 4 }])
        client.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
    expect(await client.ask(1, 'statuses')).toMatchObject({ result: [{ name: 'a' }] });
  });

  it('is refused and the connection ended where it is too long', async () => {
    const { path, supervisor } = await openReachable([service('a')]);
    const client = new RawClient(path);
    for (let i = 0; i < 9; i++) client.write('x'.repeat(1024 * 1024));
    expect(await client.answer(null)).toMatchObject({ error: { message: 'a message has at most 8388608 bytes' } });
    await vi.waitFor(() => expect(client.isClosed).toBe(true));
    expect((await attached(path)).statuses()).toHaveLength(supervisor.statuses().length);
  });
});

describe('requests', () => {
  it('of one id at once are one too many', async () => {
    const { path, runner } = await openReachable([service('a')]);
    runner.slow.add('a');
    const client = new RawClient(path);
    client.write('{"id":1,"method":"start","params":{"services":["a"]}}\n');
    client.write('{"id":1,"method":"statuses"}\n');
    expect(await client.answer(1)).toMatchObject({ error: { message: 'a request of this id is being worked on' } });
  });

  it('are at most so many at once', async () => {
    const { path, runner } = await openReachable([service('a')]);
    runner.slow.add('a');
    const client = new RawClient(path);
    for (let id = 1; id <= 256; id++) client.write(`{"id":${id},"method":"start","params":{"services":["a"]}}\n`);
    expect(await client.ask(257, 'statuses')).toMatchObject({ error: { message: 'at most 256 requests at once' } });
  });
});

describe('a client', () => {
  it('that says half a word, or nothing, keeps nobody from anything', async () => {
    const { path, door } = await openReachable([service('a')]);
    const silent = new RawClient(path);
    const stopped = new RawClient(path);
    stopped.write('{"id":1,"meth');
    const client = await attached(path);
    expect(await client.start(['a'])).toMatchObject([{ result: 'ready' }]);
    await door.close();
    await vi.waitFor(() => expect([silent.isClosed, stopped.isClosed]).toEqual([true, true]));
  });

  it('that is too slow for the output learns how much it has missed, and is told everything else', async () => {
    const { path, runner, supervisor } = await openReachable([service('a'), service('b')]);
    const slow = new RawClient(path);
    await slow.ask(1, 'subscribe', { lines: true });
    await slow.ask(2, 'start', { services: ['a', 'b'] });
    slow.socket.pause();
    const chunk = `${'x'.repeat(99)}\n`.repeat(600);
    for (let i = 0; i < 500; i++) {
      runner.of('a').print(chunk);
      // The connection is worked on between two chunks.
      await new Promise(setImmediate);
    }
    await supervisor.stop(['b']);
    slow.socket.resume();
    runner.of('a').print('end\n');
    await vi.waitFor(() => expect(eventsOf(slow).some(event => event.type === 'missed')).toBe(true));
    runner.of('a').print('after\n');
    await vi.waitFor(() =>
      expect(eventsOf(slow).findLast(event => event.type === 'lines')).toMatchObject({ lines: ['after'] }),
    );
    const events = eventsOf(slow);
    const heard = events.reduce((sum, event) => sum + (event.type === 'lines' ? event.lines.length : 0), 0);
    const missed = events.reduce((sum, event) => sum + (event.type === 'missed' ? event.lines : 0), 0);
    expect(missed).toBeGreaterThan(100_000);
    expect(heard + missed).toBe(500 * 600 + 2);
    expect(events).toContainEqual(expect.objectContaining({ type: 'phase', service: 'b', phase: { id: 'stopped' } }));
  });

  it('and 200 like it, which follow a flood and do not read, cost memory that is bounded', async () => {
    const supervisor = new FakeSupervisor(systemOf([service('a')]));
    const { path } = await openDoor(supervisor);
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = createConnection(path);
        socket.on('error', () => {});
        await new Promise<void>(resolve => socket.once('connect', resolve));
        socket.pause();
        socket.write('{"id":1,"method":"subscribe","params":{"lines":true}}\n');
        return socket;
      }),
    );
    const client = await attached(path); // all those before it have been heard
    const before = usedBytes();
    const lines = Array.from({ length: 600 }, (_, i) => `${i} ${'y'.repeat(96)}`);
    for (let i = 0; i < 1500; i++) {
      supervisor.emit({ type: 'lines', at: i, service: 'a', run: 1, stream: 'stdout', lines, shown: 0 });
      await new Promise(setImmediate);
    }
    // 90 MB were printed for each of 200 clients.
    expect(usedBytes() - before).toBeLessThan(48 * 1024 * 1024);
    expect(await client.stop(['a'])).toMatchObject([{ result: 'stopped' }]);
    for (const socket of sockets) socket.destroy();
  });
});

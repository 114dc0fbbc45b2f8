// A running system asked through its socket: as if it ran here.
import { statSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { Event } from '../../src/event.js';
import { attach } from '../../src/remote/client.js';
import { attached, openReachable, RawClient } from '../rig/attach.js';
import { processService } from '../rig/system.js';

const service = (name: string) => processService(name, { ready: 'launched' });

const linesOf = (events: readonly Event[], service = 'a') =>
  events.flatMap(event =>
    event.type === 'lines' && event.service === service
      ? event.lines
      : event.type === 'backlog' && event.service === service
        ? event.lines.map(({ text }) => `kept ${text}`)
        : [],
  );

describe('an attached supervisor', () => {
  it('knows the system, maps and all, and how its services stand', async () => {
    const { supervisor, path } = await openReachable([service('b'), service('1')]);
    const client = await attached(path);
    expect(client.system).toEqual(supervisor.system);
    expect([...client.system.services.keys()]).toEqual(['b', '1']);
    expect(client.statuses()).toEqual(JSON.parse(JSON.stringify(supervisor.statuses())));
    expect(client.hello).toEqual({
      protocol: 1,
      fuge: '3.0.0',
      pid: process.pid,
      system: supervisor.system.name,
      file: supervisor.system.file,
      isClosing: false,
    });
  });

  it('gives orders, and its statuses are those after all that it has heard', async () => {
    const { path, runner } = await openReachable([service('a'), service('b')]);
    const client = await attached(path);
    const seen: string[] = [];
    client.subscribe(event => {
      if (event.type === 'phase')
        seen.push(`${event.service} ${event.phase.id} ${client.status(event.service)?.phase.id}`);
    });
    expect(await client.start(['a', 'b'])).toMatchObject([
      { service: 'a', result: 'ready' },
      { service: 'b', result: 'ready' },
    ]);
    expect(client.status('a')).toMatchObject({ phase: { id: 'ready' }, run: { pid: runner.of('a').pid } });
    expect(seen.filter(each => each.startsWith('a'))).toEqual([
      'a waiting waiting',
      'a starting starting',
      'a ready ready',
    ]);
    expect(await client.stop(['a'])).toMatchObject([{ service: 'a', result: 'stopped' }]);
    expect(client.status('a')?.run).toBeUndefined();
    expect(await client.restart(['b'])).toMatchObject([{ result: 'ready' }]);
    expect(await client.kill(['b'])).toMatchObject([{ result: 'stopped' }]);
  });

  it('asks for everything else that a supervisor is asked for', async () => {
    const { supervisor, path, runner } = await openReachable([service('a')]);
    const client = await attached(path);
    await client.start(['a']);
    runner.of('a').print('one\ntwo\n');
    expect(await client.lines('a', 1)).toMatchObject([{ text: 'two', stream: 'stdout', run: 1 }]);
    expect(await client.logFiles('a')).toEqual(await supervisor.logFiles('a'));
    expect(await client.zone()).toEqual(JSON.parse(JSON.stringify(await supervisor.zone())));
    await client.setVariable('a', 'COLOUR', 'red');
    expect((await client.environment('a')).variables).toContainEqual({ name: 'COLOUR', value: 'red', source: 'set' });
    await client.setVariable('a', 'COLOUR', undefined);
    expect((await client.environment('a')).variables.map(({ name }) => name)).not.toContain('COLOUR');
    await client.tail(['a'], false);
    expect(client.status('a')?.tail).toBe(false);
    await client.watch(['a'], true);
    expect(supervisor.status('a')?.watching).toBe(client.status('a')?.watching);
    expect(await client.usage()).toBeInstanceOf(Map);
    expect(await client.claim()).toBeUndefined();
  });

  it('applies a new system, and knows it before anybody hears of it', async () => {
    const { path, next } = await openReachable([service('a')]);
    const client = await attached(path);
    const known: string[][] = [];
    client.subscribe(event => {
      if (event.type === 'reloaded') known.push([...client.system.services.keys()]);
    });
    const changes = await client.reload(next([service('a'), service('b')]));
    expect(changes).toEqual({ added: ['b'], removed: [], changed: [] });
    expect(known).toEqual([['a', 'b']]);
    expect(client.status('b')?.phase.id).toBe('stopped');
  });

  it('tells what is refused in the words of the one who refused', async () => {
    const { path } = await openReachable([service('a')]);
    const client = await attached(path);
    await expect(client.start(['x'])).rejects.toThrow('there is no service "x"');
    await expect(client.exec('a', ['ls'], { terminal: undefined, onOutput() {} })).rejects.toMatchObject({
      severity: 'error',
      message: expect.stringContaining('"a"'),
    });
    await expect(client.reloadFile()).rejects.toThrow('this system was not read from a file');
  });

  it('leaves the system as it is when it disconnects', async () => {
    const { path, supervisor } = await openReachable([service('a')]);
    const client = await attached(path);
    await client.start(['a']);
    client.disconnect();
    expect(await client.gone).toBe(false);
    expect(supervisor.status('a')?.phase.id).toBe('ready');
    await expect(client.start(['a'])).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('stops the system when it is closed, and settles when nothing of it is left', async () => {
    const { path, supervisor, phase, door } = await openReachable([service('a')]);
    const client = await attached(path);
    const other = await attached(path);
    await client.start(['a']);
    // As the supervisor does it at its end.
    void other.gone;
    const closing = new Promise<void>(resolve => {
      supervisor.subscribe(event => {
        if (event.type === 'closing') resolve(supervisor.close().then(() => door.close()));
      });
    });
    await client.close();
    await closing;
    expect(phase('a')).toBe('stopped');
    expect(await other.gone).toBe(true);
  });
});

describe('what is printed', () => {
  it('is heard by those who asked for it, nothing twice and nothing missed after the kept lines', async () => {
    const { path, runner } = await openReachable([service('a'), service('b')]);
    const client = await attached(path);
    await client.start(['a', 'b']);
    const run = runner.of('a');
    run.print('1\n2\n');
    const events: Event[] = [];
    const late: Event[] = [];
    const none: Event[] = [];
    client.subscribe(event => none.push(event), { lines: false });
    client.subscribe(event => events.push(event), { backlog: 10 });
    run.print('3\n');
    await vi.waitFor(() => expect(linesOf(events)).toEqual(['kept 1', 'kept 2', 'kept 3']));
    run.print('4\n');
    await vi.waitFor(() => expect(linesOf(events)).toHaveLength(4));
    client.subscribe(event => late.push(event), { backlog: 1 });
    run.print('5\n');
    await vi.waitFor(() => expect(linesOf(late)).toHaveLength(1));
    run.print('6\n');
    await vi.waitFor(() => expect(linesOf(late)).toHaveLength(2));
    expect(linesOf(late)).toEqual(['kept 5', '6']);
    expect(linesOf(events)).toEqual(['kept 1', 'kept 2', 'kept 3', '4', '5', '6']);
    expect(none.filter(({ type }) => type === 'lines' || type === 'backlog')).toEqual([]);
  });

  it('is not sent any more when nobody here hears it', async () => {
    const { path, runner } = await openReachable([service('a')]);
    const raw = new RawClient(path);
    await raw.ask(1, 'subscribe', { lines: true });
    await raw.ask(2, 'start', { services: ['a'] });
    runner.of('a').print('heard\n');
    await raw.ask(3, 'subscribe', { lines: false });
    runner.of('a').print('unheard\n');
    await raw.ask(4, 'statuses');
    const texts = raw.messages.flatMap(({ params }) => {
      const event = (params as { event?: Event } | undefined)?.event;
      return event?.type === 'lines' ? event.lines : [];
    });
    expect(texts).toEqual(['heard']);
  });

  it('is not read on while this side is held, and is heard afterwards', async () => {
    const { path, runner } = await openReachable([service('a')]);
    const client = await attached(path);
    await client.start(['a']);
    const events: Event[] = [];
    client.subscribe(event => events.push(event), { backlog: 1 });
    await vi.waitFor(() => expect(events).toHaveLength(1));
    const releases = [client.holdOutput(), client.holdOutput()];
    runner.of('a').print('1\n');
    for (const release of releases) release();
    await vi.waitFor(() => expect(linesOf(events)).toEqual(['1']));
  });
});

describe('the socket', () => {
  it('can be opened by its user alone', async () => {
    const { path } = await openReachable([service('a')]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('of a fuge that speaks another protocol is told with what to do', async () => {
    const { createServer } = await import('node:net');
    const { path } = await openReachable([service('a')]);
    const other = `${path}.other`;
    const server = createServer(socket => {
      const params = { protocol: 2, fuge: '4.0.0', pid: 812, system: 'shop', file: '/shop/fuge.yml' };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'hello', params })}\n`);
      socket.on('error', () => {});
    }).listen(other);
    await vi.waitFor(() => expect(server.listening).toBe(true));
    await expect(attach(other)).rejects.toEqual({
      severity: 'error',
      code: 'other-protocol',
      message: '/shop/fuge.yml is run by fuge 4.0.0 (pid 812), which speaks protocol 2; this one speaks 1',
      hint: 'use the fuge of that version, or end it and start the system with this one',
    });
    server.close();
  });

  it('of a fuge that is gone refuses', async () => {
    const { path, door } = await openReachable([service('a')]);
    await door.close();
    await expect(attach(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

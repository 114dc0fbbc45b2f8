// Ports of real processes: which are free, who has one that is not, and what a second command sees of a system that runs.
import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { createSupervisor, formatDiagnostic, loadSystem, type System } from '../../src/index.js';
import { nameHolder } from '../../src/supervisor/port-holder.js';
import { isFree } from '../../src/supervisor/port-numbers/free.js';
import { portHolder } from '../../src/supervisor/runners/process-group.js';
import { freePort, openSystem, temporaryFolder } from '../rig/open-system.js';

async function listenAt(host: string, port = 0): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a port is free', () => {
  it('unless somebody listens there, at whichever address of this machine', async () => {
    const port = await freePort();
    expect(await isFree(port, 'tcp', '127.0.0.1')).toBe(true);
    for (const host of ['127.0.0.1', '0.0.0.0', '::1', '::'])
      expect([host, await isFree(await listenAt(host), 'tcp', '127.0.0.1')]).toEqual([host, false]);
  });

  it('at an address of its own, where another one is listened at', async () => {
    const port = await listenAt('127.0.0.1');
    expect(await isFree(port, 'tcp', '127.0.0.1')).toBe(false);
    expect(await isFree(port, 'udp', '127.0.0.1')).toBe(true);
  });

  it('for UDP unless a socket is bound there', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    const { port } = socket.address();
    expect(await isFree(port, 'udp', '127.0.0.1')).toBe(false);
    expect(await isFree(port, 'tcp', '127.0.0.1')).toBe(true);
  });

  it('where it can not be tried', async () => {
    expect(await isFree(4000, 'tcp', '203.0.113.9')).toBe(true);
    expect(await isFree(4000, 'sctp', '127.0.0.1')).toBe(true);
  });
});

describe('who has a port', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::1', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
    ['127.0.0.1', '0.0.0.0'],
    ['127.0.0.1', '::'],
    ['::1', '::1'],
    ['127.0.0.1', 'localhost'],
  ])('is found at %s for one who wants %s', async (held, wanted) => {
    expect(await portHolder(await listenAt(held), wanted)).toMatchObject({ pid: process.pid });
  });

  it('is nobody where another address is held', async () => {
    expect(await portHolder(await listenAt('127.0.0.2'), '127.0.0.1')).toBeUndefined();
    expect(await portHolder(await listenAt('127.0.0.2'), '127.0.0.2')).toMatchObject({ pid: process.pid });
  });
});

const SERVER = 'require("http").createServer().listen(process.env.LISTEN, "127.0.0.1");';

test.runIf(process.platform === 'linux')('a service that has the port of another one is named', async () => {
  const [wanted, own] = [await freePort(), await freePort()];
  const { supervisor, folder } = await openSystem({
    'fuge.yml': `web: {type: node, run: server.js, environment: {LISTEN: '${wanted}'}, ready: {tcp: ${wanted}}, ports: [${own}]}
api: {type: node, run: server.js, ports: [http=${wanted}]}
`,
    'server.js': SERVER,
  });
  await supervisor.start(['web']);
  const [outcome] = await supervisor.start(['api']);
  const pid = supervisor.status('web')?.run?.pid;
  const { problem } = outcome!;
  expect(formatDiagnostic(problem!).replaceAll(folder, '.')).toBe(
    `./fuge.yml:2:43 error port-taken: port ${wanted} of "api" is taken by pid ${pid} (${process.execPath} server.js): it is "web" of this system
  hint: stop it, or change the port`,
  );
});

describe.runIf(process.platform === 'linux')('a holder is named', () => {
  const FOREVER = 'console.log("up"); setInterval(() => {}, 1e9)';
  const running = async (args: readonly string[], options: SpawnOptionsWithoutStdio) => {
    const child = spawn(process.execPath, ['-e', FOREVER, '--', ...args], options);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return child.pid!;
  };

  it('as a service of another fuge, which may be moved out of the way', async () => {
    const pid = await running([], { env: { ...process.env, FUGE_RUN: '12-0123456789ab:api:v2:7' } });
    expect(nameHolder({ pid, command: 'node api.js' }, 3000, '13-0123456789ab')).toEqual({
      who: `pid ${pid} (node api.js): it is "api:v2" of another fuge`,
      hint: 'stop it there, start with --port-offset auto',
    });
    expect(nameHolder({ pid, command: undefined }, 3000, '12-0123456789ab')).toEqual({
      who: `pid ${pid}: it is "api:v2" of this system`,
      hint: 'stop it',
    });
  });

  it('as a container where Docker publishes the port, whoever may see the sockets', async () => {
    const words = ['-proto', 'tcp', '-host-ip', '0.0.0.0', '-host-port', '39123', '-container-port', '80'];
    const pid = await running(words, { argv0: '/usr/bin/docker-proxy' });
    const named = {
      who: `docker-proxy (pid ${pid}): a container publishes it`,
      hint: 'stop the container (docker ps --filter publish=39123 shows it)',
    };
    expect(nameHolder({ pid: undefined, command: undefined }, 39_123)).toEqual(named);
    expect(nameHolder({ pid, command: '/usr/bin/docker-proxy -proto tcp' }, 39_123)).toEqual(named);
    expect(nameHolder({ pid: undefined, command: undefined }, 80)).toEqual({
      who: 'a process of another user',
      hint: 'end it',
    });
  });

  it('as what an engine left behind, where its publisher is an orphan', async ({ skip }) => {
    const words = `-e '${FOREVER}' -- -proto tcp -host-ip 0.0.0.0 -host-port 39124 -container-port 80`;
    const proxy = join(temporaryFolder({}), 'docker-proxy');
    symlinkSync(process.execPath, proxy);
    // The shell ends at once, and its child is given to another process.
    const shell = spawn('sh', ['-c', `'${proxy}' ${words} & echo $!`]);
    const ended = once(shell, 'exit');
    let said = '';
    shell.stdout.setEncoding('utf8').on('data', text => {
      said += text;
    });
    await expect.poll(() => /^\d+$/m.test(said) && /^up$/m.test(said), { timeout: 30_000 }).toBe(true);
    const pid = Number(/^\d+$/m.exec(said)![0]);
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    await ended;
    const [, parent] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))!;
    skip(parent !== '1', `orphans are given to process ${parent} here, not to the first one`);
    expect(nameHolder({ pid: undefined, command: undefined }, 39_124)).toEqual({
      who: `docker-proxy (pid ${pid}), which Docker left behind for a container that it forgot`,
      hint: `end it (sudo kill ${pid})`,
    });
  });
});

describe('auto', () => {
  const home = () => {
    const folder = temporaryFolder({
      'fuge.yml': 'web: {type: node, run: server.js, ports: [http=auto, auto]}\n',
      'server.js': 'require("http").createServer().listen(process.env.PORT, "127.0.0.1");',
    });
    mkdirSync(join(folder, 'run'));
    const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state'), XDG_RUNTIME_DIR: join(folder, 'run') };
    return { folder, env };
  };
  const portsOf = (system: System | undefined) => system?.services.get('web')?.ports.map(({ host }) => host);

  it('is a free port, the same one each time, and another one when somebody has taken it', async () => {
    const { folder, env } = home();
    const read = async () => portsOf((await loadSystem(join(folder, 'fuge.yml'), { env })).system);
    const first = await read();
    expect(await read()).toEqual(first);
    await listenAt('127.0.0.1', first![0]);
    const second = await read();
    expect(second![0]).not.toBe(first![0]);
    expect(second![1]).toBe(first![1]);
  });

  it('is the port that a running service has, and others see the same', async () => {
    const { folder, env } = home();
    const file = join(folder, 'fuge.yml');
    const { system } = await loadSystem(file, { env, portOffset: 'auto' });
    const supervisor = await createSupervisor(system!, { environment: env });
    onTestFinished(() => supervisor.close({ force: true }));
    expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
    expect(await portHolder(portsOf(system)![0]!, '127.0.0.1')).toMatchObject({
      pid: supervisor.status('web')?.run?.pid,
    });
    expect(portsOf((await loadSystem(file, { env })).system)).toEqual(portsOf(system));
  });
});

describe('--port-offset', () => {
  it.each(['x', '1.5', '-100', '65535', '1e3'])('refuses %s', async portOffset => {
    const { system, diagnostics } = await loadSystem('/nowhere/fuge.yml', { portOffset });
    expect(system).toBeUndefined();
    expect(diagnostics.map(each => formatDiagnostic(each))).toEqual([
      `error bad-port-offset: --port-offset must be a number like 100, or "auto", not "${portOffset}"`,
    ]);
  });

  it('may be said by FUGE_PORT_OFFSET, which an option overrules', async () => {
    const folder = temporaryFolder({ 'fuge.yml': 'web: {type: node, run: x.js, ports: [3000]}\n' });
    const env = { ...process.env, FUGE_PORT_OFFSET: '200' };
    const portOf = async (portOffset?: number) => {
      const options = { env, ...(portOffset !== undefined && { portOffset }) };
      return (await loadSystem(join(folder, 'fuge.yml'), options)).system?.services.get('web')?.ports[0]?.host;
    };
    expect(await portOf()).toBe(3200);
    expect(await portOf(0)).toBe(3000);
    const { diagnostics } = await loadSystem(join(folder, 'fuge.yml'), { env: { FUGE_PORT_OFFSET: 'lots' } });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'FUGE_PORT_OFFSET must be a number like 100, or "auto", not "lots"',
    ]);
  });
});

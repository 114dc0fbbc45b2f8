// What a real engine answers, as the supervisor is told of it.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DockerCredentials } from '../../src/supervisor/engine/credentials.js';
import { connectEngine } from '../../src/supervisor/engine/docker.js';
import { type Engine, EngineError, type OutputSink } from '../../src/supervisor/engine/engine.js';
import { launchProblem } from '../../src/supervisor/engine/launch-problem.js';
import { EngineUnavailable, openEngine } from '../../src/supervisor/engine/open.js';
import {
  describeOnEngine,
  engineSocket,
  engineUrl,
  image,
  openRegistry,
  PASSWORD,
  runContainer,
  USER,
} from '../rig/engine.js';
import { containerService, port } from '../rig/system.js';

async function connect(credentials?: DockerCredentials): Promise<Engine> {
  const address = { kind: 'socket', url: engineUrl(), path: engineSocket() } as const;
  const engine = await connectEngine(address, credentials);
  onTestFinished(() => engine.close());
  return engine;
}

async function create(engine: Engine, body: object): Promise<string> {
  const name = `docker-test-${Math.random().toString(36).slice(2)}`;
  const id = await engine.createContainer(name, { Image: await image('busybox:1'), ...body });
  onTestFinished(() => engine.removeContainer(id));
  return id;
}

/** Takes up output until it ends. */
function listen() {
  const said = { stdout: '', stderr: '' };
  let end = () => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  const sink: OutputSink = { output: (stream, chunk) => (said[stream] += chunk.toString()), ended: () => end() };
  return { said, ended, sink };
}

const refusalOf = async (asked: Promise<unknown>): Promise<EngineError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
};

const never = new AbortController().signal;
const quietly = { signal: never, onProgress: () => {} };

describeOnEngine('a real engine', () => {
  it('keeps the streams of a container apart, from its first byte, and tells them again', async () => {
    const engine = await connect();
    const id = await create(engine, { Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 3'] });
    const live = listen();
    await engine.attach(id, live.sink);
    await engine.startContainer(id);
    await live.ended;
    expect(live.said).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    const again = listen();
    await engine.logs(id, again.sink, { follow: true });
    await again.ended;
    expect(again.said).toEqual(live.said);
  });

  it('gives the output of a terminal as it is', async () => {
    const engine = await connect();
    const id = await create(engine, { Tty: true, Cmd: ['sh', '-c', 'echo out; echo err >&2'] });
    const live = listen();
    await engine.attach(id, live.sink);
    await engine.startContainer(id);
    await live.ended;
    expect(live.said).toEqual({ stdout: 'out\r\nerr\r\n', stderr: '' });
  });

  it('runs a command inside, which reads to the end of its input', async () => {
    const engine = await connect();
    const id = await create(engine, { Cmd: ['sleep', '1000'] });
    await engine.startContainer(id);
    const { said, sink } = listen();
    const command = await engine.exec(
      id,
      { Cmd: ['sh', '-c', 'cat; echo done >&2; exit 7'] },
      { terminal: undefined, output: sink },
    );
    command.write(Buffer.from('hello'));
    command.end();
    expect(await command.exitCode()).toBe(7);
    expect(said).toEqual({ stdout: 'hello', stderr: 'done\n' });
  });

  it('settles what has happened already: a start, a signal and a removal', async () => {
    const engine = await connect();
    const id = await create(engine, { Cmd: ['sleep', '1000'] });
    const live = listen();
    await engine.attach(id, live.sink);
    await engine.startContainer(id);
    await engine.startContainer(id);
    await engine.signalContainer(id, 'SIGKILL');
    await live.ended;
    await engine.signalContainer(id, 'SIGKILL');
    await Promise.all([engine.removeContainer(id), engine.removeContainer(id)]);
    await engine.removeContainer(id);
    await engine.signalContainer(id, 'SIGKILL');
    expect(await engine.inspectContainer(id)).toBeUndefined();
  });

  it('ends every stream when it is closed', async () => {
    const engine = await connect();
    const id = await create(engine, { Cmd: ['sleep', '1000'] });
    const live = listen();
    await engine.attach(id, live.sink);
    const events = new Promise<void>(resolve => void engine.events({ labels: [] }, () => {}, resolve));
    await engine.startContainer(id);
    const other = await connect();
    engine.close();
    await Promise.all([live.ended, events]);
    await other.removeContainer(id);
    expect(await other.inspectContainer(id)).toBeUndefined();
  });

  it('fetches from a guarded registry with what the docker command knows, and says who refuses without', async () => {
    const registry = await openRegistry({ guarded: true });
    const name = await registry.take(engineSocket(), await image('busybox:1'), 'guarded:1');
    const folder = mkdtempSync(path.join(tmpdir(), 'fuge-login-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ auths: { [registry.address]: { auth } } }));

    const stranger = await connect();
    const refusal = await refusalOf(stranger.pull(name, quietly));
    expect(await launchProblem(stranger, containerService('web', { image: name }), refusal)).toMatchObject({
      code: 'registry-denied',
      hint: `check its name, or log in: docker login ${registry.address}`,
    });

    const known = await connect(new DockerCredentials({ DOCKER_CONFIG: folder }));
    await known.pull(name, quietly);
    expect(await known.image(name)).toMatchObject({ platform: (await known.info()).platform });
    const missing = `${registry.address}/missing:1`;
    expect(
      await launchProblem(
        known,
        containerService('web', { image: missing }),
        await refusalOf(known.pull(missing, quietly)),
      ),
    ).toMatchObject({
      code: 'missing-image',
      message: `"web" can't start: the registry ${registry.address} has no image "${missing}"`,
    });
  });

  it('says which container has a port', async () => {
    const engine = await connect();
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: number } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const HostConfig = { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(number) }] } };
    const body = {
      Image: await image('busybox:1'),
      Cmd: ['sleep', '1000'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig,
    };
    const first = await engine.inspectContainer(await runContainer(body));
    const refusal = await refusalOf(engine.startContainer(await create(engine, body)));
    const service = containerService('web', { ports: [port(`http=${number}:80`)] });
    expect(await launchProblem(engine, service, refusal)).toMatchObject({
      code: 'port-taken',
      message: `port ${number} of "web" is taken by the container "${first?.name}"`,
    });
  });

  it.each([
    [{ Cmd: ['nosuch'] }, 'missing-executable'],
    [{ User: 'nobodyhere', Cmd: ['sh'] }, 'missing-user'],
    [{ Cmd: ['sh'], HostConfig: { NetworkMode: 'nosuch' } }, 'missing-network'],
    [{ Cmd: ['sh'], HostConfig: { Binds: ['/tmp:/bin/sh'] } }, 'bad-mount'],
    [{ Cmd: ['sh'], HostConfig: { Mounts: [{ Type: 'bind', Source: '/no/such', Target: '/x' }] } }, 'missing-mount'],
    [{ Cmd: ['sh'], HostConfig: { Memory: 1000 } }, 'bad-limit'],
    [{ Image: 'No/pe' }, 'bad-image'],
    [{ Image: 'nosuch:1' }, 'missing-image'],
  ])('refuses %j in words that are recognised', async (body, code) => {
    const engine = await connect();
    const refusal = await refusalOf(create(engine, body).then(id => engine.startContainer(id)));
    expect((await launchProblem(engine, containerService('web'), refusal)).code).toBe(code);
  });

  it('is reached through a TCP port as well, and is then on another machine', async () => {
    const door = net.createServer(client => {
      const inside = net.connect(engineSocket());
      client.pipe(inside).pipe(client);
      client.on('error', () => inside.destroy());
      inside.on('error', () => client.destroy());
    });
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    onTestFinished(() => void door.close());
    const engine = await openEngine(`127.0.0.1:${(door.address() as AddressInfo).port}`, {});
    onTestFinished(() => engine.close());
    expect(engine.isLocal).toBe(false);
    expect((await connect()).isLocal).toBe(true);
    expect(await engine.image(await image('busybox:1'))).toMatchObject({ platform: expect.stringContaining('linux/') });
  });
});

it('an address where something else answers is told of', async () => {
  const server = http.createServer((_, response) => response.end('<html>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port: number } = server.address() as AddressInfo;
  const reason = await openEngine(undefined, { DOCKER_HOST: `tcp://127.0.0.1:${number}` }).catch(
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(EngineUnavailable);
  expect((reason as EngineUnavailable).problem).toEqual({
    severity: 'error',
    code: 'engine-address',
    message: `what answers at tcp://127.0.0.1:${number} (DOCKER_HOST) is no container engine`,
    hint: 'check DOCKER_HOST',
  });
});

// The engine that the tests make, its images and its registry: that they are what the other tests take them for.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  ask,
  containersOf,
  describeOnEngine,
  engineSocket,
  expectNothingLeft,
  image,
  makeForeign,
  makeImage,
  openEngine,
  openRegistry,
  printedBy,
  recipes,
  runContainer,
} from '../rig/engine.js';

const eventually = (look: () => void | Promise<void>) => vi.waitFor(look, { timeout: 30_000, interval: 20 });
const stateOf = async (id: string, socket?: string) =>
  (await ask('GET', `/containers/${id}/json`, undefined, socket)).State;
const wait = async (id: string) => (await ask('POST', `/containers/${id}/wait`)).StatusCode;
const says = (id: string, text: string) => eventually(async () => expect((await printedBy(id)).stdout).toContain(text));

describeOnEngine('the engine of the tests', () => {
  it('runs a container, and keeps its output apart by stream', async () => {
    const id = await runContainer({
      Image: await image('busybox:1'),
      Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
    });
    expect(await wait(id)).toBe(3);
    expect(await printedBy(id)).toEqual({ stdout: 'out\n', stderr: 'err\n' });
  });

  it('has an image with the Node that runs the tests', async () => {
    const id = await runContainer({ Image: await image('node:test'), Cmd: ['node', '-p', 'process.version'] });
    expect(await wait(id)).toBe(0);
    expect(await printedBy(id)).toEqual({ stdout: `${process.version}\n`, stderr: '' });
  });

  it('has a Redis that other containers reach by its alias', async () => {
    const Image = await image('redis:7-alpine');
    const network = await ask('POST', '/networks/create', { Name: 'rig-redis' });
    try {
      const HostConfig = { NetworkMode: network.Id };
      const NetworkingConfig = { EndpointsConfig: { [network.Id]: { Aliases: ['queue'] } } };
      const server = await runContainer({ Image, HostConfig, NetworkingConfig });
      await says(server, 'Ready to accept connections');
      const client = await runContainer({ Image, Cmd: ['redis-cli', '-h', 'queue', 'ping'], HostConfig });
      expect(await wait(client)).toBe(0);
      expect(await printedBy(client)).toEqual({ stdout: 'PONG\n', stderr: '' });
      await ask('DELETE', `/containers/${server}?force=1`);
      await ask('DELETE', `/containers/${client}?force=1`);
    } finally {
      await ask('DELETE', `/networks/${network.Id}`);
    }
  });

  it('publishes ports on this machine', async () => {
    const id = await runContainer({
      Image: await image('busybox:1'),
      Cmd: ['sh', '-c', 'mkdir /www; echo here > /www/index.html; echo up; exec httpd -f -p 80 -h /www'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    const { NetworkSettings } = await ask('GET', `/containers/${id}/json`);
    const { HostPort } = NetworkSettings.Ports['80/tcp'][0];
    await eventually(async () => expect(await (await fetch(`http://127.0.0.1:${HostPort}`)).text()).toBe('here\n'));
  });

  it('has an image whose health check waits for a file', async () => {
    const id = await runContainer({ Image: await image('probed:1') });
    await eventually(async () => expect((await stateOf(id)).Health.Status).toBe('unhealthy'));
    const exec = await ask('POST', `/containers/${id}/exec`, { Cmd: ['touch', '/tmp/healthy'] });
    await ask('POST', `/exec/${exec.Id}/start`, { Detach: true });
    await eventually(async () => expect((await stateOf(id)).Health.Status).toBe('healthy'));
  });

  it('has an image that only its stop signal ends, and one that nothing polite ends', async () => {
    const signalled = await runContainer({ Image: await image('signalled:1') });
    await says(signalled, 'up');
    await ask('POST', `/containers/${signalled}/kill?signal=SIGTERM`);
    await says(signalled, 'TERM');
    await ask('POST', `/containers/${signalled}/stop?t=60`);
    expect((await stateOf(signalled)).ExitCode).toBe(0);

    const stubborn = await runContainer({ Image: await image('stubborn:1') });
    await says(stubborn, 'up');
    await ask('POST', `/containers/${stubborn}/kill?signal=SIGTERM`);
    await says(stubborn, 'no');
    await ask('POST', `/containers/${stubborn}/kill`);
    await eventually(async () => expect((await stateOf(stubborn)).ExitCode).toBe(137));
  });

  it('has an image that floods', async () => {
    const id = await runContainer({ Image: await image('flooding:1') });
    await says(id, 'a flood of lines that nobody reads\n'.repeat(1000));
  });

  it('has the images that a test makes itself', async () => {
    const name = await makeImage('made:2', {
      files: { ...recipes.busyboxFiles(), 'etc/motd': 'hello\n', 'etc/link': { to: 'motd' } },
      instructions: ['ENV PATH=/bin', 'ENV GREETING=dear', 'CMD ["sh", "-c", "echo $GREETING; cat /etc/link"]'],
    });
    const id = await runContainer({ Image: name });
    expect(await wait(id)).toBe(0);
    expect(await printedBy(id)).toEqual({ stdout: 'dear\nhello\n', stderr: '' });
  });

  it('says what fuge has left, and whether somebody else’s container is as it was', async () => {
    const foreign = await makeForeign();
    await expectNothingLeft();
    const Labels = { 'io.fuge.rig': 'leftover' };
    const id = await runContainer({ Image: await image('busybox:1'), Cmd: ['sleep', '1000000'], Labels });
    expect((await containersOf('io.fuge.rig=leftover')).map(each => each.Id)).toEqual([id]);
    await ask('DELETE', `/containers/${id}?force=1`);
    await expectNothingLeft();
    expect(await foreign.isUntouched()).toBe(true);
    await ask('POST', `/containers/${foreign.id}/restart?t=0`);
    expect(await foreign.isUntouched()).toBe(false);
  });

  it('pulls from a registry that a test opens, and waits where it is held', async () => {
    const registry = await openRegistry();
    await makeImage('pulled:1', { files: { ...recipes.busyboxFiles(), mine: 'a layer of its own\n' } });
    const name = await registry.take(engineSocket(), 'pulled:1', 'shop:1');
    expect(await ask('GET', `/images/${name}/json`).catch(error => error.status)).toBe(404);

    registry.hold();
    const pulled = ask('POST', `/images/create?fromImage=${encodeURIComponent(name)}`);
    await registry.holding();
    registry.release();
    await pulled;
    expect((await ask('GET', `/images/${name}/json`)).RepoTags).toEqual([name]);
    expect(registry.requests).toContain('HEAD /v2/shop/manifests/1');
    await ask('DELETE', `/images/${name}`);
  });

  it('pulls from a guarded registry only with its password', async () => {
    const registry = await openRegistry({ guarded: true });
    await makeImage('secret:1', { files: recipes.busyboxFiles() });
    const name = await registry.take(engineSocket(), 'secret:1', 'vault:1');
    await expect(ask('POST', `/images/create?fromImage=${encodeURIComponent(name)}`)).rejects.toThrow(
      /no basic auth credentials/,
    );
  });

  it('gives an engine of its own to a test, which may stop, start and kill it', async () => {
    const engine = await openEngine({ liveRestore: true });
    const Image = await image('busybox:1', engine.socket);
    const id = await runContainer({ Image, Cmd: ['sleep', '1000000'] }, engine.socket);
    const { Pid } = await stateOf(id, engine.socket);
    await engine.kill();
    await expect(ask('GET', '/_ping', undefined, engine.socket)).rejects.toThrow(/ECONNREFUSED|ENOENT/);
    await engine.start();
    expect(await stateOf(id, engine.socket)).toMatchObject({ Status: 'running', Pid });
    await engine.restart();
    expect(await stateOf(id, engine.socket)).toMatchObject({ Status: 'running', Pid });

    await engine.close();
    expect(existsSync(path.dirname(engine.socket))).toBe(false);
    expect(existsSync(`/proc/${Pid}`)).toBe(false);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(path.dirname(engine.socket));
  });
});

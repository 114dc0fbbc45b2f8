// What a real engine refuses is told in a sentence with its place, and leaves no container.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ask, containersOf, describeOnEngine, engineUrl, image, runContainer } from '../rig/engine.js';
import { freePort, openSystem } from '../rig/open-system.js';

/** What is told of a service that can't start: `LINE:COLUMN message (hint)`. */
async function told(service: string, global = '') {
  await image('busybox:1');
  const { supervisor, folder } = await openSystem({
    'fuge.yml': `name: refused\nfuge_global: {container_engine_url: '${engineUrl()}'${global}}\nweb:\n  type: container\n  image: busybox:1\n  args: sleep 1000\n${service}\n`,
  });
  const [outcome] = await supervisor.start(['web']);
  expect(outcome).toMatchObject({ service: 'web', result: 'failed' });
  expect(await containersOf('io.fuge.service=web')).toEqual([]);
  const { at, message, hint } = outcome!.problem!;
  return `${at?.line}:${at?.column} ${message}${hint === undefined ? '' : ` (${hint})`}`.replaceAll(folder, 'FOLDER');
}

describeOnEngine('a container is not started', () => {
  it('where a process has its port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    expect(await told(`  ports: ['http=${port}:80']`)).toMatch(
      new RegExp(
        `^7:11 port ${port} of "web" is taken by pid ${process.pid} \\(.+\\) \\(end it, or change the port\\)$`,
      ),
    );
  });

  it('where another container has its port', async () => {
    const port = await freePort();
    const id = await runContainer({
      Image: await image('busybox:1'),
      Cmd: ['sleep', '1000'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    });
    await ask('POST', `/containers/${id}/rename?name=port-holder`);
    expect(await told(`  ports: ['http=${port}:80']`)).toBe(
      `7:11 port ${port} of "web" is taken by the container "port-holder" (stop it (docker stop port-holder), or change the port)`,
    );
  });

  it('where its executable is not in the image', async () => {
    expect(await told('  entrypoint: [nosuch]')).toBe(
      '7:15 "web" can\'t start: there is no program "nosuch" in the image "busybox:1" (change the command, or take an image that has it)',
    );
  });

  it('where its executable is a directory', async () => {
    expect(await told('  entrypoint: [/etc]')).toBe(
      '7:15 "web" can\'t start: /etc is not executable in the container (make it executable (chmod +x), or name its interpreter)',
    );
  });

  it('where what it mounts is not there', async () => {
    expect(
      await told('  volumes:\n    - {type: bind, source: ./nosuch, target: /data, bind: {create_host_path: false}}'),
    ).toBe(
      '8:7 "web" can\'t start: there is no FOLDER/nosuch on the machine of the engine (make it, or change the path of the volume)',
    );
  });

  it('where its user is unknown to the image', async () => {
    expect(await told('  user: nobodyatall')).toBe(
      '7:9 "web" can\'t start: the image "busybox:1" has no user "nobodyatall" (use one of its users, or a number)',
    );
  });

  it('where its image is of another platform', async () => {
    expect(await told('  platform: linux/s390x\n  pull_policy: never')).toBe(
      '7:13 "web" can\'t start: there is no "busybox:1" for linux/s390x, it is for linux/amd64 (change platform to linux/amd64, or choose another image)',
    );
  });

  it('where its external network is not there', async () => {
    expect(await told('  networks: [proxy]', ', networks: {proxy: {external: true, name: nosuch}}')).toBe(
      '7:13 "web" can\'t start: the external network "nosuch" does not exist (make it: docker network create nosuch, or take "external: true" off "proxy")',
    );
  });

  it('where its memory is too little', async () => {
    expect(await told('  mem_limit: 1k')).toBe(
      '7:14 "web" can\'t start: its memory limit is too small: the engine takes no less than 6MB',
    );
  });
});

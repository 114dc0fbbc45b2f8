import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Mount } from '../../../src/container.js';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { launchProblem, refusalProblem } from '../../../src/supervisor/engine/launch-problem.js';
import type { ContainerService } from '../../../src/system.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { containerService, port } from '../../rig/system.js';

const KEYS = [
  'image',
  'platform',
  'args',
  'entrypoint',
  'user',
  'working_dir',
  'volumes',
  'volumes.0',
  'networks',
  'network_mode',
  'memory',
  'cpus',
  'build',
  'build.target',
  'stop_signal',
  'devices',
  'ports.0',
];
const place = (line: number) => ({ file: '/shop/fuge.yml', line, column: 3 });
/** Each key on a line of its own; a problem's place names its key. */
const origins = Object.fromEntries(KEYS.map((key, index) => [key, place(index + 2)]));
const keyAt = (line: number | undefined) => (line === 1 ? 'the service' : KEYS[(line ?? 0) - 2]);

const bind: Mount = {
  type: 'bind',
  source: '/src',
  target: '/data',
  readOnly: false,
  createSource: true,
  propagation: undefined,
  selinux: undefined,
};
const service = (more: Partial<ContainerService> = {}) =>
  containerService('web', { image: 'shop:1', mounts: [bind], at: place(1), origins, ...more });

/** `code at key: message (hint)` for what an engine said. */
function told(words: string, more: Partial<ContainerService> = {}): string {
  const { code, at, message, hint } = refusalProblem(service(more), new EngineError(words, { status: 500 }));
  return `${code} at ${keyAt(at?.line)}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

const RUNC =
  'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
const START = '"web" can\'t start: ';

describe('a container that could not be made or started', () => {
  test.each<[said: string, sentence: string, more?: Partial<ContainerService>]>([
    [
      `${RUNC}exec: "serve": executable file not found in $PATH: unknown`,
      `missing-executable at args: ${START}there is no program "serve" in the image "shop:1" (change the command, or take an image that has it)`,
      { args: ['serve', '-p', '80'] },
    ],
    [
      `${RUNC}exec: "/bin/serve": stat /bin/serve: no such file or directory: unknown`,
      `missing-executable at entrypoint: ${START}there is no program "/bin/serve" in the image "shop:1" (change the command, or take an image that has it)`,
      { entrypoint: ['/bin/serve'] },
    ],
    [
      'crun: executable file `serve` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
      `missing-executable at image: ${START}there is no program "serve" in the image "shop:1" (change the command, or take an image that has it)`,
    ],
    [
      `${RUNC}exec: "/m/run": permission denied: unknown`,
      `not-executable at image: ${START}/m/run is not executable in the container (make it executable (chmod +x), or name its interpreter)`,
    ],
    [
      'standard_init_linux.go:228: exec user process caused: exec format error',
      `image-platform at platform: ${START}its program is made for another kind of machine, or is a script without a first line like #!/bin/sh (see what "shop:1" is made for: docker image inspect shop:1)`,
    ],
    [
      'No command specified',
      `no-command at image: ${START}the image "shop:1" does not say what to run (say it with args or entrypoint)`,
    ],
    [
      'unable to find user ada: no matching entries in passwd file',
      `missing-user at user: ${START}the image "shop:1" has no user "ada" (use one of its users, or a number)`,
    ],
    [
      "the working directory 'rel' is invalid, it needs to be an absolute path",
      `bad-directory at working_dir: ${START}its working directory "rel" is no absolute path`,
    ],
    [
      'invalid mount config for type "bind": bind source path does not exist: /src',
      `missing-mount at volumes.0: ${START}there is no /src on the machine of the engine (make it, or change the path of the volume)`,
    ],
    [
      "error while creating mount source path '/src': mkdir /src: read-only file system",
      `missing-mount at volumes.0: ${START}the engine can't make /src: read-only file system (make it yourself, or change the path of the volume)`,
    ],
    [
      `${RUNC}error during container init: error mounting "/src" to rootfs at "/data": mount /src:/data (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`,
      `bad-mount at volumes.0: ${START}/src can't be mounted at /data: one is a file, the other a directory (the engine makes a directory of a path that is missing: look whether the file is there)`,
    ],
    ['Duplicate mount point: /data', `bad-mount at volumes.0: ${START}two things are mounted at /data (take one away)`],
    [
      'create v: error looking up volume plugin nfs: plugin "nfs" not found',
      `missing-plugin at volumes: ${START}the engine has no volume driver "nfs" (install it (docker plugin install), or change the driver of the volume)`,
    ],
    [
      'network shared not found',
      `missing-network at network_mode: ${START}there is no network "shared" in the engine (make it: docker network create shared)`,
    ],
    [
      'No such container: redis',
      `missing-container at network_mode: ${START}the container "redis", which it shares with, does not run (start it first)`,
      { networkMode: 'container:redis' },
    ],
    [
      'Pool overlaps with other one on this address space',
      `network-overlap at networks: ${START}the addresses of its network overlap with those of another one (choose another subnet, or remove the other network (docker network ls))`,
    ],
    [
      "Invalid address 10.9.0.1: It does not belong to any of this network's subnets",
      `bad-address at networks: ${START}the address 10.9.0.1 is not one of its network (give the network a subnet with this address in it)`,
    ],
    [
      'driver failed programming external connectivity on endpoint web (d447f392): Error starting userland proxy: listen tcp4 10.9.9.9:80: bind: cannot assign requested address',
      `bad-address at ports.0: ${START}this machine has no address 10.9.9.9 to publish a port at (use 127.0.0.1, or one of its own addresses)`,
      { ports: [port('http=80')] },
    ],
    [
      'Minimum memory limit allowed is 6MB',
      `bad-limit at memory: ${START}its memory limit is too small: the engine takes no less than 6MB`,
    ],
    [
      'Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
      `bad-limit at cpus: ${START}it asks for more CPUs than the 2 that the engine has`,
    ],
    [
      'write /var/lib/docker/tmp/x: no space left on device',
      `no-space at the service: ${START}the engine has no space left on its disk (see what takes it: docker system df; remove what nobody uses: docker system prune)`,
    ],
    [
      'error gathering device information while adding custom device "/dev/nope": no such file or directory',
      `missing-device at devices: ${START}the engine's machine has no device /dev/nope`,
    ],
    ['Invalid signal: SIGNOPE', `bad-signal at stop_signal: ${START}there is no signal "SIGNOPE"`],
    [
      'Conflict. The container name "/web" is already in use by container "18be7f". You have to remove (or rename) that container to be able to reuse that name.',
      `name-taken at the service: ${START}there is a container "web" already (remove it (docker rm -f web), or give this one another container_name)`,
    ],
    [
      `Error response from daemon: ${RUNC}the moon is full: unknown`,
      `engine-refused at the service: ${START}the container engine says: the moon is full`,
    ],
  ])('is told of where the engine says: %s', (words, sentence, more) => {
    expect(told(words, more)).toBe(sentence);
  });
});

describe('an image that could not be fetched or built', () => {
  const HUB = { image: 'ada/shop:1' };
  const OWN = { image: 'registry.test:5000/shop:1' };
  const build = { ...service().build, context: '/shop', dockerfile: 'Dockerfile' } as ContainerService['build'];

  test.each<[said: string, sentence: string, more?: Partial<ContainerService>]>([
    [
      'invalid reference format: repository name must be lowercase',
      `bad-image at image: ${START}"Shop" is no name of an image (write name:tag, or registry/name:tag, with a name in lower case)`,
      { image: 'Shop' },
    ],
    [
      'image with reference shop:1 was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64',
      `image-platform at platform: ${START}there is no "shop:1" for linux/arm64, it is for linux/amd64 (change platform to linux/amd64, or choose another image)`,
      { platform: 'linux/arm64' },
    ],
    [
      'no matching manifest for linux/arm64/v8 in the manifest list entries',
      `image-platform at platform: ${START}there is no "shop:1" for linux/arm64/v8 (choose another image, or name one of its platforms: platform: linux/amd64 (slower, where the engine can run it at all))`,
    ],
    [
      'manifest for registry.test:5000/shop:1 not found: manifest unknown: manifest unknown',
      `missing-image at image: ${START}the registry registry.test:5000 has no image "registry.test:5000/shop:1" (check its name and tag; an image that is made here needs build)`,
      OWN,
    ],
    [
      "pull access denied for ada/shop, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      `registry-denied at image: ${START}Docker Hub does not give out "ada/shop": it may not exist, or not without a login (check its name, or log in: docker login)`,
      HUB,
    ],
    [
      'Head "http://registry.test:5000/v2/shop/manifests/1": no basic auth credentials',
      `registry-denied at image: ${START}the registry registry.test:5000 does not give out "registry.test:5000/shop:1": it may not exist, or not without a login (check its name, or log in: docker login registry.test:5000)`,
      OWN,
    ],
    [
      'toomanyrequests: You have reached your pull rate limit.',
      `registry-limit at image: ${START}Docker Hub gives out no more images for now ("ada/shop:1") (wait, or log in for a higher limit: docker login)`,
      HUB,
    ],
    [
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host',
      `registry-unreachable at image: ${START}Docker Hub can't be reached for "ada/shop:1": no such host (check the network, the engine's proxy, and the name of the image)`,
      HUB,
    ],
    [
      'Get "https://registry.test:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused',
      `registry-unreachable at image: ${START}the registry registry.test:5000 can't be reached for "registry.test:5000/shop:1": connection refused (check the network, the engine's proxy, and the name of the image)`,
      OWN,
    ],
    [
      'Get "https://registry.test:5000/v2/": http: server gave HTTP response to HTTPS client',
      `registry-tls at image: ${START}the engine does not trust the registry registry.test:5000 ("registry.test:5000/shop:1"): server gave HTTP response to HTTPS client (give it a certificate that the engine knows, or add "registry.test:5000" to "insecure-registries" in the engine's daemon.json)`,
      OWN,
    ],
    [
      'No such image: shop:1',
      `missing-image at image: ${START}there is no image "shop:1" in the engine (fetch or build it, or take away pull_policy: never)`,
      { pull: 'never' },
    ],
    [
      'Cannot locate specified Dockerfile: Dockerfile',
      `missing-dockerfile at build: ${START}there is no Dockerfile in /shop (it is built in /shop)`,
      { build },
    ],
    [
      'failed to reach build target last in Dockerfile',
      `build-failed at build.target: ${START}its Dockerfile has no stage "last" (it is built in /shop)`,
      { build },
    ],
    [
      "The command '/bin/sh -c npm ci' returned a non-zero code: 3",
      `build-failed at build: ${START}a step of its build ended with code 3: npm ci (its lines above say why)`,
      { build },
    ],
    [
      'dockerfile parse error line 2: unknown instruction: FOO',
      `bad-dockerfile at build: ${START}its Dockerfile: line 2: unknown instruction: FOO (it is built in /shop)`,
      { build },
    ],
    [
      'COPY failed: file not found in build context or excluded by .dockerignore: stat nosuch: file does not exist',
      `build-failed at build: ${START}its Dockerfile copies nosuch, which is not in /shop (check the path, and the lines of .dockerignore)`,
      { build },
    ],
  ])('is told of where the engine says: %s', (words, sentence, more) => {
    expect(told(words, more)).toBe(sentence);
  });

  test('is told of with its platform where the registry gave out another one', async () => {
    const engine = new FakeEngine();
    engine.addImage('shop:1', { platform: 'linux/amd64' });
    const wanting = service({ platform: 'linux/arm64' });
    expect(
      await launchProblem(engine, wanting, new EngineError('No such image: shop:1', { status: 404 })),
    ).toMatchObject({
      code: 'image-platform',
      message: `${START}there is no "shop:1" for linux/arm64, it is for linux/amd64`,
    });
  });
});

describe('a port that is taken', () => {
  const refused = (number: number) =>
    new EngineError(`Error starting userland proxy: listen tcp4 127.0.0.1:${number}: bind: address already in use`, {
      status: 500,
    });

  test('is told of with the process that has it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port: number } = server.address() as { port: number };
    const problem = await launchProblem(
      new FakeEngine(),
      service({ ports: [port(`http=${number}:80`)] }),
      refused(number),
    );
    expect(problem).toMatchObject({ code: 'port-taken', hint: 'end it, or change the port' });
    expect(problem.message).toContain(`port ${number} of "web" is taken by pid ${process.pid}`);
  });

  test.each([
    'Bind for 0.0.0.0:8080 failed: port is already allocated',
    'failed to bind host port 0.0.0.0:8080/tcp: address already in use',
    'Ports are not available: exposing port TCP 0.0.0.0:8080 -> 0.0.0.0:0: listen tcp 0.0.0.0:8080: bind: address already in use',
  ])('is told of with the container that has it: %s', async words => {
    const engine = new FakeEngine();
    engine.held.set('1', { ...facts, name: 'other', hostPorts: [{ port: 8080, protocol: 'udp' }] });
    engine.held.set('2', { ...facts, name: 'redis-dev', hostPorts: [{ port: 8080, protocol: 'tcp' }] });
    const problem = await launchProblem(
      engine,
      service({ ports: [port('http=8080:80')] }),
      new EngineError(words, { status: 500 }),
    );
    expect(problem).toMatchObject({
      code: 'port-taken',
      message: 'port 8080 of "web" is taken by the container "redis-dev"',
      hint: 'stop it (docker stop redis-dev), or change the port',
    });
  });

  test('is told of as what the engine lost track of, where nothing publishes it and its books have it', async () => {
    const problem = await launchProblem(
      new FakeEngine(),
      service({ ports: [port('http=8080:80')] }),
      new EngineError('Bind for 0.0.0.0:8080 failed: port is already allocated', { status: 500 }),
    );
    expect(problem).toMatchObject({
      code: 'port-taken',
      message: 'port 8080 of "web" is taken by the container engine itself, for a container that is gone',
      hint: 'restart the engine (sudo systemctl restart docker), or change the port',
    });
  });

  const facts = {
    id: 'f',
    labels: {},
    imageId: 'i',
    state: 'running',
    pid: 1,
    exitCode: undefined,
    outOfMemory: false,
    error: '',
    health: undefined,
    healthOutput: undefined,
    startedAt: 0,
    addresses: {},
    body: {},
    sink: undefined,
  } as const;
});

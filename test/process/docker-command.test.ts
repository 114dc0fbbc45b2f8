// A Dockerfile that needs BuildKit is built by the docker command: here one that writes down what it was asked.
import { readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildByCommand, type CommandBuild, hasBuildx } from '../../src/supervisor/engine/docker-command.js';
import { temporaryFolder } from '../rig/open-system.js';

/** `docker` on the PATH, which does this. */
async function withDocker(script: string, more: Partial<CommandBuild['build']> = {}) {
  const folder = temporaryFolder({ 'app/.keep': '' });
  const docker = join(folder, 'docker');
  await writeFile(docker, `#!/bin/sh\ncd '${folder}'\n${script}\n`);
  await chmod(docker, 0o755);
  const abort = new AbortController();
  const printed: string[] = [];
  const environment = { PATH: `${folder}:${process.env.PATH}`, SECRET: 'known' };
  const build = () =>
    buildByCommand({
      image: 'web:1',
      build: {
        context: join(folder, 'app'),
        dockerfile: 'Dockerfile',
        dockerfileInline: undefined,
        target: undefined,
        args: {},
        labels: {},
        cacheFrom: [],
        noCache: false,
        pull: false,
        network: undefined,
        shmSize: undefined,
        extraHosts: [],
        platform: undefined,
        tags: [],
        ...more,
      },
      platform: undefined,
      environment,
      engine: 'http://127.0.0.1:2375',
      signal: abort.signal,
      output: text => printed.push(text),
    });
  return {
    folder,
    abort,
    printed,
    environment,
    build,
    wrote: (name: string) => readFileSync(join(folder, name), 'utf8'),
  };
}

test('it is told the engine and all that the service says, and its output is handed on', async () => {
  const { folder, build, printed, wrote } = await withDocker(
    'for each; do echo "$each"; done > asked; echo "$DOCKER_HOST $SECRET" > knew; echo out; echo err >&2',
    {
      target: 'run',
      args: { A: 'x y', SECRET: null },
      labels: { team: 'a' },
      noCache: true,
      pull: true,
      network: 'host',
      shmSize: 64,
      extraHosts: ['a:1.2.3.4'],
      cacheFrom: ['web:0'],
      platform: 'linux/arm64',
      tags: ['web:latest'],
    },
  );
  await build();
  expect(wrote('asked').trim().split('\n')).toEqual([
    ...[
      'buildx',
      'build',
      '--load',
      '--progress=plain',
      '--tag',
      'web:1',
      '--tag',
      'web:latest',
      '--file',
      'Dockerfile',
    ],
    ...[
      '--build-arg',
      'A=x y',
      '--build-arg',
      'SECRET',
      '--label',
      'team=a',
      '--target',
      'run',
      '--no-cache',
      '--pull',
    ],
    ...['--network', 'host', '--shm-size', '64', '--add-host', 'a:1.2.3.4', '--cache-from', 'web:0'],
    ...['--platform', 'linux/arm64', '--', join(folder, 'app')],
  ]);
  expect(wrote('knew')).toBe('tcp://127.0.0.1:2375 known\n');
  expect(printed.join('').split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

test('a Dockerfile that the system file says is handed to it', async () => {
  const { build, wrote } = await withDocker('cat > read', { dockerfileInline: 'FROM inline\n' });
  await build();
  expect(wrote('read')).toBe('FROM inline\n');
});

test('its last error is the reason of a failure', async () => {
  const { build } = await withDocker(
    'echo "ERROR: failed to build: failed to solve: process \\"/bin/sh -c false\\" did not complete successfully: exit code: 1" >&2; exit 1',
  );
  await expect(build()).rejects.toThrow(/^process "\/bin\/sh -c false" did not complete successfully: exit code: 1$/);
});

test('it is ended when nobody waits for the image any more', async () => {
  const { abort, build, printed } = await withDocker('echo begun; exec sleep 1000');
  const built = build();
  await expect.poll(() => printed.join('')).toBe('begun\n');
  abort.abort();
  await expect(built).rejects.toThrow('aborted');
});

test('it counts only where it has buildx', async () => {
  expect(await hasBuildx((await withDocker('[ "$*" = "buildx version" ]')).environment)).toBe(true);
  expect(await hasBuildx((await withDocker('exit 1')).environment)).toBe(false);
  expect(await hasBuildx({ PATH: temporaryFolder() })).toBe(false);
});

import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import type { ImageBuild } from '../../../src/container.js';
import { imageBuilder } from '../../../src/supervisor/engine/build.js';
import { type BuildOptions, EngineError } from '../../../src/supervisor/engine/engine.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { temporaryFolder } from '../../rig/open-system.js';
import { containerService } from '../../rig/system.js';

const PLAIN: ImageBuild = {
  context: '',
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
};

interface Built {
  query: Readonly<Record<string, unknown>>;
  /** What was in the context: path, or path -> target, and its mode. */
  entries: string[];
  texts: Record<string, string>;
}

/** Builds with an engine that reads the whole context, or does what it is told. */
async function build(
  more: Partial<ImageBuild>,
  options: {
    environment?: Record<string, string>;
    reads?: (context: Readable) => Promise<void>;
    printed?: string[];
  } = {},
): Promise<Built> {
  const engine = new FakeEngine();
  const built: Built = { query: {}, entries: [], texts: {} };
  engine.build = async ({ context, query, signal }: BuildOptions) => {
    built.query = query;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    const reads = options.reads ?? (stream => unpack(stream, built));
    await Promise.race([reads(context as Readable), aborted]);
    return 'sha256:built';
  };
  await imageBuilder({ PATH: '/nowhere', ...options.environment })(
    engine,
    containerService('web', { image: 'web:1', build: { ...PLAIN, ...more } }),
    {
      signal: new AbortController().signal,
      progress: () => {},
      output: text => options.printed?.push(text),
    },
  );
  return built;
}

async function unpack(stream: Readable, built: Built): Promise<void> {
  const tar = extract();
  stream.pipe(tar);
  for await (const entry of tar) {
    const { name, type, linkname, mode } = entry.header;
    const shown = type === 'directory' ? `${name.replace(/\/$/, '')}/` : name;
    built.entries.push(`${shown}${linkname ? ` -> ${linkname}` : ''}${type === 'file' ? ` ${mode!.toString(8)}` : ''}`);
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    built.texts[name] = Buffer.concat(chunks).toString();
  }
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o644 });
  }
  return folder;
}

describe('the context of a build', () => {
  test('has files with their modes, links as links, and not what is ignored', async () => {
    const context = folderOf({
      Dockerfile: 'FROM node\n',
      '.dockerignore': 'node_modules\n*.log\nDockerfile\n!keep.log\n',
      'run.sh': 'echo\n',
      'a.log': '',
      'keep.log': 'kept',
      'node_modules/x/index.js': '',
      'src/empty': '',
    });
    chmodSync(join(context, 'run.sh'), 0o755);
    symlinkSync('run.sh', join(context, 'start'));
    symlinkSync('/nowhere/at/all', join(context, 'src/broken'));
    const { entries, texts } = await build({ context });
    expect(entries).toEqual([
      '.dockerignore 644',
      'Dockerfile 644',
      'keep.log 644',
      'run.sh 755',
      'src/',
      'src/broken -> /nowhere/at/all',
      'src/empty 644',
      'start -> run.sh',
    ]);
    expect(texts).toMatchObject({ 'keep.log': 'kept', 'run.sh': 'echo\n' });
  });

  test('takes along a Dockerfile that lies outside, with the ignore file of its own', async () => {
    const folder = folderOf({
      'docker/web': 'FROM outside\n',
      'docker/web.dockerignore': 'b\n',
      'app/.dockerignore': 'a\n',
      'app/a': '',
      'app/b': '',
    });
    const { query, texts } = await build({ context: join(folder, 'app'), dockerfile: join(folder, 'docker/web') });
    expect(texts[query.dockerfile as string]).toBe('FROM outside\n');
    expect(Object.keys(texts).filter(name => name !== query.dockerfile)).toEqual(['.dockerignore', 'a']);
  });

  test('takes along a Dockerfile that the system file says', async () => {
    const { query, texts } = await build({ context: folderOf({}), dockerfileInline: 'FROM inline\n' });
    expect(texts).toEqual({ [query.dockerfile as string]: 'FROM inline\n' });
  });

  test.each([
    ['is not there', '/nowhere/at/all', '/nowhere/at/all is no directory'],
    ['has no Dockerfile', '/usr', 'there is no Dockerfile at /usr/Dockerfile'],
  ])('that %s is told', async (_, context, said) => {
    await expect(build({ context })).rejects.toMatchObject({
      problem: {
        code: 'build-context',
        message: `"web" can't start: what its image is built from can't be read: ${said}`,
        at: { line: 1 },
      },
    });
  });

  test('that can’t be read to its end ends the build', async () => {
    const context = folderOf({ Dockerfile: 'FROM node\n', big: 'x'.repeat(20_000_000) });
    // An engine that waits for the rest, come what may.
    const reads = async (stream: Readable) => {
      let read = 0;
      stream.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > 1_000_000) truncateSync(join(context, 'big'), 0);
      });
      await new Promise(() => {});
    };
    await expect(build({ context }, { reads })).rejects.toMatchObject({
      problem: {
        code: 'build-context',
        message:
          '"web" can\'t start: what its image is built from can\'t be read: a file became shorter while it was read',
        at: { line: 1 },
      },
    });
  });
});

test('the engine is told what the service says', async () => {
  const { query } = await build(
    {
      context: folderOf({ Dockerfile: 'FROM node\n' }),
      target: 'run',
      args: { A: '1', FROM_OUTSIDE: null, UNKNOWN: null },
      labels: { team: 'a' },
      tags: ['web:latest'],
      cacheFrom: ['web:0'],
      noCache: true,
      pull: true,
      network: 'host',
      shmSize: 64,
      extraHosts: ['a:1.2.3.4', 'b:1.2.3.5'],
      platform: 'linux/arm64',
    },
    { environment: { FROM_OUTSIDE: 'yes' } },
  );
  expect(query).toEqual({
    t: ['web:1', 'web:latest'],
    dockerfile: 'Dockerfile',
    rm: 1,
    forcerm: 1,
    buildargs: { A: '1', FROM_OUTSIDE: 'yes' },
    labels: { team: 'a', 'io.fuge.service': 'web' },
    target: 'run',
    nocache: 1,
    pull: 1,
    networkmode: 'host',
    shmsize: 64,
    extrahosts: ['a:1.2.3.4', 'b:1.2.3.5'],
    cachefrom: '["web:0"]',
    platform: 'linux/arm64',
  });
});

describe('a Dockerfile that the engine refuses', () => {
  const refused = async () => {
    throw new EngineError('the --mount option requires BuildKit', { status: 500 });
  };
  const NEEDY = 'FROM node\nRUN --mount=type=cache,target=/x npm ci\n';

  test('for want of BuildKit is told with what wants it, where the docker command can’t help', async () => {
    const context = folderOf({ Dockerfile: NEEDY });
    await expect(build({ context }, { reads: refused })).rejects.toMatchObject({
      problem: {
        code: 'needs-buildkit',
        message:
          '"web" can\'t start: line 2 of its Dockerfile (RUN --mount) needs BuildKit, which the engine offers to the docker command only, and that has no buildx here',
        at: { line: 1 },
        hint: `install docker buildx, or build it elsewhere (docker build -t web:1 ${context}) and name it by image alone`,
      },
    });
  });

  test('for another reason is the engine’s to tell', async () => {
    const context = folderOf({ Dockerfile: 'FROM node\nRUN npm ci\n' });
    await expect(build({ context }, { reads: refused })).rejects.toThrow(EngineError);
  });
});

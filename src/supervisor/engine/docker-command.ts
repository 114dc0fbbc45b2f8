/** Builds an image by the docker command, which has BuildKit, at the same engine. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ImageBuild } from '../../container.js';
import { EngineError } from './engine.js';

/** ms that the command may take to say which version it is. */
const VERSION_MS = 5000;
/** The last lines of a failed build say why it failed. */
const TAIL = 2000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandBuild {
  readonly image: string;
  readonly build: ImageBuild;
  readonly platform: string | undefined;
  /** fuge's own. */
  readonly environment: Environment;
  /** Of the engine that the image is for. */
  readonly engine: string;
  readonly signal: AbortSignal;
  output(text: string): void;
}

/** Whether there is a docker command that can build with BuildKit. */
export function hasBuildx(environment: Environment): Promise<boolean> {
  return new Promise(resolve => {
    execFile(
      'docker',
      ['buildx', 'version'],
      { env: environment as NodeJS.ProcessEnv, timeout: VERSION_MS, windowsHide: true },
      error => resolve(!error),
    );
  });
}

/** Rejects with an {@link EngineError}, or with the signal's reason. */
export async function buildByCommand(order: CommandBuild): Promise<void> {
  const { build, environment, engine, signal, output } = order;
  signal.throwIfAborted();
  const child = spawn('docker', ['buildx', 'build', ...argumentsOf(order)], {
    cwd: build.context,
    env: { ...environment, DOCKER_HOST: engine.replace(/^https?:/, 'tcp:'), NO_COLOR: '1' } as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const giveUp = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', giveUp, { once: true });
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL);
      output(text);
    });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(build.dockerfileInline ?? '');
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal.throwIfAborted();
    if (code !== 0) throw new EngineError(reasonOf(tail), { status: 500 });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function argumentsOf({ image, build, platform }: CommandBuild): string[] {
  const each = (flag: string, values: readonly string[]) => values.flatMap(value => [flag, value]);
  const one = (flag: string, value: string | number | undefined) => (value === undefined ? [] : [flag, String(value)]);
  return [
    '--load',
    '--progress=plain',
    ...each('--tag', [image, ...build.tags]),
    ...one('--file', build.dockerfileInline === undefined ? build.dockerfile : '-'),
    // Without a value it takes the one of its environment.
    ...each(
      '--build-arg',
      Object.entries(build.args).map(([name, value]) => (value === null ? name : `${name}=${value}`)),
    ),
    ...each(
      '--label',
      Object.entries(build.labels).map(([name, value]) => `${name}=${value}`),
    ),
    ...one('--target', build.target),
    ...(build.noCache ? ['--no-cache'] : []),
    ...(build.pull ? ['--pull'] : []),
    ...one('--network', build.network),
    ...one('--shm-size', build.shmSize),
    ...each('--add-host', build.extraHosts),
    ...each('--cache-from', build.cacheFrom),
    ...one('--platform', build.platform ?? platform),
    '--',
    build.context,
  ];
}

/** The last thing that it called an error. */
function reasonOf(tail: string): string {
  const lines = tail
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const error = lines.findLast(line => /^ERROR: /.test(line)) ?? lines.at(-1) ?? 'docker buildx build failed';
  return error.replace(/^ERROR: (failed to (?:build|solve): )*/, '');
}

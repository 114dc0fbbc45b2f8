/**
 * Builds the image of a service from its Dockerfile: by the engine, and by the docker command where the Dockerfile needs
 * BuildKit and the engine does not have it (Podman's does).
 */
import type { ImageBuild } from '../../container.js';
import type { ContainerService } from '../../system.js';
import { LaunchRefusal } from '../runners/container.js';
import { needsBuildKit } from './buildkit.js';
import { ContextProblem, type ContextTar, contextTar } from './context-tar.js';
import { buildByCommand, hasBuildx } from './docker-command.js';
import { type Engine, EngineError } from './engine.js';
import type { BuildImage, ImageWish } from './images.js';
import { LABEL } from './labels.js';
import { problemOf } from './refusal.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** @param environment fuge's own, for build arguments without a value. */
export function imageBuilder(environment: Environment): BuildImage {
  return async (engine, service, wish) => {
    const { build } = service;
    if (!build) throw new Error(`"${service.name}" has nothing to build`);
    const context = await contextOf(service, build);
    try {
      await buildByEngine(engine, service, context, queryOf(service, build, context.dockerfile, environment), wish);
    } catch (error) {
      const needed = error instanceof EngineError && !error.isUnreachable && needsBuildKit(context.text);
      if (!needed) throw error;
      if (!(await hasBuildx(environment))) throw new LaunchRefusal(buildKitMissing(service, build, needed));
      const { image, platform } = service;
      await buildByCommand({ image, build, platform, environment, engine: engine.address, ...wish });
    }
  };
}

async function contextOf(service: ContainerService, build: ImageBuild): Promise<ContextTar> {
  try {
    return await contextTar(build.context, build.dockerfile, build.dockerfileInline);
  } catch (error) {
    throw error instanceof ContextProblem ? contextRefusal(service, error) : error;
  }
}

async function buildByEngine(
  engine: Engine,
  service: ContainerService,
  { stream }: ContextTar,
  query: Record<string, unknown>,
  { signal, output }: ImageWish,
): Promise<void> {
  // Nobody downstream hears of a file that can't be read: the engine would wait for the rest.
  const broken = new AbortController();
  stream.on('error', error => broken.abort(error));
  try {
    const either = AbortSignal.any([signal, broken.signal]);
    await engine.build({ context: stream, query, signal: either, onOutput: output });
  } catch (error) {
    if (!broken.signal.aborted || signal.aborted) throw error;
    throw contextRefusal(service, broken.signal.reason as Error);
  }
}

function contextRefusal(service: ContainerService, error: Error): LaunchRefusal {
  // tar-stream's words for what a file said of itself and did not keep.
  const message = error.message === 'Size mismatch' ? 'a file became shorter while it was read' : error.message;
  return new LaunchRefusal(
    problemOf(service, {
      code: 'build-context',
      message: `what its image is built from can't be read: ${message}`,
      keys: ['build.context', 'build'],
      hint: 'correct the path, or leave out by .dockerignore what the build does not need',
    }),
  );
}

function buildKitMissing(service: ContainerService, build: ImageBuild, { what, line }: { what: string; line: number }) {
  return problemOf(service, {
    code: 'needs-buildkit',
    message: `line ${line} of its Dockerfile (${what}) needs BuildKit, which the engine offers to the docker command only, and that has no buildx here`,
    keys: ['build', 'image'],
    hint: `install docker buildx, or build it elsewhere (docker build -t ${service.image} ${build.context}) and name it by image alone`,
  });
}

function queryOf(
  service: ContainerService,
  build: ImageBuild,
  dockerfile: string,
  environment: Environment,
): Record<string, unknown> {
  const args = Object.entries(build.args).flatMap(([name, value]) => {
    const given = value ?? environment[name];
    return given === undefined ? [] : [[name, given]];
  });
  return {
    t: [service.image, ...build.tags],
    dockerfile,
    rm: 1,
    forcerm: 1,
    buildargs: Object.fromEntries(args),
    labels: { ...build.labels, [LABEL.service]: service.name },
    target: build.target,
    nocache: build.noCache ? 1 : undefined,
    pull: build.pull ? 1 : undefined,
    networkmode: build.network,
    shmsize: build.shmSize,
    extrahosts: build.extraHosts.length > 0 ? build.extraHosts : undefined,
    cachefrom: build.cacheFrom.length > 0 ? JSON.stringify(build.cacheFrom) : undefined,
    platform: build.platform ?? service.platform,
  };
}

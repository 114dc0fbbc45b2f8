/** Builds the image of a service from its Dockerfile, by the engine. */
import type { ContainerService } from '../../system.js';
import { ContextProblem, contextTar } from './context-tar.js';
import { EngineError } from './engine.js';
import type { BuildImage } from './images.js';
import { LABEL } from './labels.js';

/** @param environment fuge's own, for build arguments without a value. */
export function imageBuilder(environment: Readonly<Record<string, string | undefined>>): BuildImage {
  return async (engine, service, { signal, output }) => {
    const { build } = service;
    if (!build) throw new Error(`"${service.name}" has nothing to build`);
    const { stream, dockerfile } = await contextTar(build.context, build.dockerfile, build.dockerfileInline).catch(
      error => {
        throw error instanceof ContextProblem ? new EngineError(error.message, { status: 400 }) : error;
      },
    );
    await engine.build({
      context: stream,
      query: queryOf(service, build, dockerfile, environment),
      signal,
      onOutput: output,
    });
  };
}

function queryOf(
  service: ContainerService,
  build: NonNullable<ContainerService['build']>,
  dockerfile: string,
  environment: Readonly<Record<string, string | undefined>>,
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

/** A Dockerfile that only BuildKit understands; the engine's own builder does not. */
export function needsBuildKit(error: EngineError): boolean {
  return /buildkit|unknown flag: (mount|network|security|link|chmod|parents|exclude)|unknown instruction: (EOF|<<)/i.test(
    error.message,
  );
}

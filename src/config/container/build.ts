/** What an image is built from, from Compose's long form. */
import type { ImageBuild } from '../../container.js';
import type { ComposeBuild } from '../compose/project/canonical.js';
import { bytesOf } from './mounts.js';

/** @param platform Of the service, where the build names none. */
export function imageBuildOf(build: ComposeBuild, platform: string | undefined): ImageBuild {
  const texts = (value: unknown) => (Array.isArray(value) ? (value as readonly string[]) : []);
  return {
    context: build.context,
    dockerfile: build.dockerfile ?? 'Dockerfile',
    dockerfileInline: build.dockerfile_inline,
    target: build.target,
    args: { ...build.args },
    labels: { ...build.labels },
    cacheFrom: texts(build.cache_from),
    noCache: build.no_cache === true,
    pull: build.pull === true,
    network: build.network,
    shmSize: bytesOf(build.shm_size as string | undefined),
    extraHosts: hostEntriesOf(texts(build.extra_hosts)),
    platform: (build.platform as string | undefined) ?? platform ?? build.platforms?.[0],
    tags: build.tags ?? [],
  };
}

/** `NAME:ADDRESS`, as an engine takes them, of `NAME=ADDRESS`. */
export function hostEntriesOf(hosts: readonly string[]): string[] {
  return hosts.map(host => host.replace('=', ':'));
}

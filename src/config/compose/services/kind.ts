/** What a Compose service is here: a process, a container, or run by others. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDirectory } from '../../find.js';
import { type BuildDecision, decideBuild } from '../build-service.js';
import { commandOf, execForm } from '../invocation.js';
import type { ComposeService } from '../project/canonical.js';
import { isRemote } from '../project/paths.js';
import { type Bound, createSourceMap } from '../source-map.js';
import { givenFiles } from './given-files.js';
import type { OwnKeys } from './own-keys.js';
import type { SaidService } from './said.js';

export type ServiceKind =
  | Extract<BuildDecision, { as: 'process' }>
  /** `why` it is one although it has a build; undefined: it was asked for. */
  | { readonly as: 'container'; readonly why: string | undefined }
  | { readonly as: 'external' };

/** Undefined: nothing says what it could be, which was told. */
export function kindOf(said: SaidService, own: OwnKeys | undefined): ServiceKind | undefined {
  const { service } = said;
  if (own?.type === 'external') return { as: 'external' };
  if (own?.type === 'process' || own?.type === 'node' || own?.type === 'task') return asProcess(said);
  if (own?.type === 'container') return { as: 'container', why: undefined };
  if (service.build) return decideBuild(service, boundTo(said));
  if (service.image !== undefined) return { as: 'container', why: undefined };
  const what = service.provider ? 'is run by a provider' : 'has neither "image" nor "build"';
  said.report.warn('compose-service', `"${said.name}" ${what} and is left out`, said.place, {
    hint: 'x-fuge: {run: COMMAND} makes it a process',
  });
  return undefined;
}

/** Its image can be built here. */
export function hasDockerfile({ build }: ComposeService): boolean {
  if (build === undefined || isRemote(build.context)) return false;
  return build.dockerfile_inline !== undefined || existsSync(path.resolve(build.context, build.dockerfile ?? ''));
}

/** As it was asked for, even where nothing else says that it could be one. */
function asProcess(said: SaidService): Extract<BuildDecision, { as: 'process' }> {
  const { service, loaded } = said;
  const bound = boundTo(said);
  const decision = service.build && decideBuild(service, bound);
  if (decision?.as === 'process') return decision;
  const map = createSourceMap(bound, decision?.stage?.copied ?? [], service.build?.context ?? loaded.directory);
  const workdir = service.working_dir ?? decision?.stage?.workdir;
  const mapped = workdir === undefined ? undefined : map.toHost(workdir);
  const directory = mapped !== undefined && isDirectory(mapped) ? mapped : (service.build?.context ?? loaded.directory);
  const words = [...(service.entrypoint ?? []), ...(service.command ?? [])].map((word, index) =>
    index === 0 && word.startsWith('/') ? (map.toHost(word) ?? path.basename(word)) : map.rewrite(word),
  );
  return {
    as: 'process',
    directory,
    command: commandOf(execForm(words)),
    from: words.length > 0 ? 'command' : undefined,
    map,
    stage: decision?.stage,
  };
}

/** Bind mounts and files of secrets. */
function boundTo(said: SaidService): Bound[] {
  const mounts = (said.service.volumes ?? []).flatMap(({ type, source, target }): Bound[] =>
    type === 'bind' && source !== undefined ? [{ source, target }] : [],
  );
  return [...mounts, ...givenFiles(said).bound];
}

/**
 * Secrets and configs of a Compose service as files of this machine: what a container mounts, and a process is led to.
 *
 * Those with `file:` lie where they lie. Those with `environment:` or `content:` are written before each launch, into the
 * user's runtime directory, under a name that is made of their content; without a mode anybody may read them there
 * (Compose: 0444), but only the user may enter the directory.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { GivenFile } from '../../../system.js';
import type { ComposeFileObject, ComposeMountedFile } from '../project/canonical.js';
import type { Bound } from '../source-map.js';
import type { SaidService } from './said.js';

const MODE = 0o444;

export interface GivenFiles {
  readonly bound: readonly Bound[];
  /** To be written. */
  readonly files: readonly GivenFile[];
}

/** What can't be given is told. */
export function givenFiles(said: SaidService): GivenFiles {
  const { service, loaded } = said;
  const bound: Bound[] = [];
  const files: GivenFile[] = [];
  const kinds = [
    ['secrets', service.secrets ?? [], loaded.project.secrets ?? {}, '/run/secrets/'],
    ['configs', service.configs ?? [], loaded.project.configs ?? {}, '/'],
  ] as const;
  for (const [key, uses, objects, directory] of kinds) {
    for (const [index, use] of uses.entries()) {
      const target = path.posix.resolve(directory, use.target ?? use.source);
      const given = giveFile(said, objects[use.source], use);
      if ('problem' in given) {
        const message = `the ${key.slice(0, -1)} "${use.source}" ${given.problem}, so "${said.name}" does not get it`;
        said.report.warn('compose-file', message, said.at(key, index));
      } else {
        bound.push({ source: given.path, target, isSure: true });
        if ('content' in given) files.push(given);
      }
    }
  }
  return { bound, files };
}

function giveFile(
  said: SaidService,
  object: ComposeFileObject | undefined,
  use: ComposeMountedFile,
): GivenFile | { readonly path: string } | { readonly problem: string } {
  if (object === undefined) return { problem: 'is not defined' };
  if (object.external) return { problem: 'is kept elsewhere' };
  if (object.file !== undefined)
    return existsSync(object.file) ? { path: object.file } : { problem: `is in ${object.file}, which does not exist` };
  const { lookup } = said.loaded;
  const content = object.environment === undefined ? object.content : lookup(object.environment);
  if (content === undefined) return { problem: `is in the variable ${object.environment}, which is not set` };
  const mode = use.mode === undefined ? MODE : Number.parseInt(use.mode, 8);
  const { createHash } = process.getBuiltinModule('node:crypto'); // a few ms, where no file is given
  const name = createHash('sha256').update(`${mode}\0${content}`).digest('hex').slice(0, 32);
  const runtime = lookup('XDG_RUNTIME_DIR') || path.join(lookup('HOME') || '/tmp', '.local/state');
  return { path: path.join(runtime, 'fuge', 'files', name), content, mode };
}

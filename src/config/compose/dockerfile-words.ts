/** Words of a Dockerfile: quotes removed and variables replaced, as BuildKit does. */
import type { Lookup } from '../../interpolate.js';

export type DockerfileWord =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly problem: string; readonly text?: undefined };

/** One word of ENV, ARG, FROM, COPY, WORKDIR …, expanded. `escape` is the file's escape character. */
export function expandDockerfileWord(_word: string, _lookup: Lookup, _escape: '\\' | '`' = '\\'): DockerfileWord {
  throw new Error('not built yet');
}

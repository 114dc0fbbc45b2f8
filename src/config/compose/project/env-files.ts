/**
 * The environment of a container: what `environment` says over what `env_file`s say, a later file's over an earlier one's;
 * and labels likewise. (Compose Specification, "env_file", "label_file".)
 */
import type { Lookup } from '../../../interpolate.js';
import type { ComposeService } from './canonical.js';
import type { Reading } from './reading.js';
import { readVariables, type VariablesFile } from './variables-file.js';

/** The service with the variables and labels of its files; `project` are the variables that the files may use. */
export function withFileContents(
  service: ComposeService,
  name: string,
  project: Lookup,
  reading: Reading,
): ComposeService {
  const own = service.environment ?? {};
  const seenBy =
    (outer: Lookup): Lookup =>
    variable =>
      outer(variable) ?? (Object.hasOwn(own, variable) ? (own[variable] ?? undefined) : undefined);
  const files = (service.env_file ?? []).map((file, index): VariablesFile => {
    const at = reading.place(['services', name, 'env_file', index]);
    return {
      file: file.path,
      at,
      optional: !file.required,
      ...(file.format === 'raw' && { format: 'raw' }),
      // One that an included file names may use what that file may.
      lookup: seenBy(at ? reading.scopes.of(at).lookup : project),
    };
  });
  const environment = { ...Object.fromEntries(readVariables(files, project, reading.report)), ...own };
  const labelFiles = (service.label_file ?? []).map(
    (file, index): VariablesFile => ({ file, at: reading.place(['services', name, 'label_file', index]) }),
  );
  const labels = { ...Object.fromEntries(readVariables(labelFiles, project, reading.report)), ...service.labels };
  return {
    ...service,
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
}

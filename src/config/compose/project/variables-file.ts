/** Reads files of variables (`.env`, `--env-file`, an include's `env_file`) for the interpolation of Compose files. */
import { parseDotenv, parseRawEnv } from '../../../dotenv.js';
import type { Lookup } from '../../../interpolate.js';
import type { Report } from '../../report.js';
import type { Place } from '../../source.js';
import { readSource, Source } from '../../source.js';

export interface VariablesFile {
  /** Absolute. */
  readonly file: string;
  /** What names it, for messages. */
  readonly at?: Place | undefined;
  /** Passed over where it is missing, or is a directory. */
  readonly optional?: boolean;
  readonly format?: 'raw' | undefined;
  /** What its values may use, if it is not what all of the files may. */
  readonly lookup?: Lookup | undefined;
}

/**
 * The variables of all the files, a later file's over an earlier one's. Values that are interpolated see `lookup` first, then
 * what the files before have.
 */
export function readVariables(
  files: readonly VariablesFile[],
  lookup: Lookup,
  report: Report,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { file, at, optional, format, lookup: own = lookup } of files) {
    // As where a file's own variables are shadowed by nothing: /dev/null is an empty file.
    if (file === '/dev/null') continue;
    const source = readSource(file);
    if (!(source instanceof Source)) {
      const missing = source.code === 'file-missing' || source.code === 'not-a-file';
      if (optional !== true || !missing) report.error('env-file', source.message, at);
      continue;
    }
    const inner: Lookup = name => own(name) ?? values.get(name);
    const parsed = (format === 'raw' ? parseRawEnv : parseDotenv)(source.text, inner);
    for (const problem of parsed.problems) {
      const start = source.offset(problem.line, problem.column);
      const end = start + (source.line(problem.line).length - problem.column + 1);
      if (problem.kind === 'error') report.error('env-file-syntax', problem.message, { source, start, end });
      else
        report.warn(problem.kind === 'unset' ? 'unset-variable' : 'env-file-syntax', problem.message, {
          source,
          start,
          end,
        });
    }
    for (const [name, value] of parsed.values) values.set(name, value);
  }
  return values;
}

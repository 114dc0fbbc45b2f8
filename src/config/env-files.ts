/** Looks at env files while loading, so that a missing or broken one is told before anything starts. */

import { parseDotenv, parseRawEnv } from '../dotenv.js';
import type { Lookup } from '../interpolate.js';
import type { NamedEnvFile } from './draft.js';
import type { Report } from './report.js';
import { readSource, Source } from './source.js';

/** The variables of a `.env` beside the system file, which texts may use; empty if there is none. */
export function readDotenvBeside(file: string, env: Lookup, report: Report): ReadonlyMap<string, string> {
  const source = readSource(file);
  if (!(source instanceof Source)) {
    if (source.code !== 'file-missing' && source.code !== 'not-a-file') report.warn('env-file', source.message);
    return new Map();
  }
  reportProblems(source, 'dotenv', env, report);
  return parseDotenv(source.text, env).values;
}

/** They are read again at every launch; here only what is wrong with them is of interest. */
export function checkEnvFiles(files: readonly NamedEnvFile[], env: Lookup, report: Report): void {
  const sources = new Map<string, ReturnType<typeof readSource>>();
  for (const file of files) if (!sources.has(file.path)) sources.set(file.path, readSource(file.path));
  for (const file of files) {
    const source = sources.get(file.path)!;
    if (source instanceof Source) reportProblems(source, file.format, env, report);
    else if (source.code !== 'file-missing') report.warn('env-file', `env_file ${source.message}`, file.place);
    else if (file.required)
      report.warn('env-file-missing', `env_file ${source.message}; it is passed over`, file.place);
  }
}

function reportProblems(source: Source, format: NamedEnvFile['format'], env: Lookup, report: Report): void {
  const { problems } = (format === 'raw' ? parseRawEnv : parseDotenv)(source.text, env);
  for (const problem of problems) {
    // Variables may still come from layers that exist only at launch.
    if (problem.kind === 'unset') continue;
    const start = source.offset(problem.line, problem.column);
    const end = start + (source.line(problem.line).length - problem.column + 1);
    const message = problem.kind === 'error' ? `${problem.message}; the line is passed over` : problem.message;
    report.warn('env-file-syntax', message, { source, start, end });
  }
}

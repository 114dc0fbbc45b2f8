/** A file of variables: it describes no services itself, so those of the package beside it get it as their environment. */
import path from 'node:path';
import { parseDotenv } from '../../dotenv.js';
import { baseOf, type ImportContext, pathIn } from './context.js';
import type { SystemDraft } from './draft.js';
import { readPackageJson } from './package-json.js';
import type { PackageOptions } from './package-system.js';
import { sourceOf } from './surroundings.js';

export async function readEnvFile(context: ImportContext, options: PackageOptions): Promise<SystemDraft> {
  const { source, report, around } = context;
  const { values, problems } = parseDotenv(source.text);
  for (const problem of problems) {
    if (problem.kind === 'unset') continue;
    const start = source.offset(problem.line, problem.column);
    report.warn('env-file-syntax', problem.message, { source, start, end: start + 1 });
  }
  const manifest = sourceOf(path.join(baseOf(context), 'package.json'), around);
  if (!manifest) {
    report.error('no-services', `${source.file} says variables, and no services`, undefined, {
      hint: `write "env_file: ${path.basename(source.file)}" in fuge_global of a system file`,
    });
    return { services: [] };
  }
  const isPortSet = values.has('PORT');
  const draft = await readPackageJson({ ...context, source: manifest }, { ...options, isPortSet });
  return { ...draft, global: [{ key: 'env_file', value: pathIn(context, source.file)! }] };
}

/** A Compose project in its canonical form. */
import path from 'node:path';
import type { Diagnostic } from '../../diagnostic.js';
import { composeJson } from '../compose/project/compose-json.js';
import { readProject } from '../compose/project/read-project.js';
import type { LoadOptions } from '../load.js';
import { Report } from '../report.js';
import type { Described } from './described.js';

/** @param file The main file; the override beside it is merged over it where it has a default name. */
export function readComposeProject(
  file: string,
  { cwd = process.cwd(), env = process.env, profiles }: LoadOptions = {},
): { readonly project: Described | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const report = new Report();
  const project = readProject({ cwd, env, files: [path.resolve(cwd, file)], ...(profiles && { profiles }) }, report);
  return {
    project: project && (composeJson(project.project) as Described),
    diagnostics: report.inOrder(project?.allFiles ?? [file]),
  };
}

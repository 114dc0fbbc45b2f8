/** Compose files as part of a system: one project read, and its services made drafts. */
import type { Lookup } from '../../interpolate.js';
import type { Report } from '../report.js';
import type { LoadedProject } from './project/read-project.js';
import { readProject } from './project/read-project.js';
import { type ComposeServices, composeServices } from './services.js';

export interface ComposeSystem extends ComposeServices {
  readonly project: LoadedProject;
}

export interface ComposeSystemOptions {
  /** Absolute; the first is the main file, the others are merged over it. */
  readonly files: readonly string[];
  readonly cwd: string;
  /** Variables that win over the project's `.env`. */
  readonly lookup: Lookup;
}

/** Services of every profile: which take part is decided when they are started. Undefined: an error, which was reported. */
export function readComposeSystem(
  { files, cwd, lookup }: ComposeSystemOptions,
  report: Report,
): ComposeSystem | undefined {
  const project = readProject({ cwd, env: {}, lookup, files, profiles: ['*'], forSystem: true }, report);
  return project && { project, ...composeServices(project, report) };
}

/** Loads a Compose project from files written for one test; paths in what comes back are relative to them. */
import path from 'node:path';
import type { ComposeProject, ComposeService } from '../../../../src/config/compose/project/canonical.js';
import { composeJson } from '../../../../src/config/compose/project/compose-json.js';
import {
  type LoadedProject,
  type ProjectOptions,
  readProject,
} from '../../../../src/config/compose/project/read-project.js';
import { Report } from '../../../../src/config/report.js';
import { formatDiagnostic, formatOrigin } from '../../../../src/diagnostic.js';
import { writeFiles } from '../../files.js';

export interface Loaded {
  /** With `<shop>` for the directory of the files. */
  readonly project: ComposeProject | undefined;
  readonly loaded: LoadedProject | undefined;
  /** Every diagnostic in full, the directory left out. */
  readonly said: string;
  service(name: string): ComposeService;
  /** `file:line:column` of the value at a path. */
  origin(...path: (string | number)[]): string | undefined;
}

export interface LoadOptions extends Partial<Omit<ProjectOptions, 'cwd'>> {
  /** Where it starts, below the directory of the files. */
  readonly cwd?: string;
}

export function loadProject(
  content: string | Readonly<Record<string, string | Uint8Array>>,
  options: LoadOptions = {},
): Loaded {
  const directory = writeFiles(typeof content === 'string' ? { 'compose.yaml': content } : content);
  const report = new Report();
  const loaded = readProject({ env: {}, ...options, cwd: path.join(directory, options.cwd ?? '.') }, report);
  const relative = (text: string) => text.replaceAll(`${directory}/`, '').replaceAll(directory, '<shop>');
  const said = report
    .inOrder(loaded?.allFiles ?? [])
    .map(diagnostic => formatDiagnostic(diagnostic))
    .join('\n');
  const project =
    loaded &&
    (JSON.parse(JSON.stringify(composeJson(loaded.project)).replaceAll(directory, '<shop>')) as ComposeProject);
  return {
    project,
    loaded,
    said: relative(said),
    service(name) {
      const service = project?.services[name];
      if (!service) throw new Error(`no service "${name}":\n${said}`);
      return service;
    },
    origin(...at) {
      const origin = loaded?.origin(at);
      return origin && relative(formatOrigin(origin));
    },
  };
}

/** Makes the services of a Compose project from files written for one test. */

import { readProject } from '../../../src/config/compose/project/read-project.js';
import { type ComposeServices, composeServices } from '../../../src/config/compose/services.js';
import type { Draft } from '../../../src/config/draft.js';
import { Report } from '../../../src/config/report.js';
import { formatDiagnostic } from '../../../src/diagnostic.js';
import { writeFiles } from '../files.js';

export interface Made extends ComposeServices {
  readonly directory: string;
  /** Errors and warnings in full, the directory left out. */
  readonly said: string;
  /** What was remarked of each service, in file order. */
  readonly remarks: readonly string[];
  draft(name: string): Draft;
  variables(name: string): Record<string, string | undefined>;
}

export function make(
  content: string | Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Made {
  const directory = writeFiles(typeof content === 'string' ? { 'compose.yaml': content } : content);
  const report = new Report();
  const loaded = readProject({ cwd: directory, env: { HOME: '/home/me', ...env }, profiles: ['*'] }, report);
  const services = loaded ? composeServices(loaded, report) : { drafts: [], networks: new Map(), volumes: new Map() };
  const diagnostics = report.inOrder([]);
  const short = (text: string) => text.replaceAll(`${directory}/`, '').replaceAll(directory, '<shop>');
  const said = short(
    diagnostics
      .filter(one => one.severity !== 'info')
      .map(one => formatDiagnostic(one))
      .join('\n'),
  );
  const draft = (name: string) => {
    const found = services.drafts.find(one => one.name === name);
    if (!found) throw new Error(`no service "${name}":\n${said}`);
    return found;
  };
  return {
    ...services,
    directory,
    said,
    remarks: diagnostics.flatMap(one => (one.related ?? []).map(({ message }) => short(message))),
    draft,
    variables: name => Object.fromEntries(draft(name).environment.map(one => [one.name, one.value])),
  };
}

/**
 * Compose files: fuge runs them as they are, so what is written includes the file instead of repeating it. The services
 * that it has are named in a comment, each with what it would run.
 */
import type { Diagnostic } from '../../diagnostic.js';
import type { System } from '../../system.js';
import { commandLine } from '../describe/described.js';
import { composeProjectIn } from '../find.js';
import { type LoadOptions, loadSystem } from '../load.js';
import { baseOf, CHANGED, type ImportContext, pathIn } from './context.js';
import type { SystemDraft } from './draft.js';

export interface ComposeImport {
  readonly draft: SystemDraft;
  /** Undefined: the file has errors. */
  readonly system: System | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export async function readComposeImport(context: ImportContext, options: LoadOptions): Promise<ComposeImport> {
  const { source, report } = context;
  const { system, diagnostics } = await loadSystem(source.file, options);
  const project = composeProjectIn(baseOf(context));
  if (project[0] === source.file && project[1] !== undefined)
    report.warn(CHANGED, `${project[1]} is not merged over a file that a system file includes`, undefined, {
      hint: 'without a system file, "fuge shell" in the directory takes both',
    });
  if (!system) return { draft: { services: [] }, system, diagnostics };
  const draft = { include: [pathIn(context, source.file)!], includeRemarks: describeCompose(system), services: [] };
  return { draft, system, diagnostics };
}

/** One line for each service. */
export function describeCompose(system: System): string[] {
  const lines = [...system.services.values()].map(service => {
    if (service.type === 'container')
      return `${service.name}: a container of ${service.image || 'an image that is built'}`;
    if (service.type === 'external') return `${service.name}: runs elsewhere`;
    return `${service.name}: ${service.command ? commandLine(service.command) : 'a process'}`;
  });
  return [
    'A Compose file is used as it is: what changes there counts here. Its services:',
    ...lines.map(line => `- ${line}`),
    'One that is written in this file, too, replaces that of the Compose file.',
  ];
}

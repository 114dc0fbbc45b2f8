/** Compose files as part of a system: one project read, and its services made drafts. */
import type { Lookup } from '../../interpolate.js';
import type { PortNumbers } from '../../port-numbers.js';
import type { Draft } from '../draft.js';
import type { Report } from '../report.js';
import type { LoadedProject } from './project/read-project.js';
import { readProject } from './project/read-project.js';
import { type ComposeServices, composeServices } from './services.js';
import { valueAt } from './tree.js';

export interface ComposeSystem extends ComposeServices {
  readonly project: LoadedProject;
}

export interface ComposeSystemOptions {
  /** Absolute; the first is the main file, the others are merged over it. */
  readonly files: readonly string[];
  readonly cwd: string;
  /** Variables that win over the project's `.env`. */
  readonly lookup: Lookup;
  /** Services that somebody else defines in their place; nothing is told of what these would run. */
  readonly replaced?: ReadonlySet<string>;
  /** Numbers for the ports of this machine. */
  readonly ports: PortNumbers;
}

/**
 * Services of every profile: which take part is decided when they are started. What is wrong is reported; of a project
 * with errors the services are only there by name. Undefined: nothing can be read at all.
 */
export function readComposeSystem(
  { files, cwd, lookup, replaced, ports }: ComposeSystemOptions,
  report: Report,
): ComposeSystem | undefined {
  const project = readProject({ cwd, env: {}, lookup, files, profiles: ['*'], forSystem: true }, report);
  if (!project) return undefined;
  if (!project.isBroken) return { project, ...composeServices(project, report, replaced, ports) };
  return { project, drafts: namesOnly(project), networks: new Map(), volumes: new Map() };
}

function namesOnly({ tree }: LoadedProject): Draft[] {
  const services = valueAt(tree, 'services');
  const entries = services?.kind === 'map' ? services.entries : [];
  return entries.map(({ key: name, keyNode: place }) => ({
    name,
    type: 'external',
    place,
    origins: {},
    path: undefined,
    ports: [],
    environment: [],
    envFiles: [],
  }));
}

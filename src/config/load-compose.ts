/** A Compose project in place of a system file: its services are the whole system, with the settings that a system has by default. */
import path from 'node:path';
import type { Lookup } from '../interpolate.js';
import type { PortNumbers } from '../port-numbers.js';
import type { System } from '../system.js';
import { readComposeSystem } from './compose/include-project.js';
import { checkEnvFiles } from './env-files.js';
import { readGlobals } from './globals.js';
import { expandInstances } from './instances.js';
import { chosenProfiles } from './profiles.js';
import { Reader } from './reader.js';
import type { Report } from './report.js';
import { resolveServices } from './resolve.js';

/** @param files Absolute: the main file, and those that are merged over it. */
export function loadComposeProject(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  profiles: readonly string[] | undefined,
  report: Report,
  ports: PortNumbers,
): { readonly system: System | undefined; readonly files: readonly string[] } {
  const [main] = files as readonly [string, ...string[]];
  const directory = path.dirname(main);
  const lookup: Lookup = name => env[name];
  const compose = readComposeSystem({ files, cwd: directory, lookup, ports }, report);
  if (!compose) return { system: undefined, files };
  const { project, networks, volumes } = compose;
  const drafts = expandInstances(compose.drafts, ports, report);
  if (drafts.length === 0 && !report.hasErrors)
    report.error('no-services', 'the file defines no service', undefined, { hint: 'services stand below "services:"' });
  const globals = readGlobals(undefined, directory, new Reader(report, lookup, ports), env);
  const resolved = resolveServices(drafts, globals, directory, env, report, ports);
  const isDisabled = (name: string) => resolved.services.get(name)?.disabled !== undefined;
  const envFiles = drafts.filter(({ name }) => !isDisabled(name)).flatMap(draft => draft.envFiles);
  checkEnvFiles(envFiles, project.lookup, report);
  const system: System = {
    name: project.project.name,
    file: main,
    directory,
    services: resolved.services,
    alternatives: resolved.alternatives,
    networks,
    volumes,
    environment: globals.environment,
    envFiles: [],
    profiles: chosenProfiles(profiles, project.lookup),
    logDirectory: globals.logDirectory,
    runContainers: globals.runContainers,
    containerEngine: globals.containerEngine,
    discovery: globals.discovery,
    dialects: globals.dialects,
    dns: globals.dns,
    names: globals.names,
    portOffset: ports.offset,
    files: project.allFiles,
    origins: {},
  };
  return { system, files: project.allFiles };
}

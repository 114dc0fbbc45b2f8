/** Compose files to a project in canonical form: reads like a table of contents. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Origin } from '../../../diagnostic.js';
import { nearest } from '../../../diagnostic.js';
import type { Lookup } from '../../../interpolate.js';
import { placeOf, Report } from '../../report.js';
import type { Place } from '../../source.js';
import type { MapNode } from '../../yaml.js';
import { valueAt } from '../tree.js';
import type { ComposeProject, ComposeService } from './canonical.js';
import { checkProject } from './consistency.js';
import { findComposeFiles } from './discovery.js';
import { withFileContents } from './env-files.js';
import { processLookup, projectLookup } from './environment.js';
import { ModelLoader } from './model.js';
import { activeServices, withinSelection } from './profiles.js';
import { CONFIGS, MODELS, NETWORKS, SECRETS, SERVICES, VOLUMES } from './project-kinds.js';
import { projectName } from './project-name.js';
import { type Path, Reading } from './reading.js';
import { type Plain, type ResourceKey, readResources } from './resources.js';
import { completeService } from './services.js';
import { anything, type Json } from './values.js';

/** Far above any project; it keeps hostile input from taking long. */
const MOST_SERVICES = 5000;

export interface ProjectOptions {
  /** Absolute; where relative files and the search start. */
  readonly cwd: string;
  /** The whole process environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In place of `env`, where the variables are more than those of the process. */
  readonly lookup?: Lookup;
  /** As `-f`: the first is the main file, the others are merged over it. None: COMPOSE_FILE, or the default names. */
  readonly files?: readonly string[];
  /** As `-p`. */
  readonly name?: string | undefined;
  /** As `--profile`; none: those of COMPOSE_PROFILES. */
  readonly profiles?: readonly string[];
  /** Services that are meant, whose profiles are chosen thereby; none: all. */
  readonly services?: readonly string[];
  /** As `--env-file`, in place of the `.env`. */
  readonly envFiles?: readonly string[];
  /** As `--project-directory`: what relative paths start from; default the main file's directory. */
  readonly directory?: string | undefined;
  /**
   * Made into a system: env_files are left to each launch, the first form of the format is taken too, and a project with
   * errors still comes, so that who depends on its services is not told that there are none.
   */
  readonly forSystem?: boolean;
}

export interface LoadedProject {
  /** There were errors: nothing but the names of the services is to be relied on. Only with `forSystem`. */
  readonly isBroken: boolean;
  /** Services that take part only. */
  readonly project: ComposeProject;
  /** Services of the files that take no part: other profiles, or not named. */
  readonly disabled: Readonly<Record<string, ComposeService>>;
  /** Absolute: the project's files, the main one first. */
  readonly files: readonly string[];
  /** Every file that was read, included and extended ones too. */
  readonly allFiles: readonly string[];
  readonly directory: string;
  /** Variables of the project. */
  readonly lookup: Lookup;
  /**
   * Where the value at a path (keys and positions, as in `project`) was written; undefined: it is a default, or comes from
   * a file of variables.
   */
  origin(path: Path): Origin | undefined;
  /** The same as a stretch of its file, for messages. */
  place(path: Path): Place | undefined;
  /** All files merged, with what the canonical form leaves out: extensions (`x-...`) of services. */
  readonly tree: MapNode;
}

/** Undefined if there is an error, all of which are in the report. */
export function readProject(options: ProjectOptions, report: Report): LoadedProject | undefined {
  const { cwd, env, envFiles = [] } = options;
  const errorsBefore = report.errorCount;
  const environment = { lookup: options.lookup ?? processLookup(env), envFiles, cwd };
  const given = options.files ?? [];
  const first = options.directory ?? (given[0] === undefined ? cwd : path.dirname(path.resolve(cwd, given[0])));
  const start = path.resolve(cwd, first);
  // What is wrong with a .env is told below, when it is read again.
  const { files, passedOver } = findComposeFiles(given, cwd, projectLookup([start], environment, new Report()));
  if (passedOver.length > 0)
    report.warn(
      'compose-files',
      `there are several Compose files here: ${path.basename(files[0]!)} is taken, not ${passedOver.map(file => path.basename(file)).join(', ')}`,
    );
  if (files.length === 0) {
    report.error('file-missing', `there is no Compose file in ${cwd} or a directory above`);
    return undefined;
  }
  const directory = options.directory ? start : path.dirname(files[0]!);
  const variables = projectLookup([start, directory], environment, report);
  const name = projectName({ given: options.name, files, directory, lookup: variables }, report);
  const lookup: Lookup = variable => (variable === 'COMPOSE_PROJECT_NAME' ? name : variables(variable));

  const loader = new ModelLoader(report, options.forSystem ?? false);
  const tree = loader.load(
    files.map(file => ({ file })),
    { directory, lookup },
  );
  if (!tree) {
    if (report.errorCount === errorsBefore)
      report.error('compose-empty', `${files.join(', ')}: there is nothing in it`);
    return undefined;
  }
  const reading = new Reading(report, loader.scopes, environment.lookup('HOME') || homedir());
  const services = readServices(tree, reading);
  const named = options.services ?? [];
  const active = activeServices(services, {
    profiles: options.profiles ?? chosen(lookup('COMPOSE_PROFILES')),
    services: named,
  });
  reportUnknown(named, services, report);
  const entries = Object.entries(services);
  const withFiles = (service: ComposeService, name: string) => {
    const { env_file: later, ...rest } = service;
    if (!options.forSystem || later === undefined) return withFileContents(service, name, lookup, reading);
    return { ...withFileContents(rest, name, lookup, reading), env_file: later };
  };
  const disabled = Object.fromEntries(entries.filter(([service]) => !active.has(service)));
  const enabled = Object.fromEntries(
    entries
      .filter(([service]) => active.has(service))
      .map(([service, value]) => {
        const whole = withFiles(value, service);
        return [service, named.length > 0 ? withinSelection(whole, active) : whole];
      }),
  );
  const project = assemble(tree, name, services, enabled, reading);
  checkProject({
    project,
    disabled,
    reading,
    placeOf: placesOfServices(tree),
    needsImage: !options.forSystem,
  });
  const isBroken = report.errorCount > errorsBefore;
  if (isBroken && !options.forSystem) return undefined;
  return {
    isBroken,
    project,
    disabled,
    files,
    allFiles: loader.files,
    directory,
    lookup,
    origin: wanted => originIn(reading, wanted),
    place: wanted => reading.place(wanted),
    tree,
  };
}

function chosen(profiles: string | undefined): string[] {
  return (profiles ?? '')
    .split(',')
    .map(profile => profile.trim())
    .filter(profile => profile !== '');
}

function readServices(tree: MapNode, reading: Reading): Record<string, ComposeService> {
  const node = valueAt(tree, 'services');
  if (node?.kind !== 'map') return {};
  if (node.entries.length > MOST_SERVICES) {
    const message = `there are ${node.entries.length} services; at most ${MOST_SERVICES} are taken`;
    reading.report.error('compose-services', message, node);
    return {};
  }
  const read = (SERVICES.read(node, ['services'], reading) ?? {}) as Record<string, Plain>;
  const places = new Map(node.entries.map(({ key, value }) => [key, value]));
  const completed = Object.entries(read).map(
    ([name, service]) => [name, completeService(service, name, places.get(name)!, reading)] as const,
  );
  return Object.fromEntries(completed) as unknown as Record<string, ComposeService>;
}

/** The whole project; the network `default` is there if one of all the services is on it. */
function assemble(
  tree: MapNode,
  name: string,
  services: Readonly<Record<string, ComposeService>>,
  enabled: Readonly<Record<string, ComposeService>>,
  reading: Reading,
): ComposeProject {
  const read = (key: ResourceKey, kind: typeof NETWORKS) => readResources(tree, key, kind, name, reading);
  let networks = read('networks', NETWORKS);
  const usesDefault = Object.values(services).some(service => Object.hasOwn(service.networks ?? {}, 'default'));
  if (usesDefault && !Object.hasOwn(networks ?? {}, 'default'))
    networks = { ...networks, default: { name: `${name}_default`, ipam: {} } };
  const [volumes, secrets, configs] = [read('volumes', VOLUMES), read('secrets', SECRETS), read('configs', CONFIGS)];
  const models = read('models', MODELS);
  const extensions: [string, Json][] = tree.entries
    .filter(({ key }) => key.startsWith('x-'))
    .map(({ key, value }) => [key, anything.read(value, [key], reading) ?? null]);
  const project = {
    name,
    services: enabled,
    ...(networks && { networks }),
    ...(volumes && { volumes }),
    ...(secrets && { secrets }),
    ...(configs && { configs }),
    ...(models && { models }),
    ...Object.fromEntries(extensions),
  };
  return project as unknown as ComposeProject;
}

function placesOfServices(tree: MapNode): (service: string) => Place | undefined {
  const node = valueAt(tree, 'services');
  const places = new Map(node?.kind === 'map' ? node.entries.map(({ key, keyNode }) => [key, keyNode]) : []);
  return service => places.get(service);
}

function reportUnknown(named: readonly string[], services: Readonly<Record<string, unknown>>, report: Report): void {
  for (const name of named) {
    if (Object.hasOwn(services, name)) continue;
    const near = nearest(name, Object.keys(services));
    report.error('unknown-service', `there is no service "${name}"`, undefined, {
      hint: near && `did you mean "${near}"?`,
    });
  }
}

function originIn(reading: Reading, path: Path): Origin | undefined {
  const place = reading.place(path);
  return place && placeOf(place);
}

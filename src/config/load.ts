/** Text to System: reads like a table of contents. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import { nearest } from '../diagnostic.js';
import { PLAIN_PORTS, type PortNumbers } from '../port-numbers.js';
import type { System } from '../system.js';
import { reportNameConflicts } from './container/names.js';
import type { Draft } from './draft.js';
import { checkEnvFiles, readDotenvBeside } from './env-files.js';
import { composeProjectIn, findComposeProject, findSystemFile, isComposeName, SYSTEM_FILES } from './find.js';
import { type Globals, readGlobals } from './globals.js';
import type { Included } from './include.js';
import { expandInstances } from './instances.js';
import { isEmpty, reportDuplicateKeys, reportMisindented } from './layout.js';
import { systemName } from './name.js';
import { chosenProfiles } from './profiles.js';
import { Reader } from './reader.js';
import { placeOf, Report } from './report.js';
import { resolveServices } from './resolve.js';
import { type ContainerReader, readService } from './service.js';
import { readSource, Source } from './source.js';
import { Variables } from './variables.js';
import { type Entry, type MapNode, parseYaml } from './yaml.js';

export interface LoadOptions {
  /** Directory that a relative file and the search start from; default the working directory. */
  readonly cwd?: string;
  /** Environment for interpolation; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Profiles that are chosen, see {@link System.profiles}; default: those of FUGE_PROFILES, else of COMPOSE_PROFILES, by commas. */
  readonly profiles?: readonly string[];
  /** Numbers for the ports; default: as the files say it. */
  readonly ports?: PortNumbers;
}

export interface LoadResult {
  /** Present exactly if no diagnostic is an error. */
  readonly system: System | undefined;
  /** All of them at once, in file order. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a system file. Without `file`, the nearest of fuge.yml, fuge.yaml, system.yml and fuge/fuge.yml is taken, from
 * `cwd` upwards, and where there is none the nearest Compose file; a directory is searched for the same names.
 */
export async function loadSystem(file?: string, options: LoadOptions = {}): Promise<LoadResult> {
  const { cwd = process.cwd(), env = process.env, ports = PLAIN_PORTS } = options;
  const report = new Report();
  const found = findSystemFile(file, cwd);
  if ('searched' in found) {
    const compose = file === undefined ? findComposeProject(cwd) : composeProjectIn(found.searched[0]);
    if (compose.length > 0) return loadCompose(compose, env, options.profiles, report, ports);
    return notFound(found.searched, report);
  }
  const source = readSource(found.file);
  if (!(source instanceof Source)) {
    const hint = source.code === 'file-missing' ? missingHint(found.file) : undefined;
    report.error(source.code, source.message, undefined, { hint });
    return { system: undefined, diagnostics: report.inOrder([]) };
  }
  if (isCompose(source)) return loadCompose([found.file], env, options.profiles, report, ports);
  return new Loading(source, env, report, options.profiles, ports).load();
}

/** Reads a text as if it stood in a system file at `file`, which needs not exist. */
export async function loadText(text: string, file: string, options: LoadOptions = {}): Promise<LoadResult> {
  const { env = process.env, ports = PLAIN_PORTS } = options;
  return new Loading(new Source(file, text), env, new Report(), options.profiles, ports).load();
}

async function loadCompose(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  profiles: readonly string[] | undefined,
  report: Report,
  ports: PortNumbers,
): Promise<LoadResult> {
  const { loadComposeProject } = await import('./load-compose.js');
  const { system, files: read } = loadComposeProject(files, env, profiles, report, ports);
  return resultOf(system, read, report);
}

function resultOf(system: System | undefined, files: readonly string[], report: Report): LoadResult {
  return { system: report.hasErrors || !system ? undefined : freeze(system), diagnostics: report.inOrder(files) };
}

function notFound(searched: readonly string[], report: Report): LoadResult {
  const where = searched.length === 1 ? searched[0] : `${searched[0]} and the directories above it`;
  report.error('file-missing', `there is no system file in ${where}`, undefined, {
    hint: `looked for ${SYSTEM_FILES.join(', ')} and Compose files in ${searched.join(', ')}`,
  });
  return { system: undefined, diagnostics: report.inOrder([]) };
}

function missingHint(file: string): string {
  const near = nearest(path.basename(file), yamlFilesIn(path.dirname(file)));
  return near
    ? `did you mean "${near}"?`
    : `without a file, ${SYSTEM_FILES.join(', ')} and Compose files are looked for`;
}

function yamlFilesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter(name => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
}

class Loading {
  readonly #directory: string;

  constructor(
    private readonly source: Source,
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly report: Report,
    private readonly profiles: readonly string[] | undefined,
    private readonly ports: PortNumbers,
  ) {
    this.#directory = path.dirname(source.file);
  }

  async load(): Promise<LoadResult> {
    const { source, report, env } = this;
    const files = [source.file];
    const root = this.#rootMap();
    if (!root) return this.#result(undefined, files);

    const passed = reportMisindented(root, report);
    reportDuplicateKeys(root, report, passed);
    const entries = withoutDuplicates(root.entries.filter(entry => !passed.has(entry)));
    const top = new Map(entries.map(entry => [entry.key, entry]));
    const services = entries.filter(entry => this.#isService(entry));
    const twins = root.entries.filter(
      entry => !passed.has(entry) && !entries.includes(entry) && this.#isService(entry),
    );

    const dotenv = readDotenvBeside(path.join(this.#directory, '.env'), name => env[name], report);
    const variables = new Variables(
      env,
      dotenv,
      services.map(entry => entry.value as MapNode),
    );
    const globalReader = new Reader(report, variables.forGlobals, this.ports);
    const globals = readGlobals(top.get('fuge_global'), this.#directory, globalReader, env);

    const drafts = new Map<string, Draft>();
    const include = top.get('include');
    const included = include && (await this.#include(include, variables, new Set(services.map(({ key }) => key))));
    files.push(...(included?.files ?? []));
    for (const draft of included?.drafts ?? []) drafts.set(draft.name, draft);
    const name = services.includes(top.get('name')!) ? undefined : top.get('name');
    const systemNamed = systemName(
      (name && globalReader.text(name.value, 'name')?.text) ?? globals.name,
      this.#directory,
    );
    const { networks, volumes, containers } = await this.#containers(
      services,
      globals,
      systemNamed,
      globalReader,
      included,
    );
    for (const entry of services) {
      const node = entry.value as MapNode;
      const reader = new Reader(report, variables.forService(node), this.ports);
      const draft = readService(entry, node, this.#directory, reader, undefined, containers);
      // An included service of the same name is replaced whole and keeps its place in the order, as in fuge 2.
      if (draft) drafts.set(draft.name, draft);
    }
    // The second of two services of one name is read only for what is wrong with it.
    for (const entry of twins)
      readService(entry, entry.value as MapNode, this.#directory, globalReader, undefined, containers);
    const all = expandInstances([...drafts.values()], this.ports, report);
    if (all.length === 0 && !report.hasErrors)
      report.error('no-services', 'the file defines no service', root, {
        hint: 'every top-level key but fuge_global, include and name is a service',
      });

    reportNameConflicts(all, source, report);
    const resolved = resolveServices(all, globals, this.#directory, env, report, this.ports);
    const disabled = (draft: Draft) => resolved.services.get(draft.name)?.disabled !== undefined;
    const envFiles = [...globals.envFiles, ...all.filter(draft => !disabled(draft)).flatMap(draft => draft.envFiles)];
    checkEnvFiles(envFiles, variables.base, report);

    const system: System = {
      name: systemNamed,
      file: source.file,
      directory: this.#directory,
      services: resolved.services,
      alternatives: resolved.alternatives,
      networks: new Map([...(included?.networks ?? []), ...networks]),
      volumes: new Map([...(included?.volumes ?? []), ...volumes]),
      environment: globals.environment,
      envFiles: globals.envFiles.map(({ path: file, at, required, format }) => ({ path: file, at, required, format })),
      profiles: chosenProfiles(this.profiles, variables.base),
      logDirectory: globals.logDirectory,
      runContainers: globals.runContainers,
      containerEngine: globals.containerEngine,
      discovery: globals.discovery,
      dialects: globals.dialects,
      dns: globals.dns,
      names: globals.names,
      portOffset: this.ports.offset,
      files,
      origins: { ...globals.origins, ...(name && { name: placeOf(name.value) }) },
    };
    return this.#result(system, files);
  }

  async #include(include: Entry, variables: Variables, replaced: ReadonlySet<string>) {
    const { readIncludes } = await import('./include.js');
    return readIncludes(include, [this.source.file], variables.base, this.report, replaced, this.ports);
  }

  /** What containers are is a good part of what can be said: a system without any does not wait for those modules. */
  async #containers(
    services: readonly Entry[],
    globals: Globals,
    system: string,
    reader: Reader,
    included: Included | undefined,
  ) {
    const isPlain = !globals.networks && !globals.volumes && !services.some(mayBeContainer);
    if (isPlain) return { networks: new Map(), volumes: new Map(), containers: undefined };
    const [{ readContainer }, { readNetworks, readVolumes }] = await Promise.all([
      import('./container/read.js'),
      import('./container/definitions.js'),
    ]);
    const networks = readNetworks(globals.networks, this.#directory, reader);
    const volumes = readVolumes(globals.volumes, this.#directory, reader);
    const containers: ContainerReader = {
      read: readContainer,
      system,
      directory: this.#directory,
      home: this.env.HOME || homedir(),
      networks: new Set([...networks.keys(), ...(included?.networks.keys() ?? [])]),
      volumes: new Set([...volumes.keys(), ...(included?.volumes.keys() ?? [])]),
    };
    return { networks, volumes, containers };
  }

  #rootMap(): MapNode | undefined {
    const { source, report } = this;
    const documents = parseYaml(source, report);
    const [root, second] = documents;
    if (second) report.error('several-documents', 'a system file has one YAML document, here begins another', second);
    if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
      if (report.hasErrors) return undefined;
      report.error('empty-file', `${source.file} is empty`, undefined, {
        hint: 'a service looks like "web: {type: node, run: node index.js}"',
      });
      return undefined;
    }
    if (root.kind === 'map') return root;
    const what = root.kind === 'list' ? 'a list' : 'plain text';
    report.error('not-a-map', `a system file is a map of services, not ${what}`, root);
    return undefined;
  }

  /** What stands at the top level and is no setting must be a service; what can't be one is reported. */
  #isService({ key, keyNode, value }: Entry): boolean {
    const { report } = this;
    if (key === 'fuge_global' || key === 'include' || key.startsWith('x-')) return false;
    if (key === 'name' && value.kind !== 'map') return false;
    const near = nearest(key, ['fuge_global', 'include']);
    const hint = near && `did you mean "${near}"?`;
    const hasType = value.kind === 'map' && value.entries.some(entry => entry.key === 'type');
    if (hint && !hasType) {
      report.error('unknown-key', `"${key}" is neither a setting nor a service with a "type"`, keyNode, { hint });
      return false;
    }
    if (value.kind === 'map') return true;
    if (isEmpty(value))
      report.error('empty-service', `the service "${key}" has nothing below it`, keyNode, {
        hint: 'its keys must be indented below it',
      });
    else {
      const what = value.kind === 'list' ? 'a list' : 'text';
      report.error('wrong-type', `the service "${key}" must be a map of keys, not ${what}`, value);
    }
    return false;
  }

  #result(system: System | undefined, files: readonly string[]): LoadResult {
    return resultOf(system, files, this.report);
  }
}

/** A type with a variable in it may turn out to be one. */
function mayBeContainer({ value }: Entry): boolean {
  return (
    value.kind === 'map' &&
    value.entries.some(
      ({ key, value: given }) =>
        key === 'image' ||
        (key === 'build' && given.kind === 'map') ||
        (key === 'type' && given.kind === 'scalar' && !/^(process|node|task|external)$/.test(given.text)),
    )
  );
}

/** By its name, or because it has `services` that are no service themselves. */
function isCompose(source: Source): boolean {
  if (isComposeName(source.file)) return true;
  if (!/^services\s*:/m.test(source.text)) return false;
  const [root] = parseYaml(source, new Report(), { mergeTags: true });
  if (root?.kind !== 'map' || root.entries.some(({ key }) => key === 'fuge_global')) return false;
  const services = root.entries.find(({ key }) => key === 'services')?.value;
  return services?.kind === 'map' && services.entries.every(({ value }) => value.kind === 'map');
}

/** The first of two counts; the second was reported. */
function withoutDuplicates(entries: readonly Entry[]): Entry[] {
  const seen = new Set<string>();
  return entries.filter(({ key }) => !seen.has(key) && seen.add(key));
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) freeze(inner);
  return value;
}

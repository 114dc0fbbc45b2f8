/** The public library. The command line reaches everything through this file, so it is enough for anyone's scripts. */
import { parsePortOffset } from './port-numbers.js';

export type { BringUpOptions, Until } from './bring-up.js';
export { BRING_UP_MS, bringUp, cameUp } from './bring-up.js';
export type { Described } from './config/describe/described.js';
export type { ValueOrigin } from './config/describe/origin.js';
export type { Form as ImportForm, ImportOptions, ImportResult } from './config/import/import.js';
export type { Proposal, ProposeOptions } from './config/import/propose.js';
export type { LoadOptions, LoadResult } from './config/load.js';
export type { ContainerSettings, Mount, Network, NetworkUse, Volume } from './container.js';
export { containerNameOf } from './container.js';
export type {
  Addresses,
  CloseOptions,
  Company,
  EnvironmentReport,
  EnvironmentVariable,
  ExecOptions,
  ExecSession,
  LocalSupervisor,
  Outcome,
  RunOptions,
  ServiceStatus,
  StartOptions,
  Supervisor,
  TerminalOptions,
  Usage,
} from './control.js';
export { CONTAINER_ENGINE } from './control.js';
export type { Diagnostic, DiagnosticStyle, Origin, Severity } from './diagnostic.js';
export { formatDiagnostic, formatOrigin, nearest } from './diagnostic.js';
export type { DnsRecord } from './dns-record.js';
export { StartError } from './embedded/start-error.js';
export type { StartedSystem, StartSystemOptions } from './embedded/start-system.js';
export type {
  Cause,
  Changes,
  CrashError,
  Event,
  Exit,
  Gate,
  Line,
  Phase,
  PhaseId,
  RunId,
  StreamName,
  Watching,
} from './event.js';
export { activeServices, dependentsOf, startLevels, withDependencies, withoutWatching } from './graph.js';
export type { Level } from './log-level.js';
export { isAtLeast, LEVELS, levelOfText, readLevel } from './log-level.js';
export type { LogRecord, ReadLine } from './log-record.js';
export { LogReader, mayHoldRecords, readRecord } from './log-record.js';
export { readTime } from './log-time.js';
export { addressInBrowser, startPageOf, urlOf } from './names.js';
export type { AttachedSupervisor } from './remote/client.js';
export type { Finding, FindingStatus } from './supervisor/doctor/finding.js';
export type { Command, EnvFile, Port, Service, ServiceType, System } from './system.js';
export { TerminalModes } from './terminal-modes.js';
export { parseCommand } from './words.js';

// The two halves are loaded on first use: `fuge version` needs neither, `fuge check` no supervisor.

/** How a system file is read. */
export interface LoadSystemOptions extends Omit<import('./config/load.js').LoadOptions, 'ports'> {
  /**
   * Added to the ports of this machine that the file says, for a second checkout beside a first one; `auto`: the smallest
   * multiple of 100 at which none of them is taken. Default: FUGE_PORT_OFFSET, else that of the fuge which runs the system,
   * else 0.
   */
  readonly portOffset?: string | number;
}

/**
 * Reads a system file; problems come as diagnostics, never as exceptions. Ports that the file leaves to fuge (`auto`) get
 * numbers that are free, and are remembered in the user's state directory.
 */
export async function loadSystem(
  file?: string,
  options: LoadSystemOptions = {},
): Promise<import('./config/load.js').LoadResult> {
  const { portOffset, ...others } = options;
  const environment = options.env ?? process.env;
  const said = portOffset === undefined ? environment.FUGE_PORT_OFFSET : String(portOffset);
  const offset = said === undefined || said === '' ? undefined : parsePortOffset(said);
  if (said !== undefined && said !== '' && offset === undefined) {
    const what = portOffset === undefined ? 'FUGE_PORT_OFFSET' : '--port-offset';
    const message = `${what} must be a number like 100, or "auto", not "${said}"`;
    const problem: import('./diagnostic.js').Diagnostic = { severity: 'error', code: 'bad-port-offset', message };
    return { system: undefined, diagnostics: [problem] };
  }
  const [{ loadSystem }, { loadWithNumbers }] = await Promise.all([
    import('./config/load.js'),
    import('./supervisor/port-numbers/choose.js'),
  ]);
  return loadWithNumbers(ports => loadSystem(file, { ...others, ports }), { offset, environment });
}

/** The forms that {@link importSystem} reads. */
export const importForms: readonly import('./config/import/import.js').Form[] = [
  'procfile',
  'compose',
  'process-compose',
  'mprocs',
  'pm2',
  'dotenv',
  'package',
];

/**
 * A file of another tool (see {@link importForms}) as the text of a system file. What has no counterpart is told by diagnostics;
 * problems come as diagnostics, too, never as exceptions. Nothing is written.
 */
export async function importSystem(
  file: string,
  options?: import('./config/import/import.js').ImportOptions,
): Promise<import('./config/import/import.js').ImportResult> {
  const { importSystem } = await import('./config/import/import.js');
  return importSystem(file, options);
}

/** The JSON Schema (draft-07) of a system file, for editors: as it lies in the package, `fuge/schema.json`. */
export async function systemSchema(): Promise<Readonly<Record<string, unknown>>> {
  const { systemSchema } = await import('./config/schema/system.js');
  return systemSchema();
}

/** The text of a system file for what lies in a directory. Nothing is run, and nothing is written. */
export async function proposeSystem(
  directory: string,
  options?: import('./config/import/propose.js').ProposeOptions,
): Promise<import('./config/import/propose.js').Proposal> {
  const { proposeSystem } = await import('./config/import/propose.js');
  return proposeSystem(directory, options);
}

/**
 * A system in the words of a system file, whole, with where each value comes from.
 *
 * @param env What variables were looked up in; default `process.env`.
 */
export async function describeSystem(
  system: import('./system.js').System,
  env: Readonly<Record<string, string | undefined>> = process.env,
) {
  const [{ describeSystem }, { Origins }] = await Promise.all([
    import('./config/describe/system.js'),
    import('./config/describe/origin.js'),
  ]);
  const origins = new Origins(system, env);
  return { description: describeSystem(system), originOf: (path: readonly string[]) => origins.of(path) };
}

/** A description as YAML; `remark` is said behind the value at a path. */
export async function printYaml(
  description: import('./config/describe/described.js').Described,
  remark?: (path: readonly string[]) => string | undefined,
): Promise<string> {
  const { printYaml } = await import('./config/describe/print.js');
  return printYaml(description, remark);
}

/** A Compose project in its canonical form, as `docker compose config` has it. Problems come as diagnostics. */
export async function readComposeProject(
  file: string,
  options?: import('./config/load.js').LoadOptions,
): Promise<{
  readonly project: import('./config/describe/described.js').Described | undefined;
  readonly diagnostics: readonly import('./diagnostic.js').Diagnostic[];
}> {
  const { readComposeProject } = await import('./config/describe/compose.js');
  return readComposeProject(file, options);
}

export interface CreateOptions extends Omit<import('./supervisor/supervisor.js').SupervisorOptions, 'door'> {
  /**
   * Lets other terminals and programs of the same user reach the system from its first start on (`attach`): the version of
   * fuge that they are told. Default: it can't be reached.
   */
  readonly reachableAs?: string;
}

/** Makes a supervisor for a system. Nothing is started yet. */
export async function createSupervisor(
  system: import('./system.js').System,
  { reachableAs, ...options }: CreateOptions = {},
): Promise<import('./control.js').LocalSupervisor> {
  const { createSupervisor } = await import('./supervisor/supervisor.js');
  if (reachableAs === undefined) return createSupervisor(system, options);
  return createSupervisor(system, {
    ...options,
    door: async supervisor => new (await import('./remote/door.js')).Door(supervisor, reachableAs),
  });
}

/**
 * Starts a system for this program (the global set-up of a test runner, a script) and settles when its services are ready.
 * Stop it with `stop()`, or hold it with `await using`. No handlers of signals are installed: should this process end without
 * `stop()`, even by SIGKILL, all that was started is ended from outside.
 *
 * @param file The system file; default: what is found in the working directory and above it.
 * @throws StartError with the problems of the file, or the failed services and their last lines; nothing is left running then.
 */
export async function startSystem(
  file?: string,
  options: import('./embedded/start-system.js').StartSystemOptions = {},
): Promise<import('./embedded/start-system.js').StartedSystem> {
  const { startSystem } = await import('./embedded/start-system.js');
  return startSystem(file, options);
}

/**
 * What a system adds to the environment of a program on this machine that is no service: where the services are, and the
 * environment that the system file says for all. A file of variables that can't be read is told by a diagnostic.
 *
 * @param own The program's own environment, which values may refer to; default `process.env`.
 */
export async function environmentOf(
  system: import('./system.js').System,
  own: Readonly<Record<string, string | undefined>> = process.env,
): Promise<{
  readonly variables: Readonly<Record<string, string>>;
  readonly problems: readonly import('./diagnostic.js').Diagnostic[];
}> {
  const { variablesOutside } = await import('./supervisor/discovery/outside.js');
  return variablesOutside(system, own);
}

/** Where programs on this machine find the services of a system. */
export async function addressesOf(system: import('./system.js').System): Promise<import('./control.js').Addresses> {
  const { addressesOf } = await import('./supervisor/discovery/outside.js');
  return addressesOf(system);
}

/** The system file that commands mean: the given one, or what is found in the working directory and above it. Not read. */
export async function findSystemFile(file?: string, cwd: string = process.cwd()): Promise<string | undefined> {
  const { locateSystemFile } = await import('./config/find.js');
  return locateSystemFile(file, cwd);
}

/**
 * Looks at the machine, and at what was loaded: whether all is there that the system needs, and nothing is in its way. Changes
 * nothing, and takes some two seconds at most.
 */
export async function examine(
  { system, diagnostics }: import('./config/load.js').LoadResult,
  options: { readonly isTerminal?: boolean } = {},
): Promise<readonly import('./supervisor/doctor/finding.js').Finding[]> {
  const { examine } = await import('./supervisor/doctor/examine.js');
  const { isTerminal = process.stdout.isTTY === true } = options;
  return examine({ system, diagnostics, environment: process.env, isTerminal, nodeVersion: process.versions.node });
}

/** A fuge that runs a system now. */
export interface RunningSystem {
  readonly pid: number;
  /** Unix time, ms. */
  readonly since: number;
  readonly name: string;
  /** Absolute path of its system file, without links. */
  readonly file: string;
  /** Where it can be reached; null: nowhere. */
  readonly socket: string | null;
}

/** The systems that fuge runs for this user on this machine, in the order of their start. */
export async function runningSystems(): Promise<readonly RunningSystem[]> {
  const { Registry } = await import('./supervisor/registry.js');
  return new Registry()
    .living()
    .flatMap(({ systemFile, systemName, pid, since, socket }) =>
      systemFile === null ? [] : [{ pid, since, name: systemName, file: systemFile, socket: socket ?? null }],
    )
    .sort((a, b) => a.since - b.since);
}

/** The living fuge that runs a system file (absolute path), or undefined. */
export async function findOwnerOf(systemFile: string): Promise<
  | {
      readonly pid: number;
      readonly since: number;
      readonly socket: string | null;
      readonly problem: import('./diagnostic.js').Diagnostic;
    }
  | undefined
> {
  const { alreadyRunning, Registry } = await import('./supervisor/registry.js');
  const owner = new Registry().findOwner(systemFile);
  if (!owner) return undefined;
  return { pid: owner.pid, since: owner.since, socket: owner.socket ?? null, problem: alreadyRunning(owner) };
}

/**
 * Connects to a running system by its socket ({@link runningSystems}, {@link findOwnerOf}): it is then asked as if it ran here.
 *
 * @throws Diagnostic where nobody answers there, or who answers is another version.
 */
export async function attach(socket: string): Promise<import('./remote/client.js').AttachedSupervisor> {
  const { attach } = await import('./remote/client.js');
  return attach(socket);
}

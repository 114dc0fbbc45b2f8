/** The public library. The command line reaches everything through this file, so it is enough for anyone's scripts. */

export type { LoadOptions, LoadResult } from './config/load.js';
export type { ContainerSettings, Mount, Network, NetworkUse, Volume } from './container.js';
export type {
  EnvironmentReport,
  EnvironmentVariable,
  ExecOptions,
  ExecSession,
  Outcome,
  RunOptions,
  ServiceStatus,
  StartOptions,
  Supervisor,
  Usage,
} from './control.js';
export { CONTAINER_ENGINE } from './control.js';
export type { Diagnostic, DiagnosticStyle, Origin, Severity } from './diagnostic.js';
export { formatDiagnostic, formatOrigin, nearest } from './diagnostic.js';
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
export { activeServices, dependentsOf, startLevels, withDependencies } from './graph.js';
export type { Command, EnvFile, Port, Service, ServiceType, System } from './system.js';
export { parseCommand } from './words.js';

// The two halves are loaded on first use: `fuge version` needs neither, `fuge check` no supervisor.

/** Reads a system file (see {@link LoadOptions}); problems come as diagnostics, never as exceptions. */
export async function loadSystem(file?: string, options?: import('./config/load.js').LoadOptions) {
  const { loadSystem } = await import('./config/load.js');
  return loadSystem(file, options);
}

/** Makes a supervisor for a system. Nothing is started yet. */
export async function createSupervisor(
  system: import('./system.js').System,
  options?: import('./supervisor/supervisor.js').SupervisorOptions,
): Promise<import('./control.js').Supervisor> {
  const { createSupervisor } = await import('./supervisor/supervisor.js');
  return createSupervisor(system, options);
}

/** The living fuge that runs a system file (absolute path), or undefined. */
export async function findOwnerOf(
  systemFile: string,
): Promise<
  { readonly pid: number; readonly since: number; readonly problem: import('./diagnostic.js').Diagnostic } | undefined
> {
  const { alreadyRunning, Registry } = await import('./supervisor/registry.js');
  const owner = new Registry().findOwner(systemFile);
  return owner && { pid: owner.pid, since: owner.since, problem: alreadyRunning(owner) };
}

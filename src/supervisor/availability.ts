/** Why a service can't be started, debugged or watched here, in sentences. */
import type { Diagnostic } from '../diagnostic.js';
import type { NodeService, ProcessService, Service, System } from '../system.js';
import { canInspect } from './runners/process.js';

/** Whether a service runs as a process of this machine. */
export const isLocal = (service: Service): service is ProcessService | NodeService =>
  service.type === 'process' || service.type === 'node';

/** Why a service can't be started here at all; undefined: it can. */
export function unavailability(service: Service, system: System): string | undefined {
  if (service.disabled !== undefined) return service.disabled;
  if (service.type === 'external') return 'runs elsewhere';
  if (service.type === 'container' && !system.runContainers) return 'left to others (run_containers: false)';
  return undefined;
}

/** The same as a diagnostic, at the service's place. */
export function notAvailable(service: Service, reason: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'not-available',
    message: `"${service.name}" is not started: ${reason}`,
    at: service.at,
  };
}

/** Why no command can be run inside its container. */
export function noContainer(service: Service): Diagnostic {
  const isContainer = service.type === 'container';
  return {
    severity: 'error',
    code: 'no-container',
    message: isContainer ? `"${service.name}" is not running` : `"${service.name}" runs in no container`,
    at: service.at,
    ...(isContainer && { hint: `"start ${service.name}" starts it` }),
  };
}

/** Why nobody can type into this service, as it stands. */
export function noTerminal(service: Service): Diagnostic {
  const { name, type } = service;
  const problem = { severity: 'error', code: 'no-terminal' } as const;
  if (type === 'external')
    return { ...problem, message: `"${name}" runs elsewhere: nobody types into it`, at: service.at };
  if (type === 'container') {
    const message = `"${name}" is a container: only processes are typed into`;
    return { ...problem, message, at: service.at, hint: `"exec ${name}" opens a shell in it` };
  }
  if (service.tty)
    return { ...problem, message: `"${name}" is not running`, at: service.at, hint: `"start ${name}" starts it` };
  const message = `"${name}" has no terminal that could be typed into`;
  const at = service.origins.tty ?? service.at;
  return { ...problem, message, at, hint: 'add "tty: true" to it' };
}

/** A running container has in its hosts file where others were when it was made. */
export function stillLooksFor(service: Service, moved: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'moved',
    message: `"${service.name}" still looks for ${moved.map(name => `"${name}"`).join(', ')} where ${moved.length === 1 ? 'it was' : 'they were'}`,
    at: service.at,
    hint: `"restart ${service.name}" mends that`,
  };
}

/** Why Node's inspector can't be asked for; undefined: it can. */
export function debugProblem(service: Service): Diagnostic | undefined {
  if (isLocal(service) && canInspect(service)) return undefined;
  return {
    severity: 'error',
    code: 'no-inspector',
    message: `"${service.name}" can't be debugged: its command is not Node itself`,
    at: service.origins.run ?? service.at,
    hint: 'give it "type: node" and a run that names the program, like "server.js"',
  };
}

/** It writes into its own watched folder, and each write restarted it. */
export function writesItsOwnFiles(service: Service, files: readonly string[]): Diagnostic {
  const [first, ...rest] = files;
  const listed = rest.length === 0 ? `${first}` : `${first} and ${rest.length} more`;
  return {
    severity: 'warning',
    code: 'writes-its-own-files',
    message: `"${service.name}" writes into the folder that is watched (${listed}), and each write restarted it: watching is paused`,
    at: service.origins.monitor_excludes ?? service.at,
    hint: `add ${files.map(file => `'${file}'`).join(', ')} to its monitor_excludes, then "watch ${service.name}" goes on`,
  };
}

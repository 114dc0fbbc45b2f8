/** What programs on this machine that are no services need of a system: its environment, and where everything is. */
import type { Addresses } from '../../control.js';
import type { Diagnostic } from '../../diagnostic.js';
import type { System } from '../../system.js';
import { readEnvFile } from '../environments.js';
import { urlOf } from './dialects.js';
import { environmentOutside, outsiderOf } from './environment.js';
import { reachOf } from './reach.js';

/**
 * What the system adds to the environment of a program, or replaces in it, as it does for services.
 *
 * @param own The environment of the program itself.
 */
export function variablesOutside(
  system: System,
  own: Readonly<Record<string, string | undefined>>,
): { readonly variables: Readonly<Record<string, string>>; readonly problems: readonly Diagnostic[] } {
  const { variables, problems } = environmentOutside(system, { process: own, read: readEnvFile });
  const said = variables.filter(({ source }) => source !== 'process');
  return { variables: Object.fromEntries(said.map(({ name, value }) => [name, value])), problems };
}

export function addressesOf(system: System): Addresses {
  const outsider = outsiderOf(system);
  const ports: Record<string, Record<string, number>> = {};
  const urls: Record<string, string> = {};
  for (const service of system.services.values()) {
    const reach = reachOf(outsider, service, system);
    ports[service.name] = Object.fromEntries(service.ports.map(port => [port.name, reach.port(port)]));
    const [first] = service.ports;
    if (first) urls[service.name] = urlOf({ reach }, first);
  }
  return { ports, urls };
}

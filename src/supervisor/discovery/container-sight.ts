/**
 * How containers see services when they ask for names: pure.
 *
 * - Another container of a common network: its address there, and the ports it listens on inside.
 * - Processes of this machine, and containers of other networks: the gateway, and the ports of this machine.
 * - What runs elsewhere: its own address or name.
 */
import type { Service, System } from '../../system.js';
import { HOST_NAME, hostHere, isLoopback, networkOwnerOf, reachOf } from './reach.js';
import type { Sight } from './records.js';

/** A container that runs: its service, and its address by network. */
export interface Place {
  readonly service: string;
  readonly addresses: Readonly<Record<string, string>>;
}

/** @param gateway Where containers reach this machine. @param reader Undefined: a container of somebody else. */
export function containerSight(
  system: System,
  gateway: string,
  places: readonly Place[],
  reader: Place | undefined,
): Sight {
  const asking = reader && system.services.get(reader.service);
  const placeOf = (service: Service) => places.find(place => place.service === networkOwnerOf(service, system).name);
  const isBeside = (service: Service) =>
    asking !== undefined && service.type !== 'external' && reachOf(asking, service, system).host !== HOST_NAME;
  return {
    hostOf(service) {
      if (isBeside(service)) {
        const addresses = placeOf(service)?.addresses ?? {};
        const common = Object.keys(addresses).find(network => reader?.addresses[network] !== undefined);
        return common === undefined ? undefined : addresses[common];
      }
      return service.type === 'external' && !isLoopback(hostHere(service)) ? service.host : gateway;
    },
    portOf: (service, port) => (asking && isBeside(service) ? reachOf(asking, service, system).port(port) : port.host),
  };
}

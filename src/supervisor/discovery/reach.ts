/**
 * Where one service reaches another: on this machine, or from within a container.
 *
 * A container reaches its peers by name at the port they listen on, and this machine through the engine's host gateway.
 */
import type { NetworkUse } from '../../container.js';
import type { ContainerService, Port, Service, System } from '../../system.js';

/** The name by which Docker's tools give containers this machine; `host-gateway` is the engine's word for its address. */
export const HOST_NAME = 'host.docker.internal';
export const HOST_GATEWAY = 'host-gateway';

const DEFAULT: NetworkUse = {
  network: 'default',
  aliases: [],
  ipv4: undefined,
  ipv6: undefined,
  mac: undefined,
  priority: 0,
};

export interface Reach {
  /** Of the first port, for those who are told one address. */
  readonly host: string;
  /** A container's ports may be published at addresses of their own. */
  hostOf(port: Port): string;
  port(port: Port): number;
}

/** The networks a service is in: those it names, the most important first, or the system's default one. */
export function networksOf(service: ContainerService): readonly NetworkUse[] {
  if (service.networks.length === 0) return [DEFAULT];
  return service.networks.toSorted((a, b) => b.priority - a.priority);
}

/** Whether it sees the network of this machine as if it were a process of it. */
const isOnHost = (service: Service) =>
  service.type !== 'container' || service.networkMode === 'host' || service.networkMode === 'none';

/** Whether it shares the network of this machine, also by way of another container. */
export const seesThisMachine = (reader: Service, system: System): boolean => isOnHost(networkOwnerOf(reader, system));

/** How `reader` reaches `service`. */
export function reachOf(reader: Service, service: Service, system: System): Reach {
  const published = (port: Port) => port.host;
  const [from, to] = [networkOwnerOf(reader, system), networkOwnerOf(service, system)];
  if (isOnHost(from))
    return { host: hostHere(service), hostOf: port => publishedAt(port) ?? service.host, port: published };
  const at = (host: string, port: Reach['port']): Reach => ({ host, hostOf: () => host, port });
  if (to.type === 'container' && sharesNetwork(from as ContainerService, to))
    return at(to.name, port => port.target ?? port.host);
  const isHere = service.type !== 'external' || isLoopback(service.host);
  return at(isHere ? HOST_NAME : service.host, published);
}

/** Whose network and name it has: with `network_mode: service:NAME` those of the container NAME. */
export function networkOwnerOf(service: Service, system: System): Service {
  let owner = service;
  // Two that name each other are an error elsewhere; here they must not go round for ever.
  for (const _ of system.services) {
    const [, name] = /^service:(.+)$/.exec((owner.type === 'container' && owner.networkMode) || '') ?? [];
    const next = name === undefined ? undefined : system.services.get(name);
    if (next?.type !== 'container') break;
    owner = next;
  }
  return owner;
}

/** Where processes of this machine find it: at the address of its first port. */
export function hostHere({ host, ports: [first] }: Service): string {
  return (first && publishedAt(first)) ?? host;
}

/** Every address is no address to connect to. */
function publishedAt({ hostAddress }: Port): string | undefined {
  if (hostAddress === '0.0.0.0') return '127.0.0.1';
  return hostAddress === '::' ? '::1' : hostAddress;
}

/** `NAME:ADDRESS` for the names that would lead nowhere in a container: this machine, and what runs on it. */
export function hostsFor(reader: ContainerService, system: System): string[] {
  if (reader.networkMode !== undefined) return [];
  const own = new Set(reader.extraHosts.map(entry => entry.split(/[:=]/)[0]));
  const hosts = [`${HOST_NAME}:${HOST_GATEWAY}`];
  for (const service of system.services.values()) {
    if (service.type === 'container' && sharesNetwork(reader, service)) continue;
    if (service.instance?.number === 1) hosts.push(`${service.instance.of}:${HOST_GATEWAY}`);
    if (service.type !== 'external' || isLoopback(service.host)) hosts.push(`${service.name}:${HOST_GATEWAY}`);
    else if (isAddress(service.host)) hosts.push(`${service.name}:${service.host}`);
  }
  return hosts.filter(entry => !own.has(entry.split(':')[0]));
}

/** The services that a running container looks for in the wrong place, once the system is another one. */
export function movedFor(reader: ContainerService, before: System, after: System): string[] {
  const placesIn = (system: System) =>
    new Map(hostsFor(reader, system).map(entry => [entry.split(':')[0], entry] as const));
  const [old, now] = [placesIn(before), placesIn(after)];
  return [...after.services.keys()].filter(name => before.services.has(name) && old.get(name) !== now.get(name));
}

function sharesNetwork(a: ContainerService, b: ContainerService): boolean {
  if (a === b) return true;
  if (a.networkMode !== undefined || b.networkMode !== undefined) return a.networkMode === `service:${b.name}`;
  const networks = new Set(networksOf(a).map(use => use.network));
  return networksOf(b).some(use => networks.has(use.network));
}

export const isLoopback = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::)$/.test(host);
const isAddress = (host: string) => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

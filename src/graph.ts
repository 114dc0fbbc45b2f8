/** Relations between services, and between two versions of a system: pure. */
import type { Changes } from './event.js';
import type { ContainerService, Service, System } from './system.js';

/**
 * What a running system has to do to become another one. A service counts as changed when anything that its process
 * would notice differs; moving it within the file does not.
 */
export function changesBetween(before: System, after: System): Changes {
  const added = [...after.services.keys()].filter(name => !before.services.has(name));
  const removed = [...before.services.keys()].filter(name => !after.services.has(name));
  const isSharedChanged = fingerprint(sharedOf(before, after)) !== fingerprint(sharedOf(after, before));
  const changed = [...after.services.values()].filter(service => {
    const old = before.services.get(service.name);
    return (
      old !== undefined &&
      (isSharedChanged || fingerprint(noticedOf(old, before)) !== fingerprint(noticedOf(service, after)))
    );
  });
  return { added, removed, changed: changed.map(service => service.name) };
}

/** The system with nothing watched at first. */
export function withoutWatching(system: System): System {
  const unwatched = (service: Service): Service =>
    'watch' in service ? { ...service, watch: { ...service.watch, enabled: false } } : service;
  const services = new Map([...system.services].map(([name, service]) => [name, unwatched(service)]));
  const alternatives = new Map([...system.alternatives].map(([name, service]) => [name, unwatched(service)]));
  return { ...system, services, alternatives };
}

/** The system with these services in their other form; those without one stay as they are. */
export function withOtherForms(system: System, names: readonly string[]): System {
  const services = new Map(system.services);
  const alternatives = new Map(system.alternatives);
  for (const name of names) {
    const other = system.alternatives.get(name);
    if (other === undefined) continue;
    alternatives.set(name, system.services.get(name)!);
    services.set(name, other);
  }
  return { ...system, services, alternatives };
}

/**
 * A system that was loaded anew, with its services in the forms that they were switched to before.
 *
 * @param before What runs.
 */
export function withChosenForms(loaded: System, before: System): System {
  const switched = [...loaded.alternatives].filter(([name, alternative]) => {
    const old = before.services.get(name);
    return old !== undefined && before.alternatives.has(name) && old.type === alternative.type;
  });
  return withOtherForms(
    loaded,
    switched.map(([name]) => name),
  );
}

/**
 * What every service of `system` is given. An address that only one of the two systems has is left out: a service that
 * appears or goes is no reason to restart all the others.
 */
function sharedOf(system: System, other: System) {
  const { environment, envFiles, discovery } = system;
  const told = [...system.services.values()].filter(({ name, advertised }) => advertised && other.services.has(name));
  const addresses = told
    .map(({ name, host, ports }) => ({ name, host, ports }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { environment, envFiles, discovery, addresses: discovery ? addresses : [] };
}

/** What the process of a service would notice; all else (policies, watching, probes) applies without a restart. */
function noticedOf(service: Service, system: System) {
  const { type, host, ports, advertised, dns, disabled } = service;
  const seen = { type, host, ports, advertised, dns, disabled };
  if (service.type === 'external') return seen;
  const { environment, envFiles } = service;
  if (service.type === 'container') return { ...seen, ...containerOf(service, system) };
  return { ...seen, environment, envFiles, cwd: service.cwd, command: service.command, prerun: service.hooks.prerun };
}

/** What its container is made of. How it is supervised is no part of it. */
function containerOf(service: ContainerService, { networks, volumes }: System) {
  const { restart, stop, ready, live, once, tail, groups, delayMs, dependsOn, profiles, origins, repository, ...made } =
    service;
  const volumeOf = (key: string | undefined) => (key === undefined ? undefined : volumes.get(key));
  return {
    ...made,
    networks: service.networks.map(use => [use, networks.get(use.network)]),
    volumes: service.mounts.map(mount => (mount.type === 'volume' ? volumeOf(mount.source) : undefined)),
  };
}

function fingerprint(value: object): string {
  return JSON.stringify(value, (key, inner) => {
    // Where something stands in the file is no part of what it is.
    if (key === 'at') return undefined;
    // The names within it are the user's: a variable may be called "at".
    if (key === 'environment') return Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1));
    return inner;
  });
}

/** These services and everything they need, directly or not, in the system's order. Optional needs are left out. */
export function withDependencies(system: System, names: Iterable<string>): string[] {
  const wanted = new Set<string>();
  const visit = (name: string) => {
    const service = system.services.get(name);
    if (!service || wanted.has(name)) return;
    wanted.add(name);
    for (const dependency of service.dependsOn) if (dependency.required) visit(dependency.service);
  };
  for (const name of names) visit(name);
  return [...system.services.keys()].filter(name => wanted.has(name));
}

/** Everything that needs one of these services, directly or not, without themselves, in the system's order. */
export function dependentsOf(system: System, names: Iterable<string>): string[] {
  const given = new Set(names);
  const found = new Set(given);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const service of system.services.values())
      if (service.dependsOn.some(({ service: needed, required }) => required && found.has(needed)))
        found.add(service.name);
  }
  return [...system.services.keys()].filter(name => found.has(name) && !given.has(name));
}

/** What takes part when everything is meant: services without profiles, and those of the chosen ones. */
export function activeServices(system: System): string[] {
  const chosen = new Set(system.profiles);
  return [...system.services.values()]
    .filter(({ profiles }) => profiles.length === 0 || chosen.has('*') || profiles.some(profile => chosen.has(profile)))
    .map(service => service.name);
}

/** Levels of start: a service stands behind everything it depends on. What stands in a cycle comes last. */
export function startLevels(system: System, names: Iterable<string> = system.services.keys()): string[][] {
  const wanted = new Set(names);
  const left = new Set([...system.services.keys()].filter(name => wanted.has(name)));
  const levels: string[][] = [];
  while (left.size > 0) {
    const free = [...left].filter(
      name => !system.services.get(name)!.dependsOn.some(({ service }) => left.has(service)),
    );
    const level = free.length > 0 ? free : [...left];
    for (const name of level) left.delete(name);
    levels.push(level);
  }
  return levels;
}

/** One cycle of dependencies, as `a, b, a`; undefined: there is none. */
export function findCycle(needs: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    const before = path.indexOf(name);
    if (before >= 0) return [...path.slice(before), name];
    if (done.has(name)) return undefined;
    for (const needed of needs.get(name) ?? []) {
      const cycle = visit(needed, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of needs.keys()) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

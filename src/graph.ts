/** Relations between services, and between two versions of a system. */
import type { Changes } from './event.js';
import type { Service, System } from './system.js';

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
    return old !== undefined && (isSharedChanged || fingerprint(old) !== fingerprint(service));
  });
  return { added, removed, changed: changed.map(service => service.name) };
}

/**
 * What every service of `system` is given. An address that only one of the two systems has is left out: a service that
 * appears or goes is no reason to restart all the others.
 */
function sharedOf(system: System, other: System) {
  const { environment, envFiles, discovery } = system;
  const addresses = [...system.services.values()]
    .filter(service => other.services.has(service.name))
    .map(({ name, host, ports, advertised }) => ({ name, host, ports, advertised }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { environment, envFiles, discovery, addresses };
}

/** Keys that say where something stands or how it is shown, not what it is. */
const IMMATERIAL = new Set(['at', 'origins', 'tail', 'groups']);

function fingerprint(value: Service | object): string {
  return JSON.stringify(value, (key, inner) => {
    if (IMMATERIAL.has(key)) return undefined;
    if (inner !== null && typeof inner === 'object' && !Array.isArray(inner))
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    return inner;
  });
}

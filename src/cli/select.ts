/** Which services the user means: names (of one, or of all its instances), groups, patterns with `*` and `?`, and `all`. */
import { activeServices, nearest, type System } from '../index.js';

export type Selection =
  | { readonly kind: 'services'; readonly services: readonly string[] }
  /** `near` is what was probably meant. */
  | { readonly kind: 'unknown'; readonly word: string; readonly near: string | undefined };

/**
 * Service names in the system's order, each once; or the first word that names nothing. A service wins over a group of
 * its name. With `active`, `all` leaves out the services of profiles that are not chosen, as Compose does.
 */
export function selectServices(words: readonly string[], system: System, active = false): Selection {
  const chosen = new Set<string>();
  for (const word of words) {
    const isAll = active && word === 'all' && !system.services.has(word);
    const found = isAll ? activeServices(system) : servicesOf(word, system);
    // Nothing is active: `all` is nothing, yet no mistake.
    if (isAll && found.length === 0 && system.services.size > 0) continue;
    if (found.length === 0) return { kind: 'unknown', word, near: nearest(word, nameable(system)) };
    for (const name of found) chosen.add(name);
  }
  return { kind: 'services', services: [...system.services.keys()].filter(name => chosen.has(name)) };
}

/** What one word stands for; empty if it names nothing. */
export function servicesOf(word: string, system: System): readonly string[] {
  const names = [...system.services.keys()];
  if (system.services.has(word)) return [word];
  if (word === 'all') return names;
  const instances = names.filter(name => system.services.get(name)!.instance?.of === word);
  if (instances.length > 0) return instances;
  const grouped = names.filter(name => system.services.get(name)!.groups.includes(word));
  if (grouped.length > 0 || !/[*?]/.test(word)) return grouped;
  const pattern = globPattern(word);
  return names.filter(name => pattern.test(name));
}

/** Everything that can be named: services, what has several instances, then groups, then `all`. */
export function nameable(system: System): readonly string[] {
  const groups = [...system.services.values()].flatMap(service => service.groups);
  const instances = [...system.services.values()].flatMap(({ instance }) => instance?.of ?? []);
  return [...new Set([...system.services.keys(), ...instances, ...groups, 'all'])];
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

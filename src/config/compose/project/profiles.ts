/**
 * Which services take part.
 *
 * Rules (Compose Specification, "profiles"): a service without profiles always does; one with profiles if one of them is
 * chosen, or `*`. Naming a service chooses its profiles too, and then only those named take part, with what they depend on.
 */
import type { ComposeService } from './canonical.js';

export interface Selection {
  readonly profiles: readonly string[];
  /** Empty: all. */
  readonly services: readonly string[];
}

/** The names that take part; those of `services` that do not exist are passed over. */
export function activeServices(
  services: Readonly<Record<string, ComposeService>>,
  { profiles, services: named }: Selection,
): Set<string> {
  const chosen = new Set([...profiles, ...named.flatMap(name => services[name]?.profiles ?? [])]);
  const enabled = Object.entries(services).flatMap(([name, service]) => {
    const own = service.profiles ?? [];
    return own.length === 0 || chosen.has('*') || own.some(profile => chosen.has(profile)) ? [name] : [];
  });
  if (named.length === 0) return new Set(enabled);
  const allowed = new Set([...enabled, ...named.filter(name => Object.hasOwn(services, name))]);
  const result = new Set<string>();
  const pending = named.filter(name => allowed.has(name));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (result.has(name)) continue;
    result.add(name);
    pending.push(...Object.keys(services[name]!.depends_on ?? {}).filter(other => allowed.has(other)));
  }
  return result;
}

/** A service of a selection by name needs nothing that is not in the selection. */
export function withinSelection(service: ComposeService, selected: ReadonlySet<string>): ComposeService {
  const { depends_on: all, ...rest } = service;
  const kept = Object.entries(all ?? {}).filter(([name]) => selected.has(name));
  return kept.length > 0 ? { ...rest, depends_on: Object.fromEntries(kept) } : rest;
}

/** Which repositories the services come from: each directory once. */
import type { System } from '../../index.js';

export interface Repository {
  /** The services that come from it, in the system's order. */
  readonly services: readonly string[];
  readonly directory: string;
  readonly url: string;
  /** Whether its directory is missing. */
  readonly isMissing: boolean;
}

export function repositoriesOf(system: System, names: readonly string[]): Repository[] {
  const found = new Map<string, Repository & { services: string[] }>();
  for (const name of names) {
    const service = system.services.get(name);
    if (service?.type !== 'process' && service?.type !== 'node') continue;
    if (service.repository === undefined) continue;
    const before = found.get(service.cwd);
    if (before) before.services.push(name);
    else
      found.set(service.cwd, {
        services: [name],
        directory: service.cwd,
        url: service.repository,
        isMissing: service.disabled !== undefined,
      });
  }
  return [...found.values()];
}

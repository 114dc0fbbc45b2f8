/** Limits of the processes of a container, from Compose's forms. */
import type { ContainerSettings } from '../../container.js';

type Ulimits = Readonly<Record<string, number | { readonly soft?: number; readonly hard?: number }>>;

/** A single number is both; of two, the one that is not said is as the other. */
export function ulimitsOf(said: Ulimits | undefined): ContainerSettings['ulimits'] {
  return Object.fromEntries(
    Object.entries(said ?? {}).map(([name, value]) => {
      const { soft, hard } = typeof value === 'number' ? { soft: value, hard: value } : value;
      return [name, { soft: soft ?? hard ?? 0, hard: hard ?? soft ?? 0 }];
    }),
  );
}

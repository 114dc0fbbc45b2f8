/**
 * Containers that are in another one's network, or share its memory or processes: they can't be there before it, and are
 * made anew with it.
 *
 * Rule (Compose Specification): `network_mode`, `ipc` and `pid` of `service:NAME` mean that it depends on NAME.
 */
import type { DraftDependency } from '../dependencies.js';
import type { Section } from '../section.js';

const KEYS = ['network_mode', 'ipc', 'pid'] as const;

/** What `depends_on` says, and what follows from the keys above. Undefined: nothing. */
export function dependenciesOf(section: Section): readonly DraftDependency[] | undefined {
  const said = section.get('depends_on');
  const implied = KEYS.flatMap((key): DraftDependency[] => {
    const text = section.get(key);
    const service = text && /^service:(.+)$/.exec(text.text)?.[1];
    if (!service || said?.some(dependency => dependency.service === service)) return [];
    return [{ service, condition: 'started', required: true, restart: true, node: text.node }];
  });
  return implied.length > 0 ? [...(said ?? []), ...implied] : said;
}

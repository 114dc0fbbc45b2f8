/** A project as `docker compose config --format json` shows it. */
import type { ComposeProject } from './canonical.js';
import type { Json } from './values.js';

/**
 * The project as it is, but for what the reference does only in JSON: it leaves out the models, and the parts of
 * `blkio_config` have capitals.
 */
export function composeJson(project: ComposeProject): Json {
  const services = Object.entries(project.services).map(([name, service]) => [
    name,
    service.blkio_config ? { ...service, blkio_config: capitalised(service.blkio_config as Json) } : service,
  ]);
  const { models: _models, ...shown } = project;
  return { ...shown, services: Object.fromEntries(services) } as unknown as Json;
}

const CAPITALISED = new Set(['path', 'rate', 'weight']);

function capitalised(value: Json, inList = false): Json {
  if (Array.isArray(value)) return value.map(item => capitalised(item, true));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      inList && CAPITALISED.has(key) ? key[0]!.toUpperCase() + key.slice(1) : key,
      capitalised(inner),
    ]),
  );
}

/**
 * The one table of the keys of a Compose file, by the Compose Specification of July 2026. Where Compose takes text for a
 * number or a flag, so that a variable may stand for it, the table does, too; the value itself is read later.
 */
import { SERVICE_KEYS } from './schema-service.js';
import {
  either,
  flag,
  listOf,
  mapOf,
  NAME,
  namesTo,
  options,
  orNothing,
  pairs,
  type Shape,
  scalarOf,
  text,
  textOrUniqueTexts,
  texts,
} from './schema-shapes.js';

/** `external: true`, or (old) `external: {name: …}`. */
const external = either(flag, mapOf({ name: text }));
const externalFile = either(flag, mapOf({ name: text }, { open: true }));

const include = either(
  text,
  mapOf({ path: textOrUniqueTexts, env_file: textOrUniqueTexts, project_directory: text }, { extensions: false }),
);

const network = orNothing(
  mapOf({
    name: text,
    driver: text,
    driver_opts: options,
    ipam: mapOf({
      driver: text,
      config: listOf(mapOf({ subnet: text, ip_range: text, gateway: text, aux_addresses: namesTo(text) })),
      options: namesTo(text),
    }),
    external,
    internal: flag,
    enable_ipv4: flag,
    enable_ipv6: flag,
    attachable: flag,
    labels: pairs,
  }),
);

const volume = orNothing(mapOf({ name: text, driver: text, driver_opts: options, external, labels: pairs }));

const secret = mapOf({
  name: text,
  environment: text,
  file: text,
  external: externalFile,
  labels: pairs,
  driver: text,
  driver_opts: options,
  template_driver: text,
});

const config = mapOf({
  name: text,
  content: text,
  environment: text,
  file: text,
  external: externalFile,
  labels: pairs,
  template_driver: text,
});

const model = mapOf(
  { name: text, model: text, context_size: scalarOf('integer'), runtime_flags: texts },
  { required: ['model'] },
);

export const COMPOSE_FILE: Shape = mapOf({
  configs: namesTo(config, NAME),
  include: listOf(include),
  models: namesTo(model),
  name: text,
  networks: namesTo(network),
  secrets: namesTo(secret, NAME),
  services: namesTo(mapOf(SERVICE_KEYS), NAME),
  // Without a meaning today; older files have a number here.
  version: scalarOf('text', 'number'),
  volumes: namesTo(volume, NAME),
});

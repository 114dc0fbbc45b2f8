/** The top level of a Compose file, and what each of its keys holds. */
import { external, manyTexts } from './parts.js';
import { hostPath } from './paths.js';
import { SERVICE_FIELDS } from './service-kinds.js';
import {
  boolean,
  dictionary,
  type Fields,
  integer,
  type Kind,
  list,
  mapping,
  object,
  setBoolean,
  text,
} from './values.js';

const labels = mapping('');
const options = mapping('');

const NETWORK_FIELDS: Fields = {
  name: text,
  driver: text,
  driver_opts: options,
  ipam: object({
    driver: text,
    config: list(object({ subnet: text, ip_range: text, gateway: text, aux_addresses: mapping('') })),
    options,
  }),
  external,
  internal: boolean,
  attachable: boolean,
  labels,
  enable_ipv4: setBoolean,
  enable_ipv6: setBoolean,
};

const VOLUME_FIELDS: Fields = { name: text, driver: text, driver_opts: options, external, labels };

const FILE_FIELDS: Fields = {
  name: text,
  file: hostPath,
  environment: text,
  content: text,
  external,
  labels,
  driver: text,
  driver_opts: options,
  template_driver: text,
};

const MODEL_FIELDS: Fields = { name: text, model: text, context_size: integer, runtime_flags: list(text) };

/** Nothing below a name is a resource with defaults only. */
function resource(fields: Fields): Kind {
  const whole = object(fields);
  return { form: 'map', fields, read: (node, path, reading) => whole.read(node, path, reading) ?? {} };
}

export const NETWORKS = dictionary(resource(NETWORK_FIELDS));
export const VOLUMES = dictionary(resource(VOLUME_FIELDS));
export const SECRETS = dictionary(resource(FILE_FIELDS));
export const CONFIGS = dictionary(resource(FILE_FIELDS));
export const MODELS = dictionary(resource(MODEL_FIELDS));
export const SERVICES = dictionary(resource(SERVICE_FIELDS));

/** The whole file: what interpolated texts are cast by. */
export const PROJECT: Kind = object({
  name: text,
  version: text,
  services: SERVICES,
  networks: NETWORKS,
  volumes: VOLUMES,
  secrets: SECRETS,
  configs: CONFIGS,
  models: MODELS,
  include: { read: () => undefined, each: object({ path: manyTexts, project_directory: text, env_file: manyTexts }) },
});

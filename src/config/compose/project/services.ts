/**
 * A service's defaults, and what follows from its other keys.
 *
 * Rules (Compose Specification): without `networks` and `network_mode` a service is on the network `default`; a build has a
 * context and a Dockerfile; `links`, `volumes_from` and sharing another service's network, ipc, pid, uts or cgroup mean that
 * it depends on that one; a bare variable takes the project's value.
 */
import type { Place } from '../../source.js';
import type { YamlNode } from '../../yaml.js';
import { isNull, valueAt } from '../tree.js';
import type { Reading } from './reading.js';
import type { Plain } from './resources.js';
import type { Json } from './values.js';

export function completeService(service: Plain, name: string, node: YamlNode, reading: Reading): Plain {
  const result: Plain = { ...service, command: service.command ?? null, entrypoint: service.entrypoint ?? null };
  if (result.pull_policy === 'if_not_present') result.pull_policy = 'missing';
  if (service.build) result.build = completeBuild(service.build as Plain, name, node, reading);
  const attached = service.networks ?? service.network_mode ?? service.provider;
  if (attached === undefined) result.networks = { default: null };
  const environment = resolved(service.environment, ['services', name, 'environment'], reading, true);
  if (environment !== undefined) result.environment = environment;
  const hooks = service.pre_start as readonly Plain[] | undefined;
  if (hooks && service.image !== undefined)
    result.pre_start = hooks.map(hook => ({ ...hook, image: hook.image ?? service.image! }));
  const dependencies = { ...impliedDependencies(result), ...(service.depends_on as Plain | undefined) };
  if (Object.keys(dependencies).length > 0) result.depends_on = dependencies;
  return result;
}

function completeBuild(build: Plain, name: string, node: YamlNode, reading: Reading): Plain {
  const place = valueAt(node, 'build') ?? node;
  const result: Plain = { ...build, context: build.context ?? reading.scope(place).directory };
  // An empty one counts as said: what is left of a variable without a value.
  const isSaid = (key: string) => {
    const said = valueAt(place, key);
    return said !== undefined && !isNull(said);
  };
  if (!isSaid('dockerfile') && !isSaid('dockerfile_inline')) result.dockerfile = 'Dockerfile';
  const args = resolved(build.args, ['services', name, 'build', 'args'], reading, false);
  if (args === undefined) delete result.args;
  else result.args = args;
  return result;
}

/** Bare names with the value that their own file's project has; without one they are kept as null, or left out. */
function resolved(
  variables: Json | undefined,
  path: readonly string[],
  reading: Reading,
  keep: boolean,
): Json | undefined {
  if (variables === undefined || variables === null) return undefined;
  const entries = Object.entries(variables as Plain).flatMap(([name, value]): [string, Json][] => {
    if (value !== null) return [[name, value]];
    const place: Place | undefined = reading.place([...path, name]);
    const found = place && reading.scopes.of(place).lookup(name);
    if (found !== undefined) return [[name, found]];
    return keep ? [[name, null]] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function impliedDependencies(service: Plain): Plain {
  const result: Plain = {};
  const add = (name: string, restart: boolean) => {
    result[name] ??= { condition: 'service_started', required: true, ...(restart && { restart }) };
  };
  for (const link of (service.links as readonly string[] | undefined) ?? []) add(link.split(':')[0]!, true);
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const value = service[key];
    if (typeof value === 'string' && value.startsWith('service:')) add(value.slice('service:'.length), true);
  }
  for (const from of (service.volumes_from as readonly string[] | undefined) ?? [])
    if (!from.startsWith('container:')) add(from.split(':')[0]!, false);
  return result;
}

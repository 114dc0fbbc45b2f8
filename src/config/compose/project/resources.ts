/**
 * Networks, volumes, secrets and configs: their names outside of the project, and what can't be said together.
 *
 * Rules (Compose Specification): without `name:` a resource is called `PROJECT_KEY`, and an external one as its key.
 * `external: {name}` is the old form of `external: true` with a `name`. An external volume is not made here, so nothing else
 * can be said about it. A secret is a file or a variable, a config also a text.
 */
import type { MapNode, YamlNode } from '../../yaml.js';
import { valueAt } from '../tree.js';
import { absolutePath } from './paths.js';
import type { Reading } from './reading.js';
import type { Json, Kind } from './values.js';

export type Plain = Record<string, Json>;
export type ResourceKey = 'networks' | 'volumes' | 'secrets' | 'configs' | 'models';

export function readResources(tree: MapNode, key: ResourceKey, kind: Kind, project: string, reading: Reading) {
  const node = valueAt(tree, key);
  if (node?.kind !== 'map') return undefined;
  const read = kind.read(node, [key], reading) as Record<string, Plain> | undefined;
  if (read === undefined) return undefined;
  const places = new Map(node.entries.map(entry => [entry.key, entry.value]));
  const entries = Object.entries(read).map(([name, value]): [string, Plain] => {
    const whole = places.get(name) ?? node;
    const resource = withName(value, name, key, project, whole, reading);
    if (key === 'volumes') checkVolume(resource, name, whole, reading);
    if (key === 'secrets' || key === 'configs') checkSource(resource, name, key, whole, reading);
    return [name, resource];
  });
  return Object.fromEntries(entries);
}

function withName(
  value: Plain,
  name: string,
  key: ResourceKey,
  project: string,
  node: YamlNode,
  reading: Reading,
): Plain {
  const { external, ...rest } = value;
  let outside = typeof value.name === 'string' ? value.name : undefined;
  let isExternal = external === true;
  if (external !== null && typeof external === 'object') {
    isExternal = true;
    const given = (external as { readonly name?: string }).name;
    const place = valueAt(node, 'external') ?? node;
    if (given !== undefined && outside !== undefined && given !== outside)
      reading.report.error('compose-conflict', `"${key}.${name}" has two names, "${outside}" and "${given}"`, place, {
        hint: 'write external: true, and keep "name" only',
      });
    else if (given !== undefined) {
      const message = `"${key}.${name}.external.name" is the old form`;
      reading.report.warn('compose-old-form', message, place, { hint: `write name: ${given} and external: true` });
    }
    outside ??= given;
  }
  const result: Plain = { name: outside ?? (isExternal ? name : `${project}_${name}`), ...rest };
  result.name = outside ?? (isExternal ? name : `${project}_${name}`);
  if (isExternal) result.external = true;
  if (key === 'networks') result.ipam ??= {};
  return result;
}

function checkVolume(volume: Plain, name: string, node: YamlNode, reading: Reading): void {
  if (volume.external === true) {
    const other = Object.keys(volume).find(key => key !== 'name' && key !== 'external');
    if (other === undefined) return;
    reading.report.error(
      'compose-conflict',
      `the volume "${name}" is external, so "${other}" says nothing about it`,
      valueAt(node, other) ?? node,
      { hint: `leave out "external" or "${other}"` },
    );
    return;
  }
  const options = volume.driver_opts as Readonly<Record<string, string>> | undefined;
  if (volume.driver !== 'local' || options?.o !== 'bind' || options.device === undefined) return;
  // A directory of the host in a volume's clothes: its path is one of the file, too.
  const device = absolutePath(options.device, reading.scope(node).directory, reading.home);
  volume.driver_opts = { ...options, device };
}

function checkSource(value: Plain, name: string, key: 'secrets' | 'configs', node: YamlNode, reading: Reading): void {
  const sources = key === 'secrets' ? ['file', 'environment'] : ['file', 'environment', 'content'];
  const given = sources.filter(source => value[source] !== undefined);
  const what = key === 'secrets' ? 'secret' : 'config';
  const said = (message: string, hint: string) => reading.report.error('compose-conflict', message, node, { hint });
  if (given.length > 1) said(`the ${what} "${name}" has both "${given[0]}" and "${given[1]}"`, 'keep one of them');
  else if (key === 'secrets' && value.content !== undefined)
    said(`the secret "${name}" has its content in the file`, 'put it into a file or a variable');
  else if (given.length === 0 && value.external !== true && (key === 'secrets' || value.driver === undefined))
    said(`the ${what} "${name}" has no content`, `give one of ${sources.join(', ')}, or external: true`);
}

/** `networks` and `volumes` of `fuge_global`: settings of those that services name. */
import type { Network, Volume } from '../../container.js';
import { NETWORKS, VOLUMES } from '../compose/project/project-kinds.js';
import type { Reader } from '../reader.js';
import type { YamlNode } from '../yaml.js';
import { networkOf, volumeOf } from './networks.js';
import { PartReading } from './reading.js';

export function readNetworks(node: YamlNode | undefined, directory: string, reader: Reader): Map<string, Network> {
  return definitions(node, 'networks', directory, reader, networkOf);
}

export function readVolumes(node: YamlNode | undefined, directory: string, reader: Reader): Map<string, Volume> {
  return definitions(node, 'volumes', directory, reader, volumeOf);
}

function definitions<T>(
  node: YamlNode | undefined,
  key: 'networks' | 'volumes',
  directory: string,
  reader: Reader,
  convert: (name: string, said: object) => T,
): Map<string, T> {
  if (!node) return new Map();
  const reading = new PartReading(reader, 'fuge_global', node, directory, '');
  if (node.kind !== 'map') {
    const example = key === 'networks' ? 'backend: {internal: true}' : 'data: {name: shop-data}';
    reading.wrong([key], node, 'must be a map of names, each with its settings', `write ${key}: {${example}}`);
    return new Map();
  }
  const said = reading.part<Record<string, object>>(key === 'networks' ? NETWORKS : VOLUMES, node, [key]) ?? {};
  for (const [name, settings] of Object.entries(said)) {
    const { external, ...others } = settings as { readonly external?: unknown; readonly name?: string };
    const other = Object.keys(others).find(setting => setting !== 'name');
    if (!external || other === undefined) continue;
    const place = reading.place([key, name, other]) ?? node;
    const kind = key === 'networks' ? 'network' : 'volume';
    reader.report.error(
      'external-settings',
      `the ${kind} "${name}" is external, so "${other}" says nothing about it`,
      place,
      { hint: `leave out "external" or "${other}"` },
    );
  }
  return new Map(Object.entries(said).map(([name, settings]) => [name, convert(name, settings)]));
}

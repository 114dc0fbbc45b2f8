/**
 * The first form of Compose files: services at the top level, without `version` and `services`. The reference refuses it; fuge 2
 * accepts it, so a system may include it.
 */
import type { MapNode, YamlNode } from '../../yaml.js';
import { entry, isNull, isScalar, mapNode, valueAt } from '../tree.js';

const MODERN = ['version', 'name', 'include', 'networks', 'volumes', 'secrets', 'configs', 'models'];

export function isOldForm(document: YamlNode): boolean {
  if (document.kind !== 'map') return false;
  if (document.entries.some(({ key }) => MODERN.includes(key))) return false;
  const services = valueAt(document, 'services');
  // A service that is called "services" has an image or a build itself.
  if (services !== undefined && !looksLikeService(services)) return false;
  return document.entries.some(({ value }) => looksLikeService(value));
}

/** The same in today's form. */
export function toModern(document: MapNode): MapNode {
  const services = document.entries.filter(({ key }) => !key.startsWith('x-'));
  const rest = document.entries.filter(({ key }) => key.startsWith('x-'));
  const modern = services.map(one => (one.value.kind === 'map' ? { ...one, value: modernService(one.value) } : one));
  return mapNode([entry('services', mapNode(modern, document), document), ...rest], document);
}

function looksLikeService(node: YamlNode): boolean {
  return ['image', 'build'].some(key => {
    const value = valueAt(node, key);
    return value !== undefined && isScalar(value) && !isNull(value);
  });
}

/** `dockerfile` stood beside `build`, and `net` is `network_mode`. */
function modernService(service: MapNode): MapNode {
  const build = valueAt(service, 'build');
  const dockerfile = valueAt(service, 'dockerfile');
  return mapNode(
    service.entries.flatMap(one => {
      if (one.key === 'dockerfile') return [];
      if (one.key === 'net') return [{ ...one, key: 'network_mode' }];
      if (one.key !== 'build' || !build || !dockerfile) return [one];
      return [
        {
          ...one,
          value: mapNode([entry('context', build, build), entry('dockerfile', dockerfile, dockerfile)], build),
        },
      ];
    }),
    service,
  );
}

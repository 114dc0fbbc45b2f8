/** `names`: names for the browser below .localhost, and the port that they share. */
import type { NamesSettings } from '../system.js';
import { VALUE_FORMS } from './keys/form.js';
import type { Reader } from './reader.js';
import { checkKeys, entriesOf } from './submap.js';
import type { YamlNode } from './yaml.js';

/** No common server has it for its own default, as 3000, 5000, 8000 or 8080 are. */
export const NAMES_PORT = 7080;

export function readNames(node: YamlNode, key: string, reader: Reader): NamesSettings | undefined {
  if (node.kind !== 'map') return reader.choice(node, key, ['localhost'], VALUE_FORMS.names) && { port: NAMES_PORT };
  checkKeys(node, `"${key}"`, ['localhost'], reader.report);
  const written = entriesOf(node).get('localhost');
  const port = written && reader.integer(written, `${key}.localhost`, { min: 1, max: 65_535, form: VALUE_FORMS.port });
  return port === undefined ? undefined : { port };
}

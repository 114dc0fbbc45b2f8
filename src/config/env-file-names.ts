/** `env_file`: names of files of variables, in the forms of fuge 2 and Compose. */
import type { EnvFile } from '../system.js';
import { VALUE_FORMS } from './keys.js';
import type { Reader, Text } from './reader.js';
import { checkKeys, entriesOf } from './submap.js';
import type { YamlNode } from './yaml.js';

/** The path as it is written. */
export interface EnvFileName extends Text, Pick<EnvFile, 'required' | 'format'> {}

export function readEnvFileNames(node: YamlNode, key: string, reader: Reader): EnvFileName[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item, index) => {
    const name = node.kind === 'list' ? `${key}[${index}]` : key;
    if (item.kind !== 'map') {
      const text = reader.text(item, name, node.kind === 'list' ? 'a file name' : VALUE_FORMS['env-files']);
      return text ? { ...text, required: true, format: 'dotenv' as const } : [];
    }
    const values = entriesOf(item);
    const [path, required, format] = [values.get('path'), values.get('required'), values.get('format')];
    if (!path) {
      reader.report.error('wrong-type', `"${name}" has no path`, item, { hint: 'write {path: .env, required: false}' });
      return [];
    }
    checkKeys(item, `"${name}"`, ['path', 'required', 'format'], reader.report);
    const text = reader.text(path, `${name}.path`);
    if (!text) return [];
    const isRequired = required && reader.boolean(required, `${name}.required`);
    const isRaw = format && reader.choice(format, `${name}.format`, ['raw'] as const, 'raw');
    return { ...text, required: isRequired ?? true, format: isRaw ?? ('dotenv' as const) };
  });
}

/** Variables as lists (`A=b`, bare `A`) or maps, in the forms of fuge 2 and Compose. */
import type { Reader } from './reader.js';
import type { Place } from './source.js';
import type { YamlNode } from './yaml.js';

export interface Variable {
  readonly name: string;
  /** Undefined: a bare name. */
  readonly value: string | undefined;
  readonly at: Place;
}

export function readEnvironment(node: YamlNode, key: string, reader: Reader): Variable[] {
  if (node.kind === 'scalar') {
    // A single `A=b` is clear enough.
    const text = reader.text(node, key, 'a list of NAME=value, or a map');
    if (!text) return [];
    if (text.text.includes('=')) return checked([split(text.text, node)], reader);
    reader.report.error('wrong-type', `"${key}" must be a list of NAME=value, or a map, not text`, node);
    return [];
  }
  const variables: Variable[] = [];
  const fromMap = (map: Extract<YamlNode, { kind: 'map' }>) => {
    for (const entry of map.entries) {
      const scalar = reader.scalar(entry.value, `${key}.${entry.key}`, 'text');
      if (!scalar) continue;
      const empty = scalar.value === null && scalar.text === '' && scalar.plain && !scalar.interpolated;
      variables.push({ name: entry.key, value: empty ? undefined : scalar.text, at: entry.keyNode });
    }
  };
  if (node.kind === 'map') fromMap(node);
  else {
    for (const [index, item] of node.items.entries()) {
      if (item.kind === 'map') {
        fromMap(item);
        continue;
      }
      const text = reader.text(item, `${key}[${index}]`, 'NAME=value');
      if (text) variables.push(split(text.text, item));
    }
  }
  return checked(variables, reader);
}

function split(text: string, at: Place): Variable {
  const equals = text.indexOf('=');
  if (equals === -1) return { name: text, value: undefined, at };
  return { name: text.slice(0, equals), value: text.slice(equals + 1), at };
}

function checked(variables: readonly Variable[], reader: Reader): Variable[] {
  return variables.filter(({ name, value, at }) => {
    const problem = nameProblem(name);
    if (problem !== undefined) {
      const hint =
        name.trim() !== name && name.trim() !== '' ? `write ${name.trim()}=${value?.trim() ?? ''}` : undefined;
      reader.report.error('bad-environment', problem, at, { hint });
      return false;
    }
    if (value?.includes('\0')) {
      reader.report.error('bad-environment', `the value of ${name} contains a NUL character`, at);
      return false;
    }
    return true;
  });
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'a variable needs a name before "="';
  if (/\s/.test(name)) return `"${name}" can't be the name of a variable: it contains a space`;
  if (/[\0]/.test(name)) return 'the name of a variable contains a NUL character';
  return undefined;
}

/** As a record; a bare name takes `inherited`'s value, or is left out. */
export function resolveVariables(
  variables: readonly Variable[],
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const result = new Map<string, string>();
  for (const { name, value } of variables) {
    const resolved = value ?? inherited[name];
    if (resolved === undefined) result.delete(name);
    else result.set(name, resolved);
  }
  return Object.fromEntries(result);
}

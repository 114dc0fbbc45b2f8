/** A description as YAML, with a remark behind values where one is wanted. */
import { flowText } from '../yaml.js';
import type { Described } from './described.js';

/** @param remark What is said behind the value at this path; undefined: nothing. */
export function printYaml(
  description: Described,
  remark: (path: readonly string[]) => string | undefined = () => undefined,
): string {
  const lines: string[] = [];
  print(description, []);
  return lines.join('\n');

  function print(value: Described, path: readonly string[]): void {
    for (const [key, inner] of Object.entries(value as object) as [string, Described][]) {
      const here = [...path, key];
      const indent = '  '.repeat(path.length);
      if (path.length === 0 && lines.length > 0 && isMap(inner)) lines.push('');
      if (isMap(inner) && Object.keys(inner).length > 0) {
        lines.push(`${indent}${flowText(key)}:`);
        print(inner, here);
        continue;
      }
      const said = remark(here);
      lines.push(`${indent}${flowText(key)}: ${flowText(escaped(inner))}${said === undefined ? '' : `  # ${said}`}`);
    }
  }
}

function isMap(value: Described): value is { readonly [key: string]: Described } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Read again, a dollar would stand for a variable. */
function escaped(value: Described): Described {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escaped);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]));
}

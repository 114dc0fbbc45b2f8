/** Holds a text against the loader and against the schema. */
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { loadText } from '../../../src/config/load.js';
import { Report } from '../../../src/config/report.js';
import { systemSchema } from '../../../src/config/schema/system.js';
import { Source } from '../../../src/config/source.js';
import { parseYaml, type YamlNode } from '../../../src/config/yaml.js';

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  if (compiled) return compiled;
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  });
  // What editors understand besides.
  ajv.addVocabulary(['doNotSuggest', 'deprecationMessage']);
  compiled = ajv.compile(systemSchema());
  return compiled;
}

/** What the schema has against a text; empty: nothing. */
export function refusals(text: string): string[] {
  const [root] = parseYaml(new Source('fuge.yml', text), new Report());
  const isValid = validator()(root && plain(root));
  return isValid ? [] : (validator().errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Errors of the loader, as `code: message`. */
export async function errorsOf(text: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { diagnostics } = await loadText(text, path.resolve('fuge.yml'), { env });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`);
}

function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

/**
 * The name of a project: the given one, COMPOSE_PROJECT_NAME, `name:` of the last file that has one, or the directory's.
 * (Compose Specification, "name".)
 */
import path from 'node:path';
import { interpolate, type Lookup } from '../../../interpolate.js';
import { normaliseProjectName } from '../../project-name.js';
import { Report } from '../../report.js';
import { readSource, Source } from '../../source.js';
import { parseYaml } from '../../yaml.js';
import { isScalar, valueAt } from '../tree.js';

export interface NameOptions {
  readonly given: string | undefined;
  readonly files: readonly string[];
  readonly directory: string;
  readonly lookup: Lookup;
}

export function projectName({ given, files, directory, lookup }: NameOptions, report: Report): string {
  for (const [name, where] of [
    [given, 'the project name'],
    [lookup('COMPOSE_PROJECT_NAME'), 'COMPOSE_PROJECT_NAME'],
  ] as const) {
    if (name === undefined || name === '') continue;
    if (name !== normaliseProjectName(name)) {
      const near = normaliseProjectName(name);
      report.error('bad-name', `${where} is ${JSON.stringify(name)}, which can't be the name of a project`, undefined, {
        hint: near === '' ? 'use lower-case letters, digits, "-" and "_"' : `"${near}" would do`,
      });
    }
    return name;
  }
  const named = files.map(file => nameOfFile(file, lookup)).findLast(name => name !== '');
  const name = named || normaliseProjectName(path.basename(directory));
  if (name === '')
    report.error('bad-name', `no name for the project can be made from the directory ${directory}`, undefined, {
      hint: 'add name: NAME to the Compose file',
    });
  return name;
}

/** Before the files are loaded, since their variables may use the name; what is wrong with them is told then. */
function nameOfFile(file: string, lookup: Lookup): string {
  const source = readSource(file);
  if (!(source instanceof Source) || !/name/.test(source.text)) return '';
  let found = '';
  for (const document of parseYaml(source, new Report(), { mergeTags: true })) {
    const name = valueAt(document, 'name');
    if (!name || !isScalar(name) || typeof name.value !== 'string') continue;
    found = normaliseProjectName(interpolate(name.value, lookup).text) || found;
  }
  return found;
}

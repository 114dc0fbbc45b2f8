/**
 * Reads the `include` key of a Compose file: a list of files, or of maps with files, a directory and variables.
 * (Compose Specification, "include".)
 */
import type { Report } from '../../report.js';
import type { ScalarNode, YamlNode } from '../../yaml.js';
import { isNull, isScalar, valueAt } from '../tree.js';

export interface Named {
  readonly text: string;
  readonly node: ScalarNode;
}

export interface Include {
  /** The first is the file, the others are merged over it. */
  readonly paths: readonly Named[];
  /** What relative paths of the included file start from; default its directory. */
  readonly directory: Named | undefined;
  /** In place of the `.env` of that directory. */
  readonly envFiles: readonly Named[];
}

export function readIncludes(node: YamlNode | undefined, report: Report): Include[] {
  if (node === undefined || isNull(node)) return [];
  if (node.kind !== 'list') {
    report.error('compose-include', '"include" must be a list of files', node, { hint: 'write include: [FILE]' });
    return [];
  }
  return node.items.flatMap((item): Include[] => {
    if (item.kind === 'list') {
      report.error('compose-include', 'an entry of "include" is a file name or a map', item);
      return [];
    }
    if (isScalar(item)) return [{ paths: names(item, 'include', report), directory: undefined, envFiles: [] }];
    const paths = names(valueAt(item, 'path'), 'path', report);
    if (paths.length === 0) {
      report.error('compose-include', 'an entry of "include" says no path', item, { hint: 'add path: FILE' });
      return [];
    }
    const [directory] = names(valueAt(item, 'project_directory'), 'project_directory', report);
    return [{ paths, directory, envFiles: names(valueAt(item, 'env_file'), 'env_file', report) }];
  });
}

function names(node: YamlNode | undefined, key: string, report: Report): Named[] {
  if (node === undefined || isNull(node)) return [];
  return (node.kind === 'list' ? node.items : [node]).flatMap(item => {
    if (isScalar(item) && !isNull(item)) return [{ text: item.text, node: item }];
    report.error('compose-include', `"${key}" of an include must be a file name or a list of them`, item);
    return [];
  });
}

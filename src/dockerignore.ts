/** Ignore patterns as .dockerignore and develop.watch have them. */

/** The patterns of a .dockerignore file: without BOM, comments and blank lines; trimmed and cleaned. */
export function readIgnoreFile(_text: string): readonly string[] {
  throw new Error('not built yet');
}

export interface IgnorePatterns {
  /**
   * Is the path (relative, with `/`) excluded, itself or by a directory above it? Later patterns win, `!` takes back.
   */
  excludes(path: string): boolean;
  /** May something below an excluded directory be taken back? If not, the directory need not be read. */
  readonly mayTakeBackBelow: (directory: string) => boolean;
}

export type CompiledIgnore =
  | { readonly patterns: IgnorePatterns; readonly problem?: undefined }
  | { readonly problem: string; readonly pattern: string; readonly patterns?: undefined };

/** Patterns in their order (later ones win), or the first that can't be understood. */
export function compileIgnore(_patterns: readonly string[]): CompiledIgnore {
  throw new Error('not built yet');
}

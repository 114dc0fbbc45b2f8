/** What a means of watching offers the watcher, and what it asks of it. */

export interface TreeHost {
  /** The directories that watching begins at. They may overlap, and some may not exist. */
  starts(): readonly string[];
  /** Whether a directory is to be entered, or a file's changes are to be told. Only asked below what is entered. */
  wants(path: string, kind: 'file' | 'directory'): boolean;
  /** A wanted file was saved, appeared or went, or a directory that held it. */
  changed(path: string, kind: 'changed' | 'added' | 'removed'): void;
  /** A start is gone: they have to be chosen anew. */
  lost(start: string): void;
  /** Something can't be watched; all else is. */
  failed(error: NodeJS.ErrnoException, path: string): void;
}

export interface Tree {
  /** Brings what is watched in line with what the host wants now. From when it resolves every save is seen. */
  refresh(): Promise<void>;
  /** Every file whose changes are told. */
  files(): Iterable<string>;
  /** How many these are at most. */
  fileCount(): number;
  close(): Promise<void>;
}

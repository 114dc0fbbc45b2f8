/** Watches files for services. */
import type { Diagnostic } from '../diagnostic.js';
import type { WatchPolicy } from '../system.js';

export interface FileChange {
  readonly key: string;
  readonly path: string;
  readonly relative: string;
  readonly kind: 'changed' | 'added' | 'removed';
}
export interface WatcherOptions {
  onChange(change: FileChange): void;
  onProblem(diagnostic: Diagnostic, key?: string): void;
  readonly ignored?: readonly string[];
}
export interface Watcher {
  watch(key: string, policy: WatchPolicy): Promise<void>;
  watchFiles(key: string, files: readonly string[]): Promise<void>;
  unwatch(key: string): void;
  close(): Promise<void>;
}
export function createWatcher(_options: WatcherOptions): Watcher {
  return { watch: async () => {}, watchFiles: async () => {}, unwatch: () => {}, close: async () => {} };
}

/** Words the problems of watching. */
import type { Diagnostic } from '../../diagnostic.js';

/** Above so many files a watch is more likely a mistake than meant, and saves begin to cost. */
export const MANY_FILES = 5000;

const MAC = process.platform === 'darwin';

/** What it means that the operating system refuses to watch `at`. */
export function describeFailure(error: NodeJS.ErrnoException, at: string): Diagnostic {
  const carryOn = 'what is watched already stays watched';
  switch (error.code) {
    case 'ENOSPC':
      return {
        severity: 'warning',
        code: 'watch-limit',
        message: `"${at}" can't be watched: the limit on watched directories is reached (ENOSPC, which is not about the disk), ${carryOn}`,
        hint: 'raise it with `sudo sysctl fs.inotify.max_user_watches=524288`, or exclude folders with monitor_excludes',
      };
    case 'EMFILE':
      return {
        severity: 'warning',
        code: 'watch-limit',
        message: `"${at}" can't be watched: ${MAC ? 'the limit on open files is reached' : 'the limit on watchers (inotify instances) or on open files is reached'} (EMFILE), ${carryOn}`,
        hint: MAC
          ? 'raise it with `ulimit -n 65536` before fuge starts, or exclude folders with monitor_excludes'
          : 'raise it with `sudo sysctl fs.inotify.max_user_instances=1024`, or `ulimit -n 65536` before fuge starts',
      };
    case 'ENFILE':
      return {
        severity: 'warning',
        code: 'watch-limit',
        message: `"${at}" can't be watched: the whole machine's limit on open files is reached (ENFILE), ${carryOn}`,
        hint: MAC
          ? 'raise it with `sudo sysctl kern.maxfiles=524288`'
          : 'raise it with `sudo sysctl fs.file-max=2097152`',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        severity: 'warning',
        code: 'watch-unreadable',
        message: `"${at}" can't be watched: permission denied`,
        hint: 'make it readable, or exclude it with monitor_excludes',
      };
    default:
      return {
        severity: 'warning',
        code: 'watch-failed',
        message: `"${at}" can't be watched: ${error.message}`,
      };
  }
}

export function describeMissingRoot(root: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'watch-missing',
    message: `the folder to watch, "${root}", does not exist`,
    hint: 'it is watched as soon as it appears',
  };
}

/** `files` are relative to the root, with forward slashes. */
export function describeManyFiles(root: string, files: readonly string[]): Diagnostic {
  const count = files.length.toLocaleString('en');
  const biggest = biggestFolder(files);
  return {
    severity: 'warning',
    code: 'watch-many',
    message: `${count} files are watched below "${root}"${biggest ? `, ${biggest.count.toLocaleString('en')} of them in "${biggest.folder}"` : ''}`,
    hint: biggest
      ? `if they are not sources, add "${biggest.folder}/**" to monitor_excludes or to .gitignore`
      : 'exclude what is no source with monitor_excludes or .gitignore',
  };
}

/** The sub-folder with most files, as deep as one holds nearly all of those of its parent. */
function biggestFolder(files: readonly string[]): { folder: string; count: number } | undefined {
  let best: { folder: string; count: number } | undefined;
  for (;;) {
    const prefix = best ? `${best.folder}/` : '';
    const counts = new Map<string, number>();
    for (const file of files) {
      if (!file.startsWith(prefix)) continue;
      const slash = file.indexOf('/', prefix.length);
      if (slash > 0) counts.set(file.slice(0, slash), (counts.get(file.slice(0, slash)) ?? 0) + 1);
    }
    const [folder, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
    if (count === 0 || (best && count < best.count * 0.8)) return best;
    best = { folder, count };
  }
}

/**
 * Decides what a watch passes over: folders of tools, editors' temporary files, and the globs of `monitor_excludes`.
 *
 * The rules of `monitor_excludes`: globs are relative to the watched root and case-sensitive, and dotfiles are like any
 * other. One without a slash matches a name at any depth (`*.log` is any log below); one with a slash is anchored at the
 * root, unless it begins with `**` and a slash. `{a,b}` are alternatives. A leading `./` means nothing, a trailing `/` or `/**`
 * means a folder with all that is in it. What matches as a folder excludes everything below. An absolute glob counts
 * from the file system's root.
 */
import { compileGlob, expandBraces } from './glob.js';

/** Version control's own folders, and the one folder of a Node project that is never edited by hand. */
const NEVER_ENTERED = new Set(['node_modules', '.git', '.hg', '.svn']);

export function isNeverEntered(name: string): boolean {
  return NEVER_ENTERED.has(name);
}

const TEMPORARY = [
  /^4913$/, // vim tries whether it may write here
  /^\..*\.sw[a-z]$/, // vim's swap files
  /~$/, // backups of vim, emacs, gedit
  /^\.#/, // emacs' locks
  /^#.*#$/, // emacs' auto-saves
  /___jb_(?:tmp|old)___$/, // JetBrains' safe write
  /^\.goutputstream-/, // GLib's, so gedit's
  /^\.DS_Store$/,
];

/** Whether an editor or the desktop wrote it for itself, by its name. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.some(pattern => pattern.test(name));
}

/** Whether a path (relative to the root, with forward slashes) is excluded by itself; those above it are not looked at. */
export type Exclusion = (relative: string, isDirectory: boolean) => boolean;

/** The globs of one root, an absolute path. */
export function compileExcludes(globs: readonly string[], root: string): Exclusion {
  const rules = globs.flatMap(expandBraces).flatMap(glob => compileExclude(glob, root) ?? []);
  return (relative, isDirectory) => {
    const name = relative.slice(relative.lastIndexOf('/') + 1);
    return rules.some(
      rule =>
        (isDirectory || !rule.onlyDirectories) &&
        rule.pattern.test(
          rule.subject === 'name' ? name : rule.subject === 'relative' ? relative : `${root}/${relative}`,
        ),
    );
  };
}

interface Rule {
  readonly pattern: RegExp;
  readonly onlyDirectories: boolean;
  readonly subject: 'name' | 'relative' | 'absolute';
}

function compileExclude(written: string, root: string): Rule | undefined {
  let glob = written.trim().replace(/^(?:\.\/+)+/, '');
  // As text, so that a root whose name holds glob characters is found.
  if (glob.startsWith(`${root}/`)) glob = glob.slice(root.length + 1);
  const isAbsolute = glob.startsWith('/');
  const bare = glob.replace(/(?:\/+\*\*(?:\/+\*)?|\/+)+$/, '');
  if (bare === '') return undefined;
  const pattern = compileGlob(bare);
  if (!pattern) return undefined;
  const subject = isAbsolute ? 'absolute' : bare.includes('/') || written.startsWith(root) ? 'relative' : 'name';
  return { pattern, onlyDirectories: bare !== glob, subject };
}

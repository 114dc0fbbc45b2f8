/** Watching: whether the machine lets it, and as much as this system needs. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { System, WatchPolicy } from '../../../system.js';
import { compileExcludes, isNeverEntered } from '../../watch/ignore.js';
import { describeFailure } from '../../watch/problems.js';
import { type Check, ok, problem, type Told, warning } from '../finding.js';

/** Editors and bundlers watch, too: so many times as many should be allowed. */
const ROOM = 2;

export const watches: Check = {
  name: 'watches',
  subject: 'watching files',
  async run({ system }, signal) {
    const refused = refusal();
    if (refused) return [refused];
    const needed = system ? await directoriesOf(system, signal) : 0;
    const limit = process.platform === 'linux' ? await limitOf('max_user_watches') : undefined;
    if (limit === undefined) return [ok('files can be watched')];
    const needs = system ? `this system watches ${needed} ${needed === 1 ? 'directory' : 'directories'}, and ` : '';
    const said = `${needs}${limit} watches are allowed for all programs together`;
    if (needed * ROOM <= limit) return [ok(said)];
    const remedy = `sudo sysctl fs.inotify.max_user_watches=${Math.max(524_288, 2 ** Math.ceil(Math.log2(needed * ROOM)))}`;
    return [needed > limit ? problem(said, remedy) : warning(said, remedy)];
  },
};

/** Tried on a directory that is there everywhere. */
function refusal(): Told | undefined {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(tmpdir());
    return undefined;
  } catch (error) {
    const { message, hint } = describeFailure(error as NodeJS.ErrnoException, tmpdir());
    return problem(message, hint);
  } finally {
    watcher?.close();
  }
}

async function limitOf(name: string): Promise<number | undefined> {
  const text = await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

/** At most: what .gitignore leaves out is counted. */
async function directoriesOf({ services }: System, signal: AbortSignal): Promise<number> {
  const seen = new Set<string>();
  for (const service of services.values())
    if ('watch' in service && service.watch.enabled)
      for (const root of service.watch.roots) await collect(root, service.watch, seen, signal);
  return seen.size;
}

async function collect(root: string, { excludes }: WatchPolicy, seen: Set<string>, signal: AbortSignal): Promise<void> {
  const isExcluded = compileExcludes(excludes, root);
  const queue = [root];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    signal.throwIfAborted();
    const entries = await readdir(at, { withFileTypes: true }).catch(() => undefined);
    if (!entries) continue;
    seen.add(at);
    for (const entry of entries) {
      const below = path.join(at, entry.name);
      if (!entry.isDirectory() || isNeverEntered(entry.name) || seen.has(below)) continue;
      if (!isExcluded(path.relative(root, below), true)) queue.push(below);
    }
  }
}

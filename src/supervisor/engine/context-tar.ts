/** The directory that an image is built from, as the tar that the engine wants: without what .dockerignore excludes. */
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { compileIgnore, type IgnorePatterns, readIgnoreFile } from '../../dockerignore.js';

/** What a Dockerfile that lies elsewhere is called in the tar; nothing in a directory has such a name by chance. */
const OUTSIDE = '.fuge.Dockerfile';

export interface ContextTar {
  readonly stream: Readable;
  /** Path of the Dockerfile within it. */
  readonly dockerfile: string;
  /** The Dockerfile's own. */
  readonly text: string;
}

/** A context that can't be read, in words. */
export class ContextProblem extends Error {
  override readonly name = 'ContextProblem';
}

/**
 * @param dockerfile Relative to the context, or absolute. @param inline Its text, in place of a file.
 * @throws ContextProblem; what is found later ends the stream with an error.
 */
export async function contextTar(context: string, dockerfile: string, inline: string | undefined): Promise<ContextTar> {
  if (!(await lstat(context).catch(() => undefined))?.isDirectory() && !(await isDirectoryLink(context)))
    throw new ContextProblem(`${context} is no directory`);
  const file = path.resolve(context, dockerfile);
  const text = inline ?? (await readFile(file, 'utf8').catch(() => undefined));
  if (text === undefined) throw new ContextProblem(`there is no Dockerfile at ${file}`);
  const relative = path.relative(context, file).split(path.sep).join('/');
  const isInside = inline === undefined && !relative.startsWith('../') && !path.isAbsolute(relative);
  const name = isInside ? relative : OUTSIDE;
  const ignore = await ignorePatterns(context, inline === undefined ? file : undefined);
  const tar = pack();
  const always = new Set([name, '.dockerignore']);
  void write().then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  return { stream: tar as unknown as Readable, dockerfile: name, text };

  async function write(): Promise<void> {
    if (!isInside) tar.entry({ name, mode: 0o644 }, text!);
    await writeDirectory('');
  }

  async function writeDirectory(directory: string): Promise<void> {
    const entries = await readdir(path.join(context, directory), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = directory === '' ? entry.name : `${directory}/${entry.name}`;
      const isOut = ignore?.excludes(inner) === true && !always.has(inner);
      if (entry.isDirectory()) {
        if (isOut && !ignore?.mayTakeBackBelow(inner) && !name.startsWith(`${inner}/`)) continue;
        if (!isOut) await writeEntry(inner);
        await writeDirectory(inner);
      } else if (!isOut) await writeEntry(inner);
    }
  }

  async function writeEntry(name: string): Promise<void> {
    const from = path.join(context, name);
    const facts = await lstat(from);
    const { mtime, size } = facts;
    const header = { name, mode: facts.mode & 0o7777, mtime };
    if (facts.isDirectory()) tar.entry({ ...header, type: 'directory' });
    else if (facts.isSymbolicLink()) tar.entry({ ...header, type: 'symlink', linkname: await readlink(from) });
    else if (facts.isFile()) {
      const entry = tar.entry({ ...header, size });
      // A file that grows meanwhile must not break the tar.
      if (size === 0) entry.end(Buffer.alloc(0));
      else await pipeline(createReadStream(from, { end: size - 1 }), entry as unknown as NodeJS.WritableStream);
    }
    // Sockets, pipes and devices are no part of an image.
  }
}

async function isDirectoryLink(context: string): Promise<boolean> {
  return (await readdir(context).catch(() => undefined)) !== undefined;
}

/** `<Dockerfile>.dockerignore` goes before `.dockerignore` (BuildKit). */
async function ignorePatterns(context: string, dockerfile: string | undefined): Promise<IgnorePatterns | undefined> {
  const files = [
    ...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]),
    path.join(context, '.dockerignore'),
  ];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const compiled = compileIgnore(readIgnoreFile(text));
    if (compiled.problem !== undefined) throw new ContextProblem(`${file}: ${compiled.problem}`);
    return compiled.patterns;
  }
  return undefined;
}

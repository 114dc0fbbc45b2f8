// Writes tar archives (POSIX ustar), as engines take them: for the root of an image, or the context of a build.
import { createReadStream, statSync } from 'node:fs';

/**
 * A file with this text or of this content, a copy of a file of this machine (`from`), or a symbolic link (`to`).
 * As a string: a file with this text. Names that end with a slash are directories.
 *
 * @typedef {string | Buffer | { text?: string, from?: string, to?: string, mode?: number }} TarEntry
 */

const BLOCK = 512;

/**
 * @param {Readonly<Record<string, TarEntry>>} files By path in the archive, without a slash at the begin.
 * @returns {AsyncGenerator<Buffer>}
 */
export async function* tarOf(files) {
  for (const [name, entry] of Object.entries(files)) {
    /** @type {{ text?: string | Buffer, from?: string, to?: string, mode?: number }} */
    const given = typeof entry === 'string' || Buffer.isBuffer(entry) ? { text: entry } : entry;
    const { text = '', from, to, mode } = given;
    if (name.endsWith('/')) yield header(name, { type: '5', mode: mode ?? 0o755 });
    else if (to !== undefined) yield header(name, { type: '2', mode: 0o777, to });
    else if (from !== undefined) {
      const { size, mode: own } = statSync(from);
      yield header(name, { type: '0', mode: mode ?? own & 0o7777, size });
      yield* createReadStream(from, { highWaterMark: 1 << 20 });
      yield padding(size);
    } else {
      const content = typeof text === 'string' ? Buffer.from(text) : text;
      yield header(name, { type: '0', mode: mode ?? 0o644, size: content.length });
      yield content;
      yield padding(content.length);
    }
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** @param {number} size */
const padding = size => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/**
 * @param {string} path
 * @param {{ type: string, mode: number, size?: number, to?: string }} about
 */
function header(path, { type, mode, size = 0, to = '' }) {
  const { prefix, name } = split(path);
  const block = Buffer.alloc(BLOCK);
  const number = (/** @type {number} */ value, /** @type {number} */ at, /** @type {number} */ length) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0);
  number(mode, 100, 8);
  number(0, 108, 8);
  number(0, 116, 8);
  number(size, 124, 12);
  number(0, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1'); // the checksum counts itself as spaces
  block.write(type, 156, 'latin1');
  block.write(to, 157);
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A name has 100 bytes; what is longer is cut at a slash. @param {string} path */
function split(path) {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  const at = path.indexOf('/', path.length - 101);
  if (at < 0) throw new Error(`too long for a tar archive: ${path}`);
  return { prefix: path.slice(0, at), name: path.slice(at + 1) };
}

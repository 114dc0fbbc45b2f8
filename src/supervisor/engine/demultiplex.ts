/**
 * Takes the two output streams of a container apart, which the engine sends as one.
 *
 * Each frame is a header of 8 bytes (the stream: 0 stdin, 1 stdout, 2 stderr, 3 the engine's own error; three zeros; the
 * length, big-endian) and so many bytes. Source: the engine's API, "Attach to a container", stream format.
 */
import type { StreamName } from '../../event.js';

const HEADER = 8;
const NEWEST_STREAM = 3;
const STDERR = 2;

/**
 * Returns a reader of chunks. Frames may begin and end anywhere in a chunk. What it passes on are parts of the chunks
 * themselves: payloads of one stream that follow each other are moved together in place, so that a thousand short lines
 * are one call. A chunk must not be used by anybody else afterwards.
 *
 * A stream that is no sequence of frames (that of a terminal) is passed on as stdout from there on.
 */
export function demultiplex(output: (stream: StreamName, chunk: Buffer) => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(HEADER);
  let headerBytes = 0;
  /** Bytes that the current frame still brings. */
  let left = 0;
  let stream: StreamName = 'stdout';
  let isRaw = false;

  return chunk => {
    if (isRaw) return output('stdout', chunk);
    // Between these lies what is ready to be passed on, all of it of `stream`.
    let from = 0;
    let to = 0;
    let at = 0;
    const flush = () => {
      if (to > from) output(stream, from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
      from = to = at;
    };
    while (at < chunk.length) {
      if (left > 0) {
        const end = Math.min(at + left, chunk.length);
        left -= end - at;
        if (to === from) {
          from = at;
          to = end;
        } else {
          chunk.copyWithin(to, at, end);
          to += end - at;
        }
        at = end;
        continue;
      }
      let type: number;
      let isHeader: boolean;
      let length: number;
      if (headerBytes === 0 && chunk.length - at >= HEADER) {
        type = chunk[at]!;
        isHeader = type <= NEWEST_STREAM && !chunk[at + 1] && !chunk[at + 2] && !chunk[at + 3];
        length = chunk.readUInt32BE(at + 4);
        if (isHeader) at += HEADER;
      } else {
        const taken = Math.min(HEADER - headerBytes, chunk.length - at);
        chunk.copy(header, headerBytes, at, at + taken);
        headerBytes += taken;
        at += taken;
        if (headerBytes < HEADER) break;
        headerBytes = 0;
        type = header[0]!;
        isHeader = type <= NEWEST_STREAM && !header[1] && !header[2] && !header[3];
        length = header.readUInt32BE(4);
        if (!isHeader) {
          flush();
          output('stdout', Buffer.from(header));
        }
      }
      if (!isHeader) {
        flush();
        isRaw = true;
        if (at < chunk.length) output('stdout', chunk.subarray(at));
        return;
      }
      const next = type >= STDERR ? 'stderr' : 'stdout';
      if (next !== stream) {
        flush();
        stream = next;
      }
      left = length;
    }
    flush();
  };
}

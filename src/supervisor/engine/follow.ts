/** Reads a stream of the engine until it ends, whichever way. */
import type { Readable } from 'node:stream';
import type { Attachment } from './engine.js';

/**
 * `ended` is called once, after the last chunk, whether the stream came to its end, broke, or the engine was closed;
 * never after `close`.
 */
export function followStream(stream: Readable, receive: (chunk: Buffer) => void, ended: () => void): Attachment {
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    stream.destroy();
    ended();
  };
  stream.on('data', (chunk: Buffer) => {
    if (!isOver) receive(chunk);
  });
  stream.once('end', end);
  stream.once('close', end);
  stream.on('error', end);
  // It may have been closed with the engine before anybody listened.
  if (stream.destroyed) queueMicrotask(end);
  return {
    hold: isHeld => {
      if (isHeld) stream.pause();
      else stream.resume();
    },
    close: () => {
      isOver = true;
      stream.destroy();
    },
  };
}

/**
 * Preloaded into a Node process that was started before it is wanted (prepared.ts): waits until a line comes by file
 * descriptor 3, then lets Node go on to the program. At the end of the stream, fuge is gone or does not want it any more.
 *
 * JavaScript and not TypeScript: Node 20 loads it as it lies here, beside the compiled modules and in tests.
 */
'use strict';
const { closeSync, readSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const GATE = 3;

// Node preloads it into worker threads of the program, too.
if (isMainThread) {
  const byte = Buffer.alloc(1);
  let line = '';
  while (!line.endsWith('\n')) {
    if (readSync(GATE, byte) === 0) process.exit(0);
    line += byte.toString('latin1');
  }
  closeSync(GATE);
  // The program and its children see the environment that they would have had.
  const { nodeOptions } = JSON.parse(line);
  if (nodeOptions === null) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = Buffer.from(nodeOptions, 'base64').toString();
}
delete require.cache[__filename];

/**
 * Reads from the last lines of a run what it died of, and where: pure.
 *
 * Knows the forms that development meets daily: Node's and the browsers' stack traces, Node's syntax errors (place first,
 * message below), Python's tracebacks (message last), Go's panics, Java's exceptions, and `file:line:col: error: …` of
 * compilers.
 */
import type { CrashError } from '../event.js';

/** Lines looked at, from the end. */
export const LOOKED_AT = 80;

type Place = NonNullable<CrashError['at']>;

const MESSAGE =
  /^\s*(?:\[?Uncaught\]?:? |Exception in thread "[^"]*" |\w*UnhandledPromiseRejection\S* )?((?:[A-Za-z_$][\w.$]*(?:Error|Exception|Warning|Interrupt|Exit)|Error|panic|fatal error)(?: \[[\w-]+\])?(?:: .*)?)$/;
const PANIC = /^(?:panic|fatal error): /;
const NODE_FRAME = /^\s+at (?:.*? \()?(?:file:\/\/)?([^():]+?):(\d+):(\d+)\)?$/;
const JAVA_FRAME = /^\s+at [\w.$<>/]+\(([\w$]+\.(?:java|kt|scala)):(\d+)\)$/;
const NODE_HEADER = /^(?:file:\/\/)?(\/[^:]+):(\d+)$/;
const PYTHON_FRAME = /^\s+File "([^"]+)", line (\d+)/;
const GO_FRAME = /^\t([^\s:]+\.go):(\d+)/;
const COMPILER = /^(?:error: )?([^\s:()]+)(?::(\d+):(\d+)|\((\d+),(\d+)\)):? (?:- )?(?:fatal )?(error\b.*)$/i;

/** @param lines The newest lines of the run, oldest first, both streams. @param directory Where the service runs. */
export function crashErrorOf(lines: readonly string[], directory: string): CrashError | undefined {
  const plain = lines.slice(-LOOKED_AT).map(line => line.replace(/\x1b\[[\d;]*m/g, ''));
  for (let i = plain.length - 1; i >= 0; i--) {
    const line = plain[i]!;
    const compiler = COMPILER.exec(line);
    if (compiler) {
      const [, file, lineNumber, column, lineNumber2, column2, message] = compiler;
      return { message: message!, at: place(file!, lineNumber ?? lineNumber2!, column ?? column2) };
    }
    const message = MESSAGE.exec(line)?.[1];
    if (message === undefined || isAside(message)) continue;
    const at = framesBelow(plain, i, directory) ?? tracebackAbove(plain, i, directory) ?? headerAbove(plain, i);
    // A bare word that ends in "Error" without any place is talk, not a crash.
    if (at === undefined && !message.includes(':')) continue;
    return { message, ...(at && { at }) };
  }
  return undefined;
}

/** Deprecations and experimental features warn; nothing dies of them. */
const isAside = (message: string) => /^\w*Warning\b/.test(message);

function framesBelow(lines: readonly string[], from: number, directory: string): Place | undefined {
  const places: Place[] = [];
  const isPanic = PANIC.test(lines[from]!);
  for (const line of lines.slice(from + 1)) {
    const frame = NODE_FRAME.exec(line) ?? JAVA_FRAME.exec(line) ?? (isPanic ? GO_FRAME.exec(line) : null);
    if (frame) places.push(place(frame[1]!, frame[2]!, frame[3]));
    else if (places.length > 0 && !isPanic) break;
  }
  return ownPlace(places, directory);
}

/** Python tells the innermost frame last, right above the message. */
function tracebackAbove(lines: readonly string[], from: number, directory: string): Place | undefined {
  const places: Place[] = [];
  for (let i = from - 1; i >= 0 && !/^Traceback /.test(lines[i]!); i--) {
    const frame = PYTHON_FRAME.exec(lines[i]!);
    if (frame) places.push(place(frame[1]!, frame[2]!));
    else if (/^\S/.test(lines[i]!)) break;
  }
  return ownPlace(places, directory);
}

/** Node shows where a syntax error is above the excerpt: `/app/server.js:14`. */
function headerAbove(lines: readonly string[], from: number): Place | undefined {
  for (let i = from - 1; i >= Math.max(0, from - 6); i--) {
    const header = NODE_HEADER.exec(lines[i]!);
    if (header) return place(header[1]!, header[2]!);
  }
  return undefined;
}

/** The innermost place in the service's own sources, else the innermost that is no part of the runtime. */
function ownPlace(places: readonly Place[], directory: string): Place | undefined {
  const outside = places.filter(({ file }) => !file.startsWith('node:') && !file.startsWith('internal/'));
  const own = outside.find(
    ({ file }) => (!file.startsWith('/') || file.startsWith(`${directory}/`)) && !file.includes('node_modules/'),
  );
  return own ?? outside[0];
}

function place(file: string, line: string, column?: string): Place {
  return { file, line: Number(line), ...(column !== undefined && { column: Number(column) }) };
}

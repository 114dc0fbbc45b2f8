// The words of Redis, RESP: how a command is written, and how answers are read, however the network cuts them.

const CR = 13;

/** An answer that says no: `-ERR unknown command`. */
export class RedisError extends Error {}

/** A command as Redis wants it: an array of texts, each with its length in bytes before it. */
export function encode(words) {
  const texts = words.map(String);
  return [`*${texts.length}\r\n`, ...texts.map(text => `$${Buffer.byteLength(text)}\r\n${text}\r\n`)].join('');
}

/** Feed it with what arrives; it gives the answers that are complete: texts, numbers, null, lists, RedisErrors. */
export function createReader() {
  let rest = Buffer.alloc(0);
  return chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers = [];
    for (let found = read(rest, 0); found; found = read(rest, 0)) {
      answers.push(found.value);
      rest = rest.subarray(found.end);
    }
    return answers;
  };
}

/** The answer that begins at `at` and where it ends; undefined if it has not arrived as a whole. */
function read(bytes, at) {
  const end = endOfLine(bytes, at);
  if (end === undefined) return undefined;
  const line = bytes.toString('utf8', at + 1, end - 2);
  switch (String.fromCharCode(bytes[at])) {
    case '+':
      return { value: line, end };
    case '-':
      return { value: new RedisError(line), end };
    case ':':
      return { value: Number(line), end };
    case '$':
      return readText(bytes, end, Number(line));
    case '*':
      return readList(bytes, end, Number(line));
    default:
      throw new Error(`this is not Redis: ${JSON.stringify(bytes.toString('utf8', at, end - 2).slice(0, 40))}`);
  }
}

function readText(bytes, at, length) {
  if (length < 0) return { value: null, end: at };
  const end = at + length + 2;
  return end <= bytes.length ? { value: bytes.toString('utf8', at, end - 2), end } : undefined;
}

function readList(bytes, at, length) {
  if (length < 0) return { value: null, end: at };
  const value = [];
  let end = at;
  for (let i = 0; i < length; i++) {
    const found = read(bytes, end);
    if (!found) return undefined;
    value.push(found.value);
    end = found.end;
  }
  return { value, end };
}

/** Behind the line feed of the line that begins at `at`; undefined if it has not arrived. */
function endOfLine(bytes, at) {
  const cr = bytes.indexOf(CR, at);
  return cr < 0 || cr + 1 >= bytes.length ? undefined : cr + 2;
}

/** Reads a stream of JSON values, one a line, as the engine sends its events and its progress. */

/** Returns a reader of chunks; a line that is no JSON is left out. Call it without a chunk at the end, for a last line without a newline. */
export function jsonLines(heard: (value: unknown) => void): (chunk?: Buffer) => void {
  let pending: Buffer[] = [];

  const read = (line: Buffer) => {
    const text = line.toString('utf8').trim();
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    heard(value);
  };

  return chunk => {
    if (!chunk) {
      const rest = Buffer.concat(pending);
      pending = [];
      return read(rest);
    }
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      const line = chunk.subarray(from, at);
      from = at + 1;
      if (pending.length === 0) read(line);
      else {
        const whole = Buffer.concat([...pending, line]);
        pending = [];
        read(whole);
      }
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
  };
}

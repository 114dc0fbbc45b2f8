// What arrives in pieces, as messages.
import { describe, expect, it } from 'vitest';
import { MessageReader, TooLong } from '../../src/remote/message-reader.js';

const read = (...chunks: Buffer[]) => {
  const reader = new MessageReader(100);
  return chunks.flatMap(chunk => reader.push(chunk));
};

describe('messages', () => {
  it('are lines, whatever pieces they arrive in', () => {
    const bytes = Buffer.from('{"a":"é€😀"}\n{"b":2}\n');
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(['{"a":"é€😀"}', '{"b":2}']);
  });

  it('may end with CR LF, and empty lines are none', () => {
    expect(read(Buffer.from('\n{}\r\n\r\n \n[]\n'))).toEqual(['{}', '[]']);
  });

  it('without an end are not given out', () => {
    expect(read(Buffer.from('{"a":1}'))).toEqual([]);
  });

  it('of as many bytes as are allowed are read, of one more they are not', () => {
    expect(read(Buffer.from(`${'x'.repeat(100)}\n`))).toEqual(['x'.repeat(100)]);
    expect(() => read(Buffer.from(`${'x'.repeat(101)}\n`))).toThrow(TooLong);
    expect(() => read(Buffer.from('x'.repeat(60)), Buffer.from('x'.repeat(41)))).toThrow(TooLong);
  });
});

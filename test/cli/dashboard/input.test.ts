import { describe, expect, it } from 'vitest';
import { InputReader } from '../../../src/cli/dashboard/input.js';

const keys = (text: string) => new InputReader().read(text).map(message => message.type === 'key' && message.key);

describe('keys', () => {
  it('are named by what they are', () => {
    expect(keys('jK?é漢 \r\t\x7f\b\x03\x1a')).toEqual(
      ['j', 'K', '?', 'é', '漢', 'space', 'enter', 'tab', 'backspace', 'backspace', 'C-c', 'C-z'], // prettier-ignore
    );
  });

  it('are the same in normal and in application mode', () => {
    expect(keys('\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F')).toEqual(['up', 'down', 'right', 'left', 'home', 'end']);
    expect(keys('\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF')).toEqual(['up', 'down', 'right', 'left', 'home', 'end']);
  });

  it('are known by their numbers', () => {
    expect(keys('\x1b[1~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[15~\x1b[24~\x1bOP\x1b[Z')).toEqual(
      ['home', 'delete', 'end', 'pageup', 'pagedown', 'f5', 'f12', 'f1', 'S-tab'], // prettier-ignore
    );
  });

  it('say what is held with them', () => {
    expect(keys('\x1b[1;2A\x1b[1;5C\x1b[3;5~\x1b[1;6D')).toEqual(['S-up', 'C-right', 'C-delete', 'C-S-left']);
  });

  it('are the escape and the key where Alt is held, or where fingers are fast', () => {
    expect(keys('\x1bx')).toEqual(['escape', 'x']);
    expect(keys('\x1b:')).toEqual(['escape', ':']);
  });

  it('that nobody knows are passed over', () => {
    expect(keys('\x1b[?1;2cj\x1b[99~k\x1b[200xl')).toEqual(['j', 'k', 'l']);
  });

  it('arrive in pieces', () => {
    const reader = new InputReader();
    expect(reader.read('a\x1b')).toEqual([{ type: 'key', key: 'a' }]);
    expect(reader.isWaiting).toBe(true);
    expect(reader.read('[')).toEqual([]);
    expect(reader.read('1;')).toEqual([]);
    expect(reader.read('5Cb')).toEqual([
      { type: 'key', key: 'C-right' },
      { type: 'key', key: 'b' },
    ]);
    expect(reader.isWaiting).toBe(false);
  });

  it('are the escape where nothing follows', () => {
    const reader = new InputReader();
    expect(reader.read('\x1b')).toEqual([]);
    expect(reader.flush()).toEqual([{ type: 'key', key: 'escape' }]);
    expect(reader.flush()).toEqual([]);
    expect(reader.read('[A')).toEqual([
      { type: 'key', key: '[' },
      { type: 'key', key: 'A' },
    ]);
  });
});

describe('the mouse', () => {
  it('clicks and turns, each report of many in one chunk', () => {
    const reports = '\x1b[<0;5;4M\x1b[<0;5;4m\x1b[<64;1;1M\x1b[<64;1;1M\x1b[<65;300;90M';
    expect(new InputReader().read(reports)).toEqual([
      { type: 'mouse', action: 'click', column: 4, row: 3 },
      { type: 'mouse', action: 'wheel up', column: 0, row: 0 },
      { type: 'mouse', action: 'wheel up', column: 0, row: 0 },
      { type: 'mouse', action: 'wheel down', column: 299, row: 89 },
    ]);
  });

  it('says nothing by other buttons, and by moving', () => {
    expect(new InputReader().read('\x1b[<2;5;4M\x1b[<35;5;4M\x1b[<1;5;4M')).toEqual([]);
  });

  it('is heard with keys held', () => {
    expect(new InputReader().read('\x1b[<16;5;4M')).toEqual([{ type: 'mouse', action: 'click', column: 4, row: 3 }]);
  });
});

describe('a paste', () => {
  it('is text, whatever stands in it', () => {
    expect(new InputReader().read('\x1b[200~q\rx\x1b[A\x1b[201~j')).toEqual([
      { type: 'paste', text: 'q\rx\x1b[A' },
      { type: 'key', key: 'j' },
    ]);
  });

  it('arrives in pieces of any size', () => {
    const reader = new InputReader();
    const messages = [...'\x1b[200~two words\x1b[201~'].flatMap(character => reader.read(character));
    expect(messages).toEqual([{ type: 'paste', text: 'two words' }]);
  });

  it('is no longer than a line may be', () => {
    const reader = new InputReader();
    reader.read(`\x1b[200~${'x'.repeat(100_000)}`);
    expect(reader.read(`${'y'.repeat(100_000)}\x1b[201~`)).toEqual([{ type: 'paste', text: 'x'.repeat(64 * 1024) }]);
  });
});

import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../src/cli/render/paint.js';
import { renderRecord } from '../../../src/cli/render/record.js';
import { readRecord } from '../../../src/log-record.js';

const shown = (record: unknown, colour = false) =>
  renderRecord(readRecord(typeof record === 'string' ? record : JSON.stringify(record))!, createPaint(colour));

describe('a record', () => {
  it('is shown as level, message and fields', () => {
    expect(
      shown({
        level: 40,
        msg: 'slow',
        ms: 300,
        path: '/a',
        who: 'Ann B',
        note: '',
        tags: ['a'],
        at: { x: null },
        ok: true,
      }),
    ).toBe('WARN  slow  ms=300 path=/a who="Ann B" note="" tags=["a"] at={"x":null} ok=true');
  });

  it('is shown without what it lacks', () => {
    expect(shown({ level: 30, msg: 'up' })).toBe('INFO  up');
    expect(shown({ level: 30, time: 1_700_000_000_000, a: 1 })).toBe('INFO  a=1');
    expect(shown({ time: 1_700_000_000_000, msg: 'up', a: 1 })).toBe('up  a=1');
  });

  it('has its level in colour and its fields dim', () => {
    expect(shown({ level: 50, msg: 'no', a: 1 }, true)).toBe('\x1b[31mERROR\x1b[39m no  \x1b[2ma=1\x1b[22m');
    expect(shown({ level: 40, msg: 'no' }, true)).toBe('\x1b[33mWARN \x1b[39m no');
    expect(shown({ level: 30, msg: 'no' }, true)).toBe('\x1b[36mINFO \x1b[39m no');
    expect(shown({ level: 10, msg: 'no' }, true)).toBe('\x1b[2mTRACE\x1b[22m no');
  });

  it('has the stack of its error below', () => {
    expect(shown({ level: 50, msg: 'not paid', err: { message: 'no', stack: 'Error: no\n    at pay', code: 7 } })).toBe(
      'ERROR not paid  err.code=7\n  Error: no\n      at pay',
    );
  });

  it('has a long stack cut', () => {
    const stack = Array.from({ length: 150 }, (_, i) => `at ${i}`).join('\n');
    const lines = shown({ level: 50, msg: 'no', stack })!.split('\n');
    expect(lines).toHaveLength(102);
    expect(lines.slice(-2)).toEqual(['  at 99', '  … 50 more lines (--raw shows them)']);
  });

  it('cannot harm the terminal', () => {
    expect(shown({ level: 30, msg: 'a\x1b[2Jb\x07', 'k\x1b[2J': '\x1b[2J\x9b2J', n: 'a\nb' })).toBe(
      'INFO  ab  k="\\u001b[2J2J" n="a\\nb"',
    );
    expect(shown({ level: 30, msg: '\x1b[31mred' }, true)).toBe('\x1b[36mINFO \x1b[39m \x1b[31mred\x1b[0m');
  });

  it('that is nested deeper than can be shown is left as it was written', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    // A Node whose JSON.stringify goes that deep shows it whole.
    expect([undefined, `INFO  a  deep=${deep}`]).toContain(shown(`{"level":30,"msg":"a","deep":${deep}}`));
  });

  it('of logfmt is shown alike', () => {
    expect(shown('level=warn msg="too slow" ms=300')).toBe('WARN  too slow  ms=300');
  });
});

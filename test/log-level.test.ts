import { describe, expect, it } from 'vitest';
import { isAtLeast, LEVELS, type Level, levelOfText, readLevel } from '../src/log-level.js';

describe('the level of a record', () => {
  const table: readonly (readonly [unknown, Level])[] = [
    [10, 'trace'],
    [20, 'debug'],
    [30, 'info'],
    [35, 'info'],
    [40, 'warn'],
    [50, 'error'],
    [60, 'fatal'],
    [100, 'fatal'],
    ['30', 'info'],
    [0, 'fatal'],
    [3, 'error'],
    [4, 'warn'],
    [6, 'info'],
    [7, 'debug'],
    ['WARN', 'warn'],
    ['Warning', 'warn'],
    ['silly', 'trace'],
    ['verbose', 'debug'],
    ['http', 'debug'],
    ['Information', 'info'],
    ['NOTICE', 'info'],
    ['SEVERE', 'error'],
    ['CRITICAL', 'fatal'],
    ['EMERGENCY', 'fatal'],
    ['dpanic', 'fatal'],
    ['INFO+2', 'info'],
    ['DEBUG-4', 'debug'],
    ['\x1b[31merror\x1b[39m', 'error'],
  ];
  it.each(table)('%j is %s', (value, level) => {
    expect(readLevel(value)).toBe(level);
  });

  it.each([[8], [-1], [101], [30.5], ['high'], [''], ['x'.repeat(100)], [null], [undefined], [{}], [true]])(
    '%j is none',
    value => {
      expect(readLevel(value)).toBeUndefined();
    },
  );

  it('is compared by gravity', () => {
    expect(LEVELS.filter(level => isAtLeast(level, 'warn'))).toEqual(['warn', 'error', 'fatal']);
  });
});

describe('the level of plain text', () => {
  const table: readonly (readonly [string, Level])[] = [
    ['ERROR could not connect', 'error'],
    ['[error] could not connect', 'error'],
    ['[ WARN ] disk almost full', 'warn'],
    ['<info> up', 'info'],
    ['error: could not connect', 'error'],
    ['Warning: it is old', 'warn'],
    ['INFO:     Application startup complete.', 'info'],
    ['WARNING:root:careful', 'warn'],
    ['2026-01-31T14:03:22.125Z  WARN 1 --- [main] c.e.App : slow', 'warn'],
    ['2026-01-31 14:03:22,125 - shop.orders - ERROR - no', 'error'],
    ['2026-01-31 14:03:22.125 UTC [42] FATAL:  role "x" does not exist', 'fatal'],
    ['2026-01-31 14:03:22.125 UTC [42] LOG:  ready to accept connections', 'info'],
    ['2026/01/31 14:03:22 [error] 7#7: *1 open() failed', 'error'],
    ['[2026-01-31T14:03:22Z INFO  shop] up', 'info'],
    ['2026-01-31T14:03:22.125Z\tDEBUG\torders/main.go:12\tcalled', 'debug'],
    ['[14:03:22 WRN] slow', 'warn'],
    ['14:03:22.125 [error] GenServer terminating', 'error'],
    ['[Nest] 42  - 01/31/2026, 2:03:22 PM   ERROR [Orders] no', 'error'],
    ['[Nest] 42  - 01/31/2026, 2:03:22 PM     LOG [Orders] up', 'info'],
    ['I, [2026-01-31T14:03:22.125 #42]  INFO -- : up', 'info'],
    ['W0131 14:03:22.125000       1 main.go:10] slow', 'warn'],
    ['E0131 14:03:22.125000       1 main.go:10] no', 'error'],
    ['\x1b[2m2026-01-31T14:03:22.125Z\x1b[0m \x1b[33m WARN\x1b[0m shop: slow', 'warn'],
    ['npm ERR! code ELIFECYCLE', 'error'],
    ['npm warn deprecated x@1', 'warn'],
    ['TypeError: x is not a function', 'error'],
    ['Error [ERR_MODULE_NOT_FOUND]: Cannot find module', 'error'],
    ['Uncaught Error: no', 'error'],
    ['java.lang.NullPointerException: no', 'error'],
    ['ValueError', 'error'],
    ['Traceback (most recent call last):', 'error'],
    ['Exception in thread "main" java.lang.Error', 'error'],
    ['panic: runtime error: index out of range', 'fatal'],
    ["thread 'main' panicked at src/main.rs:2:5:", 'fatal'],
    ['(node:42) [DEP0040] DeprecationWarning: The punycode module is old', 'warn'],
    ['(node:42) Warning: Setting NODE_TLS_REJECT_UNAUTHORIZED', 'warn'],
    ['fail: Shop.Orders[0]', 'error'],
  ];
  it.each(table)('%j is %s', (line, level) => {
    expect(levelOfText(line)).toBe(level);
  });

  it.each([
    [''],
    ['listening on 3000'],
    ['0 errors'],
    ['no error: all is well'],
    ['GET /error 200 12 ms'],
    ['GET /ERROR 200'],
    ['the level is WARN'],
    ['information about errors'],
    ['errors: 0'],
    ['ERRORS found'],
    ['    at Object.<anonymous> (/shop/error.js:1:1)'],
    ['[main] all is well'],
    ['2026-01-31 all is well'],
    [`${'[x] '.repeat(100)}ERROR`],
    [' '.repeat(10_000)],
    [`${'1 '.repeat(10_000)}ERROR`],
  ])('%j has none', line => {
    expect(levelOfText(line)).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { crashErrorOf } from '../../src/supervisor/crash-error.js';

const of = (text: string) => crashErrorOf(text.split('\n').slice(1), '/app');

describe('what a run died of', () => {
  test('is told by Node with a stack trace: the innermost frame of its own sources', () => {
    expect(
      of(`
/app/lib/db.js:3
  return prt(x);
  ^

ReferenceError: prt is not defined
    at query (/app/node_modules/pg/index.js:7:3)
    at Object.<anonymous> (/app/server.js:14:9)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)

Node.js v20.20.2`),
    ).toEqual({ message: 'ReferenceError: prt is not defined', at: { file: '/app/server.js', line: 14, column: 9 } });
  });

  test('is told of a module by its file URL', () => {
    expect(
      of(`
file:///app/server.js:1
x();
^

ReferenceError: x is not defined
    at file:///app/server.js:1:1
    at ModuleJob.run (node:internal/modules/esm/module_job:263:25)`),
    ).toEqual({ message: 'ReferenceError: x is not defined', at: { file: '/app/server.js', line: 1, column: 1 } });
  });

  test('of a syntax error is the place above the excerpt, since its frames are all of the runtime', () => {
    expect(
      of(`
/app/server.js:2
const = 1;
      ^

SyntaxError: Unexpected token '='
    at wrapSafe (node:internal/modules/cjs/loader:1469:18)`),
    ).toEqual({ message: "SyntaxError: Unexpected token '='", at: { file: '/app/server.js', line: 2 } });
  });

  test('keeps the code that Node gives an error, and its properties below do not hide it', () => {
    expect(
      of(`
node:internal/modules/cjs/loader:1228
  throw err;
  ^

Error: Cannot find module './missing'
Require stack:
- /app/server.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)
    at Object.<anonymous> (/app/server.js:1:1) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/app/server.js' ]
}`),
    ).toMatchObject({ message: "Error: Cannot find module './missing'" });
  });

  test('is told by Python below its traceback', () => {
    expect(
      of(`
Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    run()
  File "/usr/lib/python3/json.py", line 3, in loads
    raise
ValueError: no JSON`),
    ).toEqual({ message: 'ValueError: no JSON', at: { file: '/app/main.py', line: 9 } });
  });

  test('is told by Go as a panic', () => {
    expect(
      of(`
panic: runtime error: index out of range

goroutine 1 [running]:
main.main()
	/app/main.go:12 +0x1d
exit status 2`),
    ).toMatchObject({ at: { file: '/app/main.go', line: 12 } });
  });

  test('is told by compilers in one line', () => {
    expect(of('\nsrc/a.ts(4,7): error TS2322: Type X.')).toEqual({
      message: 'error TS2322: Type X.',
      at: { file: 'src/a.ts', line: 4, column: 7 },
    });
    expect(of('\nmain.c:3:5: error: expected ;')).toEqual({
      message: 'error: expected ;',
      at: { file: 'main.c', line: 3, column: 5 },
    });
  });

  test('is read through colours', () => {
    expect(of('\n\x1b[31mTypeError: no\x1b[39m\n    at f (/app/a.js:1:2)')).toEqual({
      message: 'TypeError: no',
      at: { file: '/app/a.js', line: 1, column: 2 },
    });
  });

  test('is unknown when the last lines are talk, or warnings', () => {
    expect(of('\nlistening on 3000\nExperimentalWarning: x is experimental\n    at f (/app/a.js:1:2)')).toBeUndefined();
    expect(of('\nNo Error')).toBeUndefined();
    expect(of('\n')).toBeUndefined();
  });
});

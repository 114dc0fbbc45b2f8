// What answers for coding agents are made with: hidden secrets, bounds, hints, the runtime directory.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { boundData, boundText, LARGEST, newestWithin, shortenLine } from '../../../src/cli/mcp/bounds.js';
import { hintsOf } from '../../../src/cli/mcp/hints.js';
import { missingRuntimeDirectory } from '../../../src/cli/mcp/runtime-directory.js';
import { maskSystemFile, Secrets } from '../../../src/cli/mcp/secrets.js';
import type { Exit } from '../../../src/event.js';
import { FakeSupervisor } from '../../rig/fake-supervisor.js';
import { nodeService, port, systemOf } from '../../rig/system.js';

describe('secrets', () => {
  const secrets = new Secrets(['hunter-22', 'hunter-22-long', 'postgres', '8080', '/run/user/1000/agent.sock']);

  it.each([
    ['login with hunter-22', 'login with ••••••'],
    ['a longer one: hunter-22-long', 'a longer one: ••••••'],
    ['connect postgres://me:secret@db/x', 'connect postgres://me:••••••@db/x'],
    ['DB_PASSWORD=abc123', 'DB_PASSWORD=••••••'],
    ['{"password":"abc123","user":"me"}', '{"password":"••••••","user":"me"}'],
    ['"{\\"token\\":\\"abc123\\"}"', '"{\\"token\\":\\"••••••\\"}"'],
    ['authorization: Bearer abc.def.ghi', 'authorization: Bearer ••••••'],
    ['sent bearer abc.def.ghi', 'sent bearer ••••••'],
    ['api-key: k-1', 'api-key: ••••••'],
  ])('hides in %j what it should', (text, masked) => {
    expect(secrets.mask(text)).toBe(masked);
  });

  it.each([
    'listening on 8080 for postgres',
    'uses /run/user/1000/agent.sock',
    'token: undefined',
    'the password is missing',
    'SyntaxError: Unexpected token } in JSON',
    '12 tests passed: all',
  ])('leaves %j alone', text => {
    expect(secrets.mask(text)).toBe(text);
  });

  it('hides in all texts of data, however deep', () => {
    expect(secrets.maskAll({ a: ['hunter-22', 1, null], b: { c: 'x' } })).toEqual({
      a: ['••••••', 1, null],
      b: { c: 'x' },
    });
  });

  it('hides in a system file what stands behind telling names, and no references', () => {
    const text = [
      'api:',
      '  environment:',
      '    DB_PASSWORD: abc',
      '    - API_KEY=abc',
      '    TOKEN: $TOKEN',
      '    NAME: x',
    ];
    expect(maskSystemFile(text.join('\n')).split('\n')).toEqual([
      'api:',
      '  environment:',
      '    DB_PASSWORD: ••••••',
      '    - API_KEY=••••••',
      '    TOKEN: $TOKEN',
      '    NAME: x',
    ]);
  });
});

describe('bounds', () => {
  it('leaves a small answer as it is', () => {
    expect(boundText('a\nb')).toBe('a\nb');
    expect(boundData({ lines: [1] })).toEqual({ lines: [1] });
  });

  it('cuts a large text at a line, and says how much is missing', () => {
    const text = 'äöü\n'.repeat(20_000);
    const bounded = boundText(text);
    expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(LARGEST);
    expect(bounded).toMatch(/äöü\n… cut: \d+ more characters; ask for less$/);
  });

  it('takes from the longest list of large data, and says from which and how many', () => {
    const bounded = boundData({ name: 'x', few: [1, 2], many: Array.from({ length: 20_000 }, (_, i) => `item ${i}`) });
    const many = bounded.many as string[];
    expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThanOrEqual(LARGEST);
    expect(bounded).toMatchObject({ name: 'x', few: [1, 2], cut: { many: 20_000 - many.length } });
    expect(many[0]).toBe('item 0');
  });

  it('tells nothing of data that has no list to cut', () => {
    expect(boundData({ text: 'x'.repeat(LARGEST) })).toEqual({ cut: 'too large to be told: ask for less' });
  });

  it('keeps the newest of many, and one at least', () => {
    expect(newestWithin([5, 4, 3], size => size, 8)).toEqual([4, 3]);
    expect(newestWithin([100], size => size, 8)).toEqual([100]);
    expect(newestWithin([], () => 1, 8)).toEqual([]);
  });

  it('shortens a line of more than 2,000 characters', () => {
    expect(shortenLine('x'.repeat(2000))).toBe('x'.repeat(2000));
    expect(shortenLine('x'.repeat(2001))).toBe(`${'x'.repeat(2000)}… (1 more characters)`);
  });
});

describe('hints', () => {
  const supervisor = new FakeSupervisor(
    systemOf([nodeService('api', { ports: [port('http=8000')] }), nodeService('web', { ports: [port('http=9000')] })]),
  );
  supervisor.set('api', { ports: [port('http=8000')] });
  supervisor.set('web', { ports: [port('http=9000')] });
  const hints = (lines: readonly string[], exit?: Exit) =>
    hintsOf({ service: 'web', exit, lines, directory: '/shop/web' }, supervisor);

  it.each<[string, readonly string[], Exit | undefined, readonly string[]]>([
    [
      'a port of its own that is taken',
      ['Error: listen EADDRINUSE: address already in use 127.0.0.1:9000'],
      undefined,
      ['port 9000 is taken: it is its own port, which another program holds'],
    ],
    [
      'the port of another service',
      ['listen tcp :8000: bind: address already in use'],
      undefined,
      ['port 8000 is taken: it is the port of api (stopped)'],
    ],
    [
      'a port that is not told',
      ['OSError: [Errno 98] Address already in use'],
      undefined,
      ['the port that it listens on is taken by another program'],
    ],
    [
      'another service that does not answer',
      ['Error: connect ECONNREFUSED 127.0.0.1:8000'],
      undefined,
      ['it could not connect to port 8000, which is api\'s (stopped); "depends_on: [api]" would make it wait'],
    ],
    [
      'a port that nobody has',
      ['dial tcp 127.0.0.1:5432: connect: connection refused'],
      undefined,
      ['nothing listened on port 5432, and no service of this system has that port'],
    ],
    [
      'a host that is unknown',
      ['Error: getaddrinfo ENOTFOUND db'],
      undefined,
      ['the host "db" has no address here: the tool "environment" shows the addresses that it is given'],
    ],
    [
      'a package that is missing',
      ["Error: Cannot find module 'express'"],
      undefined,
      ['the package "express" is not installed in /shop/web'],
    ],
    [
      'a file that is missing',
      ["Error: Cannot find module './dist/x.js'"],
      undefined,
      ['the file ./dist/x.js is missing: was it built?'],
    ],
    [
      'a Python module',
      ["ModuleNotFoundError: No module named 'flask'"],
      undefined,
      ['the package "flask" is not installed in /shop/web'],
    ],
    [
      'a command that is missing',
      [],
      { reason: 'code', code: 127 },
      ['exit code 127: its command, or one that it calls, was not found'],
    ],
    [
      'SIGKILL',
      [],
      { reason: 'signal', signal: 'SIGKILL' },
      ['it was killed from outside: often by the kernel when memory runs out'],
    ],
    [
      'memory of a container',
      [],
      { reason: 'code', code: 137, outOfMemory: true },
      ['the container went over its memory limit'],
    ],
    ['nothing that is known', ['Error: no'], { reason: 'code', code: 1 }, []],
  ])('tell of %s', (_what, lines, exit, expected) => {
    expect(hints(lines, exit)).toEqual(expected);
  });
});

describe('the runtime directory', () => {
  it('is found where the client hands on no XDG_RUNTIME_DIR, if it is the user’s', () => {
    const root = mkdtempSync(join(tmpdir(), 'fuge-mcp-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const userId = process.getuid!();
    expect(missingRuntimeDirectory({}, userId, root)).toBeUndefined();
    mkdirSync(join(root, String(userId)));
    expect(missingRuntimeDirectory({}, userId, root)).toBe(join(root, String(userId)));
    expect(missingRuntimeDirectory({ XDG_RUNTIME_DIR: '/run/mine' }, userId, root)).toBeUndefined();
    mkdirSync(join(root, String(userId + 1)));
    expect(missingRuntimeDirectory({}, userId + 1, root)).toBeUndefined();
  });
});

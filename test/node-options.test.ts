import { describe, expect, test } from 'vitest';
import { earlyOption, earlyOptionOf } from '../src/node-options.js';

describe('a process can not wait before user code', () => {
  test.each([
    [['--inspect', 'server.js'], '--inspect'],
    [['--inspect-brk=0', 'server.js'], '--inspect-brk=0'],
    [['--enable-source-maps', '--env-file=.env', 'server.js'], '--env-file=.env'],
    [['--env-file-if-exists', '.env', 'server.js'], '--env-file-if-exists'],
    [['--experimental-loader', './hooks.mjs', 'server.js'], '--experimental-loader'],
    [['--experimental_loader=./hooks.mjs', 'server.js'], '--experimental_loader=./hooks.mjs'],
    [['--loader=tsx', 'server.js'], '--loader=tsx'],
    [['--watch', 'server.js'], '--watch'],
    [['--test'], '--test'],
    [['--permission', 'server.js'], '--permission'],
    [['--experimental-permission', 'server.js'], '--experimental-permission'],
    [['--cpu-prof', 'server.js'], '--cpu-prof'],
    [['-e', 'serve()'], '-e'],
    [['-pe', '1'], '-pe'],
    [['--eval', '1'], '--eval'],
    [['-r', 'ts-node/register', '--inspect', 'server.ts'], '--inspect'],
    // The program's own word that looks like one.
    [['server.js', '--watch'], '--watch'],
  ])('with %j: %s', (words, option) => {
    expect(earlyOption(words)).toBe(option);
  });

  test('with the same in NODE_OPTIONS', () => {
    expect(earlyOptionOf('--enable-source-maps "--inspect=127.0.0.1:0"')).toBe('--inspect=127.0.0.1:0');
  });
});

describe('it can', () => {
  test.each([
    [['server.js']],
    [['server.js', '-p', '3000', '-e', 'dev']],
    [['--enable-source-maps', '--max-old-space-size=100', '--conditions', 'development', 'server.js']],
    [['-r', 'dotenv/config', '--require', './trace.cjs', '--import', './register.mjs', 'server.js']],
    [['-C', 'development', '--preserve-symlinks', 'server.js']],
  ])('with %j', words => {
    expect(earlyOption(words)).toBeUndefined();
  });

  test('with NODE_OPTIONS of that kind, or none', () => {
    expect(earlyOptionOf('--require ./a.cjs  --no-warnings')).toBeUndefined();
    expect(earlyOptionOf('')).toBeUndefined();
  });
});

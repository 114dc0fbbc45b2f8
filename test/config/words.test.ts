import { describe, expect, it } from 'vitest';
import { parseCommand, shellFeature, splitWords } from '../../src/words.js';

describe('splitting into words', () => {
  it.each([
    ['node index.js', ['node', 'index.js']],
    ['  a \t b\n', ['a', 'b']],
    [`sh -c 'a "b" c'`, ['sh', '-c', 'a "b" c']],
    [`a "b 'c' d"e`, ['a', "b 'c' de"]],
    [String.raw`a\ b "\"\$\\\n"`, ['a b', String.raw`"$\\n`]],
    [`"" ''`, ['', '']],
    ['java -cp .:lib/* Main ~ $HOME', ['java', '-cp', '.:lib/*', 'Main', '~', '$HOME']],
    ['a\\\nb', ['ab']],
    ['', []],
  ])('%j', (line, words) => {
    expect(splitWords(line)).toEqual({ words });
  });

  it('says which quote is never closed, and where', () => {
    expect(splitWords('echo "a')).toEqual({ problem: 'the quote " is never closed', offset: 5 });
    expect(splitWords("'a")).toEqual({ problem: "the quote ' is never closed", offset: 0 });
    expect(splitWords('a\\')).toEqual({ problem: 'a backslash at the end protects nothing', offset: 1 });
  });
});

describe('what needs a shell', () => {
  it.each([
    ['a | b', '|'],
    ['a && b', '&&'],
    ['a || b', '||'],
    ['a; b', ';'],
    ['a > b', '>'],
    ['a 2>&1', '>'],
    ['(a)', '('],
    ['a $(b)', '$('],
    ['a `b`', '`'],
    ['a "$(b)"', '$('],
    ['A=1 b', 'A='],
    ["QUEUE='x' npm start", 'QUEUE='],
  ])('%j: %s', (line, feature) => {
    expect(shellFeature(line)).toBe(feature);
  });

  it.each(["echo 'a | b'", 'echo "a && b"', 'echo a\\;b', 'node --opt=A=1 $HOME *', "echo '$(x)'", 'a --b=c'])(
    'none: %j',
    line => {
      expect(shellFeature(line)).toBeUndefined();
    },
  );

  it('is decided by the user where the user says so', () => {
    expect(parseCommand('echo $HOME', true)).toEqual({ kind: 'shell', line: 'echo $HOME', source: 'echo $HOME' });
    expect(parseCommand('a && b', false)).toEqual({ kind: 'argv', argv: ['a', '&&', 'b'], source: 'a && b' });
    expect(parseCommand('a && b')).toEqual({ kind: 'shell', line: 'a && b', source: 'a && b' });
    expect(parseCommand('  ')).toBeUndefined();
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of system files look like this
import { describe, expect, it } from 'vitest';
import { parseDotenv, parseRawEnv } from '../../src/dotenv.js';

const environment: Record<string, string> = { HOME: '/home/me' };
const parse = (text: string) => parseDotenv(text, name => environment[name]);
const values = (text: string) => Object.fromEntries(parse(text).values);

describe('.env files', () => {
  it.each([
    ['A=1\nB = 2\nC: 3\nexport D=4\n', { A: '1', B: '2', C: '3', D: '4' }],
    ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['# comment\n\n  A=1\n', { A: '1' }],
    ['A=a#b\nB=a # b\nC= # c', { A: 'a#b', B: 'a', C: '' }],
    ['A=a\\tb', { A: 'a\\tb' }],
    [`A='a\\n\${HOME} it\\'s'`, { A: "a\\n${HOME} it's" }],
    ['A="a\\nb\\t\\"c\\" \\$HOME \\\\"', { A: 'a\nb\t"c" $HOME \\' }],
    ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ['A="a" # comment', { A: 'a' }],
    ['A=$HOME/x\nB=${A}\nC=${NONE:-d}', { A: '/home/me/x', B: '/home/me/x', C: 'd' }],
    ['HOME=mine\nA=$HOME', { HOME: 'mine', A: '/home/me' }],
    ['A=1\nA=2', { A: '2' }],
    ['HOME\nNONE', { HOME: '/home/me' }],
    ['A=b=c', { A: 'b=c' }],
    ['a.b-c[1]=x\nÄ=y', { 'a.b-c[1]': 'x', Ä: 'y' }],
  ])('%j', (text, expected) => {
    expect(values(text)).toEqual(expected);
    expect(parse(text).problems).toEqual([]);
  });

  it('reports every problem with its line and column, and reads the other lines', () => {
    const result = parse('A=1\nB C=2\n=3\nD$=4\nE="never\nclosed');
    expect(result.problems).toEqual([
      { kind: 'error', line: 2, column: 2, message: '"B C" contains a space, names can\'t' },
      { kind: 'error', line: 3, column: 1, message: 'there is no name before "="' },
      { kind: 'error', line: 4, column: 2, message: '"$" can\'t be part of a name, as in "D$"' },
      { kind: 'error', line: 5, column: 3, message: 'the quote " is never closed' },
    ]);
    expect(result.values.get('A')).toBe('1');
  });

  it('tells of what follows a closing quote and of unset variables', () => {
    expect(parse('A="a" b\nB=$NONE').problems).toEqual([
      { kind: 'warning', line: 1, column: 6, message: '"b" after the closing quote is ignored' },
      { kind: 'unset', line: 2, column: 3, message: '"$NONE" is replaced by nothing, because NONE is not set' },
    ]);
  });

  it('keeps the line of every definition', () => {
    expect(parse('# x\nA="1\n2"\nB=3').entries).toEqual([
      { name: 'A', value: '1\n2', line: 2 },
      { name: 'B', value: '3', line: 4 },
    ]);
  });

  it('takes raw files literally', () => {
    const raw = parseRawEnv('# c\nA="a" # b\nB=$HOME\nHOME\nC D=1\n', name => environment[name]);
    expect(Object.fromEntries(raw.values)).toEqual({ A: '"a" # b', B: '$HOME', HOME: '/home/me' });
    expect(raw.problems).toEqual([
      { kind: 'error', line: 5, column: 1, message: '"C D" contains a space, names can\'t' },
    ]);
  });

  it('leaves trailing space, empty values and later "=" of raw files as they are', () => {
    const raw = parseRawEnv('\uFEFFA=b \r\n  B=\nC==c=\nHOME \n=x\n', name => environment[name]);
    expect(Object.fromEntries(raw.values)).toEqual({ A: 'b ', B: '', C: '=c=' });
    expect(raw.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '4: "HOME " contains a space, names can\'t',
      '5: there is no name before "="',
    ]);
  });
});

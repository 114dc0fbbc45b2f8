// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import { describe, expect, it } from 'vitest';
import { expandDockerfileWord, splitDockerfileWords } from '../../../src/config/compose/dockerfile-words.js';

const VALUES: Readonly<Record<string, string>> = {
  A: 'one',
  EMPTY: '',
  FILE: 'src/app.test.js',
  ß: 'sharp',
  S: 'x  y',
};
const lookup = (name: string) => VALUES[name];
const expand = (word: string) => expandDockerfileWord(word, lookup).text;
const problem = (word: string) => expandDockerfileWord(word, lookup).problem;

describe('a word of a Dockerfile', () => {
  it.each([
    ['plain', 'plain'],
    ["a'b c'd", 'ab cd'],
    ["'\\$A'", '\\$A'],
    ['"a \'$A\'"', "a 'one'"],
    ['a\\ b\\$A', 'a b$A'],
    ['"\\a \\" \\\\ \\$A"', '\\a " \\ $A'],
    ['end\\', 'end'],
    ['$A-$B.', 'one-.'],
    ['$ßx', ''],
    ['$ß', 'sharp'],
    ['$', '$'],
    ['$.', '$.'],
    ['$1$22a', 'a'],
    ['$$$@$#', ''],
    ['${A}${B}', 'one'],
    ['$A$A', 'oneone'],
  ])('%s becomes %j', (word, text) => {
    expect(expand(word)).toBe(text);
  });

  it.each([
    ['${B-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${EMPTY:-d}', 'd'],
    ['${A:-d}', 'one'],
    ['${A+d}', 'd'],
    ['${EMPTY+d}', 'd'],
    ['${EMPTY:+d}', ''],
    ['${B+d}', ''],
    ['${B:-${C:-"$A"}}', 'one'],
    ['${B:-\\}}', '}'],
    ["${B:-'}'}", '}'],
    ['${A?no}', 'one'],
    ['${EMPTY?no}', ''],
    ['${-:-d}', 'd'],
  ])('%s gives %j', (word, text) => {
    expect(expand(word)).toBe(text);
  });

  it.each([
    ['${FILE#*.}', 'test.js'],
    ['${FILE##*.}', 'js'],
    ['${FILE#*/}', 'app.test.js'],
    ['${FILE%.*}', 'src/app.test'],
    ['${FILE%%.*}', 'src/app'],
    ['${FILE%.t?}', 'src/app.test.js'],
    ['${FILE#src\\/}', 'app.test.js'],
    ['${FILE#nothing}', 'src/app.test.js'],
    ['${FILE/s/S}', 'Src/app.test.js'],
    ['${FILE//s/S}', 'Src/app.teSt.jS'],
    ['${FILE//.*/}', 'src/app'],
    ['${FILE//\\//-}', 'src-app.test.js'],
    ['${FILE//*/x}', 'x'],
    ['${FILE//"s"/$A}', 'onerc/app.teonet.jone'],
    ['${A//[on]/x}', 'one'],
    ['${A//?/.}', '...'],
    ['${EMPTY/*/x}', 'x'],
    ['${B/a/b}', ''],
    ['${B#a}', ''],
  ])('%s is cut or replaced to %j', (word, text) => {
    expect(expand(word)).toBe(text);
  });

  it('knows \\*, \\? and \\\\ in patterns', () => {
    const star = (word: string) => expandDockerfileWord(word, () => 'a*b?c\\d').text;
    expect(star('${V#*\\*}')).toBe('b?c\\d');
    expect(star('${V/\\?/!}')).toBe('a*b!c\\d');
    expect(star('${V%\\\\*}')).toBe('a*b?c');
  });

  it('may have another escape character', () => {
    expect(expandDockerfileWord('C:\\$A`$A', lookup, '`').text).toBe('C:\\one$A');
  });

  it('is divided at space outside of quotes, also of values', () => {
    expect(splitDockerfileWords(' a "b c" $S\\ z ', lookup).words).toEqual(['a', 'b c', 'x', 'y z']);
    expect(splitDockerfileWords('"$S"', lookup).words).toEqual(['x  y']);
  });

  it('may keep quotes, escapes and what has no value', () => {
    expect(expandDockerfileWord(`'a' "b\\"" \\c`, lookup, '\\', { rawQuotes: true, rawEscapes: true }).text).toBe(
      `'a' "b\\"" \\c`,
    );
    expect(expandDockerfileWord('$B ${B} ${B:-x} ${B/a/b}', lookup, '\\', { keepUnset: true }).text).toBe(
      '$B ${B} ${B:-x} ${B/a/b}',
    );
  });

  it.each([
    ["a'b", "the quote ' is never closed"],
    ['a"b\\"', 'the quote " is never closed'],
    ['${}', '"${" is not followed by a name'],
    ['${{A}', '"${" is not followed by a name'],
    ['${:-a}', '"${" is not followed by a name'],
    ['${', '"${" is never closed by "}"'],
    ['${A', '"${A" is never closed by "}"'],
    ['${A:-b', '"${" is never closed by "}"'],
    ['${A/b}', '"${" is never closed by "}"'],
    ['${A!}', '"${A!" means nothing'],
    ['${A:=b}', '"${A:=" means nothing'],
    ['${B?}', 'B: it must not be unset'],
    ['${EMPTY:?}', 'EMPTY: it must not be empty'],
    ['${B:?say why}', 'B: say why'],
    ['${A#\\o}', 'the pattern "\\o" has a backslash that protects nothing'],
  ])('%s is refused', (word, expected) => {
    expect(problem(word)).toBe(expected);
  });

  it('ends when it is nested, long or laborious beyond reason', () => {
    expect(problem(`${'${B:-'.repeat(5000)}x${'}'.repeat(5000)}`)).toBe('"${" stands more than 100 deep');
    const long = (name: string) => (name === 'L' ? 'a'.repeat(300_000) : undefined);
    expect(expandDockerfileWord('$L'.repeat(1000), long).problem).toBe(
      'it would become longer than 1000000 characters',
    );
    expect(expandDockerfileWord(`\${L##${'a*'.repeat(1000)}b}`, long).problem).toBe(
      'its patterns and values are too long',
    );
    expect(expand('a'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(problem('${B:-'.repeat(200_000))).toBe('"${" stands more than 100 deep');
  });
});

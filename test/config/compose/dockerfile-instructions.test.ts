import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../../src/config/compose/dockerfile-instructions.js';

const instructions = (text: string) => parseDockerfile(text).instructions ?? [];
const brief = (text: string) => instructions(text).map(({ cmd, args }) => [cmd, ...args]);
const only = (text: string) => instructions(text)[0];

describe('the lines of a Dockerfile', () => {
  it('are instructions in any case; comments and empty lines are none', () => {
    expect(brief('\uFEFF# c\n\n  from a\n # c\nRun  b c \n')).toEqual([
      ['from', 'a'],
      ['run', 'b c'],
    ]);
  });

  it('go on after a backslash, past comments and empty lines', () => {
    expect(instructions('FROM a\nRUN b \\  \n# c\n\n  c\\\nd\nCMD e')).toMatchObject([
      { cmd: 'from', line: 1, endLine: 1 },
      { cmd: 'run', args: ['b   cd'], line: 2, endLine: 6 },
      { cmd: 'cmd', args: ['e'], line: 7, endLine: 7 },
    ]);
  });

  it('end in spite of a doubled backslash, and at the end of the file', () => {
    expect(brief('RUN a\\\\\nCMD b \\')).toEqual([
      ['run', 'a\\\\'],
      ['cmd', 'b'],
    ]);
  });

  it('may end with CR and LF', () => {
    expect(brief('FROM a\r\nRUN b \\\r\n c\r\n')).toEqual([
      ['from', 'a'],
      ['run', 'b  c'],
    ]);
  });

  it('have the escape character that a directive says, if it is among the first comments', () => {
    expect(parseDockerfile('# syntax=x\n# Escape = `\nRUN a `\nb')).toMatchObject({
      escape: '`',
      instructions: [{ args: ['a b'] }],
    });
    expect(parseDockerfile('# comment\n# escape=`\nRUN a `\nCMD b')).toMatchObject({
      escape: '\\',
      instructions: [{ args: ['a `'] }, { args: ['b'] }],
    });
    expect(parseDockerfile('\n# escape=`\nFROM a').instructions).toHaveLength(1);
  });
});

describe('an instruction', () => {
  it.each(['RUN', 'CMD', 'ENTRYPOINT', 'SHELL'])('%s has the exec form, or one text', name => {
    expect(only(`${name} [ "a", "b\\"\\u0063" ]`)).toMatchObject({ args: ['a', 'b"c'], json: true });
    expect(only(`${name} []`)).toMatchObject({ args: [], json: true });
    expect(only(`${name} ['a', "b"]`)).toMatchObject({ args: [`['a', "b"]`], json: false });
    expect(only(`${name} a  "b"`)).toMatchObject({ args: ['a  "b"'], json: false });
    expect(only(name)).toMatchObject({ args: [], json: false });
  });

  it.each(['COPY', 'ADD', 'VOLUME'])('%s has the exec form, or words', name => {
    expect(only(`${name} ["a b", "c"]`)).toMatchObject({ args: ['a b', 'c'], json: true });
    expect(only(`${name} a\t b`)).toMatchObject({ args: ['a', 'b'], json: false });
  });

  it('FROM and EXPOSE have words', () => {
    expect(only('FROM --platform=$P a AS b')).toMatchObject({ args: ['a', 'AS', 'b'], flags: ['--platform=$P'] });
    expect(only('EXPOSE 80 81/udp')).toMatchObject({ args: ['80', '81/udp'] });
  });

  it('has flags, up to a bare --', () => {
    expect(only('COPY --from=a --chown="b c" --x\\ y d e')).toMatchObject({
      flags: ['--from=a', '--chown=b c', '--x y'],
      args: ['d', 'e'],
    });
    expect(only('RUN --a -- --b c')).toMatchObject({ flags: ['--a'], args: ['--b c'] });
    expect(only('RUN -a --b')).toMatchObject({ flags: [], args: ['-a --b'] });
  });

  it.each(['ENV', 'LABEL'])('%s has pairs, their quotes left in', name => {
    expect(only(`${name} a=b c="d e" f=g\\ h`)?.args).toEqual(['a', 'b', '=', 'c', '"d e"', '=', 'f', 'g\\ h', '=']);
    expect(only(`${name} a b  "c" `)?.args).toEqual(['a', 'b  "c"', '']);
    expect(only(`${name} a='b\\' c=d=e \\`)?.args).toEqual(['a', "'b\\'", '=', 'c', 'd=e', '=']);
  });

  it('ARG has names with or without a value', () => {
    expect(only('ARG a b="c d"')?.args).toEqual(['a', 'b="c d"']);
  });

  it('HEALTHCHECK has its kind, then a command', () => {
    expect(only('HEALTHCHECK --interval=5s CMD a b')).toMatchObject({ args: ['CMD', 'a b'], json: false });
    expect(only('HEALTHCHECK CMD ["a", "b"]')).toMatchObject({ args: ['CMD', 'a', 'b'], json: true });
    expect(only('HEALTHCHECK NONE')).toMatchObject({ args: ['NONE'] });
  });

  it('ONBUILD puts off another one', () => {
    expect(only('ONBUILD COPY --link a b')).toMatchObject({
      args: [],
      onbuild: { cmd: 'copy', args: ['a', 'b'], flags: ['--link'] },
    });
    expect(only('ONBUILD')).not.toHaveProperty('onbuild');
  });

  it('that is not known is kept without arguments', () => {
    expect(brief('NONSENSE a b\nUSER c d')).toEqual([['nonsense'], ['user', 'c d']]);
  });
});

describe('a here-document', () => {
  it('ends with its name, and is no instruction', () => {
    expect(instructions('RUN <<EOF\nCMD no \\\n# no\n EOF\nEOF\nCMD a')).toEqual([
      {
        cmd: 'run',
        args: ['<<EOF'],
        flags: [],
        json: false,
        line: 1,
        endLine: 5,
        heredocs: [{ name: 'EOF', content: 'CMD no \\\n# no\n EOF\n', expand: true, chomp: false }],
      },
      { cmd: 'cmd', args: ['a'], flags: [], json: false, line: 6, endLine: 6, heredocs: [] },
    ]);
  });

  it('may come several times in a line, with tabs, with quotes', () => {
    expect(only('COPY <<-A 3<<"B C" <<\'D\' /x/\n\ta\n\tA\nb\nB C\nD\n')).toMatchObject({
      endLine: 6,
      heredocs: [
        { name: 'A', content: '\ta\n', expand: true, chomp: true },
        { name: 'B C', content: 'b\n', expand: false, chomp: false },
        { name: 'D', content: '', expand: false, chomp: false },
      ],
    });
  });

  it('may stand in what ONBUILD puts off', () => {
    expect(only('ONBUILD RUN <<E\na\nE')).toMatchObject({ heredocs: [{ content: 'a\n' }], endLine: 3 });
  });

  it.each(['CMD <<EOF', 'RUN ["<<EOF"]', 'RUN echo "<<EOF"', 'RUN a <<< b', 'RUN a << EOF'])(
    'is not begun by %s',
    line => {
      expect(brief(`${line}\nCMD a`)).toHaveLength(2);
    },
  );
});

describe('a Dockerfile is refused', () => {
  it.each([
    ['', 1, 'it has no instructions'],
    ['# nothing\n\n', 1, 'it has no instructions'],
    ['FROM a\nENV b', 2, 'ENV needs a name and a value'],
    ['FROM a\n\nLABEL b=c d', 3, '"d" must be name=value'],
    ['FROM a\nCMD ["a", 1]', 2, 'a JSON list of arguments may have texts only'],
    ['FROM a\nRUN \\\n <<EOF\nb', 2, 'the here-document "EOF" is never closed'],
    ['FROM a\nRUN <<"EOF', 2, undefined],
    ['# escape=x\nFROM a', 1, 'the escape character must be \\ or `, not "x"'],
    ['# escape=`\n# escape=`\nFROM a', 2, '"# escape=" stands there twice'],
    [`FROM a\n${'ONBUILD '.repeat(20)}RUN b`, 2, 'more than 10 times ONBUILD in one line'],
    ['RUN a\n'.repeat(10_001), 10_001, 'it has more than 10000 instructions'],
    [`RUN ${'a'.repeat(65_536)}`, 1, 'a line has more than 65535 characters'],
  ])('%.40j', (text, line, problem) => {
    const parsed = parseDockerfile(text);
    if (problem === undefined) expect(parsed.instructions).toHaveLength(2);
    else expect(parsed).toEqual({ problem, line });
  });
});

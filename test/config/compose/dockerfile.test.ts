// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import { describe, expect, it } from 'vitest';
import { commandOfDockerfile, readDockerfile } from '../../../src/config/compose/dockerfile.js';
import { readStages } from '../../../src/config/compose/dockerfile-stages.js';

const argvOf = (text: string, target?: string) => {
  const command = commandOfDockerfile(text, { target });
  return command?.kind === 'argv' ? command.argv : undefined;
};

describe('the command of a Dockerfile', () => {
  it.each([
    ['FROM a\nCMD ["x", "y"]', ['x', 'y']],
    ['FROM a\nCMD ["w"]\nCMD ["x", "y"]', ['x', 'y']],
    ['FROM a\nENTRYPOINT ["e"]\nCMD ["x"]', ['e', 'x']],
    ['FROM a\nCMD ["x"]\nENTRYPOINT ["e"]', ['e', 'x']],
    ['FROM a\nENTRYPOINT ["e"]\nCMD x y', ['e', '/bin/sh', '-c', 'x y']],
    ['FROM a\nENTRYPOINT e f\nCMD ["x"]', ['e', 'f']],
    ['FROM a\nCMD node index.js', ['node', 'index.js']],
    ['FROM a\nSHELL ["bash", "-c"]\nCMD x y', ['bash', '-c', 'x y']],
    ['FROM a\nENTRYPOINT []\nCMD ["x"]', ['x']],
    ['FROM a\nCMD ["x"]\nCMD []', undefined],
    ['FROM a\nONBUILD CMD ["x"]', undefined],
    ['FROM a', undefined],
    ['nonsense', undefined],
  ])('%j', (text, argv) => {
    expect(argvOf(text)).toEqual(argv);
  });

  it.each(['x && y', 'echo $HOME', 'node *.js'])('needs a shell for %s', line => {
    expect(commandOfDockerfile(`FROM a\nCMD ${line}`)).toEqual({ kind: 'shell', line, source: line });
  });

  it('is inherited from an earlier stage, not from another image', () => {
    expect(argvOf('FROM a AS one\nCMD ["x"]\nFROM One')).toEqual(['x']);
    expect(argvOf('FROM a AS one\nCMD ["x"]\nFROM b\nCOPY --from=one c d')).toBeUndefined();
  });

  it('that is inherited is set back by an ENTRYPOINT', () => {
    expect(argvOf('FROM a AS one\nCMD ["x"]\nFROM one\nENTRYPOINT ["e"]')).toEqual(['e']);
    expect(argvOf('FROM a AS one\nENTRYPOINT ["e"]\nFROM one\nCMD ["y"]')).toEqual(['e', 'y']);
  });

  it('is that of the target', () => {
    const text = 'FROM a AS dev\nCMD ["d"]\nFROM a\nCMD ["x"]\nFROM dev AS Prod\nCMD ["p"]';
    expect(argvOf(text)).toEqual(['p']);
    expect(argvOf(text, 'DEV')).toEqual(['d']);
    expect(argvOf(text, '1')).toEqual(['x']);
    expect(readDockerfile(text, { target: 'stage' })).toEqual({
      problem: 'it has no stage "stage", only dev, Prod',
      line: undefined,
    });
  });

  it('needs a FROM', () => {
    expect(readDockerfile('CMD ["x"]')).toEqual({ problem: 'it has no FROM', line: undefined });
    expect(readDockerfile('FROM a\nENV b')).toEqual({ problem: 'ENV needs a name and a value', line: 2 });
  });
});

describe('a stage', () => {
  const stages = (text: string, args?: Record<string, string>) => readStages(text, args).stages ?? [];

  it('has its base from the ARGs before the first FROM', () => {
    const text = 'ARG V=18\nARG IMAGE=node:${V}\nFROM ${IMAGE} AS dev\nCMD ["d"]\nARG V\nENV GOT=$V\nFROM $DEV';
    expect(stages(text).map(({ base }) => base)).toEqual(['node:18', '']);
    expect(stages(text, { V: '20' })[0]).toMatchObject({ base: 'node:20', env: new Map([['GOT', '20']]) });
    expect(stages('ARG S=dev\nFROM a AS dev\nCMD ["d"]\nFROM $S')[1]?.cmd).toEqual({ form: 'exec', args: ['d'] });
  });

  it('collects directory, variables and ports, also those of the stage it begins with', () => {
    const text = `FROM a AS one
WORKDIR /app
ENV PORT=80 ROOT="/srv $PORT"
EXPOSE $PORT 81/udp
FROM one
ARG SUB=sub
ARG PORT=90
WORKDIR $SUB/../x
ENV PORT=8\${PORT}
EXPOSE $PORT`;
    expect(stages(text)[1]).toMatchObject({
      workdir: '/app/x',
      env: new Map([
        ['PORT', '880'],
        ['ROOT', '/srv '],
      ]),
      exposed: ['80', '81/udp', '880'],
      line: 5,
    });
  });

  it('keeps words that it cannot expand, and stays small when variables contain each other', () => {
    expect(stages('FROM a\nENV A=${B?} C="$D')[0]?.env).toEqual(
      new Map([
        ['A', '${B?}'],
        ['C', '"$D'],
      ]),
    );
    const lines = Array.from({ length: 60 }, () => 'ENV A=$A$A');
    const value = stages(`FROM a\nENV A=xxxxxxxxxx\n${lines.join('\n')}`)[0]?.env.get('A');
    expect(value!.length).toBeLessThanOrEqual(1_000_000);
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
// Texts that nobody would write: thousands of seeded mutations, and some of a megabyte. Every answer is a value or a problem.
import { describe, expect, it } from 'vitest';
import { readDockerfile } from '../../../src/config/compose/dockerfile.js';
import { parseDockerfile } from '../../../src/config/compose/dockerfile-instructions.js';
import { expandDockerfileWord } from '../../../src/config/compose/dockerfile-words.js';
import { parseExtraHosts } from '../../../src/config/compose/extra-hosts.js';
import { parsePortMapping } from '../../../src/config/compose/port-mappings.js';
import { checkComposeSchema } from '../../../src/config/compose/schema.js';
import { parseVolumeMount } from '../../../src/config/compose/volume-mounts.js';
import { Report } from '../../../src/config/report.js';
import { Source } from '../../../src/config/source.js';
import { parseYaml } from '../../../src/config/yaml.js';
import { compileIgnore, readIgnoreFile } from '../../../src/dockerignore.js';

/** The same numbers for the same seed: whole ones below `bound` (xorshift). */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed * 2_654_435_761 || 1;
  return bound => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const ODD = [
  '',
  '\0',
  '\r',
  '\n',
  '\uFEFF',
  '\u2028',
  'é',
  '\uD83D',
  '\u{1F600}',
  '__proto__',
  '${',
  '<<EOF',
  '\\',
  '`',
];

/** The text with a few places cut, doubled, swapped for those of another text, or made odd. */
function mutate(text: string, others: readonly string[], alphabet: string, random: (bound: number) => number): string {
  let result = text;
  for (let i = random(4); i >= 0; i--) {
    const at = random(result.length + 1);
    const end = at + random(Math.min(8, result.length - at + 1));
    const other = others[random(others.length)]!;
    const from = random(other.length + 1);
    const inserted = [
      '',
      result.slice(at, end).repeat(2),
      other.slice(from, from + random(12)),
      alphabet[random(alphabet.length)]!,
      ODD[random(ODD.length)]!,
    ][random(5)]!;
    result = result.slice(0, at) + inserted + result.slice(end);
  }
  return result;
}

/** What the function says to each mutation; throws what it throws. */
function fuzz<T>(seeds: readonly string[], alphabet: string, count: number, run: (text: string) => T): T[] {
  const random = randomFrom(20_260_721);
  return Array.from({ length: count }, (_, i) => run(mutate(seeds[i % seeds.length]!, seeds, alphabet, random)));
}

const isValueOrProblem = (result: object) => {
  const { problem } = result as { problem?: unknown };
  if (problem === undefined) return Object.keys(result).length > 0;
  return typeof problem === 'string' && problem !== '';
};

const DOCKERFILES = [
  '# escape=`\nFROM a:${V:-1} AS b\nENV A=1 B="x y"\nRUN <<EOF\nx\nEOF\nCMD ["a", "b"]\n',
  'ARG V=1\nFROM --platform=$P b\nONBUILD COPY <<-"E" /x\n\ty\n\tE\nENTRYPOINT a \\\n  # c\n  b\nHEALTHCHECK CMD [ "x" ]',
  '# syntax=x\n\nFROM b\nWORKDIR ../${A%/*}\nSHELL ["bash","-c"]\nEXPOSE $PORT 80\nLABEL a b\nARG A B=${A//x/y}\n',
];
const WORDS = [
  'a$B"c ${D:-e}"',
  "'x'${A##*/}${A%%.*}",
  '${A/b*/c}${A//\\//x}',
  '${X?no}${X:+y}\\$z$$',
  '"${A:-"${B#?}"}"',
];
const PATTERNS = ['**/a/*.js', '!b?[c-e]/**', 'a\\*b/../c', '[^a]*/**/x', '/x//y/'];
const PORTS = ['80', '127.0.0.1:8080-8081:80-81/udp', '[::1]::90', ':0:1/TCP', '1-2:3'];
const VOLUMES = ['./a:/b:ro,z', 'vol:/x:nocopy', 'C:\\a:d:\\b:rw', '${A:-x:y}:/z', '/only'];
const HOSTS = ['a=1.2.3.4', 'b:[::1]', 'c=1,2', '=x', 'd'];
const COMPOSE = [
  'services: {a: {image: b, ports: [80, {target: 1}], build: {context: ., args: {A: 1}}}}',
  'services:\n  a:\n    depends_on: {b: {condition: service_healthy}}\n    volumes: [{type: bind, bind: {selinux: z}}]\nx-a: &a [1]\nnetworks: *a\n',
];

describe('mutations are answered with a value or a problem', () => {
  it('of Dockerfiles', () => {
    const results = fuzz(DOCKERFILES, 'FROM \n\\"\'[]<>-=$#{}', 3000, text => [
      parseDockerfile(text),
      readDockerfile(text, { target: 'b', args: { V: '2' } }),
    ]).flat();
    expect(results.filter(result => !isValueOrProblem(result))).toEqual([]);
    expect(results.some(result => result.problem !== undefined)).toBe(true);
    expect(results.some(result => result.problem === undefined)).toBe(true);
  });

  it('of words of Dockerfiles', () => {
    const results = fuzz(WORDS, '${}:-+?#%/*\\"\'` aB_1', 5000, text =>
      expandDockerfileWord(text, name => (name === 'A' ? 'x/y.b.c' : undefined), text.length % 2 ? '\\' : '`'),
    );
    expect(results.filter(result => !isValueOrProblem(result))).toEqual([]);
  });

  it('of ignore files', () => {
    const results = fuzz(PATTERNS, '*?[]^-!\\/.ab\n', 5000, text => {
      const { patterns, problem } = compileIgnore(readIgnoreFile(text));
      return problem ?? [patterns.excludes('a/b.js'), patterns.mayTakeBackBelow('a'), patterns.excludes(text)];
    });
    expect(results.some(result => typeof result === 'string')).toBe(true);
    expect(results.flat().filter(result => typeof result !== 'string' && typeof result !== 'boolean')).toEqual([]);
  });

  it('of ports, volumes and hosts', () => {
    const results = [
      ...fuzz(PORTS, '0123456789-:/[].udp ', 5000, parsePortMapping),
      ...fuzz(VOLUMES, ':/\\.~${},rozZ ', 5000, parseVolumeMount),
      ...fuzz(HOSTS, ':=[],a1', 3000, text => parseExtraHosts([text, 'a=1'])),
    ];
    expect(results.filter(result => !isValueOrProblem(result))).toEqual([]);
  });

  it('of Compose files', () => {
    const results = fuzz(COMPOSE, ' :{}[],-&*x1\n', 3000, text => {
      const report = new Report();
      for (const document of parseYaml(new Source('compose.yaml', text), report)) checkComposeSchema(document, report);
      return report.hasErrors;
    });
    expect(new Set(results)).toEqual(new Set([true, false]));
  });
});

describe('a megabyte is answered', () => {
  const long = (text: string) => text.repeat(Math.ceil(1_000_000 / text.length));

  it.each([
    'a',
    ' ',
    '\\',
    '\\\n',
    '#\n',
    '\n',
    '\r',
    '<<A ',
    'FROM a\n',
    'RUN <<E\n',
    '"',
    "'",
    '${',
    'ENV A=$A$A\n',
    '--a ',
  ])('by the reader of Dockerfiles: %j over and over', part => {
    expect(isValueOrProblem(readDockerfile(long(part)))).toBe(true);
    expect(isValueOrProblem(readDockerfile(`FROM a\nRUN ${long(part)}`))).toBe(true);
    expect(isValueOrProblem(expandDockerfileWord(long(part), () => 'x'))).toBe(true);
  });

  it.each(['a', '*', '**/', '[a', '[a]', '\\', '../', '!', ' ', '?', '#\n', 'a*\n'])(
    'by ignore patterns: %j over and over',
    part => {
      const { patterns, problem } = compileIgnore(readIgnoreFile(long(part)).slice(0, 2000));
      expect(problem ?? typeof patterns.excludes('a/b/c/d')).toEqual(expect.any(String));
    },
  );

  it.each([':', '-', '1', '0-65535:', '[', '${', 'a:', ',', '='])('by short forms: %j over and over', part => {
    for (const result of [
      parsePortMapping(long(part)),
      parseVolumeMount(long(part)),
      parseVolumeMount(`/a:/b:${long(part)}`),
      parseExtraHosts([`a=${long(part)}`]),
    ])
      expect(isValueOrProblem(result)).toBe(true);
  });
});

describe('ignore patterns', () => {
  /** The same rules as one regular expression, for patterns of letters, stars and question marks. */
  function expressionOf(pattern: string): RegExp {
    const source = pattern.replace(/\*\*\/?$|\*\*\/?|\*|\?|\./g, (part, offset: number) => {
      if (part === '.') return '\\.';
      if (part === '?') return '[^/]';
      if (part === '*') return '[^/]*';
      const isPlainEnd = offset === 0 && part === '**' && !/[*?]/.test(pattern.slice(2));
      return offset + part.length === pattern.length || isPlainEnd ? '.*' : '(?:.*/)?';
    });
    return new RegExp(`^${source}$`);
  }

  it('agree with regular expressions', () => {
    const random = randomFrom(7);
    const pick = (from: readonly string[], most: number) =>
      Array.from({ length: 1 + random(most) }, () => from[random(from.length)]!).join('');
    const different: string[] = [];
    for (let i = 0; i < 20_000; i++) {
      const pattern = pick(['a', 'b', '/', '*', '**', '**/', '?', '/a/'], 6)
        .replace(/\/+/g, '/')
        .replace(/^\/|\/$/g, '');
      const path = pick(['a', 'b', 'ab', '/', '/a/'], 7)
        .replace(/\/+/g, '/')
        .replace(/^\/|\/$/g, '');
      if (pattern === '' || path === '') continue;
      const directories = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
      const expected = directories.some(part => expressionOf(pattern).test(part));
      if (compileIgnore([pattern]).patterns?.excludes(path) !== expected) different.push(`${pattern} for ${path}`);
    }
    expect(different).toEqual([]);
  });
});

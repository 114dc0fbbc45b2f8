// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
// Input that is made to break the loader: an error it is told of, never an exception.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProject } from '../../../../src/config/compose/project/read-project.js';
import { Report } from '../../../../src/config/report.js';
import { writeFiles } from '../../files.js';
import { loadProject } from './project.js';

const repeat = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('a hostile project', () => {
  it('with aliases that stand for billions of values is refused', () => {
    const bomb = repeat(30, i => `x-${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    expect(loadProject(`x-0: &a0 {k: v}\n${bomb}\nservices: {a: {image: x}}`).said).toContain(
      'error yaml-alias: the aliases of this file stand for too many values',
    );
  });

  it('with nesting without end is refused', () => {
    expect(loadProject(`a: ${'['.repeat(50_000)}`).said).toContain('nested deeper than 100 levels');
    expect(loadProject(`services: {a: {image: "${'${A:-'.repeat(2000)}${'}'.repeat(2000)}"}}`).said).toContain(
      'variables nest deeper than 50 levels',
    );
  });

  it('of thousands of services is read, and of tens of thousands refused', () => {
    const chain = (count: number) =>
      `services:\n${repeat(count, i => `  s${i}: {image: x${i > 0 ? `, depends_on: [s${i - 1}]` : ''}}`)}`;
    expect(Object.keys(loadProject(chain(1000)).project!.services)).toHaveLength(1000);
    expect(loadProject(chain(6000)).said).toContain('there are 6000 services; at most 5000 are taken');
  });

  it('whose files include each other twice over is refused', () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        i === 0 ? 'compose.yaml' : `c${i}.yaml`,
        `include: [c${i + 1}.yaml, ./c${i + 1}.yaml]\n`,
      ]),
    );
    expect(loadProject({ ...files, 'c40.yaml': 'services: {a: {image: x}}' }).said).toContain(
      'error compose-files: more than 500 files are read for one project',
    );
  });

  it('that is a directory, a FIFO, binary or too large is refused by what it is', () => {
    expect(loadProject({ 'compose.yaml/': '' }).said).toBe('error not-a-file: compose.yaml is a directory, not a file');
    expect(loadProject('services: \0').said).toBe(
      'error not-text: compose.yaml is no text file: it contains NUL bytes',
    );
    expect(loadProject({ 'compose.yaml': Buffer.alloc(10_000_000, 'a') }).said).toBe(
      'error file-too-large: compose.yaml has 9.5 MB; at most 4 MB are read',
    );
    const { loaded } = loadProject('services: {a: {image: x}}');
    const fifo = `${loaded?.directory}/fifo`;
    execFileSync('mkfifo', [fifo]);
    expect(loadProject(`include: [${fifo}]`).said).toContain('is a FIFO, not a file');
  });

  it('with names that objects have of themselves keeps them as names', () => {
    const { project } = loadProject(
      'services: {constructor: {image: x, environment: {__proto__: a, toString: b}}}\nvolumes: {__proto__: {}}',
    );
    const own = Object.entries(project?.services ?? {}).map(([, service]) => Object.entries(service.environment ?? {}));
    expect(own.flat()).toEqual([
      ['__proto__', 'a'],
      ['toString', 'b'],
    ]);
    expect(Object.keys(project?.volumes ?? {})).toEqual(['__proto__']);
  });
});

describe('a thousand damaged projects', () => {
  const ORIGINAL = `name: shop
x-common: &common
  restart: always
  environment: {A: "\${A:-a}", B: 1}
include: [{path: inc.yaml, env_file: .env}]
services:
  web:
    <<: *common
    build: {context: ./web, args: [X], ssh: [default]}
    ports: ["8080-8081:80-81", {target: 90, published: "91"}]
    volumes: ["./src:/src:ro", "data:/data", {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
    depends_on: {db: {condition: service_healthy}}
    healthcheck: {test: [CMD, x], interval: 10s, retries: 3}
    develop: {watch: [{path: ., action: rebuild}]}
    deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 1g}}}
    ulimits: {nofile: {soft: 1, hard: 2}}
    extra_hosts: ["a=1.1.1.1"]
    secrets: [{source: s, mode: 0440}]
  db:
    image: "db:\${TAG?needed}"
    command: sh -c 'x'
    extends: {service: base}
    networks: {back: {aliases: [x]}}
    env_file: [{path: no.env, required: false}]
  base: {image: x, command: !reset [], gpus: all}
networks: {back: {ipam: {config: [{subnet: 1.0.0.0/8}]}}}
volumes: {data: {external: false}}
secrets: {s: {file: s}}
`;
  const PIECES = [
    ...['null', '{}', '[]', '- ', 'x: ', '&a ', '*common', '!reset ', '!override ', '<<: ', '${A', '}', '$', '"', "'"],
    ...['\n', '  ', '\t', ': ', '[', '{', '-1', '1e999', '.nan', 'true', '#', '|', '0', '---\n', '__proto__: '],
    ...['services:', 'build:', 'ports:', 'volumes:', 'extends:', 'include:', 'networks:', 'depends_on:'],
  ];

  it('give diagnostics and no exception', () => {
    // A linear congruential generator: the same inputs at every run.
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const damaged = (original: string) => {
      let text = original;
      for (let count = random(4) + 1; count > 0; count--) {
        const at = random(text.length);
        const lines = text.split('\n');
        const line = random(lines.length);
        const piece = PIECES[random(PIECES.length)]!;
        const ways = [
          () => text.slice(0, at) + piece + text.slice(at),
          () => text.slice(0, at) + text.slice(at + random(20)),
          () => lines.toSpliced(line, 1).join('\n'),
          () => lines.toSpliced(line, 0, lines[random(lines.length)]!).join('\n'),
          () => lines.with(line, lines[line]!.replace(/:.*/, `: ${piece}`)).join('\n'),
        ];
        text = ways[random(ways.length)]!();
      }
      return text;
    };
    const files = { 'inc.yaml': 'services: {inc: {image: x}}\n', '.env': 'TAG=1\n' };
    expect(loadProject({ ...files, 'compose.yaml': ORIGINAL }).said).toBe('');
    const directory = writeFiles(files);
    let refused = 0;
    for (let round = 0; round < 1000; round++) {
      writeFileSync(path.join(directory, 'compose.yaml'), damaged(ORIGINAL));
      const report = new Report();
      const read = readProject({ cwd: directory, env: {} }, report);
      // What is refused is told.
      expect(read === undefined).toBe(report.hasErrors);
      if (!read) refused++;
    }
    expect(refused).toBeGreaterThan(100);
  }, 60_000);
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
import { describe, expect, it } from 'vitest';
import { checkComposeSchema } from '../../../src/config/compose/schema.js';
import { COMPOSE_FILE } from '../../../src/config/compose/schema-file.js';
import type { Shape } from '../../../src/config/compose/schema-shapes.js';
import { Report } from '../../../src/config/report.js';
import { Source } from '../../../src/config/source.js';
import { parseYaml, type YamlNode } from '../../../src/config/yaml.js';
import { formatDiagnostic } from '../../../src/index.js';

function treeOf(text: string): YamlNode {
  return parseYaml(new Source('compose.yaml', text), new Report())[0]!;
}

/** What is said about a file, without the lines that show the place. */
function said(text: string): string[] {
  const report = new Report();
  const isRight = checkComposeSchema(treeOf(text), report);
  const diagnostics = report.inOrder([]);
  expect(isRight).toBe(diagnostics.length === 0);
  return diagnostics.map(diagnostic =>
    formatDiagnostic(diagnostic)
      .split('\n')
      .filter(line => !/^ +(\d+)? *\|/.test(line))
      .join('\n'),
  );
}

const service = (keys: string) => said(`services: {a: {${keys}}}`);

describe('a Compose file', () => {
  it('may have every key of its table, in every form', () => {
    expect(
      said(`name: shop
version: "3.8"
x-mine: [{anything: true}]
include: [a.yaml, {path: [b.yaml], env_file: .env, project_directory: .}]
services:
  web:
    x-mine: 1
    image: web:1
    build: {context: ., args: [A=1], ssh: {default: null}, ulimits: {nofile: {soft: 1, hard: 2}}}
    command: [a, b]
    entrypoint:
    environment: {A: 1, B: true, C: text, D: , E: 1.5}
    env_file: [a.env, {path: b.env, required: false, format: raw}]
    ports: [80, "81", {target: 82, published: "8082", protocol: udp, x-why: none}]
    volumes: [a:/b, {type: tmpfs, target: /t, tmpfs: {size: 1024, mode: 0700}}]
    depends_on: {db: {condition: service_healthy, required: false, restart: true}}
    networks: {front: , back: {aliases: [w], priority: 5}}
    extra_hosts: {a: 10.0.0.1, b: [10.0.0.2, 10.0.0.3]}
    healthcheck: {test: [CMD, true-ish], interval: 5s, retries: 3, disable: false}
    deploy: {replicas: 2, resources: {limits: {cpus: 0.5, memory: 1g}}}
    develop: {watch: [{path: ., action: sync+restart, target: /x, ignore: [a]}]}
    post_start: [{command: a}]
    pull_policy: every_2d12h
    gpus: all
    ulimits: {nproc: 65535}
    oom_score_adj: -500
  db: {image: db, depends_on: [], networks: [back]}
networks: {front: , back: {external: true, driver_opts: {a: 1}}}
volumes: {a: , b: {external: {name: c}}}
secrets: {s: {file: ./s}}
configs: {c: {content: text}}
models: {m: {model: x, context_size: 10}}
`),
    ).toEqual([]);
  });

  it('may have variables wherever a value is wanted', () => {
    expect(
      said(`services:
  a: {privileged: "\${P}", ports: [{target: "\${T}"}], cpu_percent: $C, pull_policy: $PULL, gpus: "\${G:-all}"}
networks: {n: {internal: $I}}
models: {m: {model: x, context_size: $S}}`),
    ).toEqual([]);
  });

  it.each([
    ['text', 'compose.yaml:1:1 error wrong-type: a Compose file must be a map, not "text"'],
    [
      'servces: {}',
      'compose.yaml:1:1 error unknown-key: the Compose file has the unknown key "servces"\n  hint: did you mean "services"?',
    ],
    [
      'web: {image: a}',
      'compose.yaml:1:1 error unknown-key: the Compose file has the unknown key "web"\n  hint: services stand under "services:"',
    ],
    ['services: [a]', 'compose.yaml:1:11 error wrong-type: "services" must be a map, not a list'],
    ['services: {a: }', 'compose.yaml:1:12 error wrong-type: "services.a" must be a map, not empty'],
    [
      'services: {"a b": {image: a}}',
      'compose.yaml:1:12 error bad-name: "a b" can\'t be a name in "services"\n  hint: use letters, digits, "-", "_" and "."',
    ],
    ['name: 5', 'compose.yaml:1:7 error wrong-type: "name" must be text, not 5\n  hint: write "5" in quotes'],
    ['volumes: {v: text}', 'compose.yaml:1:14 error wrong-type: "volumes.v" must be empty or a map, not "text"'],
    ['models: {m: {}}', 'compose.yaml:1:13 error missing-key: "models.m" must have the key "model"'],
  ])('%j is refused', (text, expected) => {
    expect(said(text)).toEqual([expected]);
  });

  it.each([
    [
      'enviroment: {}',
      '12 error unknown-key: "services.a" has the unknown key "enviroment"\n  hint: did you mean "environment"?',
    ],
    [
      'depends-on: []',
      '12 error unknown-key: "services.a" has the unknown key "depends-on"\n  hint: did you mean "depends_on"?',
    ],
    [
      'replicas: 2',
      '12 error unknown-key: "services.a" has the unknown key "replicas"\n  hint: "replicas" belongs into "deploy"',
    ],
    [
      'helicopters: 2',
      '12 error unknown-key: "services.a" has the unknown key "helicopters"\n  hint: begin the names of keys of your own with "x-"',
    ],
    [
      'extends: {service: b, x-y: 1}',
      '34 error unknown-key: "services.a.extends" has the unknown key "x-y"\n  hint: known are service, file',
    ],
    ['image: [a]', '19 error wrong-type: "services.a.image" must be text, not a list'],
    [
      'ports: "80:80"',
      '19 error wrong-type: "services.a.ports" must be a list, not "80:80"\n  hint: write [80:80] for a list of one',
    ],
    [
      'environment: [A, 5]',
      '29 error wrong-type: "services.a.environment[1]" must be text, not 5\n  hint: write "5" in quotes',
    ],
    [
      'environment: {A: [b]}',
      '29 error wrong-type: "services.a.environment.A" must be text, a number, true or false or empty, not a list',
    ],
    ['cpu_percent: 101', '25 error wrong-value: "services.a.cpu_percent" must be from 0 to 100, not 101'],
    ['cpu_count: -1', '23 error wrong-value: "services.a.cpu_count" must be 0 or more, not -1'],
    [
      'cpu_count: 1.5',
      '23 error wrong-type: "services.a.cpu_count" must be a whole number or text, not 1.5\n  hint: write "1.5" in quotes',
    ],
    [
      'cgroup: hots',
      '20 error wrong-value: "services.a.cgroup" must be host or private, not "hots"\n  hint: did you mean "host"?',
    ],
    [
      'pull_policy: sometimes',
      '25 error wrong-value: "services.a.pull_policy" must be always, never, missing, if_not_present, build, refresh, daily, weekly or every_<duration>, not "sometimes"',
    ],
    [
      'healthcheck: {interval: 5}',
      '36 error wrong-type: "services.a.healthcheck.interval" must be text, not 5\n  hint: write "5" in quotes',
    ],
    ['develop: {watch: [{path: .}]}', '30 error missing-key: "services.a.develop.watch[0]" must have the key "action"'],
    ['depends_on: [b, c, b]', '31 error wrong-value: "services.a.depends_on" has "b" twice'],
    ['expose: [80, "80", 80]', '31 error wrong-value: "services.a.expose" has 80 twice'],
    [
      'depends_on: {b: {required: "yes", condition: service_started}}',
      '39 error wrong-type: "services.a.depends_on.b.required" must be true or false, not "yes"',
    ],
  ])('a service with %s is refused', (keys, expected) => {
    expect(service(keys)).toEqual([`compose.yaml:1:${Number(expected.split(' ')[0]) + 4}${expected.slice(2)}`]);
  });

  it('is told of all that is wrong at once, to a bound', () => {
    expect(service('imge: a, prts: [], privileged: []')).toHaveLength(3);
    const many = Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join(', ');
    expect(service(many)).toHaveLength(100);
  });
});

describe('values whose variables were replaced', () => {
  /** The scalar as it is after a variable gave it that text. */
  const replaced = (text: string, value: string | number | boolean | null) => {
    const change = (node: YamlNode): YamlNode => {
      if (node.kind === 'map')
        return { ...node, entries: node.entries.map(entry => ({ ...entry, value: change(entry.value) })) };
      if (node.kind === 'list') return { ...node, items: node.items.map(change) };
      return node.value === 'V' ? { ...node, value, text: String(value ?? ''), interpolated: true } : node;
    };
    return checkComposeSchema(change(treeOf(text)), new Report());
  };

  it('count as text and as what they read as', () => {
    expect(replaced('services: {a: {image: V}}', 5)).toBe(true);
    expect(replaced('services: {a: {image: V}}', null)).toBe(true);
    expect(replaced('services: {a: {depends_on: {b: {condition: service_started, required: V}}}}', true)).toBe(true);
    expect(replaced('models: {m: {model: a, context_size: V}}', 5)).toBe(true);
  });
});

describe('the table', () => {
  it('has a form for every place, and requires no key that it does not have', () => {
    const seen = new Set<Shape>();
    const problems: string[] = [];
    const visit = (shape: Shape, path: string) => {
      if (seen.has(shape)) return;
      seen.add(shape);
      if (!shape.scalar && !shape.list && !shape.map) problems.push(`${path} can have no value`);
      for (const key of shape.map?.required ?? [])
        if (!Object.hasOwn(shape.map?.keys ?? {}, key)) problems.push(`${path} requires ${key}`);
      if (shape.list) visit(shape.list.items, `${path}[]`);
      for (const [key, inner] of Object.entries(shape.map?.keys ?? {})) visit(inner, `${path}.${key}`);
      if (shape.map?.names) visit(shape.map.names.value, `${path}.*`);
    };
    visit(COMPOSE_FILE, '');
    expect(problems).toEqual([]);
    expect(seen.size).toBeGreaterThan(60);
  });
});

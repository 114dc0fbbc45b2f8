// What the example for Kubernetes says in three files is the same in all of them.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../src/config/report.js';
import { readSource, Source } from '../src/config/source.js';
import { parseYaml, type YamlNode } from '../src/config/yaml.js';
import { loadSystem, type Service, type System } from '../src/index.js';

const folder = fileURLToPath(new URL('../examples/kubernetes', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: a manifest has any shape; what is not there fails the test that asks for it.
type Tree = any;

/** Only what YAML itself has: a manifest is a map of maps, lists and scalars. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

function read(file: string): Tree[] {
  const source = readSource(`${folder}/${file}`);
  if (!(source instanceof Source)) throw new Error(`${file} can't be read`);
  const report = new Report();
  const documents = parseYaml(source, report).map(node => plain(node));
  expect(report.inOrder([])).toEqual([]);
  return documents;
}

let system: System;
let objects: Tree[];
const ofKind = (kind: string) => objects.filter(object => object.kind === kind);
const services = () => [...system.services.values()] as Extract<Service, { type: 'node' }>[];
const entry = (list: Tree, name: string) => list.find((each: Tree) => each.name === name);

beforeAll(async () => {
  system = (await loadSystem(`${folder}/fuge.yml`)).system!;
  // kubectl reads a folder in this order, too.
  objects = readdirSync(`${folder}/manifests`)
    .sort()
    .flatMap(file => read(`manifests/${file}`));
});

describe('the manifests of the example and its fuge.yml', () => {
  it('have the same services, all of them in the namespace', () => {
    const names = services().map(({ name }) => name);
    for (const kind of ['Service', 'Deployment'])
      expect(ofKind(kind).map(({ metadata }) => `${metadata.name}.${metadata.namespace}`)).toEqual(
        names.map(name => `${name}.${system.dns.namespace}`),
      );
    expect(ofKind('Namespace').map(({ metadata }) => metadata.name)).toEqual([system.dns.namespace]);
  });

  it('make Services before the pods that are told of them', () => {
    const kinds = objects.map(({ kind }) => kind as string);
    expect(kinds.toSorted((a, b) => rank(a) - rank(b))).toEqual(kinds);
    function rank(kind: string) {
      return ['Namespace', 'Service', 'Deployment'].indexOf(kind);
    }
  });

  it('have the same ports, by name and number', () => {
    const told = services().map(({ name, ports }) => [name, ports.map(each => [each.name, each.host])]);
    expect(ofKind('Service').map(({ metadata, spec }) => [metadata.name, portsOf(spec.ports, 'port')])).toEqual(told);
    expect(containers().map(({ name, ports }) => [name, portsOf(ports, 'containerPort')])).toEqual(told);
    for (const { spec } of ofKind('Service'))
      expect(spec.ports.map(({ targetPort }: Tree) => targetPort)).toEqual(spec.ports.map(({ name }: Tree) => name));
    expect(containers().map(({ env }) => entry(env, 'PORT').value)).toEqual(
      services().map(({ ports }) => String(ports[0]!.host)),
    );
    function portsOf(ports: Tree, key: string) {
      return ports.map((each: Tree) => [each.name, each[key]]);
    }
  });

  it('lead a Service to the pods of its Deployment, and to the program that fuge runs', () => {
    for (const [i, { spec }] of ofKind('Deployment').entries()) {
      const { labels } = spec.template.metadata;
      expect(spec.selector.matchLabels).toEqual(labels);
      expect(ofKind('Service')[i].spec.selector).toEqual(labels);
      const { name, cwd, command } = services()[i]!;
      expect(containers()[i].command).toEqual(['node', `${name}/${command!.source}`]);
      expect(cwd).toBe(`${folder}/${name}`);
    }
  });

  it('look at readiness and life in the same way', () => {
    for (const [i, container] of containers().entries()) {
      const service = services()[i]!;
      expect(probeOf(container.readinessProbe, container)).toEqual(service.ready);
      expect(probeOf(container.livenessProbe, container)).toEqual(service.live);
    }
    function probeOf(probe: Tree, container: Tree) {
      const { path, port } = probe.httpGet;
      return {
        kind: 'http',
        path,
        port: entry(container.ports, port).containerPort,
        status: [200, 399], // Kubernetes' own idea of success, and fuge's default
        intervalMs: (probe.periodSeconds as number) * 1000,
        timeoutMs: (probe.timeoutSeconds as number) * 1000,
        retries: probe.failureThreshold,
        startPeriodMs: 0,
      };
    }
  });

  it('end their names alike', () => {
    const board = containers().find(({ name }) => name === 'board')!;
    expect(entry(board.env, 'DNS_SUFFIX').value).toBe(system.dns.suffix);
    expect(entry(board.env, 'DNS_NAMESPACE').valueFrom.fieldRef.fieldPath).toBe('metadata.namespace');
  });
});

describe('the compose.yml of the example', () => {
  it('has the same services and ports, and sets the variables that are asked for', () => {
    const [compose] = read('compose.yml');
    const numbers = new Map(services().map(({ name, ports }) => [name, String(ports[0]!.host)]));
    const told = Object.entries<Tree>(compose.services).map(([name, { environment }]) => [name, environment.PORT]);
    expect(told).toEqual([...numbers]);
    for (const [peer, reader] of [
      ['timetable', 'board'],
      ['platforms', 'timetable'],
    ] as const) {
      const { environment, command } = compose.services[reader];
      expect(environment[`${peer.toUpperCase()}_SERVICE_HOST`]).toBe(peer);
      expect(environment[`${peer.toUpperCase()}_SERVICE_PORT`]).toBe(numbers.get(peer));
      expect(command).toEqual(['node', `${reader}/server.js`]);
    }
  });
});

function containers() {
  return ofKind('Deployment').flatMap(({ spec }) => [...spec.template.spec.containers]);
}

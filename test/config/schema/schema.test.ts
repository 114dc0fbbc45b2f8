// The JSON Schema as a whole: it is what the package ships, knows every key, and takes the examples.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { globalKeys, IGNORED_KEYS, KEYS, serviceKeys, TOP_LEVEL_KEYS } from '../../../src/config/keys.js';
import { systemSchema } from '../../../src/config/schema/system.js';
import { refusals } from './checker.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const examples = readdirSync(path.join(root, 'examples'))
  .map(name => path.join('examples', name, 'fuge.yml'))
  .filter(file => existsSync(path.join(root, file)));

interface Part {
  readonly properties: Readonly<Record<string, { readonly description?: string; readonly doNotSuggest?: true }>>;
}
const { properties, definitions } = systemSchema() as unknown as Part & {
  readonly definitions: { readonly fuge_global: Part; readonly service: Part };
};

/** Those that an editor offers, each with a text. */
function offered(part: Part): string[] {
  return Object.entries(part.properties).flatMap(([key, { description }]) => (description === undefined ? [] : [key]));
}

it('lies in the package as the tables say it', () => {
  const shipped = readFileSync(path.join(root, 'schema/fuge.schema.json'), 'utf8');
  expect(JSON.parse(shipped), 'run "npm run docs"').toEqual(systemSchema());
});

it('offers exactly the keys of each place', () => {
  expect(offered({ properties })).toEqual(TOP_LEVEL_KEYS.map(({ key }) => key));
  expect(offered(definitions.fuge_global).sort()).toEqual(
    globalKeys()
      .map(({ key }) => key)
      .sort(),
  );
  expect(offered(definitions.service).sort()).toEqual(
    serviceKeys()
      .map(({ key }) => key)
      .sort(),
  );
});

it('takes what the loader passes over with a warning, without offering it', () => {
  const known = new Set([...KEYS.map(({ key }): string => key), ...IGNORED_KEYS]);
  for (const part of [definitions.fuge_global, definitions.service])
    expect(new Set(Object.keys(part.properties))).toEqual(known);
  expect(definitions.service.properties.deploy).toMatchObject({ doNotSuggest: true });
  expect(refusals('web: {type: process, run: a, deploy: {replicas: 2}, dns_host: x, x-own: [1]}\nx-own: 1\n')).toEqual(
    [],
  );
});

describe.each(examples)('%s', example => {
  const text = readFileSync(path.join(root, example), 'utf8');

  it('passes', () => {
    expect(refusals(text)).toEqual([]);
  });

  it('names the schema for editors', () => {
    const [, file] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? [];
    expect(path.resolve(root, path.dirname(example), file ?? '')).toBe(path.join(root, 'schema/fuge.schema.json'));
  });
});

it.each([
  ['an unknown key', 'web: {type: process, run: a, comand: b}'],
  ['an unknown setting', 'fuge_global: {tial: true}\nweb: {type: process, run: a}'],
  ['a service without a type', 'web: {run: a}'],
  ['a type that is none', 'web: {type: proces, run: a}'],
  ['a container without an image', 'web: {type: container}'],
  ['an image without run on a process', 'web: {type: process, image: a}'],
  ['a path on a container', 'web: {type: container, image: a, path: b}'],
  ['run on what runs elsewhere', 'web: {type: external, run: a}'],
  ['a build map on a process without run', 'web: {type: process, build: {context: .}}'],
  ['a service that is text', 'web: node index.js'],
  ['a service that is empty', 'web:'],
  ['a name with a blank', '"my web": {type: process, run: a}'],
  ['a key at the top', 'run: node index.js'],
  ['two kinds of probe', 'web: {type: process, run: a, ready: {tcp: 80, http: /}}'],
  ['a log as live', 'web: {type: process, run: a, live: {log: x}}'],
  ['a condition that is none', 'web: {type: process, run: a, depends_on: {db: {condition: there}}}'],
  ['a map as include', 'include: {a: b}'],
])('refuses %s', (_, text) => {
  expect(refusals(text)).not.toEqual([]);
});

// The schema and the loader agree: each value that the loader takes passes, and what is of a wrong form is refused by both.
import { describe, expect, it } from 'vitest';
import { KEYS, type KeySpec } from '../../../src/config/keys.js';
import { errorsOf, refusals } from './checker.js';

/** As they are written: scalars of all kinds, and the forms of every key that has several. */
const VALUES = [
  ...['true', 'yes', '"true"', '5', '0', '-1', '-5', '1.5', '"5"', '" 5 "', '70000', 'web', '""', '~', 'a b', '"*"'],
  ...['5s', '-5s', '512m', '"512 MB"', 'a=b', 'int', 'SIGQUIT', 'RTMIN', 'always', 'on-failure:3', 'if_not_present'],
  ...['[]', '[a]', '[1]', '[~]', '[[a]]', '[{a: b}]', '{}', '{a: b}', '{a: ~}', '{a: [b]}', '{a: {b: c}}', '{x-a: 1}'],
  ...['{http: /a}', '{http: a}', '{log: x}', '{exec: x, interval: 1s}', '{exec: x, tcp: 1}', '{when: x}', '{max: x}'],
  ...['{test: [CMD, a], interval: 2s}', '{test: a, foo: 1}', '{context: ., args: {A: 1}}', '{context: ., foo: 1}'],
  ...['{localhost: 80}', '{localhost: a}', '{driver: a, options: {b: c}}', '{nofile: {soft: 1, hard: 2}}'],
  ...['{path: a, required: false}', '[{path: a, required: yes}]', '[{type: bind, source: ., target: /a}]', '[a:/b]'],
  ...['[80]', '["80:90"]', '[a=80:90/udp]', '[99999]', '[auto]', '[url]', '[a=1.2.3.4]', '"$X"', '["$X"]'],
];

/** Each with the key that is looked at taken out. */
const SERVICES = [
  ['type: process', 'run: a'],
  ['type: container', 'image: a'],
  ['type: task', 'run: a'],
  ['type: external'],
  ['type: node', 'run: a', 'image: b'],
];

/** What the loader says when a value is of a wrong form, and not only of no use together with another one or misspelt in itself. */
const OF_FORM =
  /^(wrong-type|unknown-key|bad-port|bad-environment|bad-probe|misplaced-key): (?!.*( needs a port|runs elsewhere| is wrong: ))/;
/** An address is more than a form. */
const BEYOND_SCHEMAS = ['dns_forward'];

function textsWith({ key }: KeySpec, value: string): string[] {
  const services = SERVICES.map(parts => {
    const others = parts.filter(part => !part.startsWith(`${key}:`));
    return `web: {${[...others, `${key}: ${value}`].join(', ')}}\n`;
  });
  const system = `fuge_global: {${key}: ${value}}\ndb: {type: process, run: a}\n`;
  return key === 'type' ? [system] : [system, ...services];
}

const env = { X: '5' };

describe.each(KEYS as readonly KeySpec[])('$key', spec => {
  it('passes with every value that the loader takes', async () => {
    const stricter: string[] = [];
    for (const value of VALUES)
      for (const text of textsWith(spec, value)) {
        const refused = refusals(text);
        if (refused.length > 0 && (await errorsOf(text, env)).length === 0)
          stricter.push(`${text}${refused.join('\n')}`);
      }
    expect(stricter).toEqual([]);
  });

  it.skipIf(BEYOND_SCHEMAS.includes(spec.key))('is refused with every value of a wrong form', async () => {
    const looser: string[] = [];
    for (const value of VALUES.filter(value => !value.includes('$')))
      for (const text of textsWith(spec, value)) {
        if (refusals(text).length > 0) continue;
        const error = (await errorsOf(text, env)).find(error => OF_FORM.test(error));
        if (error !== undefined) looser.push(`${text}${error}`);
      }
    expect(looser).toEqual([]);
  });

  it('is described, and its example passes', () => {
    const { key, global, services, example, globalExample } = spec;
    const said = global && services.length === 0 ? undefined : example;
    const texts = [
      ...(global ? [`fuge_global: {${globalExample ?? example}}\n`] : []),
      ...(said === undefined || key === 'type' ? [] : [`web: {type: ${typeOf(spec)}, ${rest(spec)}${said}}\n`]),
    ];
    expect(texts.flatMap(text => refusals(text))).toEqual([]);
  });
});

function typeOf({ services }: KeySpec): string {
  return services[0] ?? 'process';
}

/** What else it must say. */
function rest({ key, services }: KeySpec): string {
  const type = services[0];
  if (type === 'container') return key === 'image' ? '' : 'image: a, ';
  return key === 'run' ? '' : 'run: a, ';
}

/** docs/json.md and what commands print with `--json` have the same fields; every command decides whether it has the flag. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeLogEntry } from '../../src/cli/render/log-entry.js';
import { verbs } from '../../src/cli/verbs.js';
import type { Port } from '../../src/system.js';
import { FakeSupervisor, nodeService, systemOf } from '../rig/fake-supervisor.js';
import { temporaryFolder } from '../rig/open-system.js';
import { call } from '../rig/verb.js';

const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

/** The first column of the (first, or that) table below a heading. */
function fieldsOf(heading: string, table = 0): string[] {
  const tables = page
    .split(/^## /m)
    .find(text => text.startsWith(`${heading}\n`))
    ?.split(/^\| field /m);
  const section = tables?.[table + 1] ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field!);
}

/** One service, which is ready, has another form, a variable and a name. */
function supervisor() {
  const service = nodeService('api', { dependsOn: [] });
  const fake = new FakeSupervisor({ ...systemOf(service), alternatives: new Map([['api', service]]) });
  fake.set('api', { phase: { id: 'ready', run: 1 }, ports: [PORT] });
  fake.environment = async () => ({ variables: [{ name: 'A', value: '1', source: 'service' }], problems: [] });
  fake.zone = async () => ({ records: [{ type: 'A', name: 'api', address: '127.0.0.1' }], server: undefined });
  return fake;
}
const PORT: Port = {
  name: 'http',
  host: 3000,
  target: undefined,
  hostAddress: undefined,
  protocol: 'tcp',
  automatic: false,
  at: undefined,
};

describe('the fields that docs/json.md lists are those that are printed', () => {
  test.each([
    ['ps', [], 'service'],
    ['start', ['api'], 'outcome'],
    ['restart', ['api'], 'outcome'],
    ['stop', ['api'], 'outcome'],
    ['kill', ['api'], 'outcome'],
    ['debug', ['api'], 'debugged'],
    ['reload', [], 'reload'],
    ['graph', [], 'node'],
    ['down', [], 'down'],
    ['switch', ['api'], 'switched'],
    ['watch', ['api'], 'watched'],
    ['unwatch', ['api'], 'watched'],
    ['set', ['api', 'A=1'], 'set'],
    ['env', ['api'], 'variable'],
    ['zone', [], 'record'],
    ['wait', ['api'], 'reached'],
  ])('by %s', async (name, words, heading) => {
    const { json } = await call(name, words, { json: true }, supervisor(), { isRunning: true });

    expect(Object.keys(json[0] as object)).toEqual(fieldsOf(heading));
  });

  test('by info, which adds some to those of a service', async () => {
    const { json } = await call('info', ['api', 'full'], { json: true }, supervisor());

    const printed = json[0] as { ports: object[]; environment: object[] };
    expect(Object.keys(printed)).toEqual([...fieldsOf('service'), ...fieldsOf('service', 1)]);
    expect(Object.keys(printed.ports[0]!)).toEqual(fieldsOf('port'));
    expect(Object.keys(printed.environment[0]!)).toEqual(fieldsOf('variable').slice(1));
  });

  test('by grep, of a line that it finds', async () => {
    const file = join(temporaryFolder({ 'api.log': 'one\ntwo\n' }), 'api.log');
    const fake = supervisor();
    fake.logFiles = async () => [file];
    const { json } = await call('grep', ['two', 'api'], { json: true }, fake);

    expect(json).toEqual([{ service: 'api', file, line: 2, text: 'two' }]);
    expect(Object.keys(json[0] as object)).toEqual(fieldsOf('found'));
  });

  test('by check, of a problem', async () => {
    const { json } = await call('check', [], { json: true }, supervisor(), {
      reload: async () => ({ system: undefined, diagnostics: [{ severity: 'error', code: 'x', message: 'broken' }] }),
    });

    expect(Object.keys(json[0] as object)).toEqual(fieldsOf('diagnostic'));
  });

  test('by logs, of a line', () => {
    const line = describeLogEntry({ service: 'api', text: 'hello' } as Parameters<typeof describeLogEntry>[0]);

    expect(Object.keys(line)).toEqual(fieldsOf('line'));
  });
});

describe('the exit code is the same with --json and without', () => {
  const results = [
    'ready',
    'completed',
    'failed',
    'starting',
    'waiting',
    'stopped',
    'unavailable',
    'superseded',
  ] as const;

  test.each(['start', 'restart', 'debug', 'stop', 'kill'] as const)('of %s, whatever comes of it', async name => {
    for (const first of results)
      for (const second of results) {
        const fake = new FakeSupervisor(
          systemOf(nodeService('a', { dependsOn: [] }), nodeService('b', { dependsOn: [] })),
        );
        const outcomes = [
          { service: 'a', result: first, tookMs: 1 },
          { service: 'b', result: second, tookMs: 1 },
        ];
        for (const order of ['start', 'restart', 'stop', 'kill'] as const) fake[order] = async () => outcomes;
        const plain = await call(name, ['a', 'b'], {}, fake);
        const json = await call(name, ['a', 'b'], { json: true }, fake);

        expect(json.code, `${first}, ${second}`).toBe(plain.code);
      }
  });
});

test('a problem of an outcome has the fields of a diagnostic', async () => {
  const fake = supervisor();
  fake.start = async () => [
    { service: 'api', result: 'failed', tookMs: 1, problem: { severity: 'error', code: 'x', message: 'broken' } },
  ];

  const { json, code } = await call('start', ['api'], { json: true }, fake);

  expect(code).toBe(1);
  expect(Object.keys((json[0] as { problem: object }).problem)).toEqual(fieldsOf('diagnostic'));
});

/** Programs of their own, text for files and shells; those of commands show what these print, and have an exit code. */
const WITHOUT =
  'apply attach build completion dashboard exec help import init mcp papply pull run schema shell test version'.split(
    ' ',
  );

test('every command of the command line either has --json or is listed here', () => {
  const without = verbs.filter(verb => verb.where.includes('argv') && !verb.flags.some(({ name }) => name === 'json'));

  expect(without.map(({ name }) => name).sort()).toEqual(WITHOUT);
});

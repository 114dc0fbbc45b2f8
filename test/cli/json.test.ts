/** docs/json.md and what commands print with `--json` have the same fields; every command decides whether it has the flag. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeLogEntry } from '../../src/cli/render/log-entry.js';
import { verbs } from '../../src/cli/verbs.js';
import { FakeSupervisor, nodeService, systemOf } from '../rig/fake-supervisor.js';
import { call } from '../rig/verb.js';

const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

/** The first column of the table below a heading. */
function fieldsOf(heading: string): string[] {
  const section = page.split(/^## /m).find(text => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field!);
}

const supervisor = () => new FakeSupervisor(systemOf(nodeService('api', { dependsOn: [] })));

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
  ])('by %s', async (name, words, heading) => {
    const { json } = await call(name, words, { json: true }, supervisor(), { isRunning: true });

    expect(Object.keys(json[0] as object)).toEqual(fieldsOf(heading));
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

test('a problem of an outcome has the fields of a diagnostic', async () => {
  const fake = supervisor();
  fake.start = async () => [
    { service: 'api', result: 'failed', tookMs: 1, problem: { severity: 'error', code: 'x', message: 'broken' } },
  ];

  const { json, code } = await call('start', ['api'], { json: true }, fake);

  expect(code).toBe(1);
  expect(Object.keys((json[0] as { problem: object }).problem)).toEqual(fieldsOf('diagnostic'));
});

/** Programs of their own, text for files and shells, and those that only say that it is done. */
const WITHOUT =
  'apply attach build completion dashboard exec help import init mcp papply pull run schema set shell switch test unwatch version watch'.split(
    ' ',
  );

test('every command of the command line either has --json or is listed here', () => {
  const without = verbs.filter(verb => verb.where.includes('argv') && !verb.flags.some(({ name }) => name === 'json'));

  expect(without.map(({ name }) => name).sort()).toEqual(WITHOUT);
});

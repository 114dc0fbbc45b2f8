// The report of `fuge run` in the form of JUnit.
import { describe, expect, it } from 'vitest';
import { junitXml, LONGEST_OUTPUT } from '../../../src/cli/run/junit.js';
import type { ServiceResult } from '../../../src/cli/run/results.js';
import type { RunSummary } from '../../../src/cli/run/summary.js';

const service = (name: string, more: Partial<ServiceResult> = {}): ServiceResult => ({
  name,
  type: 'node',
  result: 'ready',
  readyAfterMs: 1234,
  crashes: 0,
  restarts: 0,
  problem: null,
  error: null,
  ports: {},
  lastLines: [],
  ...more,
});

const summary = (...services: ServiceResult[]): RunSummary => ({
  version: 1,
  fuge: '3.0.0',
  system: 'shop',
  file: '/shop/fuge.yml',
  reused: false,
  startedAt: '2026-01-31T14:05:00.123Z',
  tookMs: 5678,
  outcome: 'failed',
  command: ['npm', 'test'],
  exitCode: 3,
  services,
});

describe('the report', () => {
  it('has a test case for each service, and says what was run', () => {
    const text = junitXml(
      summary(
        service('api'),
        service('web', { result: 'failed', readyAfterMs: null, problem: 'it crashed: code 1', error: 'Error: no db' }),
        service('bank', { result: 'skipped', readyAfterMs: null, problem: 'runs elsewhere' }),
      ),
    );
    expect(text.split('\n')).toEqual(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="fuge run: shop" tests="3" failures="1" errors="0" skipped="1" time="5.678">',
        '  <testsuite name="shop" timestamp="2026-01-31T14:05:00" tests="3" failures="1" errors="0" skipped="1" time="5.678">',
        '    <properties>',
        '      <property name="fuge.version" value="3.0.0"/>',
        '      <property name="fuge.file" value="/shop/fuge.yml"/>',
        '      <property name="fuge.outcome" value="failed"/>',
        '      <property name="fuge.reused" value="false"/>',
        '      <property name="command" value="npm test"/>',
        '      <property name="exit.code" value="3"/>',
        '    </properties>',
        '    <testcase name="api" classname="shop" time="1.234"/>',
        '    <testcase name="web" classname="shop" time="0.000">',
        '      <failure message="it crashed: code 1: Error: no db" type="failed">it crashed: code 1\nError: no db</failure>',
        '    </testcase>',
        '    <testcase name="bank" classname="shop" time="0.000">',
        '      <skipped message="runs elsewhere"/>',
        '    </testcase>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].flatMap(line => line.split('\n')),
    );
  });

  it('escapes what XML would take for its own', () => {
    const text = junitXml(
      summary(service('api', { result: 'failed', problem: 'a "b" <c> & d\ne\tf', lastLines: [']]>'] })),
    );
    expect(text).toContain('message="a &quot;b&quot; &lt;c&gt; &amp; d&#10;e&#9;f"');
    expect(text).toContain('<system-out>]]&gt;</system-out>');
  });

  it('holds no character that XML forbids', () => {
    const lines = [
      '\x1b[31mred\x1b[0m',
      'bell\x07',
      'nul\0',
      'half \ud83d of a pair',
      'not a character \ufffe',
      'whole 😀',
    ];
    const text = junitXml(summary(service('api', { lastLines: lines })));
    expect(text).toContain(
      '<system-out>red\nbell\nnul\nhalf \ufffd of a pair\nnot a character \ufffd\nwhole 😀</system-out>',
    );
  });

  it('keeps the newest output where there is too much', () => {
    const text = junitXml(summary(service('api', { lastLines: ['first', 'x'.repeat(LONGEST_OUTPUT - 5), 'last'] })));
    expect(text).toContain('last</system-out>');
    expect(text).not.toContain('first');
    expect(text.length).toBeLessThan(LONGEST_OUTPUT + 2000);
  });
});

/**
 * The form that CI servers read test results in (JUnit's XML): a test case for each service, which is its start.
 *
 * XML 1.0 knows no control characters but tab and line ends, not even escaped: colours go, the rest becomes U+FFFD.
 */
import { makeSafe } from '../terminal/safe-text.js';
import { isFailure, type ServiceResult } from './results.js';
import type { RunSummary } from './summary.js';

/** Characters of a service's output at most; the newest ones stay. */
export const LONGEST_OUTPUT = 64 * 1024;

export function junitXml(summary: RunSummary): string {
  const { system, services, tookMs, startedAt } = summary;
  const failures = services.filter(isFailure).length;
  const skipped = services.filter(({ result }) => result === 'skipped').length;
  const counts = `tests="${services.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds(tookMs)}"`;
  const timestamp = new Date(startedAt).toISOString().replace(/\.\d+Z$/, '');
  const properties: readonly (readonly [string, string])[] = [
    ['fuge.version', summary.fuge],
    ['fuge.file', summary.file],
    ['fuge.outcome', summary.outcome],
    ['fuge.reused', String(summary.reused)],
    ['command', summary.command.join(' ')],
    ['exit.code', String(summary.exitCode)],
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(`fuge run: ${system}`)}" ${counts}>`,
    `  <testsuite name="${attribute(system)}" timestamp="${timestamp}" ${counts}>`,
    '    <properties>',
    ...properties.map(([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>`),
    '    </properties>',
    ...services.flatMap(service => testCase(system, service)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(system: string, service: ServiceResult): string[] {
  const { name, result, problem, error, readyAfterMs, lastLines } = service;
  const head = `    <testcase name="${attribute(name)}" classname="${attribute(system)}" time="${seconds(readyAfterMs ?? 0)}"`;
  const inner: string[] = [];
  if (result === 'skipped') inner.push(`      <skipped message="${attribute(problem ?? '')}"/>`);
  if (isFailure(service)) {
    const said = [problem, error].filter(text => text !== null);
    const message = attribute(said.join(': '));
    inner.push(`      <failure message="${message}" type="${attribute(result)}">${text(said.join('\n'))}</failure>`);
  }
  if (lastLines.length > 0) inner.push(`      <system-out>${text(newest(lastLines))}</system-out>`);
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, '    </testcase>'];
}

/** As many of the last lines as fit. */
function newest(lines: readonly string[]): string {
  const all = lines.join('\n');
  return all.length <= LONGEST_OUTPUT ? all : `… ${all.slice(-LONGEST_OUTPUT)}`;
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);

/** What XML 1.0 allows, with colours and cursor movements gone. */
function allowed(given: string): string {
  return makeSafe(given, false).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function text(given: string): string {
  return allowed(given)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** Line ends and tabs would become spaces. */
function attribute(given: string): string {
  return text(given).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

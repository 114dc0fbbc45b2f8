import { describe, expect, test } from 'vitest';
import { type Diagnostic, formatDiagnostic, formatOrigin, nearest } from '../src/diagnostic.js';

const at = (line: number, column: number, endColumn?: number) => ({
  file: '/shop/fuge.yml',
  line,
  column,
  ...(endColumn !== undefined && { endColumn }),
});
const problem = (more: Partial<Diagnostic>): Diagnostic => ({
  severity: 'error',
  code: 'unknown-dependency',
  message: '"web" depends on "ap1", which is not defined',
  ...more,
});
const lines = (...text: string[]) => text.join('\n');

describe('a diagnostic', () => {
  test('is one line where it has no place', () => {
    expect(formatDiagnostic(problem({}))).toBe(
      'error unknown-dependency: "web" depends on "ap1", which is not defined',
    );
  });

  test('shows its place, the line, what is meant in it, what is related and what to do', () => {
    const whole = problem({
      at: at(12, 16, 19),
      excerpt: '  depends_on: [ap1]',
      related: [{ message: '"api" is defined here', at: at(3, 1) }],
      hint: 'did you mean "api"?',
    });
    expect(formatDiagnostic(whole, { path: file => file.slice('/shop/'.length) })).toBe(
      lines(
        'fuge.yml:12:16 error unknown-dependency: "web" depends on "ap1", which is not defined',
        '  12 |   depends_on: [ap1]',
        '     |                ~~~',
        '  fuge.yml:3:1: "api" is defined here',
        '  hint: did you mean "api"?',
      ),
    );
  });

  test('marks one character where the end is unknown, and never more than the line has', () => {
    const marks = (column: number, endColumn?: number) =>
      formatDiagnostic(problem({ at: at(1, column, endColumn), excerpt: 'a: 12' })).split('\n')[2];
    expect(marks(4)).toBe('    |    ~');
    expect(marks(4, 6)).toBe('    |    ~~');
    expect(marks(4, 99)).toBe('    |    ~~');
    expect(marks(6)).toBe('    |      ~');
    expect(marks(99)).toBe('    |      ~');
    expect(marks(4, 4)).toBe('    |    ~');
  });

  test('shows tabs and control characters as one space each, so that the mark stands below what it means', () => {
    expect(
      formatDiagnostic(problem({ at: at(1, 3, 4), excerpt: '\t\u001bx' }))
        .split('\n')
        .slice(1),
    ).toEqual(['  1 |   x', '    |   ~']);
  });

  test('shows a very long line from a little before the place', () => {
    const excerpt = `${'.'.repeat(500)}here${'.'.repeat(500)}`;
    const [, shown, marked] = formatDiagnostic(problem({ at: at(1, 501, 505), excerpt })).split('\n');
    expect(shown).toBe(`  1 | ${'.'.repeat(20)}here${'.'.repeat(96)}`);
    expect(marked).toBe(`    | ${' '.repeat(20)}~~~~`);
  });

  test('shows no excerpt without a place', () => {
    expect(formatDiagnostic(problem({ excerpt: 'web:' }))).not.toContain('|');
  });

  test('is painted part by part', () => {
    const paint = (part: string, text: string) => `<${part}>${text}</>`;
    const whole = problem({
      severity: 'warning',
      at: at(2, 1, 4),
      excerpt: 'web: x',
      related: [{ message: 'here', at: at(3, 1) }],
      hint: 'mend it',
    });
    expect(formatDiagnostic(whole, { paint })).toBe(
      lines(
        '<place>/shop/fuge.yml:2:1</> <warning>warning unknown-dependency</>: "web" depends on "ap1", which is not defined',
        '  <excerpt>2 | web: x</>',
        '    | <mark>~~~</>',
        '  <place>/shop/fuge.yml:3:1</>: here',
        '  <hint>hint: mend it</>',
      ),
    );
  });
});

test('a place is file:line:col', () => {
  expect(formatOrigin(at(3, 7))).toBe('/shop/fuge.yml:3:7');
  expect(formatOrigin(at(3, 7), { path: () => 'x.yml' })).toBe('x.yml:3:7');
});

describe('the nearest name', () => {
  test.each([
    ['ap1', ['web', 'api'], 'api'],
    ['aip', ['api'], 'api'],
    ['API', ['api'], 'api'],
    ['enviroment', ['env_file', 'environment'], 'environment'],
    ['stat', ['start', 'stop'], 'start'],
    ['ps', ['ps'], 'ps'],
  ])('to %s is found by the fewest edits, a swap counting one', (name, candidates, found) => {
    expect(nearest(name, candidates)).toBe(found);
  });

  test.each([
    ['web', ['gateway', 'api']],
    ['frobnicate', ['start', 'stop']],
    ['x', []],
    ['', ['api']],
  ])('to %s is none if none is near', (name, candidates) => {
    expect(nearest(name, candidates)).toBeUndefined();
  });

  test('of several equally near is the first', () => {
    expect(nearest('abc', ['abd', 'abe'])).toBe('abd');
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History, historyFile, isSecret } from '../../../src/cli/shell/history.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fuge-history-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the history', () => {
  it('is kept between runs, newest first, readable by its owner only', () => {
    const file = join(directory, 'state', 'fuge', 'history');
    const first = new History(file);
    expect(first.load()).toEqual([]);
    for (const line of ['ps', 'start all', 'start all', '  ', 'ps']) first.add(line);
    expect(new History(file).load()).toEqual(['ps', 'start all', 'ps']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('does not repeat the last line of the run before', () => {
    const file = join(directory, 'history');
    new History(file).add('ps');
    const second = new History(file);
    second.load();
    second.add('ps');
    expect(readFileSync(file, 'utf8')).toBe('ps\n');
  });

  it('keeps the newest 1,000 lines', () => {
    const file = join(directory, 'history');
    writeFileSync(file, Array.from({ length: 1500 }, (_, i) => `line ${i}\n`).join(''));
    const lines = new History(file).load();
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([1000, 'line 1499', 'line 500']);
    expect(readFileSync(file, 'utf8').split('\n').length - 1).toBe(1000);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps secrets out of the file', () => {
    const file = join(directory, 'history');
    const history = new History(file);
    history.add('set api DB_PASSWORD=hunter2');
    history.add('set api LOG_LEVEL=debug');
    expect(readFileSync(file, 'utf8')).toBe('set api LOG_LEVEL=debug\n');
  });

  it('does without a file that cannot be written', () => {
    const file = join(directory, 'x');
    writeFileSync(file, '');
    const history = new History(join(file, 'history'));
    expect(history.load()).toEqual([]);
    expect(() => history.add('ps')).not.toThrow();
  });
});

it.each([
  'set api TOKEN=x',
  'set api a=1 stripe_api_key=x',
  'AWS_SECRET_ACCESS_KEY=x aws s3 ls',
  "set api 'MY_PASS=x y'",
])('%s has a secret', line => expect(isSecret(line)).toBe(true));
it.each(['set api LOG_LEVEL=debug', 'set api TOKEN=', 'grep token', 'set api MONKEY_BUSINESS=1'])(
  '%s has no secret',
  line => expect(isSecret(line)).toBe(false),
);

it('the file stands in the state directory', () => {
  expect(historyFile({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/fuge/history');
  expect(historyFile({ XDG_STATE_HOME: 'relative', HOME: '/h' })).toBe('/h/.local/state/fuge/history');
  expect(historyFile({ HOME: '/h' })).toBe('/h/.local/state/fuge/history');
});

// What is kept of logs, and which lines a choice shows.
import { describe, expect, it } from 'vitest';
import { BYTES_IN_ALL, LogStore } from '../../../src/cli/dashboard/log-store.js';
import type { Choice, LogView } from '../../../src/cli/dashboard/log-view.js';
import { readPattern, withoutColours } from '../../../src/cli/dashboard/pattern.js';
import { BYTES_KEPT, LINES_KEPT } from '../../../src/cli/dashboard/scrollback.js';

const choice = (services: readonly string[], more: Partial<Choice> = {}): Choice => ({
  services,
  filter: '',
  isInverted: false,
  level: undefined,
  search: '',
  ...more,
});

const entries = (store: LogStore, view: LogView) =>
  Array.from({ length: view.length }, (_, index) => store.entry(view.key(index)!)).flatMap(entry => entry ?? []);
const texts = (store: LogStore, more: Partial<Choice> = {}, services = ['a', 'b']) =>
  entries(store, store.view(choice(services, more))).map(({ text }) => text);

function filled(): LogStore {
  const store = new LogStore();
  store.append('a', 1, 1, 'stdout', ['a1', 'a2']);
  store.append('b', 2, 1, 'stderr', ['b1']);
  store.append('a', 3, 1, 'stdout', ['a3']);
  return store;
}

describe('lines', () => {
  it('of several services come in the order of their arrival', () => {
    expect(texts(filled())).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(texts(filled(), {}, ['a'])).toEqual(['a1', 'a2', 'a3']);
    expect(texts(filled(), {}, ['nobody'])).toEqual([]);
  });

  it('are known with their time, stream and level', () => {
    const store = filled();
    store.append('b', 4, 1, 'stderr', ['Error: x', '    at y']);
    store.note('b', 5, 'crashed', 'error');
    expect(entries(store, store.view(choice(['b'])))).toEqual([
      { id: 2, service: 'b', at: 2, level: undefined, isStderr: true, isNote: false, text: 'b1' },
      { id: 4, service: 'b', at: 4, level: 'error', isStderr: true, isNote: false, text: 'Error: x' },
      { id: 5, service: 'b', at: 4, level: 'error', isStderr: true, isNote: false, text: '    at y' },
      { id: 6, service: 'b', at: 5, level: 'error', isStderr: false, isNote: true, text: 'crashed' },
    ]);
  });

  it('that are empty are lines, too', () => {
    const store = new LogStore();
    store.append('a', 1, 1, 'stdout', ['', 'x', '', '']);
    store.append('a', 1, 1, 'stdout', ['']);
    expect(texts(store)).toEqual(['', 'x', '', '', '']);
    expect(texts(store, { filter: '^$' })).toEqual(['', '', '', '']);
  });

  it('tell how many errors begin in them', () => {
    const store = new LogStore();
    expect(store.append('a', 1, 1, 'stdout', ['Error: x', '    at y', 'ERROR z', 'fine'])).toBe(2);
  });

  it('from before are sorted in by time', () => {
    const store = new LogStore();
    const line = (at: number, text: string) => ({ at, run: 1, stream: 'stdout' as const, text });
    store.backlog('a', [line(1, 'first'), line(3, 'third')]);
    store.backlog('b', [line(2, 'second')]);
    store.settle();
    store.append('a', 4, 1, 'stdout', ['fourth']);
    expect(texts(store)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('that have not ended stand apart until they have', () => {
    const store = new LogStore();
    store.partial('a', 1, 'stdout', 'Name');
    store.partial('a', 2, 'stdout', '? ');
    expect(store.partials(['a', 'b']).map(({ text }) => text)).toEqual(['Name? ']);
    store.append('a', 3, 1, 'stdout', ['Name? me']);
    expect(store.partials(['a'])).toEqual([]);
  });
});

describe('a choice', () => {
  it('is kept up to date by new lines', () => {
    const store = filled();
    const view = store.view(choice(['a'], { filter: '[24]$' }));
    expect(view.length).toBe(1);
    store.append('a', 5, 1, 'stdout', ['a4', 'a5']);
    store.append('b', 5, 1, 'stdout', ['b4']);
    expect(store.view(choice(['a'], { filter: '[24]$' }))).toBe(view);
    expect(entries(store, view).map(({ text }) => text)).toEqual(['a2', 'a4']);
  });

  it('by filter, inverted filter, level and search holds what all of them take', () => {
    const store = new LogStore();
    store.append('a', 1, 1, 'stdout', ['ERROR x', 'ERROR y', 'INFO x', 'WARN xy', 'x']);
    expect(texts(store, { filter: 'x' })).toEqual(['ERROR x', 'INFO x', 'WARN xy', 'x']);
    expect(texts(store, { filter: 'x', isInverted: true })).toEqual(['ERROR y']);
    expect(texts(store, { level: 'warn' })).toEqual(['ERROR x', 'ERROR y', 'WARN xy']);
    expect(texts(store, { filter: 'x', level: 'warn', search: 'y' })).toEqual(['WARN xy']);
    expect(texts(store, { filter: 'y', isInverted: true, search: 'info|warn' })).toEqual(['INFO x']);
  });

  it('says where a line is, and which is the last before one that is not among them', () => {
    const store = filled();
    const view = store.view(choice(['a']));
    expect([-1, 0, 1, 2, 3, 99].map(id => view.placeOf(id))).toEqual([-1, 0, 1, 1, 2, 2]);
  });
});

describe('bounds', () => {
  it(`of a service are ${LINES_KEPT} lines: the oldest go`, () => {
    const store = new LogStore();
    const view = store.view(choice(['a', 'b']));
    store.append('b', 1, 1, 'stdout', ['quiet']);
    for (let batch = 0; batch < 300; batch++)
      store.append(
        'a',
        1,
        1,
        'stdout',
        Array.from({ length: 500 }, (_, index) => String(batch * 500 + index)),
      );
    const own = texts(store, {}, ['a']);
    expect(own.length).toBeGreaterThanOrEqual(LINES_KEPT);
    expect(own.length).toBeLessThan(LINES_KEPT + 3000);
    expect(own.at(-1)).toBe('149999');
    // What a quiet service said stays, however much others say.
    expect(entries(store, view)[0]?.text).toBe('quiet');
    expect(entries(store, view)).toHaveLength(own.length + 1);
    // Dropped lines are not listed for ever.
    expect(view.length).toBeLessThan(LINES_KEPT * 1.2);
  });

  it('of a service are bytes, too', () => {
    const store = new LogStore();
    const long = 'x'.repeat(60_000);
    for (let batch = 0; batch < 600; batch++) store.append('a', 1, 1, 'stdout', [`${batch} ${long}`]);
    expect(store.bytes).toBeLessThanOrEqual(BYTES_KEPT + 200_000);
    expect(texts(store, {}, ['a']).at(-1)?.slice(0, 4)).toBe('599 ');
  });

  it('hold for all services together: the largest gives way', () => {
    const store = new LogStore();
    const long = 'é漢'.repeat(15_000);
    store.append('small', 1, 1, 'stdout', ['kept']);
    for (let service = 0; service < 10; service++)
      for (let batch = 0; batch < 380; batch++) store.append(`s${service}`, 1, 1, 'stdout', [long]);
    expect(store.bytes).toBeLessThanOrEqual(BYTES_IN_ALL);
    expect(texts(store, {}, ['small'])).toEqual(['kept']);
  });

  it('hold within one huge read', () => {
    const store = new LogStore();
    store.append(
      'a',
      1,
      1,
      'stdout',
      Array.from({ length: 5000 }, (_, index) => `line ${index}`),
    );
    expect(texts(store, { filter: '^line (0|1024|4999)$' })).toEqual(['line 0', 'line 1024', 'line 4999']);
  });
});

describe('a pattern', () => {
  const lines = ['GET /a', 'get /b', 'a(b', '\x1b[31mre\x1b[1md\x1b[0m', '', 'x.y'].join('\n');
  const matching = (source: string) => readPattern(source)?.matching(withoutColours(lines));

  it.each([
    ['get', [0, 1]],
    ['GET', [0]],
    ['^get', [0, 1]],
    ['a(', [2]],
    ['red', [3]],
    ['[31m', []],
    ['^$', [4]],
    ['x.y', [5]],
    ['\\W$', []],
    ['/', [0, 1]],
    ['.', [0, 1, 2, 3, 5]],
  ])('%j', (source, found) => {
    expect(matching(source)).toEqual(found);
  });

  it('that is empty is none', () => {
    expect(readPattern('')).toBeUndefined();
  });
});

// Parameters of requests: what is wrong is named.
import { describe, expect, it } from 'vitest';
import { InvalidParams, Params } from '../../src/remote/params.js';

const of = (values: unknown) => new Params(values);

describe('parameters', () => {
  it('are read as what they are', () => {
    const params = of({ name: 'a', names: ['a', 'b'], on: false, count: 3, data: 'aGk=', map: { A: '1' } });
    expect(params.text('name')).toBe('a');
    expect(params.texts('names')).toEqual(['a', 'b']);
    expect(params.flag('on')).toBe(false);
    expect(params.count('count')).toBe(3);
    expect(params.bytes('data').toString()).toBe('hi');
    expect(params.optionalTextMap('map')).toEqual({ A: '1' });
  });

  it('that are left out or null have no value where they may be left out', () => {
    const params = of({ name: null });
    expect(params.optionalText('name')).toBeUndefined();
    expect(params.optionalFlag('on')).toBe(false);
    expect(params.optionalCount('count')).toBeUndefined();
    expect(params.optionalObject('terminal')).toBeUndefined();
    expect(params.optionalTextMap('map')).toBeUndefined();
    expect(of(undefined).optionalText('name')).toBeUndefined();
  });

  it.each<[string, unknown, (params: Params) => unknown]>([
    ['params must be an object', ['a'], params => params],
    ['params must be an object', null, params => params],
    ['"name" must be a string', { name: 3 }, params => params.text('name')],
    ['"name" must be a string', { name: {} }, params => params.optionalText('name')],
    ['"names" must be a list of strings', { names: 'a' }, params => params.texts('names')],
    ['"names" must be a list of strings', { names: ['a', 1] }, params => params.texts('names')],
    ['"on" must be true or false', { on: 'yes' }, params => params.flag('on')],
    ['"n" must be a whole number', { n: 1.5 }, params => params.count('n')],
    ['"n" must be a whole number', { n: -1 }, params => params.count('n')],
    ['"n" must be a whole number', { n: 1e300 }, params => params.optionalCount('n')],
    ['"map" must be an object', { map: [] }, params => params.optionalTextMap('map')],
    ['"map" must be an object of strings', { map: { a: 1 } }, params => params.optionalTextMap('map')],
    [
      '"run" must be a command: {kind: "argv", argv, source} or {kind: "shell", line, source}',
      { run: { kind: 'argv', argv: [], source: '' } },
      params => params.command('run'),
    ],
    [
      '"run" must be a command: {kind: "argv", argv, source} or {kind: "shell", line, source}',
      { run: { kind: 'shell', line: 'ls' } },
      params => params.command('run'),
    ],
  ])('are refused with the words %j', (message, values, read) => {
    expect(() => read(of(values))).toThrow(new InvalidParams(message));
  });

  it('may be a command of either kind', () => {
    const run = { kind: 'argv', argv: ['ls', '-l'], source: 'ls -l' } as const;
    const shell = { kind: 'shell', line: 'ls | wc', source: 'ls | wc' } as const;
    expect(of({ run }).command('run')).toEqual(run);
    expect(of({ run: shell }).command('run')).toEqual(shell);
  });
});

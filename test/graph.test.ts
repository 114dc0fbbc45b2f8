import { describe, expect, test } from 'vitest';
import { activeServices, changesBetween, dependentsOf, startLevels, withDependencies } from '../src/graph.js';
import type { Dependency, Service, System } from '../src/system.js';
import { externalService, port, processService, systemOf } from './rig/system.js';

const on = (service: string, more: Partial<Dependency> = {}): Dependency => ({
  service,
  condition: 'ready',
  required: true,
  restart: false,
  at: undefined,
  ...more,
});

describe('the changes between two systems', () => {
  const a = processService('a', { ports: [port('main=1000')] });
  const b = processService('b', { ports: [port('main=2000')] });
  const c = processService('c');
  const before = systemOf([a, b]);
  const changed = (after: readonly Service[], more: Partial<System> = {}) =>
    changesBetween(before, systemOf(after, more));
  const none = { added: [], removed: [], changed: [] };

  test('are what was added, removed and defined anew', () => {
    expect(changed([a, b])).toEqual(none);
    expect(changed([a, b, c])).toEqual({ ...none, added: ['c'] });
    expect(changed([a])).toEqual({ ...none, removed: ['b'] });
    expect(changed([a, { ...b, cwd: '/elsewhere' }, c])).toEqual({ ...none, added: ['c'], changed: ['b'] });
  });

  test.each<[string, Partial<Service>]>([
    ['its command', { command: { kind: 'argv', argv: ['other'], source: 'other' } }],
    ['a variable', { environment: { X: '1' } }],
    ['a variable that is called as a key of ours', { environment: { tail: '1', at: '2' } }],
    ['an env file', { envFiles: [{ path: '/x.env', at: undefined, required: true, format: 'dotenv' }] }],
    ['its kind', { type: 'node' } as Partial<Service>],
    ['that it is disabled', { disabled: 'its path is missing' }],
  ])('count %s', (_what, more) => {
    const changedA = { ...a, ...more } as Service;
    expect(changed([changedA, b]).changed).toEqual(['a']);
    expect(changesBetween(systemOf([changedA, b]), before).changed).toEqual(['a']);
  });

  test.each<[string, Partial<Service>]>([
    ['another place in the file', { at: { file: '/other.yml', line: 9, column: 9 } }],
    ['another place of its keys', { origins: { run: { file: '/other.yml', line: 9, column: 9 } } }],
    ['another place of a port', { ports: [port('main=1000', { at: { file: '/other.yml', line: 9, column: 9 } })] }],
    ['its group', { groups: ['backend'] }],
    ['whether its lines are shown', { tail: false }],
  ])('do not count %s', (_what, more) => {
    expect(changed([{ ...a, ...more } as Service, b])).toEqual(none);
  });

  test('do not count another order of services or variables', () => {
    const first = processService('a', { environment: { X: '1', Y: '2' } });
    const second = processService('a', { environment: { Y: '2', X: '1' } });
    expect(changesBetween(systemOf([first, b]), systemOf([b, second]))).toEqual(none);
  });

  test('count everyone when an address changes that everyone is told', () => {
    expect(changed([a, { ...b, host: '10.0.0.1' }]).changed).toEqual(['a', 'b']);
    expect(changed([a, { ...b, ports: [port('main=2001')] }]).changed).toEqual(['a', 'b']);
    const elsewhere = (host: string) => systemOf([a, externalService('db', { host, ports: [port('main=1')] })]);
    expect(changesBetween(elsewhere('h1'), elsewhere('h2')).changed).toEqual(['a', 'db']);
  });

  test('count only the service itself where nobody is told its address', () => {
    const hidden = (host: string) => systemOf([a, { ...b, advertised: false, host }]);
    expect(changesBetween(hidden('h1'), hidden('h2')).changed).toEqual(['b']);
    const silent = (host: string) => systemOf([a, { ...b, host }], { discovery: false });
    expect(changesBetween(silent('h1'), silent('h2')).changed).toEqual(['b']);
  });

  test('count everyone when a global variable or env file changes, or discovery is turned off', () => {
    for (const more of [
      { environment: { X: '1' } },
      { environment: { groups: '1' } },
      { envFiles: [{ path: '/x.env', at: undefined, required: true, format: 'dotenv' }] },
      { discovery: false },
    ] satisfies Partial<System>[])
      expect(changed([a, b], more).changed).toEqual(['a', 'b']);
  });
});

describe('dependencies', () => {
  const system = systemOf([
    processService('web', { dependsOn: [on('api'), on('cache', { required: false })] }),
    processService('api', { dependsOn: [on('db')] }),
    processService('cache'),
    processService('db'),
    processService('other'),
  ]);

  test('come along in the order of the system, optional ones left out', () => {
    expect(withDependencies(system, ['web'])).toEqual(['web', 'api', 'db']);
    expect(withDependencies(system, ['other', 'api'])).toEqual(['api', 'db', 'other']);
    expect(withDependencies(system, [])).toEqual([]);
  });

  test('tell who needs a service, directly or not', () => {
    expect(dependentsOf(system, ['db'])).toEqual(['web', 'api']);
    expect(dependentsOf(system, ['db', 'api'])).toEqual(['web']);
    expect(dependentsOf(system, ['cache'])).toEqual([]);
  });

  test('make levels: each stands behind everything it depends on', () => {
    expect(startLevels(system)).toEqual([['cache', 'db', 'other'], ['api'], ['web']]);
    expect(startLevels(system, ['web', 'db'])).toEqual([['web', 'db']]);
  });

  test('that go in a circle do not hang: what stands in it comes last', () => {
    const circle = systemOf([
      processService('a', { dependsOn: [on('b')] }),
      processService('b', { dependsOn: [on('a')] }),
      processService('c'),
    ]);
    expect(startLevels(circle)).toEqual([['c'], ['a', 'b']]);
    expect(withDependencies(circle, ['a'])).toEqual(['a', 'b']);
    expect(dependentsOf(circle, ['a'])).toEqual(['b']);
  });
});

test('services take part without profiles, or when one of theirs is chosen', () => {
  const services = [
    processService('web'),
    processService('seed', { profiles: ['dev', 'ci'] }),
    processService('trace', { profiles: ['debug'] }),
  ];
  expect(activeServices(systemOf(services))).toEqual(['web']);
  expect(activeServices(systemOf(services, { profiles: ['ci'] }))).toEqual(['web', 'seed']);
  expect(activeServices(systemOf(services, { profiles: ['*'] }))).toEqual(['web', 'seed', 'trace']);
});

// What words on the command line mean: names, groups, patterns, all.
import { describe, expect, it } from 'vitest';
import { nameable, selectServices } from '../../src/cli/select.js';
import { nodeService, systemOf } from '../rig/system.js';

const system = systemOf([
  nodeService('api-a', { groups: ['backend'] }),
  nodeService('api-b', { groups: ['backend', 'slow'] }),
  nodeService('web'),
  nodeService('slow', { groups: ['tools'] }),
  nodeService('seed', { profiles: ['data'] }),
]);

describe('selectServices', () => {
  it.each([
    [['web'], ['web']],
    [
      ['web', 'api-a'],
      ['api-a', 'web'],
    ],
    [['web', 'web'], ['web']],
    [['backend'], ['api-a', 'api-b']],
    [['api-*'], ['api-a', 'api-b']],
    [['api-?'], ['api-a', 'api-b']],
    [['*b*'], ['api-b', 'web']],
    [['all'], ['api-a', 'api-b', 'web', 'slow', 'seed']],
    [
      ['tools', 'web'],
      ['web', 'slow'],
    ],
    [['seed'], ['seed']],
  ])('%j are %j, in the order of the system file', (words, services) => {
    expect(selectServices(words, system)).toEqual({ kind: 'services', services });
  });

  it('takes a service before a group of the same name', () => {
    expect(selectServices(['slow'], system)).toEqual({ kind: 'services', services: ['slow'] });
  });

  it('takes all instances of a service by its name, before a group of that name', () => {
    const instances = systemOf([
      nodeService('other', { groups: ['job'] }),
      ...[1, 2].map(number => nodeService(`job-${number}`, { instance: { of: 'job', number } })),
    ]);
    expect(selectServices(['job'], instances)).toEqual({ kind: 'services', services: ['job-1', 'job-2'] });
    expect(selectServices(['job-2'], instances)).toEqual({ kind: 'services', services: ['job-2'] });
    expect(nameable(instances)).toEqual(['other', 'job-1', 'job-2', 'job', 'default', 'all']);
  });

  it('a dot in a pattern is a dot', () => {
    expect(selectServices(['api.?'], system)).toEqual({ kind: 'unknown', word: 'api.?', near: undefined });
  });

  it.each([
    ['wbe', 'web'],
    ['backnd', 'backend'],
    ['al', 'all'],
    ['nothing-like-it', undefined],
  ])('%s names nothing; near is %s', (word, near) => {
    expect(selectServices(['web', word], system)).toEqual({ kind: 'unknown', word, near });
  });

  it('where something is started, "all" leaves out profiles that are not chosen; a name does not', () => {
    expect(selectServices(['all'], system, true)).toMatchObject({ services: ['api-a', 'api-b', 'web', 'slow'] });
    expect(selectServices(['all', 'seed'], system, true)).toMatchObject({
      services: ['api-a', 'api-b', 'web', 'slow', 'seed'],
    });
    const chosen = { ...system, profiles: ['data'] };
    expect(selectServices(['all'], chosen, true)).toMatchObject({ services: [...system.services.keys()] });
  });

  it('"all" of nothing but unchosen profiles is nothing, and no mistake', () => {
    const seeds = systemOf([nodeService('seed', { profiles: ['data'] })]);
    expect(selectServices(['all'], seeds, true)).toEqual({ kind: 'services', services: [] });
  });

  it('nameable: services, groups, all, each once', () => {
    expect(nameable(system)).toEqual(['api-a', 'api-b', 'web', 'slow', 'seed', 'backend', 'default', 'tools', 'all']);
  });
});

// Which services of a project take part.
import { describe, expect, it } from 'vitest';
import { loadProject } from './project.js';

const YAML = `services:
  web: {image: x, depends_on: [db]}
  db: {image: x}
  debug: {image: x, profiles: [dev, test], depends_on: {db: {condition: service_started}}}
  other: {image: x, profiles: [other]}
`;

const names = (options: Parameters<typeof loadProject>[1]) => {
  const { project, loaded } = loadProject(YAML, options);
  return [Object.keys(project!.services), Object.keys(loaded!.disabled)];
};

describe('the services that take part', () => {
  it('are those without profiles', () => {
    expect(names({})).toEqual([
      ['web', 'db'],
      ['debug', 'other'],
    ]);
  });

  it('are joined by those of a chosen profile, of COMPOSE_PROFILES, or all', () => {
    expect(names({ profiles: ['test'] })[0]).toEqual(['web', 'db', 'debug']);
    expect(names({ env: { COMPOSE_PROFILES: 'other, dev' } })[0]).toEqual(['web', 'db', 'debug', 'other']);
    expect(names({ profiles: ['*'] })[0]).toEqual(['web', 'db', 'debug', 'other']);
  });

  it('are those that are named, whatever their profiles, with what they depend on', () => {
    expect(names({ services: ['debug'] })).toEqual([
      ['db', 'debug'],
      ['web', 'other'],
    ]);
  });

  it('must be there to be named', () => {
    expect(loadProject(YAML, { services: ['wev'] }).said).toBe(
      'error unknown-service: there is no service "wev"\n  hint: did you mean "web"?',
    );
  });

  it('can not depend on one that takes no part, unless that is optional', () => {
    const yaml = (required: boolean) => `services:
  web: {image: x, depends_on: {db: {condition: service_started, required: ${required}}}}
  db: {image: x, profiles: [p]}
`;
    expect(loadProject(yaml(false)).said).toBe('');
    expect(loadProject(yaml(true)).said).toContain(
      'error compose-disabled-service: "web" needs "db", which takes no part\n',
    );
    expect(loadProject(yaml(true)).said).toContain('hint: choose its profile: --profile p');
  });
});

// What a program on this machine is told that is no service.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressesOf, variablesOutside } from '../../../src/supervisor/discovery/outside.js';
import { temporaryFolder } from '../../rig/open-system.js';
import { containerService, externalService, port, processService, systemOf } from '../../rig/system.js';

const services = [
  processService('api', { ports: [port('http=3000'), port('admin=3001')] }),
  containerService('db', { ports: [port('postgres=15432:5432')] }),
  externalService('bank', { host: 'bank.example', ports: [port('https=443')] }),
  processService('worker'),
];

describe('an outsider', () => {
  it('is told where all services are, as this machine reaches them', () => {
    const { variables } = variablesOutside(systemOf(services, { dialects: ['url'] }), {});
    expect(variables).toEqual({
      API_URL: 'http://127.0.0.1:3000',
      API_ADMIN_URL: 'http://127.0.0.1:3001',
      DB_URL: 'postgres://127.0.0.1:15432',
      BANK_URL: 'https://bank.example:443',
    });
  });

  it('gets the environment for all, which may refer to its own, and nothing of its own again', () => {
    const folder = temporaryFolder({ '.env': 'GREETING=hello $USER_NAME\n' });
    const file = { path: join(folder, '.env'), at: undefined, required: true, format: 'dotenv' } as const;
    const system = systemOf([], { environment: { STAGE: 'test' }, envFiles: [file] });
    expect(variablesOutside(system, { USER_NAME: 'Ann', STAGE: 'own', PATH: '/bin' })).toEqual({
      variables: { STAGE: 'test', GREETING: 'hello Ann' },
      problems: [],
    });
  });

  it('hears of a file of variables that is missing', () => {
    const file = { path: '/nowhere/.env', at: undefined, required: true, format: 'dotenv' } as const;
    expect(variablesOutside(systemOf([], { envFiles: [file] }), {}).problems).toMatchObject([
      { code: 'missing-env-file', message: 'the env_file /nowhere/.env does not exist' },
    ]);
  });

  it('is told nothing by a system without discovery', () => {
    expect(variablesOutside(systemOf(services, { discovery: false }), {}).variables).toEqual({});
  });

  it('finds ports by name, and the address of the first', () => {
    expect(addressesOf(systemOf(services))).toEqual({
      ports: { api: { http: 3000, admin: 3001 }, db: { postgres: 15432 }, bank: { https: 443 }, worker: {} },
      urls: { api: 'http://127.0.0.1:3000', db: 'postgres://127.0.0.1:15432', bank: 'https://bank.example:443' },
    });
  });
});

import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostic.js';
import { environmentOf, generatedVariables } from '../../../src/supervisor/discovery/environment.js';
import type { EnvFile, Service, System } from '../../../src/system.js';
import { containerService, externalService, port, processService, systemOf } from '../../rig/system.js';

/** What a service without ports of its own is told of `services`. */
const told = (...services: Service[]) => {
  const reader = processService('reader');
  return Object.fromEntries(generatedVariables(systemOf([...services, reader]), reader));
};

describe('a service is told of another', () => {
  test('in the form of Kubernetes, and with dashes kept as fuge 2 did', () => {
    const table = (name: string) => ({
      [`${name}_SERVICE_HOST`]: '1.2.3.4',
      [`${name}_SERVICE_PORT`]: '8080',
      [`${name}_SERVICE_PORT_HTTP`]: '8080',
      [`${name}_PORT`]: 'tcp://1.2.3.4:8080',
      [`${name}_PORT_8080_TCP`]: 'tcp://1.2.3.4:8080',
      [`${name}_PORT_8080_TCP_PROTO`]: 'tcp',
      [`${name}_PORT_8080_TCP_PORT`]: '8080',
      [`${name}_PORT_8080_TCP_ADDR`]: '1.2.3.4',
    });
    const service = processService('foo-bar', { host: '1.2.3.4', ports: [port('http=8080')] });
    expect(told(service)).toEqual({ ...table('FOO_BAR'), ...table('FOO-BAR') });
  });

  test('by its first port, and each port by number and name', () => {
    const variables = told(processService('api', { ports: [port('main=1000'), port('admin-ui=2000')] }));
    expect(variables).toMatchObject({
      API_SERVICE_PORT: '1000',
      API_PORT: 'tcp://127.0.0.1:1000',
      API_SERVICE_PORT_MAIN: '1000',
      API_SERVICE_PORT_ADMIN_UI: '2000',
      API_PORT_1000_TCP_PORT: '1000',
      API_PORT_2000_TCP: 'tcp://127.0.0.1:2000',
    });
    expect(Object.keys(variables)).toHaveLength(3 + 2 + 2 * 4);
  });

  test('by protocol: one number on tcp and udp gives both sets', () => {
    expect(told(processService('dns', { ports: [port('q=53/udp'), port('t=53'), port('s=9/sctp')] }))).toMatchObject({
      DNS_PORT: 'udp://127.0.0.1:53',
      DNS_PORT_53_UDP: 'udp://127.0.0.1:53',
      DNS_PORT_53_UDP_PROTO: 'udp',
      DNS_PORT_53_TCP: 'tcp://127.0.0.1:53',
      DNS_PORT_9_SCTP_PROTO: 'sctp',
    });
  });

  test('at an IPv6 address, in brackets within URLs only', () => {
    expect(told(processService('six', { host: 'fd00::1', ports: [port('main=80')] }))).toMatchObject({
      SIX_SERVICE_HOST: 'fd00::1',
      SIX_PORT: 'tcp://[fd00::1]:80',
      SIX_PORT_80_TCP: 'tcp://[fd00::1]:80',
      SIX_PORT_80_TCP_ADDR: 'fd00::1',
    });
  });

  test('by the port that others use, not the one inside the container', () => {
    const variables = told(containerService('redis', { ports: [port('main=7000:6379')] }));
    expect(variables).toMatchObject({ REDIS_SERVICE_PORT: '7000', REDIS_PORT_7000_TCP_PORT: '7000' });
    expect(Object.values(variables).join()).not.toContain('6379');
  });

  test('at the addresses that its ports are published at, never at "every address"', () => {
    const at = (hostAddress: string) => ({ hostAddress });
    const ports = [
      port('http=8080:80', at('127.0.0.2')),
      port('admin=9090', at('0.0.0.0')),
      port('six=7070', at('::')),
    ];
    const redis = containerService('redis', { ports });
    expect(told(redis)).toMatchObject({
      REDIS_SERVICE_HOST: '127.0.0.2',
      REDIS_PORT: 'tcp://127.0.0.2:8080',
      REDIS_PORT_8080_TCP_ADDR: '127.0.0.2',
      REDIS_PORT_9090_TCP: 'tcp://127.0.0.1:9090',
      REDIS_PORT_7070_TCP: 'tcp://[::1]:7070',
      REDIS_PORT_7070_TCP_ADDR: '::1',
    });
    const reader = containerService('reader');
    expect(Object.fromEntries(generatedVariables(systemOf([redis, reader]), reader))).toMatchObject({
      REDIS_PORT: 'tcp://redis:80',
      REDIS_PORT_9090_TCP: 'tcp://redis:9090',
    });
  });

  test('that runs elsewhere, or has an automatic port', () => {
    expect(told(externalService('db', { host: 'db.test', ports: [port('pg=5432')] }))).toMatchObject({
      DB_SERVICE_HOST: 'db.test',
      DB_PORT: 'tcp://db.test:5432',
    });
    expect(told(processService('auto', { ports: [port('main=10000', { automatic: true })] }))).toMatchObject({
      AUTO_SERVICE_PORT: '10000',
    });
  });

  test('only if it has ports and does not hide', () => {
    expect(told(processService('silent'))).toEqual({});
    expect(told(processService('hidden', { advertised: false, ports: [port('main=1')] }))).toEqual({});
  });

  test('with every character that a variable can not hold as _, a leading digit kept', () => {
    const names = Object.keys(told(processService('2nd.app', { ports: [port('main=1')] })));
    expect(names).toContain('2ND_APP_SERVICE_HOST');
    expect(names).toContain('2ND.APP_SERVICE_HOST');
  });

  test('by its own spelling, whoever else would be called the same', () => {
    const dashed = processService('a-b', { ports: [port('main=1')] });
    const own = processService('a_b', { ports: [port('main=2')] });
    for (const services of [
      [dashed, own],
      [own, dashed],
    ])
      expect(told(...services)).toMatchObject({ A_B_SERVICE_PORT: '2', 'A-B_SERVICE_PORT': '1' });
  });
});

const generated = (service: Service) => Object.fromEntries(generatedVariables(systemOf([service]), service));

describe('the environment of a launch', () => {
  const envFile = (path: string, more: Partial<EnvFile> = {}): EnvFile => ({
    path,
    at: undefined,
    required: true,
    format: 'dotenv',
    ...more,
  });

  function environment(
    service: Service,
    {
      system = {},
      others = [],
      process = {},
      files = {},
      set,
    }: {
      system?: Partial<System>;
      others?: Service[];
      process?: Record<string, string | undefined>;
      files?: Record<string, string>;
      set?: ReadonlyMap<string, string | undefined>;
    } = {},
  ) {
    const report = environmentOf(systemOf([service, ...others], system), service, {
      process,
      read: file => files[file.path],
      ...(set && { set }),
    });
    return {
      values: Object.fromEntries(report.variables.map(({ name, value }) => [name, value])),
      sources: Object.fromEntries(report.variables.map(({ name, source }) => [name, source])),
      report,
      problems: report.problems.map(each => formatDiagnostic(each)),
    };
  }

  test('has what its own env files say in the words of this machine, where they speak of containers', () => {
    const service = processService('web', {
      envFiles: [envFile('a.env')],
      environment: { OWN: 'db:1' },
      translation: { peers: { db: { main: 1, ports: { 1: 2 } } }, ports: {}, files: {} },
    });
    const { values } = environment(service, {
      system: { envFiles: [envFile('global.env')] },
      files: { 'a.env': 'FILE=db:1', 'global.env': 'GLOBAL=db:1' },
    });
    expect(values).toMatchObject({ FILE: '127.0.0.1:2', GLOBAL: 'db:1', OWN: 'db:1' });
  });

  test('has what its image would set above what is inherited and generated, and below all that the user says', () => {
    const service = processService('api', {
      ports: [port('main=1000')],
      imageEnvironment: { PORT: '3000', MODE: 'image', OWN: 'image', HOME: '/app' },
      envFiles: [envFile('a.env')],
      environment: { OWN: 'own' },
    });
    const { values, sources } = environment(service, {
      process: { HOME: '/home/me', PORT: '1' },
      files: { 'a.env': 'MODE=file' },
    });
    expect(values).toMatchObject({ PORT: '3000', MODE: 'file', OWN: 'own', HOME: '/app' });
    expect(sources).toMatchObject({ PORT: 'image', HOME: 'image', MODE: 'env_file', OWN: 'service' });
  });

  test('is laid in layers, each over the one before, and says where each value comes from', () => {
    const layers = ['process', 'generated', 'global', 'global env_file', 'env_file', 'service', 'set'] as const;
    // L0 is given by the lowest layer only, L6 by all; the generated layer has its own name for it.
    const NAMES = ['L0', 'SERVICE_HOST', 'L2', 'L3', 'L4', 'L5', 'L6'];
    const above = (layer: number) => Object.fromEntries(NAMES.slice(layer).map(name => [name, layers[layer]!]));
    const text = (layer: number) =>
      Object.entries(above(layer))
        .map(([name, value]) => `${name}="${value}"\n`)
        .join('');
    const service = processService('web', {
      host: 'generated',
      ports: [port('main=1', { automatic: true })],
      environment: above(5),
      envFiles: [envFile('/own.env')],
    });
    const { values, sources } = environment(service, {
      process: above(0),
      system: { environment: above(2), envFiles: [envFile('/global.env')] },
      files: { '/global.env': text(3), '/own.env': text(4) },
      set: new Map(Object.entries(above(6))),
    });
    const expected = Object.fromEntries(NAMES.map((name, layer) => [name, layers[layer]]));
    expect(values).toMatchObject(expected);
    expect(sources).toMatchObject(expected);
  });

  test('says at which lines of the system file its own and the global variables are', () => {
    const at = (line: number, file = '/fuge.yml') => ({ file, line, column: 1 });
    const service = processService('web', {
      environment: { OWN: '1', MERGED: '2' },
      origins: { 'environment.OWN': at(7), environment: at(6) },
    });
    const { report } = environment(service, {
      system: { environment: { ALL: '3' }, origins: { 'environment.ALL': at(3) } },
    });
    expect(report.variables).toEqual([
      { name: 'ALL', value: '3', source: 'global', at: { file: '/fuge.yml', line: 3 } },
      { name: 'MERGED', value: '2', source: 'service', at: { file: '/fuge.yml', line: 6 } },
      { name: 'OWN', value: '1', source: 'service', at: { file: '/fuge.yml', line: 7 } },
    ]);
  });

  test('is sorted by name', () => {
    const { report } = environment(processService('web', { environment: { b: '1', A: '2', a: '3' } }));
    expect(report.variables.map(({ name }) => name)).toEqual(['A', 'a', 'b']);
  });

  test('tells a service its own address by SERVICE_HOST and SERVICE_PORT, of the first port', () => {
    const service = processService('web', { host: 'h', ports: [port('main=1000'), port('admin=2000')] });
    expect(environment(service).values).toMatchObject({ SERVICE_HOST: 'h', SERVICE_PORT: '1000', PORT: '1000' });
    const own = { ...service, environment: { SERVICE_HOST: 'mine', SERVICE_PORT: '7' } };
    expect(environment(own).values).toMatchObject({ SERVICE_HOST: 'mine', SERVICE_PORT: '7' });
  });

  test('has PORT only where the service declares a port and nobody else gives one', () => {
    const web = processService('web', { ports: [port('main=1000')] });
    expect(environment(web).sources.PORT).toBe('generated');
    expect(environment(web, { process: { PORT: '9' } }).values.PORT).toBe('9');
    expect(environment({ ...web, environment: { PORT: '8' } }).values.PORT).toBe('8');
    expect(environment(web, { system: { environment: { PORT: '7' } } }).values.PORT).toBe('7');
    expect(environment(processService('web', { ports: [port('main=1', { automatic: true })] })).values.PORT).toBe(
      undefined,
    );
    expect(environment(processService('web')).values.PORT).toBe(undefined);
  });

  test('of a service that hides still tells it of the others', () => {
    const hidden = processService('hidden', { advertised: false, ports: [port('main=1')] });
    const { values } = environment(hidden, { others: [processService('api', { ports: [port('main=2')] })] });
    expect(values.API_SERVICE_PORT).toBe('2');
    expect(values.HIDDEN_SERVICE_PORT).toBe(undefined);
  });

  test('has nothing generated where discovery is off for all', () => {
    const web = processService('web', { ports: [port('main=1000')], environment: { A: '1' } });
    expect(environment(web, { system: { discovery: false }, process: { HOME: '/' } }).values).toEqual({
      A: '1',
      HOME: '/',
    });
  });

  test('lets the user override what is generated', () => {
    const api = processService('api', { ports: [port('main=2')] });
    const web = processService('web', { environment: { API_SERVICE_HOST: 'mine' } });
    expect(environment(web, { others: [api] }).values).toMatchObject({
      API_SERVICE_HOST: 'mine',
      API_SERVICE_PORT: '2',
    });
  });

  test('takes what "set" unset away, wherever it came from', () => {
    const web = processService('web', { environment: { A: '1' }, ports: [port('main=1')] });
    const set = new Map<string, string | undefined>([
      ['A', undefined],
      ['HOME', undefined],
      ['PORT', undefined],
      ['B', ''],
    ]);
    expect(environment(web, { process: { HOME: '/', X: undefined }, set }).values).toEqual({
      B: '',
      ...generated(web),
    });
  });

  test('says where names are answered: here, or at the gateway to who sees no loopback of this machine', () => {
    const dns = { enabled: true, host: '0.0.0.0', port: 5353, namespace: '', suffix: '', external: [], forward: false };
    const hostOf = (service: Service, host = '127.0.0.9') =>
      environment(service, { system: { dns: { ...dns, host } } }).values.DNS_HOST;
    expect(hostOf(processService('web'))).toBe('127.0.0.9');
    expect(hostOf(processService('web'), '0.0.0.0')).toBe('127.0.0.1');
    expect(hostOf(containerService('web'))).toBe('host-gateway');
    expect(hostOf(containerService('web', { networkMode: 'host' }))).toBe('127.0.0.9');
    expect(hostOf(containerService('web', { networkMode: 'none' }))).toBeUndefined();
    expect(environment(containerService('web'), { system: { dns } }).values).toMatchObject({
      DNS_PORT: '5353',
      DNS_NAMESPACE: '',
      DNS_SUFFIX: '',
    });
    expect(environment(containerService('web')).values.DNS_HOST).toBeUndefined();
  });

  test('reads env files in their order, a later one over an earlier one, and tells the line', () => {
    const web = processService('web', { envFiles: [envFile('/a.env'), envFile('/b.env')] });
    const { values, report } = environment(web, { files: { '/a.env': 'A=1\nB=1\n', '/b.env': '\nB=2\n' } });
    expect(values).toMatchObject({ A: '1', B: '2' });
    expect(report.variables.find(({ name }) => name === 'B')?.at).toEqual({ file: '/b.env', line: 2 });
  });

  test('looks variables of env files up in the environment of fuge, then in lower layers and earlier lines', () => {
    const web = processService('web', { envFiles: [envFile('/a.env')] });
    const { values } = environment(web, {
      process: { WHO: 'me' },
      system: { environment: { WHO: 'global', WHERE: 'here' } },
      files: { '/a.env': 'A=$WHO $WHERE\nB=$A!\n' },
    });
    expect(values).toMatchObject({ A: 'me here', B: 'me here!' });
  });

  test('takes raw env files as they are', () => {
    const web = processService('web', { envFiles: [envFile('/a.env', { format: 'raw' })] });
    expect(environment(web, { files: { '/a.env': 'A="$B" # x\n' } }).values.A).toBe('"$B" # x');
  });

  test('says which env file is missing, unless it need not be there', () => {
    const at = { file: '/shop/fuge.yml', line: 7, column: 15 };
    const web = processService('web', {
      envFiles: [envFile('/no.env', { at }), envFile('/opt.env', { required: false })],
    });
    expect(environment(web).problems).toEqual([
      '/shop/fuge.yml:7:15 warning missing-env-file: the env_file /no.env does not exist\n' +
        '  hint: create it, or remove it from env_file',
    ]);
  });

  test('says what is wrong within an env file, at its place, and takes the rest', () => {
    const web = processService('web', { envFiles: [envFile('/a.env')] });
    const { values, problems } = environment(web, { files: { '/a.env': 'A=1\nB="never\nC=3\n' } });
    expect(values.A).toBe('1');
    expect(problems[0]).toBe('/a.env:2:3 error env-file: the quote " is never closed\n  2 | B="never\n    |   ~');
  });
});

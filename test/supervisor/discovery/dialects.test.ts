import { describe, expect, it } from 'vitest';
import { dialectVariables } from '../../../src/supervisor/discovery/dialects.js';
import type { Dialect } from '../../../src/system.js';
import { port } from '../../rig/system.js';

const told = (name: string, ports: readonly string[], host = '127.0.0.1') => ({
  name,
  ports: ports.map(text => port(text)),
  reach: { host, hostOf: () => host, port: ({ host: number }: { host: number }) => number },
});
const variables = (dialects: readonly Dialect[], ...services: ReturnType<typeof told>[]) =>
  Object.fromEntries(dialectVariables(services, dialects));

describe('the url dialect', () => {
  it('is the address of the first port under the name, of further ones under theirs too', () => {
    expect(variables(['url'], told('foo-bar', ['http=8080', 'admin-ui=8081', 'dns=53/udp']))).toEqual({
      FOO_BAR_URL: 'http://127.0.0.1:8080',
      FOO_BAR_ADMIN_UI_URL: 'http://127.0.0.1:8081',
      FOO_BAR_DNS_URL: 'udp://127.0.0.1:53',
    });
  });

  it('takes the scheme from the name of the port', () => {
    const schemes = ['https=443', 'grpc=50051', 'redis=6379', 'postgres-main=5432', 'main=80'].map(
      each => variables(['url'], told('a', [each])).A_URL,
    );
    expect(schemes).toEqual([
      'https://127.0.0.1:443',
      'grpc://127.0.0.1:50051',
      'redis://127.0.0.1:6379',
      'postgres://127.0.0.1:5432',
      'http://127.0.0.1:80',
    ]);
  });

  it('puts an IPv6 address in brackets', () => {
    expect(variables(['url'], told('a', ['http=80'], '::1'))).toEqual({ A_URL: 'http://[::1]:80' });
  });
});

describe('the aspire dialect', () => {
  it('keeps names as they are, and counts the endpoints of one scheme', () => {
    expect(variables(['aspire'], told('foo-Bar', ['http=80', 'https=443', 'http-admin=81']))).toEqual({
      'services__foo-Bar__http__0': 'http://127.0.0.1:80',
      'services__foo-Bar__https__0': 'https://127.0.0.1:443',
      'services__foo-Bar__http__1': 'http://127.0.0.1:81',
    });
  });
});

it('several dialects are told side by side, none at all nothing', () => {
  const names = Object.keys(variables(['kubernetes', 'url', 'aspire'], told('a', ['http=80'])));
  expect(names).toEqual(expect.arrayContaining(['A_SERVICE_HOST', 'A_PORT_80_TCP', 'A_URL', 'services__a__http__0']));
  expect(variables([], told('a', ['http=80']))).toEqual({});
});

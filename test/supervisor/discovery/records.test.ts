import { describe, expect, it } from 'vitest';
import { Answers } from '../../../src/supervisor/discovery/answer.js';
import { reverseName, zoneOf } from '../../../src/supervisor/discovery/records.js';
import type { DnsSettings, Service } from '../../../src/system.js';
import { containerService, externalService, nodeService, port, systemOf } from '../../rig/system.js';

const CLUSTER = { enabled: true, namespace: 'shop', suffix: 'svc.cluster.local' };
const PLAIN = { enabled: true, namespace: '', suffix: '' };

function zone(services: readonly Service[], dns: Partial<DnsSettings> = CLUSTER) {
  return zoneOf(systemOf(services, { dns: zoneSettings(dns) }));
}
function zoneSettings(dns: Partial<DnsSettings> = CLUSTER): DnsSettings {
  return { host: '127.0.0.1', port: 53_053, external: [], forward: false, ...PLAIN, ...dns };
}
const named = (name: string, more: Partial<Service> = {}) =>
  nodeService(name, { dns: CLUSTER, ports: [port('http=3000')], ...(more as object) });
const answersOf = (services: readonly Service[], dns?: Partial<DnsSettings>) => new Answers(zone(services, dns));

describe('the common name of instances', () => {
  const name = 'web.shop.svc.cluster.local';
  const instances = [1, 2, 3].map(number =>
    named(`web-${number}`, { instance: { of: 'web', number }, ports: [port(`http=${2999 + number}`)] }),
  );
  const recordsOf = (services: readonly Service[], ready: readonly string[]) =>
    zoneOf(systemOf(services, { dns: zoneSettings() }), service => ready.includes(service)).records.filter(
      record => record.name.endsWith(name) && !record.name.includes('web-'),
    );

  it('answers those that are ready, which share the weight', () => {
    expect(recordsOf(instances, ['web-1', 'web-3'])).toEqual([
      { type: 'A', name, address: '127.0.0.1' },
      ...[1, 3].map(number => ({
        type: 'SRV',
        name: `_http._tcp.${name}`,
        priority: 0,
        weight: 50,
        port: 2999 + number,
        target: `web-${number}.shop.svc.cluster.local`,
      })),
    ]);
  });

  it('answers all where none is ready, as one service is answered whether it runs or not', () => {
    expect(
      recordsOf(instances, []).map(record => ('port' in record ? [record.port, record.weight] : record.type)),
    ).toEqual(['A', [3000, 33], [3001, 33], [3002, 33]]);
  });

  it('has the address of each host', () => {
    const apart = instances.map((one, index) => ({ ...one, host: `10.0.0.${index}` }));
    expect(recordsOf(apart, ['web-2', 'web-3']).flatMap(record => ('address' in record ? record.address : []))).toEqual(
      ['10.0.0.1', '10.0.0.2'],
    );
  });
});

describe('the records of a service', () => {
  it('are its address, and where each port is', () => {
    const web = named('Web', { ports: [port('http=3000'), port('dns=53/udp')] });
    expect(zone([web]).records.filter(({ type }) => type !== 'TXT')).toEqual([
      { type: 'A', name: 'web.shop.svc.cluster.local', address: '127.0.0.1' },
      ...['_http._tcp', '_dns._udp'].map((prefix, index) => ({
        type: 'SRV',
        name: `${prefix}.web.shop.svc.cluster.local`,
        priority: 0,
        weight: 100,
        port: [3000, 53][index],
        target: 'web.shop.svc.cluster.local',
      })),
      { type: 'PTR', name: '1.0.0.127.in-addr.arpa', target: 'web.shop.svc.cluster.local' },
    ]);
  });

  it('have IPv6 addresses, and other names of hosts that have no address here', () => {
    const six = named('six', { host: '[fd00::1]' });
    const far = externalService('far', { dns: CLUSTER, host: 'API.example.com.', ports: [port('https=443')] });
    const everywhere = named('all', { host: '0.0.0.0' });
    const { records } = zone([six, far, everywhere]);
    expect(records).toContainEqual({ type: 'AAAA', name: 'six.shop.svc.cluster.local', address: 'fd00::1' });
    expect(records).toContainEqual({ type: 'CNAME', name: 'far.shop.svc.cluster.local', target: 'api.example.com' });
    expect(records).toContainEqual({ type: 'A', name: 'all.shop.svc.cluster.local', address: '127.0.0.1' });
  });

  it('have no reverse where several share an address', () => {
    const pointers = zone([named('a'), named('b'), named('c', { host: '10.0.0.3' })]).records.filter(
      ({ type }) => type === 'PTR',
    );
    expect(pointers).toEqual([{ type: 'PTR', name: '3.0.0.10.in-addr.arpa', target: 'c.shop.svc.cluster.local' }]);
  });

  it('are not there for what is hidden or has its DNS off', () => {
    const hidden = named('hidden', { advertised: false });
    const off = named('off', { dns: { ...CLUSTER, enabled: false } });
    expect(zone([hidden, off]).records.map(({ name }) => name)).toEqual(['dns-version.shop.svc.cluster.local']);
  });

  it('also tell what dns_external says, as it stands', () => {
    const external = [
      { type: 'A', name: 'DB.local', address: '192.0.2.1' },
      { type: 'SRV', name: '_m._tcp.db.local', priority: 3, weight: 5, port: 5060, target: 'db.local' },
    ] as const;
    expect(zone([], { ...CLUSTER, external }).records.slice(1)).toEqual([
      { type: 'A', name: 'db.local', address: '192.0.2.1' },
      { type: 'SRV', name: '_m._tcp.db.local', priority: 3, weight: 5, port: 5060, target: 'db.local' },
    ]);
  });

  it('of a container have its published port', () => {
    const redis = containerService('redis', { dns: CLUSTER, ports: [port('main=6390:6379')] });
    expect(zone([redis]).records).toContainEqual(expect.objectContaining({ type: 'SRV', port: 6390 }));
  });
});

it('reverse names are by bytes and by half bytes', () => {
  expect(reverseName('192.0.2.10')).toBe('10.2.0.192.in-addr.arpa');
  expect(reverseName('fd00::1')).toBe(`1.${'0.'.repeat(27)}0.0.d.f.ip6.arpa`);
  expect(reverseName('::ffff:1.2.3.4')).toBe(`4.0.3.0.2.0.1.0.f.f.f.f.${'0.'.repeat(20)}ip6.arpa`);
});

describe('an answer', () => {
  const answers = answersOf([
    named('web'),
    externalService('far', { dns: CLUSTER, host: 'api.example.com', ports: [] }),
  ]);
  const to = (name: string, type = 'A') => answers.to({ name, type });

  it('is found whatever the case, and with a final dot', () => {
    expect(to('WEB.shop.svc.CLUSTER.local.')).toMatchObject({ kind: 'data', answers: [{ address: '127.0.0.1' }] });
  });

  it('to SRV brings the address along', () => {
    expect(to('_http._tcp.web.shop.svc.cluster.local', 'SRV')).toMatchObject({
      answers: [{ type: 'SRV', port: 3000 }],
      additionals: [{ type: 'A', address: '127.0.0.1' }],
    });
  });

  it('to any type has all of them', () => {
    expect(to('web.shop.svc.cluster.local', 'ANY')).toMatchObject({ answers: [{ type: 'A' }] });
  });

  it('to an address of what has only another name is that name', () => {
    expect(to('far.shop.svc.cluster.local')).toMatchObject({ answers: [{ type: 'CNAME', target: 'api.example.com' }] });
  });

  it('is no data for a name that is there without the type, or only has names below it', () => {
    for (const [name, type] of [
      ['web.shop.svc.cluster.local', 'AAAA'],
      ['_tcp.web.shop.svc.cluster.local', 'A'],
      ['shop.svc.cluster.local', 'A'],
    ] as const)
      expect(to(name, type)).toEqual({ kind: 'no-data', apex: 'shop.svc.cluster.local' });
  });

  it('is no name for what is ours and not there', () => {
    expect(to('nobody.shop.svc.cluster.local')).toEqual({ kind: 'no-name', apex: 'shop.svc.cluster.local' });
    expect(to('web.other.svc.cluster.local')).toEqual({ kind: 'no-name', apex: 'svc.cluster.local' });
  });

  it('is left to others for what is not ours', () => {
    expect(to('example.com')).toEqual({ kind: 'not-ours' });
    expect(to('8.8.8.8.in-addr.arpa', 'PTR')).toEqual({ kind: 'not-ours' });
  });

  it('without namespace and suffix is for single names, and no others', () => {
    const plain = answersOf([named('web', { dns: PLAIN })], PLAIN);
    expect(plain.to({ name: 'web', type: 'A' })).toMatchObject({ kind: 'data' });
    expect(plain.to({ name: '_http._tcp.web', type: 'SRV' })).toMatchObject({ kind: 'data' });
    expect(plain.to({ name: 'nobody', type: 'A' })).toEqual({ kind: 'no-name', apex: '' });
    expect(plain.to({ name: 'web.example.com', type: 'A' })).toEqual({ kind: 'not-ours' });
  });
});

it('a container is where its port is published, and alone there has the reverse of that address', () => {
  const at = (hostAddress: string) => ({ dns: CLUSTER, ports: [port('http=80', { hostAddress })] });
  const services = [containerService('a', at('127.0.0.2')), containerService('b', at('0.0.0.0')), named('c')];
  const told = zone(services).records.filter(({ type }) => type === 'A' || type === 'PTR');
  expect(told).toEqual([
    { type: 'A', name: 'a.shop.svc.cluster.local', address: '127.0.0.2' },
    { type: 'A', name: 'b.shop.svc.cluster.local', address: '127.0.0.1' },
    { type: 'A', name: 'c.shop.svc.cluster.local', address: '127.0.0.1' },
    { type: 'PTR', name: '2.0.0.127.in-addr.arpa', target: 'a.shop.svc.cluster.local' },
  ]);
});

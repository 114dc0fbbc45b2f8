import { describe, expect, it } from 'vitest';
import type { NetworkUse } from '../../../src/container.js';
import { Answers } from '../../../src/supervisor/discovery/answer.js';
import { containerSight, type Place } from '../../../src/supervisor/discovery/container-sight.js';
import { zoneOf } from '../../../src/supervisor/discovery/records.js';
import type { Service } from '../../../src/system.js';
import { containerService, externalService, nodeService, port, systemOf } from '../../rig/system.js';

const GATEWAY = '172.17.0.1';
const use = (network: string): NetworkUse => ({
  network,
  aliases: [],
  ipv4: undefined,
  ipv6: undefined,
  mac: undefined,
  priority: 0,
});
const http = port('http=3000:80');

const SERVICES: readonly Service[] = [
  nodeService('api', { ports: [port('http=4000')] }),
  containerService('front', { ports: [http] }),
  containerService('web', { networks: [use('default'), use('back')] }),
  containerService('store', { networks: [use('back')], ports: [port('sql=5432')] }),
  containerService('side', { networkMode: 'service:store', ports: [port('metrics=9000')] }),
  externalService('far', { host: '192.0.2.7', ports: [port('https=443')] }),
  externalService('named', { host: 'api.example.com' }),
  externalService('here', { host: 'localhost', ports: [port('main=6000')] }),
];
const PLACES: readonly Place[] = [
  { service: 'front', addresses: { shop_default: '172.18.0.2' } },
  { service: 'web', addresses: { shop_default: '172.18.0.3', shop_back: '172.19.0.3' } },
  { service: 'store', addresses: { shop_back: '172.19.0.4' } },
];
const system = systemOf(SERVICES);

/** The address and the first port that a service has by the names that a reader is told. */
function seen(service: string, reader: string | undefined, places = PLACES): string {
  const place = places.find(each => each.service === reader);
  const answers = new Answers(zoneOf(system, () => true, containerSight(system, GATEWAY, places, place)));
  const first = system.services.get(service)!.ports[0];
  const srv = first && answers.to({ name: `_${first.name}._tcp.${service}`, type: 'SRV' });
  const a = answers.to({ name: service, type: 'A' });
  const [record] = a.kind === 'data' ? a.answers : [];
  const address =
    record && 'address' in record ? record.address : record && 'target' in record ? record.target : a.kind;
  const [found] = srv?.kind === 'data' ? srv.answers : [];
  return found?.type === 'SRV' ? `${address}:${found.port}` : address;
}

describe('a container that asks for names', () => {
  it.each([
    ['a process', 'api', 'web', `${GATEWAY}:4000`],
    ['another container of a network it is in', 'front', 'web', '172.18.0.2:80'],
    ['one of its other network', 'store', 'web', '172.19.0.4:5432'],
    ['one that has the network of another', 'side', 'web', '172.19.0.4:9000'],
    ['a container of a network it is not in', 'store', 'front', `${GATEWAY}:5432`],
    ['itself', 'front', 'front', '172.18.0.2:80'],
    ['what runs elsewhere', 'far', 'web', '192.0.2.7:443'],
    ['what runs elsewhere and has only a name', 'named', 'web', 'api.example.com'],
    ['what runs at loopback without fuge', 'here', 'web', `${GATEWAY}:6000`],
  ])('finds %s', (_, service, reader, where) => {
    expect(seen(service, reader)).toBe(where);
  });

  it('finds no address of one that does not run, and its port', () => {
    expect(seen('front', 'web', PLACES.slice(1))).toBe('no-data:80');
  });

  it('finds all of this machine at the gateway when it is no service of the system', () => {
    expect(['api', 'front', 'store', 'far'].map(service => seen(service, undefined))).toEqual([
      `${GATEWAY}:4000`,
      `${GATEWAY}:3000`,
      `${GATEWAY}:5432`,
      '192.0.2.7:443',
    ]);
  });
});

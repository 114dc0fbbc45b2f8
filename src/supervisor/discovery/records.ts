/**
 * The names of a system: pure. The form is that of Kubernetes' DNS specification 1.1 and of CoreDNS.
 *
 * - `<service>[.namespace][.suffix]` has the address of the service (A, AAAA), or is another name for a host that has only a
 *   name (CNAME).
 * - `_<port>._<protocol>.<that name>` (SRV) says the port; priority 0, weight 100.
 * - The name of several instances has the addresses of those that are ready, and SRV records that share the weight of 100.
 *   If none is ready all are told, as a single service is whether it runs or not (fuge 2).
 * - The reverse of an address that belongs to one service alone is its name (PTR).
 * - `dns-version.<zone>` (TXT) is the version of the specification.
 * - What `dns_external` says is told as it stands (fuge 2).
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { DnsRecord } from '../../dns-record.js';
import type { Port, Service, System } from '../../system.js';
import { hostHere } from './reach.js';

type SrvRecord = Extract<DnsRecord, { type: 'SRV' }>;

/** Of the specification. */
const VERSION = '1.1.0';
const WEIGHT = 100;

/** What is seen of a service from where the names are asked. */
export interface Sight {
  /** Its address or name there; undefined: just now it has none. */
  hostOf(service: Service): string | undefined;
  portOf(service: Service, port: Port): number;
}

const HERE: Sight = { hostOf: hostHere, portOf: (_service, port) => port.host };

export interface Zone {
  readonly records: readonly DnsRecord[];
  /** The ends of the names that are ours: what is below one of them and not in the records does not exist. `` is for single labels. */
  readonly apexes: readonly string[];
}

/** @param isReady Of an instance, by the name of its service. @param sight Of who asks; default: processes of this machine. */
export function zoneOf(system: System, isReady: (service: string) => boolean = () => true, sight: Sight = HERE): Zone {
  const services = [...system.services.values()].filter(({ advertised, dns }) => advertised && dns.enabled);
  const apexes = [...new Set([...services.map(apexOf), joined(system.dns.namespace, system.dns.suffix)])];
  const records = [
    ...services.flatMap(service => recordsOf(service, sight)),
    ...instanceRecords(services, isReady, sight),
    ...reverseRecords(services, sight),
    ...apexes.map((apex): DnsRecord => ({ type: 'TXT', name: joined('dns-version', apex), text: VERSION })),
    ...system.dns.external.map(externalRecord),
  ];
  // The zone of the suffix is ours as a whole, whatever the namespace.
  const { suffix } = system.dns;
  return {
    records: records.filter(isSayable),
    apexes: [...new Set([...apexes, ...(suffix === '' ? [] : [suffix.toLowerCase()])])],
  };
}

/** A name that is too long for DNS can't be told, nor led to. */
function isSayable(record: DnsRecord): boolean {
  return ['target' in record ? record.target : '', record.name].every(
    name => Buffer.byteLength(name) <= 253 && name.split('.').every(label => Buffer.byteLength(label) <= 63),
  );
}

const joined = (...parts: readonly string[]) =>
  parts
    .filter(part => part !== '')
    .join('.')
    .toLowerCase();
const apexOf = ({ dns }: Service) => joined(dns.namespace, dns.suffix);

/** The name by which a service is found. */
export function dnsNameOf(service: Service): string {
  return joined(service.name, apexOf(service));
}

function recordsOf(service: Service, sight: Sight): DnsRecord[] {
  const name = dnsNameOf(service);
  const host = sight.hostOf(service);
  const ports = service.ports.map(port => portRecord(name, port, sight.portOf(service, port), name, WEIGHT));
  return [...(host === undefined ? [] : [addressRecord(name, host)]), ...ports];
}

function portRecord(name: string, port: Port, number: number, target: string, weight: number): SrvRecord {
  const { protocol } = port;
  return {
    type: 'SRV',
    name: `_${port.name}._${protocol}.${name}`.toLowerCase(),
    priority: 0,
    weight,
    port: number,
    target,
  };
}

/** What the common name of instances is answered with: each address once. */
function instanceRecords(
  services: readonly Service[],
  isReady: (service: string) => boolean,
  sight: Sight,
): DnsRecord[] {
  const byName = new Map<string, Service[]>();
  for (const service of services) {
    if (!service.instance) continue;
    const name = joined(service.instance.of, apexOf(service));
    byName.set(name, [...(byName.get(name) ?? []), service]);
  }
  return [...byName].flatMap(([name, all]) => {
    const ready = all.filter(service => isReady(service.name));
    const told = ready.length > 0 ? ready : all;
    const hosts = told.flatMap(service => sight.hostOf(service) ?? []);
    const addresses = new Map(hosts.map(host => [addressOf(host), addressRecord(name, host)]));
    const records = told.flatMap(service =>
      service.ports.map(port => portRecord(name, port, sight.portOf(service, port), dnsNameOf(service), WEIGHT)),
    );
    const sharing = (record: SrvRecord) => records.filter(other => other.name === record.name).length;
    return [
      ...addresses.values(),
      ...records.map((record): SrvRecord => ({ ...record, weight: Math.max(1, Math.floor(WEIGHT / sharing(record))) })),
    ];
  });
}

function addressRecord(name: string, host: string): DnsRecord {
  const address = addressOf(host);
  if (isIPv4(address)) return { type: 'A', name, address };
  if (isIPv6(address)) return { type: 'AAAA', name, address };
  return { type: 'CNAME', name, target: address.toLowerCase().replace(/\.$/, '') };
}

/** Where something that listens everywhere is reached here. */
function addressOf(host: string): string {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  if (plain === 'localhost' || plain === '0.0.0.0') return '127.0.0.1';
  return plain === '::' ? '::1' : plain.replace(/%.*$/, ''); // an interface has no place in a record
}

function reverseRecords(services: readonly Service[], sight: Sight): DnsRecord[] {
  const byAddress = new Map<string, Service[]>();
  for (const service of services) {
    const address = addressOf(sight.hostOf(service) ?? '');
    if (isIPv4(address) || isIPv6(address)) byAddress.set(address, [...(byAddress.get(address) ?? []), service]);
  }
  return [...byAddress].flatMap(([address, [only, ...others]]): DnsRecord[] =>
    others.length > 0 ? [] : [{ type: 'PTR', name: reverseName(address), target: dnsNameOf(only!) }],
  );
}

/** `4.3.2.1.in-addr.arpa`, or the form of IPv6. */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  return `${nibbles(address).reverse().join('.')}.ip6.arpa`;
}

function nibbles(address: string): string[] {
  const plain = address.split('%')[0]!.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: string[]) => {
    const [a, b, c, d] = bytes.map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].flatMap(group => [...group.padStart(4, '0').toLowerCase()]);
}

function externalRecord(record: System['dns']['external'][number]): DnsRecord {
  const name = record.name.toLowerCase().replace(/\.$/, '');
  if (record.type === 'A') return { type: isIPv6(record.address) ? 'AAAA' : 'A', name, address: record.address };
  const { priority, weight, port, target } = record;
  return { type: 'SRV', name, priority, weight, port, target: target.toLowerCase().replace(/\.$/, '') };
}

/**
 * The names of a system: pure. The form is that of Kubernetes' DNS specification 1.1 and of CoreDNS.
 *
 * - `<service>[.namespace][.suffix]` has the address of the service (A, AAAA), or is another name for a host that has only a
 *   name (CNAME).
 * - `_<port>._<protocol>.<that name>` (SRV) says the port; priority 0, weight 100.
 * - The reverse of an address that belongs to one service alone is its name (PTR).
 * - `dns-version.<zone>` (TXT) is the version of the specification.
 * - What `dns_external` says is told as it stands (fuge 2).
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { DnsRecord } from '../../dns-record.js';
import type { Service, System } from '../../system.js';

/** Of the specification. */
const VERSION = '1.1.0';
const WEIGHT = 100;

export interface Zone {
  readonly records: readonly DnsRecord[];
  /** The ends of the names that are ours: what is below one of them and not in the records does not exist. `` is for single labels. */
  readonly apexes: readonly string[];
}

export function zoneOf(system: System): Zone {
  const services = [...system.services.values()].filter(({ advertised, dns }) => advertised && dns.enabled);
  const apexes = [...new Set([...services.map(apexOf), joined(system.dns.namespace, system.dns.suffix)])];
  const records = [
    ...services.flatMap(recordsOf),
    ...reverseRecords(services),
    ...apexes.map((apex): DnsRecord => ({ type: 'TXT', name: joined('dns-version', apex), text: VERSION })),
    ...system.dns.external.map(externalRecord),
  ];
  // The zone of the suffix is ours as a whole, whatever the namespace.
  const { suffix } = system.dns;
  return { records, apexes: [...new Set([...apexes, ...(suffix === '' ? [] : [suffix.toLowerCase()])])] };
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

function recordsOf(service: Service): DnsRecord[] {
  const name = dnsNameOf(service);
  return [
    addressRecord(name, service.host),
    ...service.ports.map(
      (port): DnsRecord => ({
        type: 'SRV',
        name: `_${port.name}._${port.protocol}.${name}`.toLowerCase(),
        priority: 0,
        weight: WEIGHT,
        port: port.host,
        target: name,
      }),
    ),
  ];
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
  return plain === '::' ? '::1' : plain;
}

function reverseRecords(services: readonly Service[]): DnsRecord[] {
  const byAddress = new Map<string, Service[]>();
  for (const service of services) {
    const address = addressOf(service.host);
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

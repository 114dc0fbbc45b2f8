/**
 * Port mappings of a Compose service in their short form.
 *
 * Rules (Compose Specification, "ports", and the port syntax of the Docker CLI):
 * - `[[IP:][HOST[-HOST]]:]CONTAINER[-CONTAINER][/PROTOCOL]`; the IP is a full IPv4 or IPv6 address, IPv6 with or without
 *   brackets; the protocol is tcp (default), udp or sctp, in any case.
 * - Ports go from 0 to 65535; a host port of 0, or none, means any free one.
 * - Ranges of equal length pair up. A single container port over a range of host ports takes any free one of them.
 */
import { isIP } from 'node:net';

/** One port in the long form, under the keys of a Compose file. */
export interface PortMapping {
  readonly mode: 'ingress';
  /** Without brackets; absent: every address. */
  readonly host_ip?: string;
  readonly target: number;
  /** A port or a range `8080-8090` of which one is taken; absent: any free port. */
  readonly published?: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

export type PortMappings =
  | { readonly ports: readonly PortMapping[]; readonly problem?: undefined }
  | { readonly problem: string; readonly ports?: undefined };

/** The ports of one short entry, one for each container port, ordered by target; or what is wrong with it. */
export function parsePortMapping(text: string): PortMappings {
  const parts = text.split(':');
  const container = parts.pop()!;
  const host = parts.pop() ?? '';
  const address = addressOf(parts.join(':'));
  if (address === undefined) return { problem: `${JSON.stringify(parts.join(':'))} in "${text}" is no IP address` };
  const slash = container.indexOf('/');
  const target = slash === -1 ? container : container.slice(0, slash);
  const protocol = protocolOf(slash === -1 ? '' : container.slice(slash + 1));
  if (target === '')
    return { problem: `"${text}" names no container port: it must be [[ip:]host:]container[/protocol]` };
  if (protocol === undefined)
    return { problem: `"${container.slice(slash + 1)}" in "${text}" is none of tcp, udp, sctp` };
  const targets = rangeOf(target);
  if (targets === undefined) return { problem: notAPort(target, text) };
  const published = host === '' ? undefined : rangeOf(host);
  if (host !== '' && published === undefined) return { problem: notAPort(host, text) };
  const count = targets.last - targets.first + 1;
  if (published && published.last - published.first + 1 !== count && count !== 1)
    return { problem: `the ranges ${host} and ${target} in "${text}" differ in length` };
  const ports = Array.from({ length: count }, (_, i): PortMapping => {
    const first = published && published.first + i;
    const last = published && count === 1 && published.last !== published.first ? `-${published.last}` : '';
    return {
      mode: 'ingress',
      ...(address !== '' && { host_ip: address }),
      target: targets.first + i,
      ...(first !== undefined && { published: `${first}${last}` }),
      protocol,
    };
  });
  return { ports };
}

function notAPort(part: string, whole: string): string {
  return `"${part}" in "${whole}" is no port or range of ports: they go from 0 to 65535`;
}

/** `[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]` */
const LONGEST_ADDRESS = 47;

/** Without its brackets; undefined if it is no address. */
function addressOf(text: string): string | undefined {
  if (text === '') return '';
  if (text.length > LONGEST_ADDRESS) return undefined;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  // A zone (`fe80::1%eth0`) is none of the address.
  return isIP(bare) !== 0 && !bare.includes('%') ? bare : undefined;
}

function protocolOf(text: string): PortMapping['protocol'] | undefined {
  const lower = text.toLowerCase();
  if (lower === '') return 'tcp';
  return lower === 'tcp' || lower === 'udp' || lower === 'sctp' ? lower : undefined;
}

/** `80`, `80-82`; undefined if it is neither. */
function rangeOf(text: string): { first: number; last: number } | undefined {
  const [from = '', to = from, ...more] = text.split('-');
  if (more.length > 0 || !/^[0-9]+$/.test(from) || !/^[0-9]+$/.test(to)) return undefined;
  const [first, last] = [Number(from), Number(to)];
  return first <= last && last <= 65535 ? { first, last } : undefined;
}

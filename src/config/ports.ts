/** Ports: how they are written, which are given out by fuge, and which collide. */
import { isIP } from 'node:net';
import { LAST_PORT, type PortNumbers, pickedKey, wishedPort } from '../port-numbers.js';
import type { Port } from '../system.js';
import type { Reader } from './reader.js';
import type { Report } from './report.js';
import type { Place } from './source.js';
import type { ScalarNode, YamlNode } from './yaml.js';

export interface DeclaredPort {
  readonly name: string;
  readonly host: number;
  readonly target: number | undefined;
  /** The address that a container's port is published on; undefined: the service's host. */
  readonly hostAddress?: string | undefined;
  readonly protocol: Port['protocol'];
  readonly node: ScalarNode;
  /** `auto`: {@link host} is what was picked, or 0 while it is not known. */
  readonly picked?: true;
  /** What the file says, where the offset has made another {@link host} of it. */
  readonly written?: number;
}

const FORM = 'name=port, name=port:target, port or port:target';
const RANGE = String.raw`(\d+(?:-\d+)?)`;
const HOST = String.raw`(auto|\d+(?:-\d+)?)`;
/** `name=`, an address, the host's port or ports, the container's, the protocol. */
export const PORT = new RegExp(
  String.raw`^(?:([^=\s]*)=)?\s*(?:(\d+(?:\.\d+){3}|\[[^\]]+\]):)?${HOST}(?::${RANGE})?(?:/(tcp|udp|sctp))?$`,
  'i',
);
/** Of one entry: more are hardly meant. */
const LONGEST_RANGE = 1000;

export function readPorts(node: YamlNode, key: string, reader: Reader): DeclaredPort[] {
  if (node.kind === 'map') {
    const first = node.entries[0];
    const hint = first?.value.kind === 'scalar' ? `write - ${first.key}=${first.value.text}` : undefined;
    reader.report.error('wrong-type', `"${key}" must be a list, not a map`, node, { hint });
    return [];
  }
  const items = node.kind === 'list' ? node.items : [node];
  const ports: DeclaredPort[] = [];
  for (const item of items) {
    if (item.kind === 'map' && item.entries.length === 1 && item.entries[0]!.value.kind === 'scalar') {
      const { key: name, value } = item.entries[0]!;
      const hint = `write ${name}=${value.kind === 'scalar' ? value.text : ''}`;
      reader.report.error('bad-port', `a port must be ${FORM}, not a map`, item, { hint });
      continue;
    }
    const text = reader.text(item, key, FORM);
    if (text) readPort(text.text.trim(), text.node, ports, reader.report);
  }
  return ports;
}

/** Adds what an entry says to `ports`: one port, or those of a range. */
function readPort(text: string, node: ScalarNode, ports: DeclaredPort[], report: Report): void {
  const bad = (message: string, hint?: string) => report.error('bad-port', message, node, { hint });
  const match = PORT.exec(text);
  if (!match) return bad(`"${text}" is no port: it must be ${FORM}`, portHint(text));
  const [, written, address, hostText = '', targetText, protocolText] = match;
  const hostAddress = address?.replace(/^\[|\]$/g, '');
  if (hostAddress !== undefined && isIP(hostAddress) === 0) return bad(`"${address}" in "${text}" is no IP address`);
  const isPicked = hostText.toLowerCase() === 'auto';
  for (const number of `${isPicked ? (targetText ?? 1) : hostText}-${targetText ?? (isPicked ? 1 : hostText)}`.split(
    '-',
  ))
    if (Number(number) < 1 || Number(number) > 65535)
      return bad(`${number} in "${text}" is no port: ports go from 1 to 65535`);
  const host = isPicked ? { first: 0, count: 1 } : rangeOf(hostText);
  const target = targetText === undefined ? undefined : rangeOf(targetText);
  if (target?.count === 1 && host.count > 1)
    return bad(
      `"${text}" has several ports of this machine for one of the container`,
      `write ${host.first}:${target.first}`,
    );
  if (isPicked && target && target.count > 1)
    return bad(`"${text}" has one port of this machine for several of the container`, 'write one auto for each');
  if (target && target.count !== host.count) return bad(`the ranges in "${text}" differ in length`);
  if (host.count < 1) return bad(`the range ${hostText} in "${text}" ends before it begins`);
  if (host.count > LONGEST_RANGE) return bad(`"${text}" has ${host.count} ports; a range has at most ${LONGEST_RANGE}`);
  if (written !== undefined && host.count > 1)
    return bad(
      `"${text}" names ${host.count} ports "${written}"`,
      'a range has no name; each port of it is named by its number',
    );
  for (let i = 0; i < host.count; i++) {
    const number = host.first + i;
    const numbered = number || target?.first ? `p${number || target?.first}` : `auto${ports.length + 1}`;
    const name = written ?? (ports.some(port => port.name === 'main') ? numbered : 'main');
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
      const message = name === '' ? `"${text}" has no name before "="` : `"${name}" can't be the name of a port`;
      return bad(message, 'names have letters, digits, "_", "." and "-"');
    }
    const twin = ports.find(port => port.name === name);
    if (twin) {
      const related = [{ message: 'the first one is here', at: twin.node }];
      report.error('duplicate-port-name', `two ports of one service are named "${name}"`, node, { related });
      return;
    }
    ports.push({
      name,
      host: number,
      target: target && target.first + i,
      hostAddress,
      protocol: (protocolText?.toLowerCase() as Port['protocol'] | undefined) ?? 'tcp',
      node,
      ...(isPicked && { picked: true }),
    });
  }
}

/** The ports of a service with the numbers that they have on this machine. */
export function placePorts(
  ports: readonly DeclaredPort[],
  service: string,
  numbers: PortNumbers,
  report: Report,
): DeclaredPort[] {
  return ports.map(port => {
    if (port.picked) {
      const host = numbers.picked.get(pickedKey(service, port.name));
      return { ...port, host: host ?? wishedPort(port.node.source.file, service, port.name) };
    }
    const host = withOffset(port.host, numbers, port.node, report);
    return host === port.host ? port : { ...port, host, written: port.host };
  });
}

/** A port of this machine where the system has it. One beyond the last port is reported. */
export function withOffset(port: number, { offset }: PortNumbers, place: Place | undefined, report: Report): number {
  if (port + offset <= LAST_PORT) return port + offset;
  const message = `port ${port} has no place with the offset ${offset}: ports end at ${LAST_PORT}`;
  report.error('bad-port', message, place, { hint: 'take a smaller --port-offset' });
  return port;
}

/** `80`, `80-82`. */
function rangeOf(text: string): { readonly first: number; readonly count: number } {
  const [first = 0, last = first] = text.split('-').map(Number);
  return { first, count: last - first + 1 };
}

function portHint(text: string): string | undefined {
  const swapped = /^(\d+)=([A-Za-z][\w.-]*)$/.exec(text);
  if (swapped) return `did you mean "${swapped[2]}=${swapped[1]}"?`;
  const colon = /^([A-Za-z][\w.-]*):\s*(\d+)$/.exec(text);
  if (colon) return `did you mean "${colon[1]}=${colon[2]}"?`;
  const free = /^((?:\d+\.){3}\d+):?:(\d+)(\/\w+)?$/.exec(text);
  if (free) return `name the port of this machine, too: ${free[1]}:${free[2]}:${free[2]}${free[3] ?? ''}`;
  const protocol = /\/(\w+)$/.exec(text)?.[1];
  if (protocol && !/^(tcp|udp|sctp)$/i.test(protocol)) return 'the protocols are tcp, udp and sctp';
  return undefined;
}

/** What is needed of a service to compare its ports with the others'. */
export interface PortUser {
  readonly name: string;
  readonly host: string;
  readonly groups: readonly string[];
  readonly ports: readonly DeclaredPort[];
  /** It is one of several instances. */
  readonly instanceOf?: string | undefined;
  /** Why fuge itself does not open its ports (it runs elsewhere, its path is missing …); undefined: it does. */
  readonly passive: string | undefined;
}

/**
 * Two services on one port: an error where fuge would run both, a warning where one of them is run by others, can't
 * start, or is of other groups, so that both need never run at once.
 */
export function reportPortConflicts(users: readonly PortUser[], report: Report): void {
  const taken = new Map<string, { user: PortUser; port: DeclaredPort }[]>();
  for (const user of users) {
    for (const port of user.ports) {
      // fuge looks for one that nobody has.
      if (port.picked) continue;
      const key = `${port.host}/${port.protocol}`;
      const others = taken.get(key) ?? [];
      taken.set(key, [...others, { user, port }]);
      const other = others.find(one => sameAddress(addressOf(one.port, one.user), addressOf(port, user)));
      if (!other) continue;
      const message =
        other.user === user
          ? `"${user.name}" declares port ${numberOf(port)} twice`
          : `"${user.name}" and "${other.user.name}" both use port ${numberOf(port)}`;
      const apart = !user.groups.some(group => other.user.groups.includes(group));
      const passive = user.passive ?? other.user.passive;
      const why = passive ?? (apart ? 'they have no group in common' : undefined);
      const related = [{ message: `"${other.user.name}" uses it here`, at: other.port.node }];
      const place = port.node;
      const isSibling =
        user !== other.user && user.instanceOf !== undefined && user.instanceOf === other.user.instanceOf;
      const hint = isSibling
        ? 'each instance has the ports after those of the one before: leave room between the numbers'
        : 'give one of them another port';
      if (why === undefined) report.error('port-conflict', message, place, { related, hint });
      else report.warn('port-conflict', `${message}; only one of them can run (${why})`, place, { related });
    }
  }
}

/** A port that fuge itself opens. */
export interface OwnPort {
  /** `the names in the browser have`. */
  readonly whoHas: string;
  readonly port: number;
  readonly host: string;
  readonly protocols: readonly Port['protocol'][];
}

/** A service on a port of fuge's own: whichever is first has it, so that the other one can't work. */
export function reportOwnPortConflicts(users: readonly PortUser[], own: readonly OwnPort[], report: Report): void {
  for (const user of users.filter(({ passive }) => passive === undefined))
    for (const port of user.ports) {
      const other = own.find(
        each =>
          each.port === port.host &&
          each.protocols.includes(port.protocol) &&
          sameAddress(each.host, addressOf(port, user)),
      );
      if (!other || port.picked) continue;
      const message = `"${user.name}" uses port ${numberOf(port)}, which ${other.whoHas}`;
      report.warn('port-conflict', message, port.node, { hint: 'give one of them another port' });
    }
}

/** `3100 (3000 + 100)` where the offset made it. */
function numberOf({ host, written }: DeclaredPort): string {
  return written === undefined ? String(host) : `${host} (${written} + ${host - written})`;
}

/** Where a port is published, or else where others reach the service. */
function addressOf(port: DeclaredPort, user: PortUser): string {
  return port.hostAddress ?? user.host;
}

/** Ports of a service that is no container: its own program decides where it listens. */
export function reportHostAddresses(what: string, ports: readonly DeclaredPort[], report: Report): void {
  for (const { host, picked, hostAddress, node } of ports) {
    if (hostAddress === undefined) continue;
    const message = `the address ${hostAddress} of port ${picked ? 'auto' : host} has no effect: ${what} is no container`;
    report.warn('misplaced-key', message, node, { hint: 'where others reach it is said by "host"' });
  }
}

/** Nobody can pick the port of what runs elsewhere. */
export function reportPickedElsewhere(what: string, ports: readonly DeclaredPort[], report: Report): void {
  for (const { picked, node } of ports)
    if (picked)
      report.error('bad-port', `${what} runs elsewhere: its port can't be "auto"`, node, { hint: 'write its number' });
}

function sameAddress(a: string, b: string): boolean {
  const plain = (host: string) => (/^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host) ? 'loopback' : host);
  const any = (host: string) => host === '0.0.0.0' || host === '::';
  return any(a) || any(b) || plain(a) === plain(b);
}

/** The automatic ports from `start`, passing over every declared one. Returns undefined when there are none left. */
export function automaticPorts(start: number, declared: ReadonlySet<number>): () => number | undefined {
  let next = start;
  return () => {
    while (declared.has(next)) next++;
    return next > 65535 ? undefined : next++;
  };
}

/** Ports: how they are written, which are given out by fuge, and which collide. */
import type { Port } from '../system.js';
import type { Reader } from './reader.js';
import type { Report } from './report.js';
import type { ScalarNode, YamlNode } from './yaml.js';

export interface DeclaredPort {
  readonly name: string;
  readonly host: number;
  readonly target: number | undefined;
  /** The address that a container's port is published on; undefined: the service's host. */
  readonly hostAddress?: string | undefined;
  readonly protocol: Port['protocol'];
  readonly node: ScalarNode;
}

const FORM = 'name=port, name=port:target, port or port:target';
const PORT = /^(?:([^=\s]*)=)?\s*(\d+)(?::(\d+))?(?:\/(tcp|udp|sctp))?$/i;

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
    const port = text && readPort(text.text.trim(), text.node, ports, reader.report);
    if (port) ports.push(port);
  }
  return ports;
}

function readPort(
  text: string,
  node: ScalarNode,
  before: readonly DeclaredPort[],
  report: Report,
): DeclaredPort | undefined {
  const match = PORT.exec(text);
  if (!match) {
    report.error('bad-port', `"${text}" is no port: it must be ${FORM}`, node, { hint: portHint(text) });
    return undefined;
  }
  const [, written, host, target, protocol] = match;
  for (const number of [host!, ...(target === undefined ? [] : [target])]) {
    if (Number(number) >= 1 && Number(number) <= 65535) continue;
    report.error('bad-port', `${number} in "${text}" is no port: ports go from 1 to 65535`, node);
    return undefined;
  }
  const name = written ?? (before.some(port => port.name === 'main') ? `p${host}` : 'main');
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) {
    const message = name === '' ? `"${text}" has no name before "="` : `"${name}" can't be the name of a port`;
    report.error('bad-port', message, node, { hint: 'names have letters, digits, "_", "." and "-"' });
    return undefined;
  }
  const twin = before.find(port => port.name === name);
  if (twin) {
    const related = [{ message: 'the first one is here', at: twin.node }];
    report.error('duplicate-port-name', `two ports of one service are named "${name}"`, node, { related });
    return undefined;
  }
  return {
    name,
    host: Number(host),
    target: target === undefined ? undefined : Number(target),
    protocol: (protocol?.toLowerCase() as Port['protocol'] | undefined) ?? 'tcp',
    node,
  };
}

function portHint(text: string): string | undefined {
  const swapped = /^(\d+)=([A-Za-z][\w.-]*)$/.exec(text);
  if (swapped) return `did you mean "${swapped[2]}=${swapped[1]}"?`;
  const colon = /^([A-Za-z][\w.-]*):\s*(\d+)$/.exec(text);
  if (colon) return `did you mean "${colon[1]}=${colon[2]}"?`;
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
      const key = `${port.host}/${port.protocol}`;
      const others = taken.get(key) ?? [];
      taken.set(key, [...others, { user, port }]);
      const other = others.find(candidate => sameAddress(candidate.user.host, user.host));
      if (!other) continue;
      const message =
        other.user === user
          ? `"${user.name}" declares port ${port.host} twice`
          : `"${user.name}" and "${other.user.name}" both use port ${port.host}`;
      const apart = !user.groups.some(group => other.user.groups.includes(group));
      const passive = user.passive ?? other.user.passive;
      const why = passive ?? (apart ? 'they have no group in common' : undefined);
      const related = [{ message: `"${other.user.name}" uses it here`, at: other.port.node }];
      const place = port.node;
      if (why === undefined)
        report.error('port-conflict', message, place, { related, hint: 'give one of them another port' });
      else report.warn('port-conflict', `${message}; only one of them can run (${why})`, place, { related });
    }
  }
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

/** Ports of a Compose service in its short and long forms, one entry per port of a range. */
import type { Port } from '../../system.js';
import type { Reader } from '../reader.js';
import type { ScalarNode, YamlNode } from '../yaml.js';

export interface ComposePort {
  readonly hostIp: string;
  /** Undefined: any free one. */
  readonly published: number | undefined;
  readonly target: number;
  readonly protocol: Port['protocol'];
}

const SHORT =
  /^(?:(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]*|[0-9a-fA-F:.]+):)?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)(?:\/(tcp|udp|sctp))?$/i;

/** The ports of one short entry, or what is wrong with it. */
export function parseShortPort(text: string): ComposePort[] | string {
  const match = SHORT.exec(text);
  if (!match) return `"${text}" is no port: it must be [[ip:]host:]container[/protocol]`;
  const hostIp = (match[1] ?? '').replace(/^\[|\]$/g, '');
  const targets = range(match[3]!);
  const published = match[2] === undefined ? undefined : range(match[2]);
  const protocol = (match[4]?.toLowerCase() as Port['protocol'] | undefined) ?? 'tcp';
  for (const ports of [targets, published])
    if (typeof ports === 'string') return `${ports} in "${text}" is no port or range: ports go from 1 to 65535`;
  if (typeof targets === 'string' || typeof published === 'string') return '';
  if (published && published.length !== targets.length && targets.length !== 1)
    return `the ranges in "${text}" differ in length`;
  return targets.map((target, i) => ({ hostIp, published: published?.[i], target, protocol }));
}

/** Every port from the first to the last, or the text itself if it is no range. */
function range(text: string): number[] | string {
  const [first, last = first] = text.split('-').map(Number) as [number, number?];
  if (first < 1 || last > 65535 || last < first) return text;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export function readComposePorts(node: YamlNode, reader: Reader): { port: ComposePort; node: ScalarNode }[] {
  if (node.kind !== 'list') {
    reader.report.error('wrong-type', '"ports" must be a list', node);
    return [];
  }
  return node.items.flatMap((item, index) => {
    if (item.kind === 'map') {
      const values = new Map(item.entries.map(entry => [entry.key, entry]));
      const part = (key: string) => {
        const entry = values.get(key);
        return entry && reader.text(entry.value, key)?.text;
      };
      const target = part('target') ?? '';
      const published = part('published');
      const text = `${published === undefined ? '' : `${published}:`}${target}/${part('protocol') ?? 'tcp'}`;
      return finish(parseShortPort(text), item.entries[0]!.keyNode, part('host_ip'));
    }
    const text = reader.text(item, `ports[${index}]`, 'a port');
    return text ? finish(parseShortPort(text.text.trim()), text.node) : [];
  });

  function finish(ports: ComposePort[] | string, at: ScalarNode, hostIp?: string) {
    if (typeof ports !== 'string')
      return ports.map(port => ({ port: { ...port, hostIp: hostIp ?? port.hostIp }, node: at }));
    reader.report.error('bad-port', ports, at);
    return [];
  }
}

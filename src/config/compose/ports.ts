/** Ports of a Compose service in its short and long forms, one entry per port of a range. */
import type { Port } from '../../system.js';
import type { Reader } from '../reader.js';
import type { ScalarNode, YamlNode } from '../yaml.js';
import { parsePortMapping } from './port-mappings.js';

export interface ComposePort {
  readonly hostIp: string;
  /** Undefined: any free one. */
  readonly published: number | undefined;
  readonly target: number;
  readonly protocol: Port['protocol'];
}

/** The ports of one short entry, or what is wrong with it. */
function parseShortPort(text: string): ComposePort[] | string {
  const { ports, problem } = parsePortMapping(text);
  if (ports === undefined) return problem;
  if (ports.some(({ target }) => target === 0)) return `nothing can listen on port 0, as "${text}" says`;
  return ports.map(({ host_ip, published, target, protocol }) => ({
    hostIp: host_ip ?? '',
    // Of a range that serves one port, the first one is tried.
    published: published === undefined || published === '0' ? undefined : Number(published.split('-')[0]),
    target,
    protocol,
  }));
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

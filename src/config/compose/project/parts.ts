/** Parts of a Compose service that have a short form: each is read into its long form. */
import { isIP } from 'node:net';
import { splitWords } from '../../../words.js';
import type { MapNode, YamlNode } from '../../yaml.js';
import { parseExtraHosts } from '../extra-hosts.js';
import { parsePortMapping } from '../port-mappings.js';
import { isNull, isScalar } from '../tree.js';
import { parseVolumeMount } from '../volume-mounts.js';
import { absolutePath, cleaned, hostPath } from './paths.js';
import type { Path, Reading } from './reading.js';
import {
  anyText,
  anything,
  boolean,
  bytes,
  changed,
  dictionary,
  fileMode,
  integer,
  type Json,
  type Kind,
  list,
  mapping,
  nonEmpty,
  number,
  object,
  readFields,
  scalarText,
  setBoolean,
  setInteger,
  text,
} from './values.js';

const texts = list(anyText);

/** The words of a text as a shell would split it, or a list as it is; `[]` counts, and is not the same as nothing. */
export const command: Kind = {
  form: 'words',
  read: (node, path, reading) => {
    if (isNull(node)) return undefined;
    if (isScalar(node)) {
      const line = scalarText(node);
      const split = splitWords(line);
      if (split.words === undefined) return reading.wrong(path, node, `can't be split into words: ${split.problem}`);
      return [...split.words];
    }
    if (node.kind === 'map') return reading.wrong(path, node, 'must be text or a list, not a map');
    return node.items.map((item, index) => {
      reading.record([...path, index], item);
      if (isScalar(item)) return scalarText(item);
      reading.wrong([...path, index], item, `must be text, not a ${item.kind}`);
      return '';
    });
  },
};

/** A text is run by the container's shell. */
export const healthTest: Kind = {
  form: 'words',
  read: (node, path, reading) => {
    if (isNull(node)) return undefined;
    if (isScalar(node)) return ['CMD-SHELL', scalarText(node)];
    return nonEmpty(command.read(node, path, reading));
  },
};

const PORT: Kind = object(
  {
    name: text,
    mode: text,
    host_ip: text,
    target: integer,
    published: text,
    protocol: text,
    app_protocol: text,
  },
  () => ({ mode: 'ingress', protocol: 'tcp' }),
);

/** There are no more; each protocol and address is a port of its own, though. */
const MOST_PORTS = 65_536;

/** One entry of a short form may be many ports. Of equal ones the last counts, in the place of the first. */
export const ports: Kind = {
  each: PORT,
  read: (node, path, reading) => {
    if (isNull(node)) return undefined;
    if (node.kind !== 'list') return reading.wrong(path, node, 'must be a list');
    const found = new Map<string, { port: Json; item: YamlNode }>();
    const add = (port: { readonly [key: string]: Json }, item: YamlNode) => {
      const key = [port.host_ip ?? '0.0.0.0', port.published ?? '', port.target ?? '', port.protocol].join(' ');
      found.set(key, { port, item });
    };
    for (const [index, item] of node.items.entries()) {
      if (!isScalar(item)) {
        const port = PORT.read(item, [...path, index], reading);
        const address = (port as { readonly host_ip?: string } | undefined)?.host_ip;
        if (address !== undefined && isIP(address) === 0)
          reading.wrong([...path, index, 'host_ip'], item, `must be an IP address, not "${address}"`);
        else if (port !== undefined && !Object.hasOwn(port as object, 'target'))
          reading.wrong([...path, index], item, 'has no "target"');
        else if (port !== undefined) add(port as { readonly [key: string]: Json }, item);
        continue;
      }
      const parsed = parsePortMapping(scalarText(item));
      if (found.size > MOST_PORTS) return reading.wrong(path, node, `has more than ${MOST_PORTS} ports`);
      if (parsed.ports === undefined) reading.wrong([...path, index], item, `is wrong: ${parsed.problem}`);
      else for (const port of parsed.ports) add({ ...port }, item);
    }
    return recorded([...found.values()], path, reading);
  },
};

function recorded(values: readonly { port: Json; item: YamlNode }[], path: Path, reading: Reading): Json[] | undefined {
  for (const [index, { item }] of values.entries()) {
    reading.record([...path, index], item);
    if (item.kind === 'map') for (const { key, value } of item.entries) reading.record([...path, index, key], value);
  }
  return values.length > 0 ? values.map(value => value.port) : undefined;
}

const VOLUME: Kind = object({
  type: text,
  source: text,
  target: text,
  read_only: boolean,
  consistency: text,
  bind: object({ propagation: text, create_host_path: setBoolean, recursive: text, selinux: text }),
  volume: object({ nocopy: boolean, subpath: text, labels: mapping('') }),
  tmpfs: object({ size: bytes, mode: setInteger }),
  image: object({ subpath: text }),
});

const VOLUME_TYPES = ['bind', 'volume', 'tmpfs', 'npipe', 'cluster', 'image'];

export const volume: Kind = {
  form: 'text-or-map',
  fields: VOLUME.fields!,
  read: (node, path, reading) => {
    if (isNull(node)) return undefined;
    let mount: Record<string, Json>;
    if (isScalar(node)) {
      const parsed = parseVolumeMount(scalarText(node));
      if (parsed.mount === undefined) return reading.wrong(path, node, `is wrong: ${parsed.problem}`);
      mount = { ...parsed.mount } as Record<string, Json>;
    } else {
      const read = VOLUME.read(node, path, reading);
      if (read === undefined) return undefined;
      mount = { ...(read as Record<string, Json>) };
      const type = mount.type;
      if (typeof type === 'string' && !VOLUME_TYPES.includes(type))
        return reading.wrong([...path, 'type'], node, `must be one of ${VOLUME_TYPES.join(', ')}, not "${type}"`);
      const { bind } = mount;
      // Making a missing host path is the default as soon as anything is said about the bind.
      if (type === 'bind' && bind && typeof bind === 'object' && !('create_host_path' in bind))
        mount.bind = { ...bind, create_host_path: true };
    }
    if (mount.target === undefined) return reading.wrong(path, node, 'has no "target"');
    if (mount.type === 'bind') {
      if (mount.source === undefined) return reading.wrong(path, node, 'is a bind mount and needs a "source"');
      mount.source = absolutePath(String(mount.source), reading.scope(node).directory, reading.home);
    } else if (mount.source !== undefined && mount.type !== 'npipe') mount.source = cleaned(String(mount.source));
    if (mount.type !== 'npipe') mount.target = cleaned(String(mount.target));
    return mount;
  },
};

/** Secrets and configs: a name alone is the source. */
export function mountedFile(defaultTarget?: (source: string) => string): Kind {
  const long = object({ source: text, target: text, uid: text, gid: text, mode: fileMode });
  return {
    fields: long.fields!,
    read: (node, path, reading) => {
      const read = isScalar(node) && !isNull(node) ? { source: scalarText(node) } : long.read(node, path, reading);
      if (read === undefined || read === null || typeof read !== 'object') return undefined;
      const { source } = read as { source?: string };
      return { ...(defaultTarget && source !== undefined && { target: defaultTarget(source) }), ...read };
    },
  };
}

const DEPENDENCY: Kind = object({ condition: text, restart: boolean, required: setBoolean }, () => ({
  condition: 'service_started',
  required: true,
}));

/** A list of names waits only until those were started. */
export const dependsOn: Kind = namesOr(DEPENDENCY, () => ({ condition: 'service_started', required: true }));

export const serviceNetworks: Kind = namesOr(
  withNull(
    object({
      aliases: texts,
      interface_name: text,
      ipv4_address: text,
      ipv6_address: text,
      link_local_ips: texts,
      mac_address: text,
      driver_opts: mapping(''),
      priority: number,
      gw_priority: number,
    }),
  ),
  () => null,
);

export const models: Kind = namesOr(withNull(object({ endpoint_var: text, model_var: text })), () => null);

/** Nothing below a name is a value too. */
function withNull(kind: Kind): Kind {
  return { ...kind, read: (node, path, reading) => (isNull(node) ? null : kind.read(node, path, reading)) };
}

function namesOr(kind: Kind, settings: () => Json): Kind {
  const map = dictionary(kind);
  return {
    form: 'names-or-dictionary',
    each: kind,
    read: (node, path, reading) => {
      if (node.kind !== 'list') return map.read(node, path, reading);
      const names = node.items.flatMap((item, index): [string, Json][] => {
        if (!isScalar(item)) {
          reading.wrong([...path, index], item, `must be a name, not a ${item.kind}`);
          return [];
        }
        const name = scalarText(item);
        reading.record([...path, name], item);
        return [[name, settings()]];
      });
      return nonEmpty(Object.fromEntries(names));
    },
  };
}

const ENV_FILE: Kind = object({ path: hostPath, required: setBoolean, format: text });

/** A text, or a list of texts and maps. */
export const envFiles: Kind = {
  each: ENV_FILE,
  read: (node, path, reading) => {
    if (isNull(node)) return undefined;
    const items = node.kind === 'list' ? node.items : [node];
    const files = items.flatMap((item, index): Json[] => {
      const inner = [...path, index];
      const read = isScalar(item)
        ? { path: hostPath.read(item, inner, reading)! }
        : ENV_FILE.read(item, inner, reading);
      if (read === undefined || read === null || typeof read !== 'object' || !('path' in read) || !read.path) return [];
      reading.record(inner, item);
      return [{ required: true, ...read }];
    });
    return nonEmpty(files);
  },
};

/** `host=address`, ordered by host. */
export const extraHosts: Kind = {
  form: 'hosts',
  read: (node, path, reading) => {
    if (isNull(node)) return undefined;
    const plain = anything.read(isScalar(node) ? { ...node, kind: 'list', items: [node] } : node, path, reading);
    const parsed = parseExtraHosts(asTexts(plain) as readonly string[]);
    if (parsed.hosts === undefined) {
      const at = node.kind === 'map' ? node.entries.find(one => one.key === parsed.at)?.value : undefined;
      const item = node.kind === 'list' ? node.items[Number(parsed.at)] : at;
      return reading.wrong(path, item ?? node, `is wrong: ${parsed.problem}`);
    }
    const hosts = [...parsed.hosts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return nonEmpty(hosts.flatMap(([host, addresses]) => addresses.map(address => `${host}=${address}`)));
  },
};

function asTexts(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(item => asTexts(item));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]));
  return value === null || value === undefined ? '' : String(value);
}

/** A number, or soft and hard limits. */
export const ulimit: Kind = {
  form: 'number-or-map',
  cast: 'integer',
  fields: { soft: setInteger, hard: setInteger },
  read: (node, path, reading) =>
    node.kind === 'map'
      ? readFields(node, { soft: integer, hard: integer }, path, reading)
      : setInteger.read(node, path, reading) || {},
};

/** `source[:target[:permissions]]`. */
export const device: Kind = {
  form: 'text-or-map',
  fields: { source: text, target: text, permissions: text },
  read: (node, path, reading) => {
    if (!isScalar(node)) return object({ source: text, target: text, permissions: text }).read(node, path, reading);
    const given = scalarText(node);
    const [source = '', target = source, permissions = 'rwm', ...more] = given.split(':');
    if (more.length > 0) return reading.wrong(path, node, `must be source:target:permissions, not "${given}"`);
    return { source, target, permissions };
  },
};

const DEVICE_COUNT: Kind = {
  cast: 'integer',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, 'must be a number or "all"');
    if (node.text === 'all') return -1;
    if (/^-?\d+$/.test(node.text)) return Number(node.text) || undefined;
    return reading.wrong(path, node, `must be a number or "all", not ${JSON.stringify(node.text)}`);
  },
};

/** Devices by what they can do; without a count or ids, all of them. */
export const deviceRequest: Kind = changed(
  object({ capabilities: texts, driver: text, count: DEVICE_COUNT, device_ids: texts, options: mapping('') }),
  (value, node, path, reading) => {
    const request = value as { readonly [key: string]: Json };
    const has = (key: string) => (node as MapNode).entries.some(one => one.key === key);
    if (has('count') && has('device_ids')) return reading.wrong(path, node, 'has both "count" and "device_ids"');
    return has('count') || has('device_ids') ? request : { ...request, count: -1 };
  },
);

/** `all`, or a list. */
export const gpus: Kind = {
  each: deviceRequest,
  read: (node, path, reading) => {
    if (isScalar(node) && node.text === 'all') return [{ count: -1 }];
    return list(deviceRequest).read(node, path, reading);
  },
};

/** Credentials for a build: ids, each with a path to a key or socket if it is not the default agent. */
export const ssh: Kind = {
  read: (node, path, reading) => {
    const pairs = mapping('').read(node, path, reading);
    if (pairs === undefined || pairs === null) return undefined;
    const { directory } = reading.scope(node);
    return Object.entries(pairs).map(([id, file]) =>
      file === '' ? id : `${id}=${absolutePath(String(file), directory, reading.home)}`,
    );
  },
};

/** Options of a provider: texts, or lists of them. */
export const manyTexts: Kind = {
  read: (node, path, reading) => {
    const items = node.kind === 'list' ? node.items : [node];
    return items.flatMap((item, index) => {
      if (isScalar(item)) return [scalarText(item)];
      reading.wrong([...path, index], item, `must be text, not a ${item.kind}`);
      return [];
    });
  },
};

/** `true`, `false` or attributes, as text. */
export const attestation: Kind = {
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be true, false or text, not a ${node.kind}`);
    return scalarText(node) || undefined;
  },
};

/** `true`; or, of old, a map with the name that the resource has outside. */
export const external: Kind = {
  cast: 'boolean',
  read: (node, path, reading) => {
    if (node.kind !== 'map') return boolean.read(node, path, reading);
    return readFields(node, { name: text }, path, reading);
  },
};

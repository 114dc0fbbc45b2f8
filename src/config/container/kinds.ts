/** The kinds of a container's values that have more than one form, where a system file's differ from Compose's. */
import { command, extraHosts, serviceNetworks, ulimit, volume } from '../compose/project/parts.js';
import { absolutePath } from '../compose/project/paths.js';
import {
  anyText,
  boolean,
  bytes,
  changed,
  dictionary,
  type Kind,
  list,
  listOrText,
  mapping,
  object,
  setDuration,
  setInteger,
  text,
} from '../compose/project/values.js';
import type { YamlNode } from '../yaml.js';

/** A kind with more than one form: what is of none of them is told of all of them. */
function formed(kind: Kind, form: string, ...kinds: readonly YamlNode['kind'][]): Kind {
  return {
    ...kind,
    read: (node, path, reading) => {
      if (kinds.includes(node.kind)) return kind.read(node, path, reading);
      return reading.wrong(path, node, `must be ${form}, not ${node.kind === 'scalar' ? 'text' : `a ${node.kind}`}`);
    },
  };
}

/** A number alone is milliseconds, as everywhere in a system file. */
const duration: Kind = {
  form: 'duration',
  read: (node, path, reading) => {
    if (node.kind !== 'scalar') return setDuration.read(node, path, reading);
    if (/^\d+$/.test(node.text)) return `${node.text}ms`;
    if (node.text.startsWith('-')) return reading.wrong(path, node, `can't be less than nothing, as ${node.text} is`);
    return setDuration.read(node, path, reading);
  },
};

const count: Kind = changed(setInteger, (value, node, path, reading) =>
  Number(value) >= 0 ? value : reading.wrong(path, node, `must be a whole number from 0, not ${value}`),
);

/** A text is run by the container's shell; the first word of a list says how the rest is run. */
const test: Kind = {
  form: 'words',
  read: (node, path, reading) => {
    const words = command.read(node, path, reading) as readonly string[] | undefined;
    if (node.kind === 'scalar' || words === undefined) return words && ['CMD-SHELL', (node as { text: string }).text];
    const [form, ...rest] = words;
    if (form === 'NONE' || ((form === 'CMD' || form === 'CMD-SHELL') && rest.length > 0)) return words;
    const isForm = form === 'CMD' || form === 'CMD-SHELL';
    const hint = isForm ? `${form} is followed by the command` : `write [CMD, ${words.join(', ')}], or a text`;
    const message = isForm ? 'has no command' : 'must begin with CMD, CMD-SHELL or NONE when it is a list';
    return reading.wrong(path, node, message, words.length > 0 ? hint : undefined);
  },
};

export const HEALTHCHECK = object({
  test,
  interval: duration,
  timeout: duration,
  retries: count,
  start_period: duration,
  start_interval: duration,
  disable: boolean,
});

const directory: Kind = changed(text, (value, node, _path, reading) =>
  absolutePath(String(value), reading.scope(node).directory, reading.home),
);

const BUILD_MAP = object({
  context: directory,
  dockerfile: text,
  dockerfile_inline: text,
  target: text,
  args: mapping(null),
  labels: mapping(''),
  cache_from: list(anyText),
  no_cache: boolean,
  pull: boolean,
  network: text,
  shm_size: bytes,
  extra_hosts: extraHosts,
  platform: text,
  tags: list(anyText),
});

/** A text is the context. */
export const BUILD: Kind = formed(
  {
    ...BUILD_MAP,
    form: 'text-or-map',
    read: (node, path, reading) => {
      if (node.kind !== 'scalar') return BUILD_MAP.read(node, path, reading);
      const context = directory.read(node, path, reading);
      return context === undefined ? undefined : { context };
    },
  },
  'the directory of a Dockerfile, or a map',
  'scalar',
  'map',
);

/** Of a service. */
export const NETWORKS: Kind = formed(serviceNetworks, 'a list of names, or a map', 'list', 'map');
export const MOUNT: Kind = formed(volume, 'text or a map', 'scalar', 'map');

export const NAMED_VALUES = mapping('');

/** Each a text; in a map also a list of addresses. */
export const EXTRA_HOSTS: Kind = {
  form: 'hosts',
  read: (node, path, reading) => {
    const isText = (one: YamlNode) => one.kind === 'scalar';
    const items = node.kind === 'scalar' ? [] : node.kind === 'list' ? node.items : node.entries.map(one => one.value);
    const wrong = items.find(
      one => !isText(one) && !(node.kind === 'map' && one.kind === 'list' && one.items.every(isText)),
    );
    if (wrong === undefined) return extraHosts.read(node, path, reading);
    return reading.wrong(path, wrong, `must be a list of host=address, or a map of hosts to addresses`);
  },
};
export const ULIMITS = dictionary(ulimit);
export const LOGGING = object({ driver: text, options: mapping('') });
export const TMPFS = listOrText(anyText);
export const DEVICES = listOrText(anyText);

/** One map of keys (the global settings, or a service), checked against the key table and read into typed values. */
import { constants } from 'node:os';
import type { ContainerSettings } from '../container.js';
import { nearest, type Origin } from '../diagnostic.js';
import type { ExternalRecord, NamesSettings, ServiceType } from '../system.js';
import { splitWords } from '../words.js';
import { type DraftDependency, readDependencies } from './dependencies.js';
import type { InstanceCount } from './draft.js';
import { type EnvFileName, readEnvFileNames } from './env-file-names.js';
import { readEnvironment, type Variable } from './environment.js';
import { MOST_INSTANCES } from './instances.js';
import {
  type ContainerPart,
  IGNORED_KEYS,
  type KeyName,
  type KeySpec,
  keySpec,
  OWN_WORD,
  type TypeOf,
  VALUE_FORMS,
  type ValueType,
} from './keys.js';
import { readNames } from './names.js';
import { type DeclaredPort, readPorts } from './ports.js';
import { readProfiles } from './profiles.js';
import { readCount, readDuration, readSize } from './quantities-reader.js';
import { placeOfFragment, type Reader, shown, type Text } from './reader.js';
import { placeOf } from './report.js';
import { type DraftRestart, readRestart } from './restart.js';
import type { Entry, MapNode, YamlNode } from './yaml.js';

/** What each type of value becomes. */
interface Values extends Record<ContainerPart, YamlNode> {
  boolean: boolean;
  text: Text;
  integer: number;
  port: number;
  duration: number;
  strings: readonly Text[];
  environment: readonly Variable[];
  'env-files': readonly EnvFileName[];
  ports: readonly DeclaredPort[];
  records: readonly ExternalRecord[];
  names: NamesSettings;
  signal: NodeJS.Signals;
  command: Text;
  words: readonly string[];
  groups: readonly string[];
  profiles: readonly string[];
  type: WrittenType;
  /** Read when the ports are known. */
  probe: YamlNode;
  dependencies: readonly DraftDependency[];
  restart: DraftRestart;
  /** A command or an image's source, by the form of the service. */
  build: YamlNode;
  size: number;
  'size-or-none': number;
  number: number;
  score: number;
  'signal-name': string;
  'pull-policy': ContainerSettings['pull'];
  instances: InstanceCount;
}

/** `task` is a process that runs to its end. */
export type WrittenType = ServiceType | 'task';

export const SERVICE_TYPES: readonly WrittenType[] = ['process', 'node', 'task', 'container', 'external'];

export class Section {
  readonly #values = new Map<string, unknown>();
  readonly #entries = new Map<string, Entry>();

  /** `what` names the section in messages: `"web"`, or `fuge_global`. */
  constructor(
    readonly node: MapNode,
    readonly what: string,
    known: readonly KeySpec[],
    reader: Reader,
    unknown: (entry: Entry) => void,
  ) {
    const specs = new Map(known.map(spec => [spec.key, spec]));
    for (const entry of node.entries) {
      const spec = specs.get(entry.key);
      if (!spec) {
        if (!entry.key.startsWith('x-')) unknown(entry);
        continue;
      }
      // The first of two duplicates counts; the second is reported elsewhere.
      if (this.#entries.has(entry.key)) continue;
      if (entry.value.kind === 'scalar' && entry.value.value === null) {
        if (entry.value.broken) continue;
        reader.report.warn('empty-key', `"${entry.key}" of ${what} has no value and is ignored`, entry.keyNode);
        continue;
      }
      this.#entries.set(entry.key, entry);
      const value = readValue(spec.type, entry, reader);
      if (value !== undefined) this.#values.set(entry.key, value);
    }
  }

  /** The key's value; undefined if it is absent or was reported. */
  get<K extends KeyName>(key: K): Values[TypeOf<K>] | undefined {
    return this.#values.get(key) as Values[TypeOf<K>] | undefined;
  }

  entry(key: KeyName): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Of a key that was told to be ignored: from now on it is as if it were absent. */
  drop(key: string): void {
    this.#values.delete(key);
    this.#entries.delete(key);
  }

  get keys(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** Where its keys are, by dotted path (`run`, `ports.0`). */
  get origins(): Readonly<Record<string, Origin>> {
    const origins: Record<string, Origin> = {};
    for (const { key, value } of this.keys) {
      origins[key] = placeOf(value);
      if (value.kind === 'list')
        for (const [index, item] of value.items.entries()) origins[`${key}.${index}`] = placeOf(item);
      if (value.kind === 'map')
        for (const inner of value.entries) origins[`${key}.${inner.key}`] = placeOf(inner.value);
    }
    return origins;
  }
}

/** Tells of a key that can't stand here (fuge 2 passed over all of them in silence) and gives the key that was meant. */
export function reportUnknownKey(
  entry: Entry,
  what: string,
  known: readonly KeySpec[],
  reader: Reader,
): string | undefined {
  const { key, keyNode, value } = entry;
  const { report } = reader;
  if (IGNORED_KEYS.has(key)) {
    const own = OWN_WORD[key];
    const hint = own && `fuge's own word for it is "${own}"`;
    report.warn('ignored-key', `"${key}" of ${what} has no effect here`, keyNode, { hint });
    return undefined;
  }
  const elsewhere = keySpec(key);
  if (elsewhere) {
    const where = elsewhere.global ? 'belongs in fuge_global' : 'belongs in a service';
    report.warn('misplaced-key', `"${key}" of ${what} has no effect here: it ${where}`, keyNode);
    return undefined;
  }
  const keys = known.map(spec => spec.key);
  const near = nearest(key, keys);
  const nested = value.kind === 'map' && value.entries.some(inner => inner.key === 'type' || inner.key === 'run');
  const hint = near
    ? `did you mean "${near}"?`
    : nested
      ? `if "${key}" is a service, it is indented too far`
      : `keys of your own begin with "x-": x-${key}`;
  report.error('unknown-key', `${what} has the unknown key "${key}"`, keyNode, { hint });
  return near;
}

function readValue<T extends ValueType>(type: T, entry: Entry, reader: Reader): Values[T] | undefined {
  const read: { [V in ValueType]: (node: YamlNode, key: string, reader: Reader) => Values[V] | undefined } = READERS;
  return read[type](entry.value, entry.key, reader);
}

const READERS: { [V in ValueType]: (node: YamlNode, key: string, reader: Reader) => Values[V] | undefined } = {
  boolean: (node, key, reader) => reader.boolean(node, key),
  text: (node, key, reader) => reader.text(node, key),
  command: (node, key, reader) => reader.text(node, key, VALUE_FORMS.command),
  integer: (node, key, reader) =>
    reader.integer(node, key, { min: 0, max: Number.MAX_SAFE_INTEGER, form: 'a whole number from 0' }),
  port: (node, key, reader) => reader.integer(node, key, { min: 1, max: 65535, form: VALUE_FORMS.port }),
  duration: readDuration,
  strings: (node, key, reader) => reader.texts(node, key, VALUE_FORMS.strings),
  environment: readEnvironment,
  'env-files': readEnvFileNames,
  ports: readPorts,
  records: readRecords,
  names: readNames,
  signal: readSignal,
  words: readWords,
  groups: readGroups,
  profiles: readProfiles,
  type: (node, key, reader) => reader.choice(node, key, SERVICE_TYPES, VALUE_FORMS.type),
  probe: node => node,
  dependencies: (node, key, reader) => readDependencies(node, key, reader),
  restart: readRestart,
  build: node => node,
  size: readSize,
  'size-or-none': (node, key, reader) => readSize(node, key, reader, -1),
  number: readCount,
  score: (node, key, reader) => reader.integer(node, key, { min: -1000, max: 1000, form: VALUE_FORMS.score }),
  'signal-name': readSignalName,
  'pull-policy': (node, key, reader) => {
    const policy = reader.choice(node, key, PULL_POLICIES, VALUE_FORMS['pull-policy']);
    return policy === 'if_not_present' ? 'missing' : policy;
  },
  instances: (node, key, reader) => {
    const count = reader.integer(node, key, { min: 0, max: MOST_INSTANCES, form: VALUE_FORMS.instances });
    return count === undefined ? undefined : { count, place: node };
  },
  mounts: node => node,
  tmpfs: node => node,
  networks: node => node,
  'named-values': node => node,
  hosts: node => node,
  healthcheck: node => node,
  devices: node => node,
  ulimits: node => node,
  logging: node => node,
};

export const PULL_POLICIES = ['missing', 'always', 'never', 'build', 'if_not_present'] as const;

/** Real-time signals are known to Linux, where the container runs, and not to Node. */
function readSignalName(node: YamlNode, key: string, reader: Reader): string | undefined {
  if (node.kind === 'scalar' && /^(SIG)?RTM(IN|AX)([+-]\d+)?$/i.test(node.text)) return node.text.toUpperCase();
  return readSignal(node, key, reader);
}

function readSignal(node: YamlNode, key: string, reader: Reader): NodeJS.Signals | undefined {
  const text = reader.text(node, key, VALUE_FORMS.signal);
  if (!text) return undefined;
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  const upper = text.text.trim().toUpperCase();
  const found = names.find(
    name => name === upper || name === `SIG${upper}` || String(constants.signals[name]) === upper,
  );
  if (found) return found;
  const near = nearest(upper, names) ?? nearest(`SIG${upper}`, names);
  const hint = near && `did you mean "${near}"?`;
  reader.report.error('wrong-type', `"${key}" must be the name of a signal, not ${shown(text.node)}`, node, { hint });
  return undefined;
}

function readWords(node: YamlNode, key: string, reader: Reader): readonly string[] | undefined {
  if (node.kind === 'list') return reader.texts(node, key, VALUE_FORMS.words).map(item => item.text);
  const text = reader.text(node, key, VALUE_FORMS.words);
  if (!text) return undefined;
  const split = splitWords(text.text);
  if (split.words) return split.words;
  reader.report.error(
    'bad-command',
    `"${key}" can't be split into words: ${split.problem}`,
    placeOfFragment(text.node, split.offset, text.text[split.offset] ?? ''),
  );
  return undefined;
}

function readGroups(node: YamlNode, key: string, reader: Reader): readonly string[] | undefined {
  const names = reader.texts(node, key, VALUE_FORMS.groups).filter(({ text, node: at }) => {
    if (text !== '' && !/\s/.test(text)) return true;
    reader.report.error('bad-name', `${JSON.stringify(text)} can't be the name of a group`, at);
    return false;
  });
  return names.length > 0 ? [...new Set(names.map(name => name.text))] : undefined;
}

function readRecords(node: YamlNode, key: string, reader: Reader): readonly ExternalRecord[] {
  return reader.texts(node, key, VALUE_FORMS.records).flatMap(({ text, node: at }) => {
    const record = parseRecord(text.trim());
    if (record) return record;
    const hint = 'records look like "db.local IN A 192.0.2.1" or "_main._tcp.db.local IN SRV 0 5 5060 db.local"';
    reader.report.warn('bad-record', `"${text}" is no DNS record and is left out`, at, { hint });
    return [];
  });
}

function parseRecord(line: string): ExternalRecord | undefined {
  const a = /^(\S+)\s+IN\s+A\s+(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(line);
  if (a && a[2]!.split('.').every(byte => Number(byte) <= 255)) return { type: 'A', name: a[1]!, address: a[2]! };
  const srv = /^(\S+)\s+IN\s+SRV\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)$/i.exec(line);
  if (!srv) return undefined;
  const [priority, weight, port] = [Number(srv[2]), Number(srv[3]), Number(srv[4])];
  if (Math.max(priority, weight, port) > 65535) return undefined;
  return { type: 'SRV', name: srv[1]!, priority, weight, port, target: srv[5]! };
}

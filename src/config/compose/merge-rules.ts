/**
 * Where a Compose file departs from "maps merge, lists append, the rest replaces", as a tree of the keys.
 *
 * Source: the Compose Specification ("Merge and override", with its "Unique resources") and its reference loader. `merge`
 * says what becomes of a value that both files have, `unique` which entries of a list are the same one: the later replaces
 * the earlier, in its position.
 */

import type { YamlNode } from '../yaml.js';
import { isScalar, partOf, textOf } from './tree.js';

export type MergeRule =
  /** The later value alone counts. */
  | 'replace'
  /** A text, a list or a map are all brought to a list (`KEY=value`), and lists append. */
  | 'sequence'
  /** As `sequence`, without what the earlier list has word for word: one key may occur several times. */
  | 'hosts'
  /** A list of names stands for a map of names without settings. */
  | 'names'
  /** As `names`; in the list form each stands for "started, and required". */
  | 'dependencies'
  /** A text stands for `{context: text}`. */
  | 'build'
  /** Options belong to their driver: another driver replaces the whole. */
  | 'logging'
  /** A list of maps that are known by their `subnet`. */
  | 'subnets';

/** What identifies an entry of a list; undefined: it can't be said, and the entry is kept. */
export type KeyOf = (item: YamlNode) => string | undefined;

export interface MergeRules {
  readonly merge?: MergeRule;
  readonly unique?: KeyOf;
  readonly keys?: Readonly<Record<string, MergeRules>>;
  /** For every key, or item, that is not in `keys`. */
  readonly each?: MergeRules;
}

/** `KEY=value` and `KEY` are known by their key. */
const byKey: KeyOf = item => (isScalar(item) ? textOf(item).split('=', 1)[0] : undefined);

const byText: KeyOf = item => (isScalar(item) ? textOf(item) : undefined);

const byPath: KeyOf = item => (isScalar(item) ? textOf(item) : partOf(item, 'path'));

/** Secrets and configs are known by where they are mounted. */
function byMount(directory: string): KeyOf {
  return item => {
    if (isScalar(item)) return `${directory}/${textOf(item)}`;
    const source = partOf(item, 'source');
    return partOf(item, 'target') ?? (source === undefined ? undefined : `${directory}/${source}`);
  };
}

const byTarget: KeyOf = item => (isScalar(item) ? targetOf(textOf(item)) : partOf(item, 'target'));

/** `[source:]target[:options]`; a drive letter's colon separates nothing. */
function targetOf(text: string): string {
  const parts = text.split(/(?<!(?:^|:)[a-zA-Z]):/);
  return parts[1] ?? parts[0]!;
}

/** A short form is known by its text: two spellings of one port are only equal once they are canonical. */
const byPort: KeyOf = item => {
  if (isScalar(item)) return textOf(item);
  const target = partOf(item, 'target');
  if (target === undefined) return undefined;
  const address = partOf(item, 'host_ip') ?? '0.0.0.0';
  return `${address}:${partOf(item, 'published') ?? ''}:${target}/${partOf(item, 'protocol') ?? 'tcp'}`;
};

const REPLACED: MergeRules = { merge: 'replace' };
const SEQUENCE: MergeRules = { merge: 'sequence' };
const KEYED: MergeRules = { merge: 'sequence', unique: byKey };
const SET: MergeRules = { unique: byText };

const SERVICE: MergeRules = {
  keys: {
    annotations: KEYED,
    build: {
      merge: 'build',
      keys: {
        additional_contexts: KEYED,
        args: KEYED,
        extra_hosts: { merge: 'hosts' },
        labels: KEYED,
        platform: SET,
        platforms: SET,
        tags: SET,
      },
    },
    cap_add: SET,
    cap_drop: SET,
    command: REPLACED,
    configs: { unique: byMount('') },
    depends_on: { merge: 'dependencies' },
    deploy: { keys: { labels: KEYED } },
    devices: { unique: byTarget },
    dns: { merge: 'sequence', unique: byText },
    dns_opt: { merge: 'sequence', unique: byText },
    dns_search: { merge: 'sequence', unique: byText },
    entrypoint: REPLACED,
    env_file: { merge: 'sequence', unique: byPath },
    environment: KEYED,
    expose: SET,
    extra_hosts: { merge: 'hosts' },
    healthcheck: { keys: { test: REPLACED } },
    label_file: SEQUENCE,
    labels: KEYED,
    links: { unique: byKey },
    logging: { merge: 'logging' },
    models: { merge: 'names' },
    networks: { merge: 'names', each: { keys: { aliases: SET, link_local_ips: SET } } },
    ports: { unique: byPort },
    profiles: SET,
    secrets: { unique: byMount('/run/secrets') },
    sysctls: KEYED,
    tmpfs: { merge: 'sequence', unique: byText },
    ulimits: { each: REPLACED },
    volumes: { unique: byTarget },
  },
};

export const COMPOSE_RULES: MergeRules = {
  keys: {
    networks: { each: { keys: { labels: KEYED, ipam: { keys: { config: { merge: 'subnets' } } } } } },
    services: { each: SERVICE },
    volumes: { each: { keys: { labels: SEQUENCE } } },
  },
};

/** The rules below a key, or of an item. */
export function rulesAt(rules: MergeRules | undefined, key: string): MergeRules | undefined {
  if (rules?.keys && Object.hasOwn(rules.keys, key)) return rules.keys[key];
  return rules?.each;
}

/** Schemas of every type of value; `section.ts` reads them. What a schema can't say passes, and the loader tells it. */
import { NETWORKS as NETWORK_SETTINGS, VOLUMES as VOLUME_SETTINGS } from '../compose/project/project-kinds.js';
import {
  BUILD,
  DEVICES,
  EXTRA_HOSTS,
  HEALTHCHECK,
  LOGGING,
  MOUNT,
  NAMED_VALUES,
  NETWORKS,
  TMPFS,
  ULIMITS,
} from '../container/kinds.js';
import { CONDITION_WORDS, type DEPENDENCY_KEYS } from '../dependencies.js';
import { MOST_INSTANCES } from '../instances.js';
import type { KeySpec, ValueType } from '../keys.js';
import { PORT } from '../ports.js';
import { type RESTART_KEYS, RESTART_WORDS } from '../restart.js';
import { PULL_POLICIES, SERVICE_TYPES } from '../section.js';
import {
  anyCase,
  anyOf,
  BOOLEAN,
  integer,
  listOf,
  mapOf,
  NULL,
  oneOrList,
  orVariable,
  pattern,
  type Schema,
  TEXT,
  TEXT_OR_NULL,
  words,
} from './form.js';
import { fieldsOf, schemaOfKind } from './kinds.js';
import { duration, NUMBER, size } from './quantities.js';

const MOST = 1_000_000;
const PORT_NUMBER = integer(1, 65_535);
const TEXTS = oneOrList(TEXT);
/** Those of every system that fuge runs on; the usual ones are what editors offer. */
const USUAL_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGKILL'];
const SIGNAL_NAMES =
  'HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD STKFLT CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL LOST PWR INFO SYS UNUSED BREAK EMT';
const signal = (further: string) =>
  anyOf(
    { enum: USUAL_SIGNALS },
    pattern(`^\\s*((${anyCase('SIG')})?(${SIGNAL_NAMES.split(' ').map(anyCase).join('|')})|\\d+)\\s*$${further}`),
    { type: 'integer', minimum: 1, maximum: 64 },
  );

/** By what they say: `http: /health` and more. */
const PROBE_PORT = anyOf(TEXT, NULL);
const TIMING = {
  interval: duration(10),
  timeout: duration(10),
  retries: integer(1, MOST),
  start_period: duration(0),
};
const HTTP = anyOf(
  NULL,
  { const: true },
  pattern('^/'),
  mapOf({
    path: pattern('^/'),
    port: PROBE_PORT,
    status: orVariable(
      { type: 'integer', minimum: 100, maximum: 999 },
      { type: 'string', pattern: '^\\s*\\d{3}(\\s*-\\s*\\d{3})?\\s*$' },
    ),
  }),
);
const EXEC: Schema = TEXT;
const LOG: Schema = { ...TEXT, not: { const: '' } };

function probe(key: string): Schema {
  const kinds = { http: HTTP, tcp: PROBE_PORT, exec: EXEC, ...(key === 'ready' && { log: LOG }) };
  const map = mapOf({ ...kinds, ...TIMING }, { oneOf: Object.keys(kinds).map(kind => ({ required: [kind] })) });
  return key === 'ready' ? anyOf({ const: false }, map) : map;
}

const WHEN = anyOf({ enum: [...RESTART_WORDS, false] }, pattern('^on-failure:\\d+$'));
const EXIT_CODE = integer(0, 255);
const RESTART_SCHEMAS: { readonly [K in (typeof RESTART_KEYS)[number]]: Schema } = {
  when: WHEN,
  max: integer(0, MOST),
  window: duration(0),
  backoff: duration(0),
  backoff_max: duration(0),
  success: oneOrList(EXIT_CODE),
};

const DEPENDENCY_SCHEMAS: { readonly [K in (typeof DEPENDENCY_KEYS)[number]]: Schema } = {
  condition: words(CONDITION_WORDS),
  required: BOOLEAN,
  restart: BOOLEAN,
};

const VARIABLES: Schema = {
  type: 'object',
  propertyNames: { pattern: '^[^\\s\\u0000]+$' },
  additionalProperties: TEXT_OR_NULL,
};
/** The name may come from a variable. */
const ASSIGNMENT = pattern('^[^\\s=]+(=|$)');

const ENV_FILE = anyOf(TEXT, mapOf({ path: TEXT, required: BOOLEAN, format: words(['raw']) }, { required: ['path'] }));

const WRITTEN_PORT = anyOf(
  { type: 'integer', minimum: 1, maximum: 65_535 },
  pattern(`^\\s*${PORT.source.slice(1, -1).replace(/auto|tcp|udp|sctp/g, anyCase)}\\s*$`),
);

const NAME_OF_GROUP: Schema = anyOf({ type: ['number', 'boolean'] }, pattern('^\\S+$'));
const NAME_OF_PROFILE: Schema = anyOf({ type: ['number', 'boolean'] }, pattern('^(?!\\*$)[^\\s,]+$'));

const SCHEMAS: { readonly [T in ValueType]: (spec: KeySpec, global: boolean) => Schema } = {
  boolean: () => BOOLEAN,
  text: () => TEXT,
  integer: () => integer(0),
  port: () => PORT_NUMBER,
  duration: () => duration(0),
  strings: ({ choices }) => (choices ? oneOrList(words(choices)) : TEXTS),
  environment: () =>
    anyOf(VARIABLES, listOf(anyOf(ASSIGNMENT, { type: ['number', 'boolean'] }, VARIABLES)), pattern('^[^\\s=]+=')),
  'env-files': () => oneOrList(ENV_FILE),
  ports: () => oneOrList(WRITTEN_PORT),
  records: () => TEXTS,
  names: () => anyOf(words(['localhost']), mapOf({ localhost: PORT_NUMBER })),
  signal: () => signal(''),
  command: () => TEXT,
  words: () => TEXTS,
  groups: () => oneOrList(NAME_OF_GROUP),
  profiles: () => oneOrList(NAME_OF_PROFILE),
  type: () => words(SERVICE_TYPES),
  probe: ({ key }) => probe(key),
  dependencies: () =>
    anyOf(TEXT, listOf(TEXT), {
      type: 'object',
      patternProperties: { '^x-': {} },
      additionalProperties: anyOf(NULL, words(CONDITION_WORDS), mapOf(DEPENDENCY_SCHEMAS)),
    }),
  restart: () => anyOf(WHEN, mapOf(RESTART_SCHEMAS)),
  build: () => anyOf(TEXT, fieldsOf(BUILD)),
  size: () => size(0),
  'size-or-none': () => size(-1),
  number: () => NUMBER,
  score: () => integer(-1000, 1000),
  'signal-name': () =>
    signal(`|^\\s*(${anyCase('SIG')})?${anyCase('RTM')}(${anyCase('IN')}|${anyCase('AX')})([-+]\\d+)?\\s*$`),
  'pull-policy': () => words(PULL_POLICIES),
  instances: () => integer(0, MOST_INSTANCES),
  mounts: (_, global) => (global ? schemaOfKind(VOLUME_SETTINGS) : anyOf(TEXT, listOf(schemaOfKind(MOUNT)))),
  tmpfs: () => schemaOfKind(TMPFS),
  networks: (_, global) => schemaOfKind(global ? NETWORK_SETTINGS : NETWORKS),
  'named-values': () => schemaOfKind(NAMED_VALUES),
  hosts: () => schemaOfKind(EXTRA_HOSTS),
  healthcheck: () => schemaOfKind(HEALTHCHECK),
  devices: () => schemaOfKind(DEVICES),
  ulimits: () => schemaOfKind(ULIMITS),
  logging: () => schemaOfKind(LOGGING),
};

/** @param global Whether it stands in `fuge_global`. */
export function schemaOfValue(spec: KeySpec, global: boolean): Schema {
  return SCHEMAS[spec.type](spec, global);
}

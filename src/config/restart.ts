/** `restart`, and fuge 2's `restart_on_error` and `max_restarts`: what happens when a service ends by itself. */
import type { RestartPolicy } from '../system.js';
import { readDuration } from './quantities-reader.js';
import { type Reader, shown } from './reader.js';
import type { Report } from './report.js';
import type { Place } from './source.js';
import { checkKeys, entriesOf } from './submap.js';
import type { YamlNode } from './yaml.js';

export interface DraftRestart {
  readonly when: RestartPolicy['when'];
  readonly limit: number | undefined;
  readonly windowMs: number | undefined;
  readonly backoffMs: number | undefined;
  readonly backoffMaxMs: number | undefined;
  readonly successCodes: readonly number[] | undefined;
  readonly node: Place;
}

/** fuge 2's own numbers, but for the pause, which it did not make. */
const LIMIT = 5;
const WINDOW_MS = 30_000;
const BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 10_000;
/** The supervisor stretches each pause by up to this share. */
const JITTER = 0.25;

const FORM = 'never, on-failure or always, or a map with when, max, window, backoff, backoff_max and success';
const KEYS = ['when', 'max', 'window', 'backoff', 'backoff_max', 'success'];
/** Compose's words mean the same. */
const WORDS: Readonly<Record<string, RestartPolicy['when']>> = {
  never: 'never',
  no: 'never',
  'on-failure': 'on-failure',
  always: 'always',
  'unless-stopped': 'always',
};

export function readRestart(node: YamlNode, key: string, reader: Reader): DraftRestart | undefined {
  const none = {
    limit: undefined,
    windowMs: undefined,
    backoffMs: undefined,
    backoffMaxMs: undefined,
    successCodes: undefined,
  };
  if (node.kind !== 'map') {
    const said = readWhen(node, key, reader);
    return said && { ...none, ...said, node };
  }
  checkKeys(node, `"${key}"`, KEYS, reader.report);
  const values = entriesOf(node);
  const integer = (name: string, min: number) => {
    const value = values.get(name);
    const form = `a whole number from ${min}`;
    return value && reader.integer(value, name, { min, max: 1_000_000, form });
  };
  const duration = (name: string) => {
    const value = values.get(name);
    return value && readDuration(value, name, reader);
  };
  const when = values.get('when');
  const said = when ? readWhen(when, 'when', reader) : { when: 'on-failure' as const };
  if (!said) return undefined;
  return {
    when: said.when,
    limit: integer('max', 0) ?? ('limit' in said ? said.limit : undefined),
    windowMs: duration('window'),
    backoffMs: duration('backoff'),
    backoffMaxMs: duration('backoff_max'),
    successCodes: readCodes(values.get('success'), reader),
    node,
  };
}

/** `on-failure:3` is Compose's way to say the limit. */
function readWhen(
  node: YamlNode,
  key: string,
  reader: Reader,
): { when: RestartPolicy['when']; limit?: number } | undefined {
  const scalar = reader.scalar(node, key, FORM);
  if (!scalar) return undefined;
  if (scalar.value === false) return { when: 'never' };
  const [word = '', limit] = scalar.text.split(/:(?=\d+$)/);
  const when = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (when !== undefined && (limit === undefined || when === 'on-failure'))
    return { when, ...(limit !== undefined && { limit: Number(limit) }) };
  reader.report.error('wrong-type', `"${key}" must be ${FORM}, not ${shown(scalar)}`, node);
  return undefined;
}

function readCodes(node: YamlNode | undefined, reader: Reader): readonly number[] | undefined {
  if (!node) return undefined;
  const items = node.kind === 'list' ? node.items : [node];
  const form = 'an exit code from 0 to 255';
  const codes = items.flatMap(item => reader.integer(item, 'success', { min: 0, max: 255, form }) ?? []);
  return codes.length === 0 ? undefined : [...new Set([0, ...codes])];
}

/** What a service and the globals say together. `undefined` parts are left open. */
export interface RestartWishes {
  readonly restart: DraftRestart | undefined;
  /** fuge 2's keys. */
  readonly restartOnError: boolean;
  readonly maxRestarts: number | undefined;
}

export function resolveRestart(
  { restart, restartOnError, maxRestarts }: RestartWishes,
  report: Report,
  what: string,
): RestartPolicy {
  const limit = restart?.limit ?? maxRestarts ?? LIMIT;
  const backoffMs = restart?.backoffMs ?? BACKOFF_MS;
  const backoffMaxMs = Math.max(backoffMs, restart?.backoffMaxMs ?? BACKOFF_MAX_MS);
  const longest = longestPauses(limit, backoffMs, backoffMaxMs);
  // Crashes that fall out of the window before the limit is reached are never counted: it would restart for ever.
  if (restart?.windowMs !== undefined && restart.when !== 'never' && longest >= restart.windowMs)
    report.error(
      'endless-restarts',
      `${what} would restart for ever: the pauses before ${limit} restarts last up to ${seconds(longest)}, so no window of ${seconds(restart.windowMs)} ever holds them all`,
      restart.node,
      { hint: `make window larger than ${seconds(longest)}, or max or backoff smaller` },
    );
  return {
    when: restart?.when ?? (restartOnError ? 'on-failure' : 'never'),
    limit,
    windowMs: restart?.windowMs ?? Math.max(WINDOW_MS, 2 * longest),
    backoffMs,
    backoffMaxMs,
    successCodes: restart?.successCodes ?? [0],
  };
}

function longestPauses(count: number, firstMs: number, largestMs: number): number {
  let sum = 0;
  let pause = firstMs;
  for (let i = 0; i < count; i++) {
    // From here on all are alike.
    if (pause >= largestMs) return (sum + (count - i) * largestMs) * (1 + JITTER);
    sum += pause;
    pause = firstMs === 0 ? 0 : pause * 2;
    if (firstMs === 0) return 0;
  }
  return sum * (1 + JITTER);
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

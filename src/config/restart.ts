/** `restart`, and fuge 2's `restart_on_error` and `max_restarts`: what happens when a service ends by itself. */
import type { Probe, RestartPolicy } from '../system.js';
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
  /** A window that may grow to hold the limit; without it, {@link WINDOW_MS} may. */
  readonly leastWindowMs?: number | undefined;
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
export const RESTART_KEYS = ['when', 'max', 'window', 'backoff', 'backoff_max', 'success'] as const;
/** Compose's words mean the same. */
const WORDS: Readonly<Record<string, RestartPolicy['when']>> = {
  never: 'never',
  no: 'never',
  'on-failure': 'on-failure',
  always: 'always',
  'unless-stopped': 'always',
};
export const RESTART_WORDS = Object.keys(WORDS);

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
  checkKeys(node, `"${key}"`, RESTART_KEYS, reader.report);
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
  const backoffMs = duration('backoff');
  const backoffMaxMs = duration('backoff_max');
  if (backoffMs !== undefined && backoffMaxMs !== undefined && backoffMaxMs < backoffMs)
    reader.report.error(
      'bad-restart',
      `"backoff_max" (${seconds(backoffMaxMs)}) is smaller than "backoff" (${seconds(backoffMs)})`,
      values.get('backoff_max'),
      { hint: 'pauses grow from backoff to backoff_max' },
    );
  const limit = integer('max', 0);
  const windowMs = duration('window');
  const successCodes = readCodes(values.get('success'), reader);
  if (!said) return undefined;
  return {
    when: said.when,
    limit: limit ?? ('limit' in said ? said.limit : undefined),
    windowMs,
    backoffMs,
    backoffMaxMs,
    successCodes,
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
  readonly name: string;
  readonly restart: DraftRestart | undefined;
  /** fuge 2's keys. */
  readonly restartOnError: boolean;
  readonly maxRestarts: number | undefined;
  /** Its failure restarts, too, whatever `when` says. */
  readonly live: Probe | undefined;
}

/** @param what Whose policy it is, in messages: `"web"`, or `services`. */
export function resolveRestart(wishes: RestartWishes, report: Report, what: string): RestartPolicy {
  const { restart, live } = wishes;
  const limit = restart?.limit ?? wishes.maxRestarts ?? LIMIT;
  const backoffMs = restart?.backoffMs ?? BACKOFF_MS;
  const backoffMaxMs = Math.max(backoffMs, restart?.backoffMaxMs ?? BACKOFF_MAX_MS);
  const pausesMs = sumOfPauses(limit, backoffMs, backoffMaxMs);
  const longestMs =
    pausesMs * (1 + JITTER) + (live ? limit * (lifeUnderProbe(live) + live.retries * live.timeoutMs) : 0);
  if (restart) reportEndless({ wishes, restart, limit, pausesMs, longestMs }, report, what);
  return {
    when: restart?.when ?? (wishes.restartOnError ? 'on-failure' : 'never'),
    limit,
    // Twice over, since a run takes its time to start, too.
    windowMs: restart?.windowMs ?? Math.max(restart?.leastWindowMs ?? WINDOW_MS, Math.ceil(2 * longestMs)),
    backoffMs,
    backoffMaxMs,
    successCodes: restart?.successCodes ?? [0],
  };
}

interface Sums {
  readonly wishes: RestartWishes;
  readonly restart: DraftRestart;
  readonly limit: number;
  /** Without jitter. */
  readonly pausesMs: number;
  /** Pauses with jitter, and the lives between them as far as `live` ends them. */
  readonly longestMs: number;
}

/** Restarts that fall out of the window before the limit is reached are never counted: it would restart for ever. */
function reportEndless({ wishes, restart, limit, pausesMs, longestMs }: Sums, report: Report, what: string): void {
  const { live, name } = wishes;
  const { windowMs, when, node } = restart;
  if (windowMs === undefined || limit === 0) return;
  const longestPauses = pausesMs * (1 + JITTER);
  const restarts = `${limit} restart${limit === 1 ? '' : 's'}`;
  if (when !== 'never' && longestPauses >= windowMs) {
    report.error(
      'endless-restarts',
      `${what} would restart for ever: the pauses before ${restarts} last up to ${seconds(longestPauses)}, so no window of ${seconds(windowMs)} ever holds them all`,
      node,
      { hint: `make window larger than ${secondsUp(longestMs)}, or max or backoff smaller` },
    );
    return;
  }
  if (!live || limit * lifeUnderProbe(live) + pausesMs < windowMs) return;
  // With "never", nothing but the probe restarts it, so that the limit means nothing at all.
  report.add(
    when === 'never' ? 'error' : 'warning',
    'endless-restarts',
    `"${name}" would restart for ever when "live" fails: it takes ${seconds(lifeUnderProbe(live))} to find that out each time, so no window of ${seconds(windowMs)} ever holds ${restarts}`,
    node,
    {
      hint: `make window larger than ${secondsUp(longestMs)}, or leave it out; or make max, or interval or retries of "live", smaller`,
    },
  );
}

/** ms that a run which never answers lives at least, from when `live` begins to count. */
function lifeUnderProbe({ intervalMs, startPeriodMs, retries }: Probe): number {
  const firstLook = Math.max(1, Math.ceil(startPeriodMs / intervalMs));
  return (firstLook + retries - 1) * intervalMs;
}

/** ms of all pauses before `count` restarts, without jitter. */
function sumOfPauses(count: number, firstMs: number, largestMs: number): number {
  let sum = 0;
  let pause = firstMs;
  for (let i = 0; i < count; i++) {
    // From here on all are alike.
    if (pause >= largestMs || pause === 0) return sum + (count - i) * Math.min(pause, largestMs);
    sum += pause;
    pause *= 2;
  }
  return sum;
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;

/** Never less than it is: to be larger than this is enough. */
const secondsUp = (ms: number) => `${Math.ceil(ms / 100) / 10} s`;

/**
 * Recognises lines that are structured log records, as JSON (pino, bunyan, winston, zap, zerolog, slog, Serilog's compact
 * form, logstash, ECS, Google Cloud, MongoDB …) or as logfmt.
 *
 * A JSON object is a record if it has two of: a level that is known, a time, a message. A logfmt line consists of nothing but
 * `key=value` and has a level beside a time or a message. All else is plain text, and telling that costs a look at the first
 * character. Nothing here throws.
 */
import { type Level, levelOfText, readLevel } from './log-level.js';
import { readStamp, readTime } from './log-time.js';

export interface LogRecord {
  readonly level: Level | undefined;
  /** Unix time, ms. */
  readonly time: number | undefined;
  /** '' where the record has none. */
  readonly message: string;
  /** What else it holds, in its order, without what only says where it ran (pid, hostname, logger and format version). */
  readonly fields: readonly (readonly [name: string, value: unknown])[];
  /** The stack of the error that it tells of, with newlines. */
  readonly stack: string | undefined;
  /** All of it as parsed. Integers too long for a JavaScript number are texts. */
  readonly source: Readonly<Record<string, unknown>>;
}

/** Characters of a line that is looked into: longer ones are cut into pieces before anybody sees them as a line. */
const LONGEST = 64 * 1024;

const LEVEL_KEYS = [
  'level',
  'severity',
  'lvl',
  'log.level',
  'levelname',
  'LogLevel',
  'loglevel',
  'severityText',
  'Level',
];
const MESSAGE_KEYS = ['msg', 'message', '@m', 'Message', 'short_message', 'body', 'event'];
const TIME_KEYS = ['time', 'timestamp', 'ts', '@timestamp', '@t', 'Timestamp', 'datetime', 'asctime', 't'];
const STACK_KEYS = ['stack', 'stacktrace', 'stack_trace', 'error.stack_trace', 'exc_info', 'exception', '@x'];
const ERROR_KEYS = ['err', 'error', 'exception'];
/** Said by every line, and worth nothing where a supervisor says whose line it is. */
const NOISE = new Set([
  '@version',
  'level_value',
  'ecs.version',
  'process.pid',
  'process.thread.name',
  'host.hostname',
  '@i',
  '@r',
]);
/** The same, in pino's and bunyan's records, which carry the first two always. */
const PINO_NOISE = new Set(['pid', 'hostname', 'name', 'v']);

const BRACE = 123;
/** A string, or an integer that a number can't hold: those are made texts before parsing. */
const STRING_OR_LONG = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/g;
const PAIR = /([A-Za-z_@][\w.@/-]*)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s"]*))(?:\s+|$)/y;
const LOGFMT_LEVEL = /(?:^|\s)(?:level|lvl|severity)=/;

/** Whether any of these lines could be a record: one quick look at all of them together, as text or as bytes. */
export function mayHoldRecords(text: { includes(part: string): boolean }): boolean {
  return text.includes('{') || text.includes('level=') || text.includes('lvl=') || text.includes('severity=');
}

/** The record that a line is; undefined: plain text. */
export function readRecord(line: string): LogRecord | undefined {
  const first = line.charCodeAt(0);
  const isLetter = (first | 32) >= 97 && (first | 32) <= 122;
  if ((first !== BRACE && !isLetter && first !== 64 && first !== 95) || line.length > LONGEST) return undefined;
  try {
    return first === BRACE ? readJson(line) : readLogfmt(line);
  } catch {
    return undefined; // no JSON after all
  }
}

/** What one line says of itself, or has from the lines before it. */
export interface ReadLine {
  readonly level: Level | undefined;
  /** Unix time in ms that is written in it (or in the nearest line before it that has one). */
  readonly time: number | undefined;
  readonly record: LogRecord | undefined;
}

/** Lines that only go on with what the line before says: indented ones, the rest of a stack trace, PostgreSQL's details. */
const CONTINUATION =
  /^(?:\s|$|Caused by: |\.\.\. \d+ more|[}\])]|goroutine \d+ \[|created by |[\w./*()-]{1,200}\([^()]*\)$|During handling of |The above exception |.{0,60}\b(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY): {2})/;

/** Reads the lines of one stream (or file) in their order, so that a stack trace has the level of its error. */
export class LogReader {
  #level: Level | undefined;
  #time: number | undefined;

  read(line: string): ReadLine {
    const record = readRecord(line);
    const own = record ? record.level : levelOfText(line);
    if (own !== undefined || record !== undefined || !CONTINUATION.test(line)) this.#level = own;
    this.#time = (record ? record.time : timeOfText(line)) ?? this.#time;
    return { level: this.#level, time: this.#time, record };
  }
}

/** The time that a line of plain text begins with, maybe within a bracket. */
function timeOfText(line: string): number | undefined {
  const first = line.charCodeAt(0);
  const start = first === 91 ? 1 : 0;
  const digit = line.charCodeAt(start);
  // Not a date alone: that is as likely a word of a sentence.
  return digit >= 48 && digit <= 57 && line.charCodeAt(start + 13) === 58 ? readStamp(line, start)?.time : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function readJson(line: string): LogRecord | undefined {
  const text = line.trimEnd();
  if (!text.endsWith('}')) return undefined;
  const source = JSON.parse(/\d{16}/.test(text) ? keepLongIntegers(text) : text) as Fields;
  if (isObject(source.t) && typeof source.s === 'string') return readMongo(source);
  // Rust's tracing keeps the message among the fields; ECS may nest what others write with a dot.
  const inner = source.message === undefined && isObject(source.fields) ? source.fields : undefined;
  const all = inner ? { ...source, fields: undefined, ...inner } : source;
  const taken: string[] = [];
  const pick = <T>(keys: readonly string[], read: (value: unknown) => T | undefined): T | undefined => {
    for (const key of keys) {
      const value = all[key] === undefined ? undefined : read(all[key]);
      if (value === undefined) continue;
      taken.push(key);
      return value;
    }
    return undefined;
  };
  const time = pick(TIME_KEYS, readTime);
  const level = pick(LEVEL_KEYS, readLevel) ?? (isObject(all.log) ? readLevel(all.log.level) : serilogLevel(all));
  if (all['@l'] !== undefined) taken.push('@l');
  const errorKey = ERROR_KEYS.find(key => isObject(all[key]));
  const error = errorKey === undefined ? {} : (all[errorKey] as Fields);
  const message = pick(MESSAGE_KEYS, readMessage) ?? fillTemplate(all, taken) ?? textOf(error.message);
  if (Number(level !== undefined) + Number(time !== undefined) + Number(message !== undefined) < 2) return undefined;
  if (all['@m'] !== undefined) taken.push('@mt');
  const stack = pick(STACK_KEYS, textWithLines) ?? textWithLines(error.stack);
  const isPino = all.pid !== undefined && all.hostname !== undefined;
  const fields: (readonly [string, unknown])[] = [];
  for (const key of Object.keys(all)) {
    const value = all[key];
    if (value === undefined || taken.includes(key) || NOISE.has(key) || (isPino && PINO_NOISE.has(key))) continue;
    if (key === errorKey && stack !== undefined) fields.push(...restOfError(key, error));
    else fields.push([key, value]);
  }
  return { level, time, message: message ?? '', fields, stack, source };
}

/** Numbers that JavaScript would round become texts. */
function keepLongIntegers(text: string): string {
  return text.replace(STRING_OR_LONG, found =>
    found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${found}"`,
  );
}

/** `{"t":{"$date":"…"},"s":"I","c":"NETWORK","ctx":"conn1","msg":"…","attr":{…}}`. */
function readMongo(source: Fields): LogRecord | undefined {
  const time = readTime(source.t);
  const letter = String(source.s).charAt(0);
  const level = { F: 'fatal', E: 'error', W: 'warn', I: 'info', D: 'debug' }[letter] as Level | undefined;
  if (time === undefined || level === undefined || typeof source.msg !== 'string') return undefined;
  const attributes = isObject(source.attr) ? Object.entries(source.attr) : [];
  const fields = [...Object.entries(source).filter(([key]) => key === 'c' || key === 'ctx'), ...attributes];
  return { level, time, message: source.msg, fields, stack: undefined, source };
}

/** Serilog's compact form leaves its default level out. */
function serilogLevel(all: Fields): Level | undefined {
  if (all['@t'] === undefined) return undefined;
  return all['@l'] === undefined ? 'info' : readLevel(all['@l']);
}

/** Serilog's message template with its holes filled; what filled them is told then. */
function fillTemplate(all: Fields, taken: string[]): string | undefined {
  const template = all['@mt'];
  if (typeof template !== 'string') return undefined;
  taken.push('@mt');
  return template.replace(/\{[@$]?(\w+)(?:[,:][^}]*)?\}/g, (hole, name: string) => {
    const value = Object.hasOwn(all, name) ? readMessage(all[name]) : undefined;
    if (value === undefined) return hole;
    taken.push(name);
    return value;
  });
}

function readMessage(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function restOfError(name: string, error: Fields): (readonly [string, unknown])[] {
  const told = ['type', 'name', 'message', 'stack'];
  return Object.entries(error).flatMap(([key, value]) =>
    told.includes(key) ? [] : [[`${name}.${key}`, value] as const],
  );
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
const textWithLines = (value: unknown) => (typeof value === 'string' && value.includes('\n') ? value : undefined);

function readLogfmt(line: string): LogRecord | undefined {
  PAIR.lastIndex = 0;
  if (!PAIR.test(line) || !LOGFMT_LEVEL.test(line)) return undefined;
  const entries: [string, string][] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < line.length) {
    const match = PAIR.exec(line);
    if (!match) return undefined;
    const [, key = '', quoted, bare = ''] = match;
    entries.push([key, quoted === undefined ? bare : readQuoted(quoted)]);
  }
  const source = Object.fromEntries(entries);
  const keyOf = (keys: readonly string[]) => keys.find(key => Object.hasOwn(source, key));
  const [levelKey, timeKey, messageKey] = [keyOf(LEVEL_KEYS), keyOf(TIME_KEYS), keyOf(MESSAGE_KEYS)];
  const level = levelKey === undefined ? undefined : readLevel(source[levelKey]);
  const time = timeKey === undefined ? undefined : readTime(source[timeKey]);
  if (level === undefined || (time === undefined && messageKey === undefined)) return undefined;
  const stackKey = STACK_KEYS.find(key => source[key]?.includes('\n'));
  const told = new Set([levelKey, time === undefined ? undefined : timeKey, messageKey, stackKey]);
  return {
    level,
    time,
    message: messageKey === undefined ? '' : source[messageKey]!,
    fields: Object.entries(source).filter(([key]) => !told.has(key)),
    stack: stackKey === undefined ? undefined : source[stackKey],
    source,
  };
}

function readQuoted(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.parse(`"${quoted}"`) as string;
  } catch {
    return quoted; // escapes of another language
  }
}

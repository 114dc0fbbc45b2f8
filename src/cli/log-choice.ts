/**
 * Which lines of services are asked for: by time, level and number, the same for `logs` and `grep`.
 *
 * By level a line is chosen that is as grave or graver; the rest of a stack trace is as grave as its error, and a line without
 * a level is none of them, wherever it was printed. By time a line counts when it came; one of a log file when it says it was
 * written, or the line before it.
 */
import { isAtLeast, LEVELS, type Level, LogReader, type ReadLine, readLevel, type StreamName } from '../index.js';
import { allLines, newestLines } from './log-files.js';
import { MOMENT_FORMS, readMoment } from './moment.js';

/** A line with what is known of it. */
export interface LogEntry extends ReadLine {
  readonly service: string;
  /** Unix time in ms when it came; of a log file's line when it was written, as far as that is known. */
  readonly at: number | undefined;
  readonly run: number | undefined;
  readonly stream: StreamName | undefined;
  readonly text: string;
}

export interface Choice {
  /** Unix time, ms; both ends belong to it. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly level: Level | undefined;
}

export type ChoiceResult =
  | { readonly kind: 'choice'; readonly choice: Choice }
  | { readonly kind: 'problem'; readonly message: string };

type Flags = ReadonlyMap<string, string | true>;

/** Reads --since, --until and --level. */
export function readChoice(flags: Flags, now = Date.now()): ChoiceResult {
  const problem = (message: string): ChoiceResult => ({ kind: 'problem', message });
  const moments: (number | undefined)[] = [];
  for (const name of ['since', 'until']) {
    const given = flags.get(name);
    const moment = typeof given === 'string' ? readMoment(given, now) : undefined;
    if (given !== undefined && moment === undefined)
      return problem(`--${name} needs ${MOMENT_FORMS}, not "${String(given)}"`);
    moments.push(moment);
  }
  const [since, until] = moments;
  if (since !== undefined && until !== undefined && since > until)
    return problem(
      `--since ${String(flags.get('since'))} is later than --until ${String(flags.get('until'))}: no line is between them`,
    );
  const given = flags.get('level');
  const level = /^[a-z]+$/i.test(String(given)) ? readLevel(given) : undefined;
  if (given !== undefined && level === undefined)
    return problem(`--level needs one of ${LEVELS.join(', ')}, not "${String(given)}"`);
  return { kind: 'choice', choice: { since, until, level } };
}

export function isChosen({ at, level }: Pick<LogEntry, 'at' | 'level'>, choice: Choice): boolean {
  if (choice.since !== undefined && (at === undefined || at < choice.since)) return false;
  if (choice.until !== undefined && (at === undefined || at > choice.until)) return false;
  return choice.level === undefined || (level !== undefined && isAtLeast(level, choice.level));
}

/** The flags of a choice as they were typed, for messages: `--since 5m --level warn`. */
export function choiceText(flags: Flags): string {
  return ['since', 'until', 'level']
    .flatMap(name => (flags.has(name) ? [`--${name} ${flags.get(name)}`] : []))
    .join(' ');
}

/** Takes the chosen ones of many lines, and counts the others. */
export class Chooser {
  readonly #choice: Choice;
  readonly #limit: number;
  #chosen: LogEntry[] = [];
  total = 0;
  /** Lines without a level. */
  unlevelled = 0;
  /** Lines that say (or of which it is known) when they were printed. */
  timed = 0;

  /** @param limit So many of the newest are kept. */
  constructor(choice: Choice, limit = Number.POSITIVE_INFINITY) {
    this.#choice = choice;
    this.#limit = limit;
  }

  take(entry: LogEntry): void {
    this.total++;
    if (entry.level === undefined) this.unlevelled++;
    if (entry.at !== undefined) this.timed++;
    if (!isChosen(entry, this.#choice)) return;
    this.#chosen.push(entry);
    if (this.#chosen.length > 2 * this.#limit + 1000) this.#chosen = this.chosen;
  }

  get chosen(): LogEntry[] {
    return this.#limit === 0 ? [] : this.#chosen.slice(-this.#limit);
  }
}

/** Whether there are lines, but none that says when it was printed. */
export const isTimeless = ({ total, timed }: Chooser) => total > 0 && timed === 0;

/** What is said of services whose log files can't be chosen from by time. */
export function timelessText(services: readonly string[]): string {
  const files = services.length === 1 ? 'file of' : 'files of';
  const says = services.length === 1 ? 'does' : 'do';
  return `the log ${files} ${services.join(', ')} ${says} not say when a line was printed: for --since and --until fuge must be running, or the lines carry their time`;
}

/** Offers what stands in the log files of a service, oldest first; where `newest` is given, only so many of the last lines. */
export async function chooseFromFiles(
  chooser: Chooser,
  service: string,
  files: readonly string[],
  newest?: number,
): Promise<void> {
  const reader = new LogReader();
  if (newest === undefined) {
    for (const file of files)
      for await (const [, text] of allLines(file)) chooser.take(entryOfFile(service, text, reader));
    return;
  }
  let texts: string[] = [];
  for (const file of [...files].reverse())
    if (texts.length < newest) texts = [...(await newestLines(file, newest - texts.length)), ...texts];
  for (const text of texts) chooser.take(entryOfFile(service, text, reader));
}

/** A line of a log file: both streams and all runs of a service are in it, so its level may stem from the line before. */
export function entryOfFile(service: string, text: string, reader: LogReader): LogEntry {
  const read = reader.read(text);
  return { service, at: read.time, run: undefined, stream: undefined, text, ...read };
}

/** Reads lines of many services that come mixed, each stream of them in its order. */
export class LogReaders {
  readonly #readers = new Map<string, LogReader>();

  read(line: Pick<LogEntry, 'service' | 'run' | 'stream' | 'text'> & { readonly at: number }): LogEntry {
    const key = `${line.service}\n${line.run}\n${line.stream}`;
    const reader = this.#readers.get(key) ?? new LogReader();
    this.#readers.set(key, reader);
    return { ...line, ...reader.read(line.text) };
  }
}

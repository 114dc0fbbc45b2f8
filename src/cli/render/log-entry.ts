/** Renders the lines that `logs` prints: when, whose, by which stream, and what. */
import type { System } from '../../index.js';
import type { LogEntry } from '../log-choice.js';
import { makeSafe } from '../terminal/safe-text.js';
import { formatClock, formatInstant } from './duration.js';
import type { Paint } from './paint.js';
import { renderRecord } from './record.js';
import { padToWidth, widthOf } from './width.js';

export interface LogEntryStyle {
  readonly paint: Paint;
  readonly system: System;
  /** Whose lines are shown: of a single one the name is left out. */
  readonly services: readonly string[];
  /** As it was written, not for people; of a single service nothing stands before it. */
  readonly isRaw: boolean;
  /** Escape codes of the service are left in: nobody's terminal is at stake. */
  readonly isHarmless: boolean;
  /** Date, time and milliseconds; when the service says it wrote the line, if it does. Otherwise the time of day it came. */
  readonly hasInstants: boolean;
  /** Whether any line has a time: only then there is a column for it. */
  readonly hasTimes: boolean;
}

/** One line, or several where it holds a stack. */
export function renderLogEntry(entry: LogEntry, style: LogEntryStyle): string {
  const { paint, isRaw } = style;
  const isSingle = style.services.length === 1;
  const clock = timeOf(entry, style);
  const name = isSingle ? '' : `${nameOf(entry.service, style)} `;
  // As in the prompt's own lines: it is no failure, and is told apart without colours.
  const bar = isRaw && isSingle ? '' : `${entry.stream === 'stderr' ? paint.bold('!') : paint.dim('│')} `;
  const readable = isRaw || !entry.record ? undefined : renderRecord(entry.record, paint);
  const written = () => (style.isHarmless && isRaw ? entry.text : makeSafe(entry.text, paint.enabled));
  const [first = '', ...others] = (readable ?? written()).split('\n');
  const below = ' '.repeat(clock.length);
  return [`${paint.dim(clock)}${name}${bar}${first}`, ...others.map(line => `${below}${name}${bar}${line}`)].join('\n');
}

function timeOf({ at, time, record }: LogEntry, { hasInstants, hasTimes, isRaw, services }: LogEntryStyle): string {
  if (hasInstants) {
    const said = record?.time ?? at ?? time;
    return `${said === undefined ? ' '.repeat(23) : formatInstant(said)} `;
  }
  if (!hasTimes || (isRaw && services.length === 1)) return '';
  return `${at === undefined ? ' '.repeat(8) : formatClock(at)} `;
}

function nameOf(service: string, { paint, services, system }: LogEntryStyle): string {
  const width = Math.max(...services.map(widthOf));
  return paint.service([...system.services.keys()].indexOf(service), padToWidth(service, width));
}

/** What `--json` tells of a line. */
export function describeLogEntry({ service, at, run, stream, text, level, record }: LogEntry) {
  return {
    service,
    at: at ?? null,
    run: run ?? null,
    stream: stream ?? null,
    text,
    level: level ?? null,
    message: record?.message ?? null,
    record: record?.source ?? null,
  };
}

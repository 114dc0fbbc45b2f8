/** Renders what services print: each line behind the name of its service, made safe for the terminal; records for people. */
import { type Event, mayHoldRecords, readRecord, type System } from '../../index.js';
import { prefixLines } from '../terminal/prefix-lines.js';
import { makeSafe } from '../terminal/safe-text.js';
import type { Paint } from './paint.js';
import { renderRecord } from './record.js';

export type LinesEvent = Extract<Event, { type: 'lines' }>;
export type PartialEvent = Extract<Event, { type: 'partial' }>;

/** Longer names are shown whole and only break the alignment of their own lines. */
const WIDEST_NAME = 24;
/** Bytes in one event from which working on bytes pays. */
const FLOOD = 1024;

/** Columns of the names of services. */
export function nameWidth(system: System): number {
  let width = 0;
  for (const name of system.services.keys()) width = Math.max(width, name.length);
  return Math.min(width, WIDEST_NAME);
}

/** A service's name, padded to the width of all and in its colour. */
export function nameOf(service: string, system: System, paint: Paint): string {
  const index = [...system.services.keys()].indexOf(service);
  const padded = service.padEnd(nameWidth(system));
  return index < 0 ? padded : paint.service(index, padded);
}

export class LogLines {
  readonly #surroundings: { readonly system: System };
  readonly #paint: Paint;
  readonly #isRaw: (service: string) => boolean;
  /** Prefixes by service, stream and command: made once for a system, used for every line. */
  readonly #prefixes = new Map<string, string>();
  #prefixSystem: System | undefined;

  /** @param isRaw Whether the structured records of a service are shown as they were written; default: none's are. */
  constructor(
    surroundings: { readonly system: System },
    paint: Paint,
    isRaw: (service: string) => boolean = () => false,
  ) {
    this.#surroundings = surroundings;
    this.#paint = paint;
    this.#isRaw = isRaw;
  }

  /**
   * The lines of an output event, all but the first `from`. Where `partials` were shown before, the first line goes on
   * from there. Empty if there is nothing to show.
   */
  lines(event: LinesEvent, from = 0, partials = true): string {
    const prefix = this.#prefix(event);
    let lines = from > 0 ? event.lines.slice(from) : event.lines;
    if (partials && event.shown > 0 && from === 0) {
      const [first = '', ...others] = lines;
      lines = first.length > event.shown ? [`… ${first.slice(event.shown)}`, ...others] : others;
    }
    if (lines.length === 0) return '';
    // Nearly always nothing needs cleaning, and then a batch costs one test and one join.
    const raw = lines.join('\n');
    if (!this.#isRaw(event.service) && mayHoldRecords(raw)) return this.#readable(lines, prefix);
    const text = makeSafe(raw, this.#paint.enabled);
    if (text === raw) return prefix + lines.join(`\n${prefix}`);
    return prefix + text.split('\n').join(`\n${prefix}`);
  }

  /**
   * The same as {@link lines} with its final newline, encoded: for a big batch of which nothing has to be cleaned, which is
   * what floods are made of; undefined: not such a batch. To be used at once.
   */
  flood(event: LinesEvent): Uint8Array | undefined {
    const { bytes } = event;
    if (bytes === undefined || bytes.length < FLOOD || event.shown > 0) return undefined;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!this.#isRaw(event.service) && mayHoldRecords(buffer)) return undefined;
    return prefixLines(buffer, Buffer.from(this.#prefix(event)));
  }

  /** The beginning of a line that has not ended yet. */
  partial(event: PartialEvent): string {
    const text = makeSafe(event.text, this.#paint.enabled);
    return `${this.#prefix(event)}${text} ${this.#paint.dim('…')}`;
  }

  /** Some of the lines may be records. */
  #readable(lines: readonly string[], prefix: string): string {
    const paint = this.#paint;
    const texts = lines.map(line => {
      const record = readRecord(line);
      return (record && renderRecord(record, paint)) ?? makeSafe(line, paint.enabled);
    });
    return prefix + texts.join('\n').replaceAll('\n', `\n${prefix}`);
  }

  #prefix({ service, stream, command }: LinesEvent | PartialEvent): string {
    const { system } = this.#surroundings;
    if (this.#prefixSystem !== system) this.#prefixes.clear();
    this.#prefixSystem = system;
    const key = `${service}\n${stream}\n${command ?? ''}`;
    let prefix = this.#prefixes.get(key);
    if (prefix === undefined) {
      const paint = this.#paint;
      // `!` marks standard error, with colours and without; many programs log there, so it is no failure and not red.
      const bar = stream === 'stderr' ? paint.bold('!') : paint.dim('│');
      prefix = `${nameOf(service, system, paint)} ${command === undefined ? '' : `${paint.dim(command)} `}${bar} `;
      this.#prefixes.set(key, prefix);
    }
    return prefix;
  }
}

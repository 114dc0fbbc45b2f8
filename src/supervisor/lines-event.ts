/**
 * The event of lines that a run has printed. Its text and its lines are made when somebody looks at them: a flood is passed on
 * as bytes, which stand in memory that the next read uses again.
 */
import type { Event } from '../event.js';
import type { WholeLines } from './lines.js';

type LinesEvent = Extract<Event, { type: 'lines' }>;

interface Source {
  /** Undefined: its bytes are not there any more. */
  whole: WholeLines | undefined;
  text: string | undefined;
  lines: readonly string[] | undefined;
}

/** By whom they are read is not known: they are where nobody sees them. */
const sources = new WeakMap<object, Source>();

export function linesEvent(about: Omit<LinesEvent, 'lines' | 'text' | 'bytes'>, whole: WholeLines): LinesEvent {
  const event = Object.defineProperties({ ...about }, FIELDS) as LinesEvent;
  sources.set(event, { whole, text: undefined, lines: undefined });
  return event;
}

/** Its bytes will be overwritten: makes its text of them, unless it was let go. */
export function settle(event: LinesEvent): void {
  const source = sources.get(event);
  if (source?.whole === undefined) return;
  void event.text;
  source.whole = undefined;
}

/** Nobody who has heard it looks at it any more. */
export function letGo(event: LinesEvent): void {
  const source = sources.get(event);
  if (source) source.whole = undefined;
}

function textOf(event: object): string {
  const source = sources.get(event)!;
  if (source.text === undefined) {
    if (source.whole === undefined)
      throw new Error('these lines could be looked at while they were told only (keepsLines)');
    source.text = source.whole.text();
  }
  return source.text;
}

/**
 * The same getters for all events: with some of its own for each, V8 would keep a shape, and through it the text, of each for
 * long. Whoever copies or prints an event has its lines.
 */
const FIELDS: PropertyDescriptorMap & ThisType<object> = {
  lines: {
    enumerable: true,
    configurable: true,
    get() {
      const source = sources.get(this)!;
      source.lines ??= textOf(this).split('\n');
      return source.lines;
    },
  },
  text: {
    get() {
      return textOf(this);
    },
  },
  bytes: {
    get() {
      return sources.get(this)!.whole?.bytes;
    },
  },
};

/**
 * All lines that the dashboard keeps, and the views on them that are in use. It is the one part of the model that changes in
 * place: a flood must not copy what is there. Everything else of the model is plain data.
 */
import { type Line, LogReader, levelOfText, type StreamName } from '../../index.js';
import { type Choice, idOf, LogView, serviceNumberOf } from './log-view.js';
import { type Entry, factsOf, levelNumber, Scrollback } from './scrollback.js';

/** Bytes of all services together. */
export const BYTES_IN_ALL = 160 * 1024 * 1024;
/** Views that are kept up to date: those on the screen, and a few that one comes back to. */
const VIEWS = 6;
const ERROR = levelNumber(factsOf('error', false, false));

interface Source {
  readonly number: number;
  readonly scrollback: Scrollback;
  /** By stream, of the newest run. */
  readonly readers: Map<StreamName, LogReader>;
  run: number;
  /** What stands without its newline at the end of a stream. */
  readonly partial: Map<StreamName, { readonly text: string; readonly at: number }>;
}

export class LogStore {
  readonly #sources = new Map<string, Source>();
  readonly #byNumber: Source[] = [];
  #views: LogView[] = [];
  #nextId = 0;
  #bytes = 0;
  #backlog: { readonly service: string; readonly at: number; readonly line: Line | string }[] = [];

  /** Lines of one read. Returns how many errors begin in them. @param text The lines joined, where that is at hand. */
  append(
    service: string,
    at: number,
    run: number,
    stream: StreamName,
    lines: readonly string[],
    text = lines.join('\n'),
  ): number {
    if (lines.length === 0) return 0;
    const source = this.#source(service);
    source.partial.delete(stream);
    if (run !== source.run) {
      source.readers.clear();
      source.run = run;
    }
    const reader = source.readers.get(stream) ?? new LogReader();
    source.readers.set(stream, reader);
    let errors = 0;
    const facts = lines.map(line => {
      const { level, record } = reader.read(line);
      const fact = factsOf(level, stream === 'stderr', false);
      // The stack below an error has its level, yet is no further error.
      if (levelNumber(fact) >= ERROR && (record || levelOfText(line) !== undefined)) errors++;
      return fact;
    });
    this.#add(source, lines, text, at, facts);
    return errors;
  }

  /** Says what happened to a service among its lines; may hold several lines and colours. */
  note(service: string, at: number, text: string, level: 'info' | 'warn' | 'error'): void {
    const lines = text.split('\n');
    const fact = factsOf(level, false, true);
    const source = this.#source(service);
    this.#add(
      source,
      lines,
      text,
      at,
      lines.map(() => fact),
    );
  }

  partial(service: string, at: number, stream: StreamName, text: string): void {
    const { partial } = this.#source(service);
    const known = partial.get(stream);
    // A question is short; a line that grows without end is shown by its begin.
    partial.set(stream, { text: ((known?.text ?? '') + text).slice(0, 4096), at: known?.at ?? at });
  }

  /** Lines from before; they are sorted in by time with those of the other services when the first other thing happens. */
  backlog(service: string, lines: readonly Line[]): void {
    for (const line of lines) this.#backlog.push({ service, at: line.at, line });
  }

  /** A failure from before. */
  noteFromBefore(service: string, at: number, text: string): void {
    this.#backlog.push({ service, at, line: text });
  }

  /** Puts lines from before in their place. */
  settle(): void {
    if (this.#backlog.length === 0) return;
    const lines = this.#backlog.sort((a, b) => a.at - b.at);
    this.#backlog = [];
    for (const { service, at, line } of lines)
      if (typeof line === 'string') this.note(service, at, line, 'error');
      else this.append(service, at, line.run, line.stream, [line.text]);
  }

  /** The lines of a choice, kept up to date. */
  view(choice: Choice): LogView {
    const known = this.#views.find(view => isSame(view.choice, choice));
    if (known) {
      if (this.#views.at(-1) !== known) this.#views = [...this.#views.filter(view => view !== known), known];
      return known;
    }
    const sources = choice.services.map(name => this.#source(name));
    const view = new LogView(
      choice,
      sources.map(({ scrollback, number }) => [scrollback, number]),
    );
    this.#views = [...this.#views.slice(1 - VIEWS), view];
    return view;
  }

  /** Undefined: it was dropped meanwhile; views list such lines for a while. */
  entry(key: number): Entry | undefined {
    return this.#byNumber[serviceNumberOf(key)]?.scrollback.entry(idOf(key));
  }

  /** What stands without a newline at the ends of these services, as entries after all others. */
  partials(services: readonly string[]): Entry[] {
    return services.flatMap(service =>
      [...(this.#sources.get(service)?.partial ?? [])].map(([stream, { text, at }]) => ({
        id: Number.POSITIVE_INFINITY,
        service,
        at,
        level: undefined,
        isStderr: stream === 'stderr',
        isNote: false,
        text,
      })),
    );
  }

  get bytes(): number {
    return this.#bytes;
  }

  #source(service: string): Source {
    let source = this.#sources.get(service);
    if (!source) {
      const number = this.#byNumber.length;
      source = { number, scrollback: new Scrollback(service), readers: new Map(), run: -1, partial: new Map() };
      this.#sources.set(service, source);
      this.#byNumber.push(source);
    }
    return source;
  }

  #add(source: Source, lines: readonly string[], text: string, at: number, facts: readonly number[]): void {
    const { scrollback, number } = source;
    const before = scrollback.bytes;
    const views = this.#views.filter(view => view.choice.services.includes(scrollback.service));
    scrollback.append(lines, text, this.#nextId, at, facts, (chunk, from, to) => {
      for (const view of views) view.take(chunk, from, to, number);
    });
    this.#nextId += lines.length;
    this.#bytes += scrollback.bytes - before;
    while (scrollback.isOverfull && this.#drop(source));
    while (this.#bytes > BYTES_IN_ALL && this.#drop(this.#largest()));
  }

  #drop({ scrollback }: Source): boolean {
    const before = scrollback.bytes;
    const dropped = scrollback.dropOldest();
    this.#bytes += scrollback.bytes - before;
    if (dropped === 0) return false;
    for (const view of this.#views) {
      if (!view.choice.services.includes(scrollback.service)) continue;
      view.forget(dropped);
      view.settle(of => this.#byNumber[of]?.scrollback.firstId ?? 0);
    }
    return true;
  }

  #largest(): Source {
    return this.#byNumber.reduce((largest, source) =>
      source.scrollback.bytes > largest.scrollback.bytes ? source : largest,
    );
  }
}

function isSame(a: Choice, b: Choice): boolean {
  return (
    a.filter === b.filter &&
    a.isInverted === b.isInverted &&
    a.level === b.level &&
    a.search === b.search &&
    a.services.length === b.services.length &&
    a.services.every((service, index) => service === b.services[index])
  );
}

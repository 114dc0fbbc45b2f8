/** Shows the lines of services as they come, after the newest ones that were kept, and what becomes of the services. */
import type { AttachedSupervisor, Event, Line } from '../../index.js';
import { type Choice, Chooser, isChosen, type LogEntry, LogReaders } from '../log-choice.js';
import { shortenPath } from '../output.js';
import { formatClock, formatInstant } from '../render/duration.js';
import { EventText, missedText } from '../render/events.js';
import { describeLogEntry, type LogEntryStyle, renderLogEntry } from '../render/log-entry.js';
import type { Context, Input } from '../verb.js';

/** As a shell reports what Ctrl-C ended. */
const INTERRUPTED = 130;
/** More than are kept of any service. */
const ALL = 1_000_000;

export interface FollowOptions {
  readonly choice: Choice;
  /** Lines to begin with. */
  readonly limit: number;
  readonly style: LogEntryStyle;
}

/** Settles when it is interrupted, or when the whole system has been stopped, or fuge has gone. */
export function follow(context: Context, input: Input, options: FollowOptions): Promise<number> {
  return new Promise(resolve => {
    const following = new Following(context, input, options, code => {
      end();
      endHush?.();
      context.signal.removeEventListener('abort', interrupt);
      resolve(code);
    });
    const interrupt = () => following.end(INTERRUPTED);
    // At the prompt the lines of all services would come between, and these twice.
    const endHush = context.live?.hush();
    context.signal.addEventListener('abort', interrupt);
    const isPicked = options.choice.level !== undefined || options.choice.since !== undefined;
    const backlog = isPicked ? ALL : Math.min(options.limit, ALL);
    const end = context.supervisor.subscribe(event => following.hear(event), { backlog });
    following.hasBegun();
    const { gone } = context.supervisor as Partial<AttachedSupervisor>;
    void gone?.then(wasStopped => following.lose(wasStopped));
    if (context.signal.aborted) interrupt();
  });
}

class Following {
  readonly #context: Context;
  readonly #input: Input;
  readonly #options: FollowOptions;
  readonly #onEnd: (code: number) => void;
  readonly #readers = new LogReaders();
  readonly #text: EventText;
  /** What was kept, until all of it is there; undefined: it is shown. */
  #backlog: Map<string, readonly Line[]> | undefined = new Map();
  #isClosing = false;
  #isEnded = false;

  constructor(context: Context, input: Input, options: FollowOptions, onEnd: (code: number) => void) {
    this.#context = context;
    this.#input = input;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#text = new EventText(context.supervisor, {
      paint: context.out.paint,
      movesProgress: true,
      diagnosticStyle: { path: shortenPath },
    });
  }

  end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // What ends it may be told while the subscription is still being made.
    queueMicrotask(() => this.#onEnd(code));
  }

  /** The connection to the fuge that runs the system has ended. */
  lose(wasStopped: boolean): void {
    if (this.#isEnded) return;
    if (!wasStopped) this.#context.out.complain(`the fuge that ran ${this.#context.system.name} has gone`);
    this.end(wasStopped ? 0 : 1);
  }

  /** The subscription is made: what came with it is all there is, unless it comes over a connection. */
  hasBegun(): void {
    if (this.#backlog !== undefined && this.#backlog.size > 0) this.#showBacklog();
  }

  hear(event: Event): void {
    if (this.#isEnded) return;
    if (event.type === 'backlog') {
      this.#backlog?.set(event.service, event.lines);
      if (this.#backlog?.size === this.#context.system.services.size) this.#showBacklog();
      return;
    }
    this.#showBacklog();
    if (event.type === 'lines') this.#showLines(event);
    else if (event.type === 'missed') this.#showMissed(event.service, event.lines);
    else this.#tell(event);
    if (event.type === 'closing') this.#isClosing = true;
    if (this.#isClosing && !this.#context.shell && this.#isOver()) this.end(0);
  }

  #isOver(): boolean {
    const over = ['stopped', 'completed', 'failed'];
    return this.#context.supervisor.statuses().every(({ phase }) => over.includes(phase.id));
  }

  /** All services were asked for where none was named, those that a reload adds too. */
  #isFollowed(service: string): boolean {
    return !this.#input.named || this.#input.services.includes(service);
  }

  #showBacklog(): void {
    const backlog = this.#backlog;
    if (backlog === undefined) return;
    this.#backlog = undefined;
    const lines = [...backlog]
      .filter(([service]) => this.#isFollowed(service))
      .flatMap(([service, own]) => own.map(line => ({ service, ...line })))
      .sort((a, b) => a.at - b.at);
    const chooser = new Chooser(this.#options.choice, this.#options.limit);
    for (const line of lines) chooser.take(this.#readers.read(line));
    for (const entry of chooser.chosen) this.#show([entry]);
  }

  #showLines({ service, at, run, stream, lines, command }: Extract<Event, { type: 'lines' }>): void {
    // What build, test and the like print is no line of the service.
    if (command !== undefined || !this.#isFollowed(service)) return;
    const entries = lines.map(text => this.#readers.read({ service, at, run, stream, text }));
    this.#show(entries.filter(entry => isChosen(entry, this.#options.choice)));
  }

  #show(entries: readonly LogEntry[]): void {
    const { out } = this.#context;
    if (entries.length === 0) return;
    if (this.#input.flags.has('json')) for (const entry of entries) out.json(describeLogEntry(entry));
    else
      out.log(
        entries[0]!.service,
        entries.map(entry => renderLogEntry(entry, this.#style)),
      );
  }

  /** With the services that there are now. */
  get #style(): LogEntryStyle {
    const { style } = this.#options;
    const { system } = this.#context;
    return this.#input.named || style.system === system
      ? style
      : { ...style, system, services: [...system.services.keys()] };
  }

  /** JSON, and the raw lines of a single service, are read by another program: nothing else comes between. */
  get #isForProgram(): boolean {
    const { flags, services } = this.#input;
    return flags.has('json') || (flags.has('raw') && services.length === 1);
  }

  #showMissed(service: string, lines: number): void {
    const { out } = this.#context;
    if (!this.#isFollowed(service)) return;
    const text = missedText(service, lines);
    if (this.#isForProgram) out.complain(text);
    else out.print(out.paint.dim(text));
  }

  /** Starts, restarts, crashes and notices; the prompt tells of them by itself, and JSON is of lines alone. */
  #tell(event: Event): void {
    const { out, shell } = this.#context;
    const { hasInstants } = this.#options.style;
    if (!['phase', 'launched', 'progress', 'notice'].includes(event.type)) return;
    if ('service' in event && event.service !== undefined && !this.#isFollowed(event.service)) return;
    const sentence = this.#text.sentence(event);
    if (sentence === undefined || shell || this.#input.flags.has('json')) return;
    if (this.#isForProgram) return out.complain(sentence);
    const time = hasInstants ? formatInstant(event.at) : formatClock(event.at);
    out.print(`${out.paint.dim(time)} ${sentence}`);
  }
}

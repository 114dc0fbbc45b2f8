/** Puts what happens and what commands say on the screen, in order, through the one writer. */
import { type Event, type Supervisor, startPageOf } from '../../index.js';
import { paintDiagnostic, shortenPath } from '../output.js';
import { count } from '../render/duration.js';
import { EventText } from '../render/events.js';
import { LogLines } from '../render/log-lines.js';
import { createPaint, type Paint, wantsColour } from '../render/paint.js';
import { makeSafe } from '../terminal/safe-text.js';
import { Writer } from '../terminal/writer.js';
import type { LiveView, Output } from '../verb.js';
import { ImageProgress } from './image-progress.js';

export interface Screen {
  readonly writer: Writer;
  /** What verbs speak through. */
  readonly out: Output;
  readonly live: LiveView;
  /** Takes away the rows that tell of images; none come any more. */
  stopProgress(): void;
  /** Ends listening to the supervisor. */
  dispose(): void;
}

export interface ScreenOptions {
  readonly supervisor: Supervisor;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** ms between two looks of what moves. */
const PROGRESS_INTERVAL_MS = 100;
const EMPTY_SCREEN = '\x1b[H\x1b[2J\x1b[3J';

export function createScreen({ supervisor, stdout, stderr, env }: ScreenOptions): Screen {
  const paint = createPaint(wantsColour(stdout, env));
  let release: (() => void) | undefined;
  const writer = new Writer({
    stream: stdout,
    skippedText: (lines, sources) => paint.dim(skippedText(lines, sources)),
    flow: {
      hold: () => {
        release ??= supervisor.holdOutput();
      },
      release: () => {
        release?.();
        release = undefined;
      },
    },
  });
  const live = new Live();
  const endSubscription = show(supervisor, writer, paint, live);
  const stopProgress = writer.isTerminal ? showProgress(supervisor, writer, stdout, paint) : () => {};
  return {
    writer,
    out: createShellOutput(writer, paint, stdout, stderr, env),
    live,
    stopProgress,
    dispose: () => {
      stopProgress();
      endSubscription();
      release?.();
    },
  };
}

/** `… 12,345 lines not shown ("logs customers" shows the newest)`. */
export function skippedText(lines: number, sources: readonly string[]): string {
  const number = lines.toLocaleString('en-US');
  const who = sources.length === 1 ? sources[0] : '<service>';
  return `… ${number} ${lines === 1 ? 'line' : 'lines'} not shown ("logs ${who}" shows the newest, its log file has all)`;
}

/** How the lines of services are shown, and whether they are. */
class Live implements LiveView {
  readonly #raw = new Set<string>();
  #hushes = 0;
  #silences = 0;

  get isHushed(): boolean {
    return this.#hushes > 0;
  }

  /** Not even what becomes of the services is told. */
  get isSilent(): boolean {
    return this.#silences > 0;
  }

  isRaw(service: string): boolean {
    return this.#raw.has(service);
  }

  showRaw(services: readonly string[], isRaw: boolean): void {
    for (const service of services) isRaw ? this.#raw.add(service) : this.#raw.delete(service);
  }

  hush({ events = false }: { readonly events?: boolean } = {}): () => void {
    let isOver = false;
    this.#hushes++;
    if (events) this.#silences++;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#hushes--;
      if (events) this.#silences--;
    };
  }
}

/** Shows every event; lines of services that are not tailed are left out. */
function show(supervisor: Supervisor, writer: Writer, paint: Paint, live: Live): () => void {
  const text = new EventText(supervisor, {
    paint,
    movesProgress: writer.isTerminal,
    diagnosticStyle: { path: shortenPath, paint: (part, words) => paintPart(paint, part, words) },
  });
  const log = new LogLines(supervisor, paint, service => live.isRaw(service));
  // Where nothing is typed a line may wait for its end: it is then shown whole.
  const partials = writer.isTerminal;
  const isShown = (event: Extract<Event, { type: 'lines' | 'partial' }>) =>
    !live.isSilent &&
    (event.command !== undefined || (!live.isHushed && supervisor.status(event.service)?.tail !== false));
  const hear = (event: Event) => {
    if (event.type === 'lines') {
      if (!isShown(event)) return;
      const flood = writer.isTerminal ? undefined : log.flood(event);
      if (flood !== undefined) writer.writeBytes(flood);
      else writer.log(event.service, event.lines.length, from => log.lines(event, from, partials));
    } else if (event.type === 'partial') {
      if (partials && isShown(event)) writer.log(event.service, 1, () => log.partial(event));
    } else {
      const sentence = text.sentence(event);
      if (live.isSilent) return;
      if (sentence !== undefined) writer.print(sentence);
    }
  };
  // A terminal is shown its lines when their turn comes, all else at once.
  return supervisor.subscribe(hear, { keepsLines: writer.isTerminal });
}

/** Keeps rows above the prompt as long as images are pulled or built. Gives what ends that. */
function showProgress(supervisor: Supervisor, writer: Writer, stdout: NodeJS.WriteStream, paint: Paint): () => void {
  const progress = new ImageProgress(paint);
  let timer: NodeJS.Timeout | undefined;
  const draw = () =>
    writer.setRows(progress.rows(Date.now(), { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 }));
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    writer.setRows([]);
  };
  const endSubscription = supervisor.subscribe(event => {
    if (event.type !== 'progress') return;
    progress.hear(event);
    if (!progress.isMoving) return stop();
    if (timer) return;
    draw();
    timer = setInterval(draw, PROGRESS_INTERVAL_MS);
  });
  return () => {
    endSubscription();
    stop();
  };
}

function paintPart(paint: Paint, part: string, text: string): string {
  if (part === 'error' || part === 'mark') return paint.red(text);
  if (part === 'warning') return paint.yellow(text);
  if (part === 'place') return paint.bold(text);
  return part === 'hint' ? text : paint.dim(text);
}

function createShellOutput(
  writer: Writer,
  paint: Paint,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
): Output {
  const errorPaint = writer.isTerminal ? paint : createPaint(wantsColour(stderr, env));
  const complain = (text: string) => {
    if (writer.isTerminal) return writer.print(text);
    writer.flush();
    stderr.write(`${text}\n`);
  };
  return {
    paint,
    get width() {
      return (writer.isTerminal && stdout.columns) || 80;
    },
    isTerminal: writer.isTerminal,
    // Verbs pass on what services printed; nothing gets past here that could harm the terminal.
    print: text => writer.print(makeSafe(text, paint.enabled)),
    log: (service, lines) =>
      writer.log(service, lines.length, from => makeSafe(lines.slice(from).join('\n'), paint.enabled)),
    complain: text => complain(makeSafe(text, errorPaint.enabled)),
    diagnose: diagnostic => complain(makeSafe(paintDiagnostic(diagnostic, errorPaint), errorPaint.enabled)),
    json: value => writer.print(JSON.stringify(value)),
    clear: () => writer.control(EMPTY_SCREEN),
  };
}

/** `fuge 3.0.0  system "shop"  5 services (4 process, 1 container)  examples/system/fuge.yml`. */
export function headerText(supervisor: Pick<Supervisor, 'system'>, version: string, paint: Paint): string {
  const { system } = supervisor;
  const types = new Map<string, number>();
  for (const { type } of system.services.values()) types.set(type, (types.get(type) ?? 0) + 1);
  const kinds = [...types].map(([type, number]) => `${number} ${type}`).join(', ');
  const startPage = startPageOf(system);
  const moved = system.portOffset === 0 ? '' : `  ports +${system.portOffset}`;
  const services = count(system.services.size, 'service') + (kinds === '' ? '' : ` (${kinds})`);
  return `${paint.bold(`fuge ${version}`)}  system "${makeSafe(system.name, false)}"${moved}  ${services}  ${paint.dim(shortenPath(system.file))}${startPage === undefined ? '' : `\nin the browser: ${makeSafe(startPage, false)}`}`;
}

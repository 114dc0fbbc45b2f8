/** Says in words what happens in a running system: starts, restarts, crashes, notices. */

import type {
  Cause,
  Changes,
  CrashError,
  Diagnostic,
  DiagnosticStyle,
  Event,
  Exit,
  Service,
  ServiceStatus,
  System,
} from '../../index.js';
import { CONTAINER_ENGINE, formatDiagnostic, formatOrigin } from '../../index.js';
import { makeSafe } from '../terminal/safe-text.js';
import { count, formatBytes, formatTook, ordinal } from './duration.js';
import { nameOf, nameWidth } from './log-lines.js';
import type { Paint } from './paint.js';

type PhaseEvent = Extract<Event, { type: 'phase' }>;
type ProgressEvent = Extract<Event, { type: 'progress' }>;

/** What the sentences need to know beside the event itself. */
export interface Surroundings {
  readonly system: System;
  status(name: string): ServiceStatus | undefined;
}

export interface EventTextOptions {
  readonly paint: Paint;
  /** Shortens paths and colours diagnostics. */
  readonly diagnosticStyle?: DiagnosticStyle;
  /** How far pulls and builds are is shown elsewhere: they are told of when they are done. */
  readonly movesProgress?: boolean;
  /** The directory that paths are shown relative to. */
  readonly directory?: string;
}

/** Renders events one after the other: what is said depends a little on what was said before. */
export class EventText {
  readonly #surroundings: Surroundings;
  readonly #options: EventTextOptions;
  /** Services whose restart has been announced and has not come to anything yet. */
  readonly #announced = new Set<string>();
  readonly #launchedAt = new Map<string, number>();
  /** Images that are pulled or built: since when, and which services still want them. */
  readonly #images = new Map<string, { readonly since: number; readonly services: Set<string>; isDone: boolean }>();
  readonly #stoppingAt = new Map<string, number>();

  constructor(surroundings: Surroundings, options: EventTextOptions) {
    this.#surroundings = surroundings;
    this.#options = options;
  }

  /** What is said of any other event; undefined: nothing. */
  sentence(event: Event): string | undefined {
    const { paint, diagnosticStyle } = this.#options;
    switch (event.type) {
      case 'launched':
        this.#launchedAt.set(event.service, event.at);
        return undefined;
      case 'progress':
        return this.#progress(event);
      case 'phase': {
        const said = this.#phase(event);
        return said === undefined ? undefined : `${nameOf(event.service, this.#surroundings.system, paint)} ${said}`;
      }
      case 'notice': {
        const mark = event.diagnostic.severity === 'error' ? paint.red('✗') : paint.yellow('!');
        return `${mark} ${indentRest(formatDiagnostic(event.diagnostic, diagnosticStyle), 2)}`;
      }
      case 'system-file-changed': {
        const shorten = diagnosticStyle?.path ?? (file => file);
        const head = `${paint.cyan('↻')} ${saved(event.files.map(shorten))}`;
        return event.isApplied ? head : `${head}: type ${paint.bold('reload')} to apply it`;
      }
      case 'reloaded':
        // Who types "reload" gets its answer there.
        return event.isBySave ? describeChanges(event.changes) : undefined;
      case 'missed':
        return paint.dim(missedText(event.service, event.lines));
      default:
        // Log lines are rendered apart; the rest answers a command, which says it itself.
        return undefined;
    }
  }

  /**
   * An image that is fetched or made is told of at its begin and end, once for all services that share it; what lies between
   * is for a display that moves.
   */
  #progress({ service, task, subject, state, at, bytes }: ProgressEvent): string | undefined {
    const name = nameOf(service, this.#surroundings.system, this.#options.paint);
    const key = `${task} ${subject}`;
    const known = this.#images.get(key);
    if (state === 'begun') {
      if (known && !known.isDone) return void known.services.add(service);
      this.#images.set(key, { since: at, services: new Set([service]), isDone: false });
      return this.#options.movesProgress ? undefined : `${name} ${task === 'pull' ? 'pulls' : 'builds'} ${subject}`;
    }
    if (state === 'going on' || !known) return undefined;
    known.services.delete(service);
    if (known.services.size === 0) this.#images.delete(key);
    // That it failed is told with the service.
    if (state === 'failed' || known.isDone) return undefined;
    known.isDone = true;
    const took = formatTook(at - known.since);
    const size = bytes === undefined ? '' : ` (${formatBytes(bytes.total)})`;
    return `${name} ${task === 'pull' ? 'pulled' : 'built'} ${subject} in ${took}${size}`;
  }

  #phase(event: PhaseEvent): string | undefined {
    const { service, phase, previous, cause, at } = event;
    const { paint } = this.#options;
    switch (phase.id) {
      case 'stopping': {
        if (previous.id !== 'stopping') this.#stoppingAt.set(service, at);
        if (phase.forced) return previous.id === 'stopping' && previous.forced ? undefined : this.#forced(event);
        return cause.type === 'exit' || isEnd(cause) ? undefined : this.#announce(service, cause);
      }
      case 'waiting':
        if (previous.id !== 'waiting' && awaited(event).length > 0)
          return `${paint.yellow('…')} waiting for ${awaited(event).join(', ')}`;
        if (phase.gates.includes('delay') && !(previous.id === 'waiting' && previous.gates.includes('delay')))
          return `${paint.yellow('…')} waiting for its start delay`;
        return isSave(cause) ? this.#announce(service, cause) : undefined;
      case 'starting':
        if (this.#announced.has(service)) return undefined;
        if (cause.type === 'user') return `${paint.yellow('▸')} starting${describe(this.#service(service), paint)}`;
        return this.#announce(service, cause);
      case 'ready':
        this.#announced.delete(service);
        if (event.tookMs !== undefined) return `${paint.green('✓')} ready in ${formatTook(event.tookMs)}`;
        return previous.id === 'unhealthy' ? `${paint.green('✓')} ready again` : `${paint.green('✓')} ready`;
      case 'unhealthy':
        return `${paint.red('✗')} unhealthy: ${oneLine(phase.problem)}`;
      case 'completed':
        this.#announced.delete(service);
        return `${paint.green('✓')} completed${this.#lasted(service, at)}`;
      case 'backoff':
        this.#announced.delete(service);
        return this.#crashed(event, phase.exit, `, next try in ${formatTook(Math.max(0, phase.retryAt - at))}`);
      case 'failed':
        this.#announced.delete(service);
        if (phase.exit.reason === 'not-started') return this.#notStarted(phase.exit.problem);
        return this.#crashed(event, phase.exit, this.#afterFailure(service));
      case 'stopped': {
        this.#announced.delete(service);
        if (cause.type === 'shutdown' || previous.id === 'failed' || previous.id === 'completed') return undefined;
        const began = this.#stoppingAt.get(service);
        const slow = began !== undefined && at - began >= 1000 ? ` after ${formatTook(at - began)}` : '';
        return `${paint.dim('■')} stopped${slow}`;
      }
    }
  }

  /** One sentence for a restart, however often saves supersede it before it comes to something. */
  #announce(service: string, cause: Cause): string | undefined {
    if (this.#announced.has(service)) return undefined;
    this.#announced.add(service);
    const why = reasonOf(cause);
    return `${this.#options.paint.cyan('↻')} restarting${why === '' ? '' : `: ${why}`}`;
  }

  #forced({ service, cause, at }: PhaseEvent): string | undefined {
    if (cause.type === 'user' && cause.action === 'kill') return undefined;
    const stop = this.#service(service);
    const began = this.#stoppingAt.get(service) ?? at;
    const { yellow } = this.#options.paint;
    if (stop === undefined || !('stop' in stop) || at - began + 50 < stop.stop.graceMs) return `${yellow('!')} killed`;
    return `${yellow('!')} did not end within ${formatTook(stop.stop.graceMs)} of ${stop.stop.signal}: killed`;
  }

  #crashed(event: PhaseEvent, exit: Exit, next: string): string {
    const { service, at } = event;
    const { paint } = this.#options;
    const crashes = this.#surroundings.status(service)?.crashes ?? 1;
    const definition = this.#service(service);
    const span = definition && 'restart' in definition ? ` in ${seconds(definition.restart.windowMs)}` : '';
    const often = crashes > 1 ? `, ${ordinal(crashes)} time${span}` : '';
    const lasted = this.#lasted(service, at);
    const how =
      exit.reason === 'lost'
        ? `ended${lasted}: ${exitText(exit)}`
        : `${exit.reason === 'unresponsive' ? 'ended' : 'crashed'}: ${exitText(exit)}${lasted}`;
    const head = `${paint.red('✗')} ${how}${often}${next}`;
    return [head, ...this.#errorLines(event.error)].join('\n');
  }

  /** The error itself and where it came from, below the name. */
  #errorLines(error: CrashError | undefined): string[] {
    if (error === undefined) return [];
    const { paint, diagnosticStyle } = this.#options;
    const lines = [oneLine(error.message)];
    if (error.at) {
      const { file, line, column } = error.at;
      const shorten = diagnosticStyle?.path ?? (path => path);
      lines.push(`at ${shorten(file)}:${line}${column === undefined ? '' : `:${column}`}`);
    }
    const indent = ' '.repeat(nameWidth(this.#surroundings.system) + 3);
    return lines.map(line => indent + paint.dim(makeSafe(line, false)));
  }

  #afterFailure(service: string): string {
    const status = this.#surroundings.status(service);
    const definition = this.#service(service);
    const limit = definition && 'restart' in definition && definition.restart.when !== 'never';
    const given = limit && (status?.crashes ?? 0) > definition.restart.limit ? ': given up' : '';
    return `${given}. ${status?.watching === 'on' ? `A save or "restart ${service}"` : `"restart ${service}"`} starts it again`;
  }

  #notStarted(problem: Diagnostic): string {
    const { paint, diagnosticStyle } = this.#options;
    const place = problem.at ? ` (${formatOrigin(problem.at, diagnosticStyle)})` : '';
    const indent = ' '.repeat(nameWidth(this.#surroundings.system) + 1);
    const rest = formatDiagnostic(problem, diagnosticStyle).split('\n').slice(1);
    return [`${paint.red('✗')} not started: ${problem.message}${place}`, ...rest.map(line => indent + line)].join('\n');
  }

  #lasted(service: string, at: number): string {
    const launched = this.#launchedAt.get(service);
    return launched === undefined ? '' : ` after ${formatTook(at - launched)}`;
  }

  #service(name: string): Service | undefined {
    return this.#surroundings.system.services.get(name);
  }
}

function reasonOf(cause: Cause): string {
  switch (cause.type) {
    case 'files':
    case 'env-file':
      return saved(cause.files);
    case 'dependency':
      return `${cause.service} restarted`;
    case 'retry':
      return cause.attempt > 1 ? `try ${cause.attempt}` : '';
    case 'reload':
      return 'its definition changed';
    case 'engine':
      return 'the container engine is back';
    default:
      return '';
  }
}

/** `src/a.js saved (+2 more)`. */
function saved(files: readonly string[]): string {
  const [first = 'a file', ...others] = files;
  return `${makeSafe(first, false)} saved${others.length === 0 ? '' : ` (+${others.length} more)`}`;
}

/** An engine is found in a moment; that there is none is a notice. */
const awaited = ({ waitingFor = [] }: PhaseEvent) => waitingFor.filter(name => name !== CONTAINER_ENGINE);

const isSave = (cause: Cause) => cause.type === 'files' || cause.type === 'env-file';
/** Whether this ends a run for good. */
const isEnd = (cause: Cause) =>
  cause.type === 'shutdown' || (cause.type === 'user' && (cause.action === 'stop' || cause.action === 'kill'));

function describe(service: Service | undefined, paint: Paint): string {
  if (!service) return '';
  const what = 'command' in service ? service.command?.source : 'image' in service ? service.image : undefined;
  const ports = service.ports.map(port => `:${port.host}`).join(' ');
  return [what === undefined ? '' : ` ${oneLine(what)}`, ports === '' ? '' : `  ${paint.dim(ports)}`].join('');
}

function exitText(exit: Exit): string {
  if (exit.reason === 'not-started') return exit.problem.message;
  if (exit.reason === 'unresponsive') return `did not respond (${oneLine(exit.problem)})`;
  if (exit.reason === 'lost') return oneLine(exit.problem);
  if (exit.reason === 'signal') return exit.signal;
  return exit.outOfMemory ? `out of memory (exit code ${exit.code})` : `exit code ${exit.code}`;
}

/** `30 s`. */
function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function oneLine(text: string): string {
  return makeSafe(text, false).replace(/\s*\n\s*/g, ' ');
}

/** What became of the services, a line for each kind of change. */
export function describeChanges({ added, removed, changed }: Changes, hint?: string): string {
  const parts = [
    added.length > 0 ? `added ${added.join(', ')}${hint === undefined ? '' : ` (${hint})`}` : '',
    removed.length > 0 ? `removed ${removed.join(', ')}` : '',
    changed.length > 0 ? `changed ${changed.join(', ')} (restarted where it ran)` : '',
  ].filter(part => part !== '');
  return parts.length === 0 ? 'nothing has changed' : parts.join('\n');
}

function indentRest(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** A listener was too slow for the output of a service. */
export function missedText(service: string, lines: number): string {
  return `… ${count(lines, 'line')} of ${service} not shown: they came faster than they were read (its log file has all)`;
}

/** What is said among the lines about events: crashes with code and cause, restarts with their files. In the shell's words. */
import type { Diagnostic, Event, ServiceStatus, System } from '../../index.js';
import { count } from '../render/duration.js';
import { EventText } from '../render/events.js';
import { nameOf } from '../render/log-lines.js';
import { createPaint } from '../render/paint.js';
import { SYSTEM } from './state.js';

/** Colours are parsed with those of services, and left out with them. */
const paint = createPaint(true);

export interface Note {
  readonly service: string;
  readonly text: string;
  readonly level: 'info' | 'warn' | 'error';
}

/** Remembers what was said before, as sentences depend on it: it changes in place. */
export class Notes {
  readonly #texts: EventText;
  #system: System | undefined;
  #statuses: ReadonlyMap<string, ServiceStatus> = new Map();

  constructor(path: (file: string) => string) {
    const surroundings = {
      system: undefined as unknown as System, // read through the getter below, never before the first system
      status: (name: string) => this.#statuses.get(name),
    };
    Object.defineProperty(surroundings, 'system', { get: () => this.#system });
    this.#texts = new EventText(surroundings, { paint, diagnosticStyle: { path } });
  }

  /** @param statuses After the event. */
  of(event: Event, system: System, statuses: ReadonlyMap<string, ServiceStatus>): Note | undefined {
    this.#system = system;
    this.#statuses = statuses;
    if (event.type === 'missed')
      return { service: event.service, text: `${paint.dim(`… ${count(event.lines, 'line')} missed`)}`, level: 'warn' };
    const said = this.#texts.sentence(event);
    if (said === undefined) return undefined;
    const service = 'service' in event && event.service !== undefined ? event.service : SYSTEM;
    if (event.type === 'notice') return { service, text: said, level: levelOf(event.diagnostic) };
    // The name stands before every line of the pane as it is.
    const name = 'service' in event && event.service !== undefined ? `${nameOf(event.service, system, paint)} ` : '';
    const own = said.startsWith(name) ? said.slice(name.length) : said;
    return { service, text: own.replace(/\n +/g, '\n  '), level: isFailure(event) ? 'error' : 'info' };
  }
}

const levelOf = ({ severity }: Diagnostic) => (({ error: 'error', warning: 'warn', info: 'info' }) as const)[severity];

export function isFailure(event: Event): boolean {
  return event.type === 'phase' && ['failed', 'backoff', 'unhealthy'].includes(event.phase.id);
}

// A dashboard over a small shop, driven by messages and read as rows of text.
import { columnsOf } from '../../../src/cli/dashboard/cell-width.js';
import type { Frame, PaneId } from '../../../src/cli/dashboard/frame.js';
import { insideOf } from '../../../src/cli/dashboard/layout.js';
import type { Effect, Message } from '../../../src/cli/dashboard/message.js';
import { frameOf, initial, type Model, update } from '../../../src/cli/dashboard/model.js';
import { textOf } from '../../../src/cli/dashboard/spans.js';
import type { Options } from '../../../src/cli/dashboard/state.js';
import type { Event, Phase, ServiceStatus, System } from '../../../src/index.js';
import { statusOf } from '../../rig/fake-supervisor.js';
import { externalService, nodeService, processService, systemOf } from '../../rig/system.js';

export const NOW = 1_700_000_000_000;
export const READY: Phase = { id: 'ready', run: 1 };
export const CRASHED: Phase = { id: 'backoff', exit: { reason: 'code', code: 1 }, retryAt: NOW + 4000 };

export const shop: System = systemOf(
  [
    nodeService('gateway', { groups: ['web'] }),
    nodeService('orders', { groups: ['core'] }),
    processService('search', { groups: ['web'] }),
    nodeService('payments', { groups: ['core'] }),
    externalService('mail', { groups: ['core'] }),
  ],
  { name: 'shop' },
);

/** All run, but mail, which runs elsewhere. */
export const running: readonly ServiceStatus[] = [...shop.services.values()].map(({ name, type, groups }) =>
  statusOf(name, { type, groups, since: NOW, ...(type === 'external' ? {} : { phase: READY }) }),
);

export class Desk {
  model: Model;
  /** What was asked for, in order. */
  readonly effects: Effect[] = [];
  now = NOW;

  constructor(columns = 80, rows = 24, options: Partial<Options> = {}) {
    this.model = initial({ columns, rows }, options);
    this.tell({ type: 'system', system: shop, statuses: running }, { type: 'tick', now: NOW });
  }

  tell(...messages: readonly Message[]): this {
    for (const message of messages) {
      const step = update(this.model, message);
      this.model = step.model;
      this.effects.push(...step.effects);
    }
    return this;
  }

  press(...keys: readonly string[]): this {
    return this.tell(...keys.map(key => ({ type: 'key' as const, key })));
  }

  /** Types a text into a line. */
  type(text: string): this {
    return this.press(...Array.from(text, key => (key === ' ' ? 'space' : key)));
  }

  /** Chooses a service in the list. */
  choose(name: string): this {
    this.press('g');
    for (let tries = 0; tries < 10 && this.model.cursor !== name; tries++) this.press('down');
    return this;
  }

  /** Lines of a service, as one read of its stdout. */
  print(service: string, ...lines: readonly string[]): this {
    return this.tell({
      type: 'event',
      event: { type: 'lines', at: this.now, service, run: 1, stream: 'stdout', lines, shown: 0 },
    });
  }

  happen(event: Event, status?: Partial<ServiceStatus>): this {
    const name = 'service' in event ? event.service : undefined;
    if (name === undefined || !status) return this.tell({ type: 'event', event });
    return this.tell({ type: 'event', event, status: { ...this.model.statuses.get(name)!, ...status } });
  }

  crash(service: string, more: Partial<Extract<Event, { type: 'phase' }>> = {}): this {
    const cause = { type: 'exit', exit: { reason: 'code', code: 1 } } as const;
    return this.happen(
      { type: 'phase', at: this.now, service, phase: CRASHED, previous: READY, cause, restarts: 1, ...more },
      { phase: CRASHED, since: this.now, crashes: 1, restarts: 1 },
    );
  }

  frame(): Frame {
    return frameOf(this.model, this.now);
  }

  /** The rows of a pane as text, without blanks at the ends; rows without text at the end are left out. */
  rows(id: PaneId): readonly string[] {
    const rows = this.frame()
      .panes.find(pane => pane.id === id)
      ?.rows.map(row => textOf(row).trimEnd());
    while (rows?.at(-1) === '') rows.pop();
    return rows ?? [];
  }

  title(id: PaneId): string | undefined {
    return this.frame().panes.find(pane => pane.id === id)?.title;
  }

  get status(): string {
    return this.rows('status')[0] ?? '';
  }

  get header(): string {
    return this.rows('header')[0] ?? '';
  }

  get lastEffect(): Effect | undefined {
    return this.effects.at(-1);
  }
}

/** What is wrong with a frame, by its own rules; empty: nothing. */
export function faultsOf({ columns, rows, panes, cursor }: Frame): readonly string[] {
  const faults: string[] = [];
  const cells = new Map<string, string>();
  for (const { id, place, title, rows: content } of panes) {
    const { left, top, width, height } = place;
    if (left < 0 || top < 0 || width < 1 || height < 1 || left + width > columns || top + height > rows)
      faults.push(`${id} is not on the screen`);
    const inside = title === undefined ? place : insideOf(place);
    if (content.length !== inside.height) faults.push(`${id} has ${content.length} rows, not ${inside.height}`);
    for (const row of content) {
      const text = textOf(row);
      if (columnsOf(text) > inside.width) faults.push(`${id} is too narrow for "${text}"`);
      if (/[\x00-\x1f\x7f-\x9f]/.test(text)) faults.push(`${id} has control characters in ${JSON.stringify(text)}`);
    }
    if (id === 'overlay') continue;
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width; x++) {
        const other = cells.get(`${x},${y}`);
        if (other !== undefined) faults.push(`${id} overlaps ${other}`);
        cells.set(`${x},${y}`, id);
      }
  }
  if (cursor && (cursor.column < 0 || cursor.column >= columns || cursor.row < 0 || cursor.row >= rows))
    faults.push('the cursor is not on the screen');
  return [...new Set(faults)];
}

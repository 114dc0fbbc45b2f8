/** What events of the system do to the model. */
import type { Event, ServiceStatus, System } from '../../index.js';
import { describeState, formatWholeState } from '../render/state.js';
import { isFailure } from './notes.js';
import { FOLLOWING, lookedAt, type Model, markRead } from './state.js';

/** The system as it is at the begin, or after a reload: what is gone is left, the rest stays as it was. */
export function hearSystem(model: Model, system: System, statuses: readonly ServiceStatus[]): Model {
  if (!model.system) noteFailures(model, statuses);
  const isThere = (name: string) => system.services.has(name);
  const isGone = model.cursor !== undefined && !isThere(model.cursor);
  return markRead({
    ...model,
    system,
    statuses: new Map(statuses.map(status => [status.name, status])),
    cursor: isGone ? undefined : model.cursor,
    marked: new Set([...model.marked].filter(isThere)),
    unread: new Map([...model.unread].filter(([name]) => isThere(name))),
    logs: isGone ? { ...model.logs, ...FOLLOWING } : model.logs,
  });
}

/** What failed before anybody looked stands among the lines, too. */
function noteFailures({ store }: Model, statuses: readonly ServiceStatus[]): void {
  for (const status of statuses) {
    const state = describeState(status, status.since);
    if (state.colour === 'red') store.noteFromBefore(status.name, status.since, `✗ ${formatWholeState(state)}`);
  }
}

export function hearEvent(model: Model, event: Event, status: ServiceStatus | undefined): Model {
  // The store has changed in place: another model says that there is something to draw.
  const { store } = model;
  if (event.type === 'backlog') {
    store.backlog(event.service, event.lines);
    return { ...model };
  }
  store.settle();
  if (event.type === 'lines') {
    const { service, at, run, stream, command } = event;
    const prefix = command === undefined ? '' : `\x1b[2m${command}\x1b[22m `;
    const lines = command === undefined ? event.lines : event.lines.map(line => prefix + line);
    const errors = store.append(service, at, run, stream, lines, command === undefined ? event.text : undefined);
    return withUnread({ ...model }, service, errors);
  }
  if (event.type === 'partial') {
    store.partial(event.service, event.at, event.stream, event.text);
    return { ...model };
  }
  const statuses = status ? new Map(model.statuses).set(status.name, status) : model.statuses;
  let next: Model = { ...model, statuses, now: Math.max(model.now, event.at) };
  if (event.type === 'closing') return { ...next, isClosing: true };
  const note = next.system && next.notes.of(event, next.system, statuses);
  if (note) store.note(note.service, event.at, note.text, note.level);
  if (!isFailure(event) || !('service' in event) || event.service === undefined) return next;
  next = { ...next, failedAt: new Map(model.failedAt).set(event.service, event.at) };
  return withUnread(next, event.service, 1);
}

function withUnread(model: Model, service: string, errors: number): Model {
  if (errors === 0 || lookedAt(model).has(service)) return model;
  return { ...model, unread: new Map(model.unread).set(service, (model.unread.get(service) ?? 0) + errors) };
}

/** What keys order: of the marked services, else of the chosen one, else of all. What can't be undone is asked first. */
import type { Effect, Step } from './message.js';
import { type Confirm, type Model, targetsOf } from './state.js';

type Order = Extract<Effect, { type: 'order' }>['order'];

export function give(model: Model, order: Order): Step<Model> {
  const services = targetsOf(model);
  if (services.length === 0) return { model, effects: [] };
  // Everything at once is seldom meant by a slip of the finger.
  const isAll = model.cursor === undefined && model.marked.size === 0;
  if (order === 'kill' || (isAll && (order === 'stop' || order === 'restart')))
    return { model: { ...model, confirm: { order, services } satisfies Confirm }, effects: [] };
  return { model: { ...model, said: undefined }, effects: [{ type: 'order', order, services }] };
}

/** The answer to the question; whatever is no yes is a no. */
export function answer(model: Model, key: string): Step<Model> {
  const { confirm } = model;
  const next = { ...model, confirm: undefined };
  if (!confirm || key.toLowerCase() !== 'y') return { model: next, effects: [] };
  return { model: next, effects: [{ type: 'order', ...confirm }] };
}

/** On where any of them is off. */
export function toggleWatch(model: Model): Step<Model> {
  const isAnyOff = targetsOf(model).some(name => model.statuses.get(name)?.watching === 'off');
  return give(model, isAnyOff ? 'watch' : 'unwatch');
}

export function toggleTail(model: Model): Step<Model> {
  const isAnyOff = targetsOf(model).some(name => model.statuses.get(name)?.tail === false);
  return give(model, isAnyOff ? 'tail' : 'untail');
}

export function ask(what: 'info' | 'environment' | 'graph') {
  return (model: Model): Step<Model> => {
    const services = targetsOf(model);
    return { model, effects: services.length === 0 ? [] : [{ type: 'overlay', what, services }] };
  };
}

/** The chosen service, if it has a terminal of its own. */
export function terminalOf({ cursor, system }: Model): string | undefined {
  const service = cursor === undefined ? undefined : system?.services.get(cursor);
  return service && 'tty' in service && service.tty === true ? cursor : undefined;
}

/** Which rows of a pane of logs are on the screen, and where scrolling, jumping and searching lead. */

import { columnsOf } from './cell-width.js';
import type { Rectangle, Row } from './frame.js';
import { insideOf, layoutOf } from './layout.js';
import { type LogStyle, rowsOf } from './log-rows.js';
import { idOf, type LogView } from './log-view.js';
import { readPattern } from './pattern.js';
import type { Entry } from './scrollback.js';
import { FOLLOWING, type LogPane, type Model, servicesOf } from './state.js';

/** Longer names are cut. */
const WIDEST_NAME = 20;

export interface VisibleRow {
  readonly row: Row;
  readonly id: number;
}

export interface Window {
  readonly rows: readonly VisibleRow[];
  /** Entries that are at least partly on the screen, oldest first. */
  readonly entries: readonly Entry[];
  /** Place in the view of the last one that is shown, and its rows that are below the pane. */
  readonly last: number;
  readonly cut: number;
  readonly isAtTop: boolean;
  /** Lines below the last one that is shown. */
  readonly below: number;
}

export function viewOf(model: Model, pane: LogPane): LogView {
  const { filter, isInverted, level } = pane;
  return model.store.view({ services: servicesOf(model, pane), filter, isInverted, level, search: '' });
}

/** The lines of a pane that its search finds. */
export function hitsOf(model: Model, pane: LogPane): LogView {
  const { filter, isInverted, level, search } = pane;
  return model.store.view({ services: servicesOf(model, pane), filter, isInverted, level, search });
}

/** Where the inside of a pane stands; of one that is not on the screen, a guess. */
export function placeOf(model: Model, pane: LogPane): Rectangle {
  const layout = layoutOf(model);
  const place = pane === model.pinned ? layout.pinned : layout.logs;
  return place ? insideOf(place) : { left: 0, top: 0, width: Math.max(1, model.columns), height: 1 };
}

export function logStyleOf(model: Model, pane: LogPane, width: number): LogStyle {
  const services = servicesOf(model, pane);
  const places = new Map([...(model.system?.services.keys() ?? [])].map((name, index) => [name, index]));
  const widest = Math.min(Math.max(...services.map(columnsOf), 4), WIDEST_NAME, Math.floor(width / 3));
  return {
    width,
    wraps: model.wraps,
    hasTimes: model.hasTimes,
    nameWidth: services.length > 1 ? widest : 0,
    shift: pane.shift,
    search: readPattern(pane.search),
    selected: pane.selected,
    indexOf: service => places.get(service) ?? -1,
  };
}

export function windowOf(model: Model, pane: LogPane, { width, height } = placeOf(model, pane)): Window {
  const view = viewOf(model, pane);
  const style = logStyleOf(model, pane, width);
  const [rows, entries]: [VisibleRow[], Entry[]] = [[], []];
  const rendered = (entry: Entry) => rowsOf(entry, style).map(row => ({ row, id: entry.id }));
  let last = pane.bottom === undefined ? view.length - 1 : view.placeOf(pane.bottom);
  let cut = pane.bottom === undefined ? 0 : pane.cut;
  // What has not ended is not chosen from yet.
  if (pane.bottom === undefined && pane.filter === '' && pane.level === undefined)
    for (const entry of model.store.partials(servicesOf(model, pane)).slice(-height)) rows.push(...rendered(entry));
  let place = last;
  // Upwards from the bottom; the rows of one line are put before those that are there.
  const above: VisibleRow[][] = [];
  let known = rows.length - cut;
  for (; place >= 0 && known < height; place--) {
    const entry = model.store.entry(view.key(place)!);
    if (!entry) continue;
    entries.unshift(entry);
    above.push(rendered(entry));
    known += above.at(-1)!.length;
  }
  const all = [...above.reverse().flat(), ...rows];
  let isAtTop = place < 0 && known <= height;
  let end = all.length - cut;
  if (isAtTop && pane.bottom !== undefined && end < height) {
    // Paused near the begin: what is missing comes from below.
    all.length = Math.min(all.length, end + cut);
    end = Math.min(all.length, height);
    cut = all.length - end;
    while (end < height && last < view.length - 1) {
      const entry = model.store.entry(view.key(++last)!);
      if (!entry) continue;
      entries.push(entry);
      all.push(...rendered(entry));
      end = Math.min(all.length, height);
      cut = all.length - end;
    }
  }
  if (end > height) isAtTop = false;
  return {
    rows: all.slice(Math.max(0, end - height), end),
    entries,
    last,
    cut,
    isAtTop,
    below: view.length - 1 - last,
  };
}

/** So many rows down, or up where negative. At the end it follows again. */
export function scrolled(model: Model, pane: LogPane, rows: number): Partial<LogPane> {
  const window = windowOf(model, pane);
  const view = viewOf(model, pane);
  if (view.length === 0 || (rows > 0 && pane.bottom === undefined) || (rows < 0 && window.isAtTop)) return {};
  const style = logStyleOf(model, pane, placeOf(model, pane).width);
  const heightAt = (place: number) => {
    const entry = model.store.entry(view.key(place)!);
    return entry ? rowsOf(entry, style).length : 0;
  };
  let { last: place, cut } = window;
  cut -= rows;
  for (let height = heightAt(place); cut >= height && place > 0; height = heightAt(place)) {
    cut -= height;
    place--;
  }
  while (cut < 0 && place < view.length - 1) cut += heightAt(++place);
  if (rows > 0 && place === view.length - 1 && cut <= 0) return { bottom: undefined, cut: 0 };
  return stoppedAt(view, place, Math.max(0, cut));
}

const stoppedAt = (view: LogView, place: number, cut = 0): Partial<LogPane> => {
  const key = view.key(Math.min(Math.max(place, 0), view.length - 1));
  return key === undefined ? FOLLOWING : { bottom: idOf(key), cut };
};

/** Stays where it is, whatever comes. */
export function paused(model: Model, pane: LogPane): Partial<LogPane> {
  const { last, cut } = windowOf(model, pane);
  return stoppedAt(viewOf(model, pane), last, cut);
}

export function atTop(model: Model, pane: LogPane): Partial<LogPane> {
  return stoppedAt(viewOf(model, pane), 0);
}

/** The next hit of the search: down (later) or up, around the ends. Without a line that stands out, from the bottom up. */
export function nextHit(model: Model, pane: LogPane, isDown: boolean): Partial<LogPane> | undefined {
  const hits = hitsOf(model, pane);
  if (hits.length === 0) return undefined;
  const window = windowOf(model, pane);
  const from = pane.selected ?? window.entries.at(-1)?.id ?? 0;
  const at = hits.placeOf(from);
  const isAtHit = at >= 0 && idOf(hits.key(at)!) === from;
  let next = isDown ? at + 1 : isAtHit && pane.selected !== undefined ? at - 1 : at;
  if (pane.selected === undefined && isDown) next = at;
  next = (next + hits.length) % hits.length;
  return showing(model, pane, idOf(hits.key(next)!));
}

/** A line stands out, and is on the screen: in its middle, unless it was there before. */
export function showing(model: Model, pane: LogPane, id: number): Partial<LogPane> {
  const window = windowOf(model, pane);
  const view = viewOf(model, pane);
  if (window.rows.some(row => row.id === id)) return { ...stoppedAt(view, window.last, window.cut), selected: id };
  const { width, height } = placeOf(model, pane);
  const style = logStyleOf(model, pane, width);
  let place = view.placeOf(id);
  for (let rows = 0; place < view.length - 1 && rows < height / 2 - 1; ) {
    const entry = model.store.entry(view.key(place + 1)!);
    rows += entry ? rowsOf(entry, style).length : 0;
    if (rows >= height) break; // a single line that would fill the pane
    place++;
  }
  return { ...stoppedAt(view, place), selected: id };
}

/**
 * Where the panes stand. Services are left of the logs; below {@link NARROW} columns they are above. What does not fit is
 * left out, down to a single cell.
 */
import { columnsOf } from './cell-width.js';
import type { Rectangle } from './frame.js';
import { groupsOf, listedServices, type Model } from './state.js';

export const NARROW = 70;
/** Columns of the facts behind a name, and its mark and border. */
export const NAME_LEAST = 8;

export interface Layout {
  readonly header: Rectangle | undefined;
  readonly services: Rectangle | undefined;
  readonly logs: Rectangle | undefined;
  readonly pinned: Rectangle | undefined;
  readonly status: Rectangle | undefined;
}

const box = (left: number, top: number, width: number, height: number): Rectangle | undefined =>
  width > 0 && height > 0 ? { left, top, width, height } : undefined;

export function layoutOf(model: Model): Layout {
  const { columns, rows } = model;
  const none: Layout = {
    header: undefined,
    services: undefined,
    logs: undefined,
    pinned: undefined,
    status: undefined,
  };
  if (columns < 1 || rows < 1) return none;
  // With a single row, what is typed or said matters most; the keys come next, then the header.
  const status = box(0, rows - 1, columns, 1);
  const header = rows >= 4 ? box(0, 0, columns, 1) : undefined;
  const top = header ? 1 : 0;
  const height = rows - top - 1;
  const bars = { ...none, header, status };
  if (height < 1) return bars;
  if (model.isZoomed || (height < 5 && columns < NARROW)) {
    if (model.focus === 'services' && !model.isZoomed) return { ...bars, services: box(0, top, columns, height) };
    const isPinned = model.focus === 'pinned' && model.pinned !== undefined;
    return { ...bars, [isPinned ? 'pinned' : 'logs']: box(0, top, columns, height) };
  }
  if (columns < NARROW) {
    const wanted = listHeight(model) + 2;
    const above = Math.max(3, Math.min(wanted, Math.floor(height * 0.4)));
    return { ...bars, services: box(0, top, columns, above), ...split(model, 0, top + above, columns, height - above) };
  }
  const width = Math.min(servicesWidth(model), Math.floor(columns * 0.45));
  return { ...bars, services: box(0, top, width, height), ...split(model, width, top, columns - width, height) };
}

/** The pinned pane is below the other, as long as both have room. */
function split(model: Model, left: number, top: number, width: number, height: number): Partial<Layout> {
  if (!model.pinned) return { logs: box(left, top, width, height) };
  if (height < 6) return { [model.focus === 'pinned' ? 'pinned' : 'logs']: box(left, top, width, height) };
  const first = Math.ceil(height / 2);
  return { logs: box(left, top, width, first), pinned: box(left, top + first, width, height - first) };
}

function listHeight(model: Model): number {
  const groups = groupsOf(model);
  return 1 + listedServices(model).length + (groups.size > 1 ? groups.size : 0);
}

function servicesWidth(model: Model): number {
  const name = Math.max(NAME_LEAST, ...listedServices(model).map(columnsOf));
  return Math.min(name, 32) + 28;
}

/** A pane has a border where something is left inside of it. */
export const hasBorder = ({ width, height }: Rectangle) => width >= 4 && height >= 3;

export function insideOf(place: Rectangle): Rectangle {
  if (!hasBorder(place)) return place;
  return { left: place.left + 1, top: place.top + 1, width: place.width - 2, height: place.height - 2 };
}

/** The box above all: help, info, an environment, the graph, an answer of several lines. */
import type { Pane, Rectangle, Row } from './frame.js';
import { hasBorder, insideOf } from './layout.js';
import type { Step } from './message.js';
import { cutRow, rowWidth, span, spansOf } from './spans.js';
import type { Model, Overlay } from './state.js';
import { DIM } from './theme.js';

/** How it is left, in its last row. */
const HINT = 'escape closes';

/** As large as what it shows, in the middle. */
function placeOf({ columns, rows }: Model, shown: readonly Row[], title: string): Rectangle {
  const widest = Math.max(rowWidth([span(title)]) + 4, HINT.length, ...shown.map(rowWidth));
  const width = Math.min(columns, widest + 2);
  const height = Math.min(rows, shown.length + 3);
  return { left: Math.floor((columns - width) / 2), top: Math.floor((rows - height) / 2), width, height };
}

export function overlayPane(model: Model, overlay: Overlay): Pane | undefined {
  if (model.columns < 1 || model.rows < 1) return undefined;
  const shown = overlay.lines.map(line => spansOf(line));
  const place = placeOf(model, shown, overlay.title);
  const { width, height } = insideOf(place);
  const room = Math.max(1, height - (height > 1 ? 1 : 0));
  const scroll = Math.min(overlay.scroll, Math.max(0, shown.length - room));
  const rows = shown.slice(scroll, scroll + room).map(row => cutRow(row, width));
  const more = shown.length - scroll - room;
  if (height > 1) rows.push(cutRow([span(more > 0 ? `↓ ${more} more rows, ${HINT}` : HINT, DIM)], width));
  return { id: 'overlay', place, ...(hasBorder(place) ? { title: overlay.title } : {}), hasFocus: true, rows };
}

/** Keys while it is there: they move in it or close it. */
export function pressInOverlay(model: Model, overlay: Overlay, key: string): Step<Model> {
  const page = Math.max(1, Math.min(model.rows, overlay.lines.length + 3) - 4);
  const by: Readonly<Record<string, number>> = {
    down: 1,
    j: 1,
    up: -1,
    k: -1,
    pagedown: page,
    space: page,
    'C-f': page,
    pageup: -page,
    'C-b': -page,
    g: -Infinity,
    home: -Infinity,
    G: Infinity,
    end: Infinity,
  };
  const rows = by[key];
  if (rows !== undefined) return { model: scrollOverlay(model, overlay, rows), effects: [] };
  const closes = ['escape', 'q', 'enter', '?', 'f1', 'i', 'v', 'D', 'C-c', 'backspace'].includes(key);
  return { model: closes ? { ...model, overlay: undefined } : model, effects: [] };
}

export function scrollOverlay(model: Model, overlay: Overlay, rows: number): Model {
  const most = Math.max(0, overlay.lines.length - Math.max(1, model.rows - 3));
  return { ...model, overlay: { ...overlay, scroll: Math.min(Math.max(0, overlay.scroll + rows), most) } };
}

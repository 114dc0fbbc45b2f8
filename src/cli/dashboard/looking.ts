/** What keys and the mouse do to what is looked at: which services, which lines, which panes. Nothing of it reaches the system. */
import { makeSafe } from '../terminal/safe-text.js';
import type { Rectangle } from './frame.js';
import { helpLines } from './help.js';
import { insideOf, layoutOf } from './layout.js';
import { atTop, nextHit, paused, placeOf, scrolled, showing, windowOf } from './log-window.js';
import type { Message, Step } from './message.js';
import { visibleEntries } from './panes.js';
import { FOLLOWING, type Focus, listedServices, type Model, markRead, paneOf, servicesOf, withPane } from './state.js';

const WHEEL_ROWS = 3;
const SIDE_COLUMNS = 16;

export function withHelp(model: Model): Model {
  return { ...model, overlay: { title: 'keys', lines: helpLines(), scroll: 0 } };
}

/** The logs follow whatever is chosen. */
export function choose(model: Model, change: Partial<Pick<Model, 'cursor' | 'marked'>>): Model {
  const next = { ...model, ...change };
  const before = servicesOf(model, model.logs);
  const after = servicesOf(next, next.logs);
  const isSame = before.length === after.length && before.every((name, index) => name === after[index]);
  return markRead(isSame ? next : { ...next, logs: { ...next.logs, ...FOLLOWING, shift: 0 } });
}

export function move(model: Model, by: number): Model {
  if (model.focus !== 'services') return withPane(model, scrolled(model, paneOf(model), by));
  const rows = [undefined, ...listedServices(model)];
  const at = rows.indexOf(model.cursor) + by;
  return choose(model, { cursor: rows[Math.min(Math.max(at, 0), rows.length - 1)] });
}

/** Pages are those of the logs, wherever the focus is. */
export function page(model: Model, pages: number): Model {
  const pane = paneOf(model);
  const rows = Math.max(1, Math.floor((placeOf(model, pane).height - 1) * Math.abs(pages)));
  return withPane(model, scrolled(model, pane, Math.sign(pages) * rows));
}

export function toTop(model: Model): Model {
  if (model.focus === 'services') return choose(model, { cursor: undefined });
  return withPane(model, atTop(model, paneOf(model)));
}

export function toBottom(model: Model): Model {
  if (model.focus === 'services') return choose(model, { cursor: listedServices(model).at(-1) });
  return withPane(model, FOLLOWING);
}

export function togglePause(model: Model): Model {
  const pane = paneOf(model);
  return withPane(model, pane.bottom === undefined ? paused(model, pane) : FOLLOWING);
}

export function sideways(model: Model, by: number): Model {
  if (model.focus === 'services') return by > 0 ? { ...model, focus: 'logs' } : model;
  const { shift } = paneOf(model);
  if (by < 0 && shift === 0) return model.isZoomed ? model : { ...model, focus: 'services' };
  return model.wraps ? model : withPane(model, { shift: Math.max(0, shift + by * SIDE_COLUMNS) });
}

export function focusNext(model: Model, by: number): Model {
  const panes: Focus[] = [
    ...(model.isZoomed ? [] : ['services' as const]),
    'logs',
    ...(model.pinned ? ['pinned' as const] : []),
  ];
  return { ...model, focus: panes[(panes.indexOf(model.focus) + by + panes.length) % panes.length]! };
}

export function toHit(model: Model, isDown: boolean): Model {
  const pane = paneOf(model);
  const say = (text: string): Model => ({ ...model, said: { text, isProblem: true, at: model.now } });
  if (pane.search === '') return say('nothing is searched for: / begins a search');
  const change = nextHit(model, pane, isDown);
  return change ? withPane(model, change) : say(`nothing matches ${pane.search}`);
}

/** Takes away what lies on top. */
export function takeAway(model: Model): Model {
  const pane = paneOf(model);
  if (model.said && model.now - model.said.at < 1000) return { ...model, said: undefined };
  if (pane.search !== '') return withPane(model, { search: '', selected: undefined });
  if (pane.selected !== undefined) return withPane(model, { selected: undefined });
  if (model.marked.size > 0) return choose(model, { marked: new Set() });
  return withPane(model, { filter: '', isInverted: false, level: undefined });
}

/** Marks the chosen service, or takes the mark away, and goes on to the next. */
export function mark(model: Model): Model {
  const { cursor } = model;
  if (cursor === undefined) return model.focus === 'services' ? move(model, 1) : model;
  const marked = new Set(model.marked);
  if (!marked.delete(cursor)) marked.add(cursor);
  const listed = listedServices(model);
  const next = listed[listed.indexOf(cursor) + 1] ?? cursor;
  return choose(model, { marked, cursor: model.focus === 'services' ? next : cursor });
}

export function chooseAll(model: Model): Model {
  return choose(model, { cursor: undefined, marked: new Set() });
}

export function togglePin(model: Model): Model {
  if (model.pinned) return { ...model, pinned: undefined, focus: model.focus === 'pinned' ? 'logs' : model.focus };
  return markRead({ ...model, pinned: { ...model.logs, services: servicesOf(model, model.logs) } });
}

export function toggleZoom(model: Model): Model {
  if (model.isZoomed) return { ...model, isZoomed: false };
  return { ...model, isZoomed: true, focus: model.focus === 'services' ? 'logs' : model.focus };
}

export function copy(model: Model): Step<Model> {
  const pane = paneOf(model);
  const { entries } = windowOf(model, pane);
  const chosen = pane.selected === undefined ? entries : entries.filter(({ id }) => id === pane.selected);
  const lines = (chosen.length > 0 ? chosen : entries).map(({ text }) => makeSafe(text, false));
  if (lines.length === 0) return { model, effects: [] };
  const text = lines.length === 1 ? 'copied the line' : `copied ${lines.length} lines`;
  return {
    model: { ...model, said: { text, isProblem: false, at: model.now } },
    effects: [{ type: 'copy', text: lines.join('\n') }],
  };
}

/** A click chooses what is there; the wheel scrolls what it is over. */
export function withMouse(model: Model, { action, column, row }: Extract<Message, { type: 'mouse' }>): Model {
  const layout = layoutOf(model);
  const isIn = (place: Rectangle | undefined) =>
    place !== undefined &&
    column >= place.left &&
    column < place.left + place.width &&
    row >= place.top &&
    row < place.top + place.height;
  const focus = (['services', 'logs', 'pinned'] as const).find(id => isIn(layout[id]));
  if (focus === undefined) return model;
  const there = { ...model, focus };
  if (action !== 'click') {
    const by = action === 'wheel up' ? -1 : 1;
    const moved = move(there, focus === 'services' ? by : by * WHEEL_ROWS);
    return { ...moved, focus: model.focus };
  }
  const place = insideOf(layout[focus]!);
  const at = row - place.top;
  if (focus !== 'services') return selectAt(there, at);
  const entry = at < 0 ? undefined : visibleEntries(model, place.height)[at];
  if (!entry || entry.kind === 'group') return there;
  return choose(there, { cursor: entry.kind === 'all' ? undefined : entry.name });
}

function selectAt(model: Model, row: number): Model {
  const pane = paneOf(model);
  const id = windowOf(model, pane).rows[row]?.id;
  if (id === undefined || !Number.isFinite(id)) return model;
  return withPane(model, pane.selected === id ? { selected: undefined } : showing(model, pane, id));
}

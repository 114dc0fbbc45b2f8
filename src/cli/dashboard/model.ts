/**
 * The dashboard as a pure model: `update(model, message)` says what comes of a message and what is asked for,
 * `frameOf(model, now)` what stands on the screen. No clock, no terminal, no files. What changes in place says so in state.ts:
 * a model from before an update must not be used again.
 */
import type { Frame, Pane, PaneId, Rectangle, Row, Style } from './frame.js';
import { headerRow } from './header.js';
import { hearEvent, hearSystem } from './hearing.js';
import { findKey } from './keys.js';
import { hasBorder, insideOf, layoutOf } from './layout.js';
import { LogStore } from './log-store.js';
import { windowOf } from './log-window.js';
import { withMouse } from './looking.js';
import type { Message, Step } from './message.js';
import { Notes } from './notes.js';
import { answer } from './ordering.js';
import { overlayPane, pressInOverlay, scrollOverlay } from './overlay.js';
import { logRows, logTitle, serviceRows } from './panes.js';
import type { LogPane, Model, Options } from './state.js';
import { statusLine } from './status-line.js';
import { completed, paste, type } from './typing.js';

export type { Model } from './state.js';

const WHEEL_ROWS = 3;
const NO_LOGS: LogPane = {
  services: undefined,
  filter: '',
  isInverted: false,
  level: undefined,
  search: '',
  bottom: undefined,
  cut: 0,
  shift: 0,
  selected: undefined,
};

/** The model before anything was heard. The size defaults to 80 by 24, options to colours, whole paths and no history. */
export function initial(
  size: { readonly columns: number; readonly rows: number } = { columns: 80, rows: 24 },
  options: Partial<Options> = {},
): Model {
  const all: Options = { hasColours: true, path: file => file, history: [], ...options };
  return {
    options: all,
    columns: size.columns,
    rows: size.rows,
    system: undefined,
    statuses: new Map(),
    usage: new Map(),
    store: new LogStore(),
    notes: new Notes(all.path),
    unread: new Map(),
    failedAt: new Map(),
    focus: 'services',
    cursor: undefined,
    marked: new Set(),
    logs: NO_LOGS,
    pinned: undefined,
    isZoomed: false,
    wraps: false,
    hasTimes: false,
    isMouseOurs: true,
    typing: undefined,
    confirm: undefined,
    overlay: undefined,
    said: undefined,
    history: all.history,
    isClosing: false,
    now: 0,
  };
}

export function update(model: Model, message: Message): Step<Model> {
  const done = (next: Model): Step<Model> => ({ model: next, effects: [] });
  switch (message.type) {
    case 'event':
      return done(hearEvent(model, message.event, message.status));
    case 'system':
      return done(hearSystem(model, message.system, message.statuses));
    case 'usage':
      return done({ ...model, usage: message.usage });
    case 'key':
      model.store.settle();
      return press(model, message.key);
    case 'paste':
      return done(model.typing ? paste(model, model.typing, message.text) : model);
    case 'mouse': {
      model.store.settle();
      if (model.overlay && message.action !== 'click')
        return done(scrollOverlay(model, model.overlay, message.action === 'wheel up' ? -WHEEL_ROWS : WHEEL_ROWS));
      // A question and an overlay want a key; what is typed goes on.
      return done(model.overlay || model.confirm || model.typing ? model : withMouse(model, message));
    }
    case 'resize':
      return done({ ...model, columns: message.columns, rows: message.rows });
    case 'said':
      return done(hearAnswer(model, message.text, message.isProblem));
    case 'completed':
      return done(completed(model, message));
    case 'overlay':
      return done({ ...model, overlay: { title: message.title, lines: message.lines, scroll: 0 } });
    case 'tick':
      model.store.settle();
      return done({ ...model, now: message.now });
  }
}

function press(model: Model, key: string): Step<Model> {
  if (model.confirm) return answer(model, key);
  if (model.typing) return type(model, model.typing, key);
  if (model.overlay) return pressInOverlay(model, model.overlay, key);
  return findKey(key, model)?.press(model) ?? { model, effects: [] };
}

/** One line is said in the last row; more need an overlay. */
function hearAnswer(model: Model, text: string, isProblem: boolean): Model {
  const lines = text.trimEnd().split('\n');
  if (lines.length > 1) return { ...model, overlay: { title: isProblem ? 'problem' : 'answer', lines, scroll: 0 } };
  if (lines[0] === '') return model;
  return { ...model, said: { text: lines[0]!, isProblem, at: model.now } };
}

/** @param now Unix time in ms; default: that of the newest tick or event. */
export function frameOf(model: Model, now = model.now): Frame {
  model.store.settle();
  const { columns, rows, focus } = model;
  const layout = layoutOf(model);
  const panes: Pane[] = [];
  const add = (id: PaneId, place: Rectangle | undefined, title: string | undefined, make: MakeRows) => {
    if (!place) return;
    const { width, height } = insideOf(place);
    const made = make(width, height);
    const filled = [...made.slice(0, height), ...Array<Row>(Math.max(0, height - made.length)).fill([])];
    const isFramed = title !== undefined && hasBorder(place);
    panes.push({ id, place, ...(isFramed ? { title } : {}), hasFocus: id === focus, rows: filled });
  };
  add('header', layout.header, undefined, width => [headerRow(model, width, now)]);
  add('services', layout.services, 'services', (width, height) => serviceRows(model, width, height, now));
  for (const [id, pane] of [['logs', model.logs] as const, ['pinned', model.pinned] as const]) {
    const place = layout[id];
    if (!place || !pane) continue;
    const { width } = insideOf(place);
    const title = logTitle(model, pane, width - 2, pane.bottom === undefined ? 0 : windowOf(model, pane).below);
    add(id, place, title, (width, height) => logRows(model, pane, width, height));
  }
  const status = statusLine(model, columns, now);
  add('status', layout.status, undefined, () => [status.row]);
  const overlay = model.overlay && overlayPane(model, model.overlay);
  if (overlay) panes.push(overlay);
  const cursor =
    status.cursor === undefined || !layout.status
      ? {}
      : { cursor: { column: Math.min(status.cursor, columns - 1), row: layout.status.top } };
  const frame: Frame = { columns, rows, panes, ...cursor };
  return model.options.hasColours ? frame : withoutColours(frame);
}

type MakeRows = (width: number, height: number) => readonly Row[];

function withoutColours(frame: Frame): Frame {
  const plain = ({ foreground: _f, background: _b, ...style }: Style): Style => style;
  const panes = frame.panes.map(pane => ({
    ...pane,
    rows: pane.rows.map(row => row.map(({ text, style }) => ({ text, style: plain(style) }))),
  }));
  return { ...frame, panes };
}

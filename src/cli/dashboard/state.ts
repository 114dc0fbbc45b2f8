/** What the model of the dashboard holds. All of it is plain data, but for the two parts that say otherwise. */
import type { Level, ServiceStatus, System, Usage } from '../../index.js';
import type { LogStore } from './log-store.js';
import type { Notes } from './notes.js';

export interface Options {
  /** Whether colours are shown; bold, dim and inverse are in any case. */
  readonly hasColours: boolean;
  /** Shortens paths that are shown. */
  readonly path: (file: string) => string;
  /** What was typed on the command line before, oldest first. */
  readonly history: readonly string[];
}

export type Focus = 'services' | 'logs' | 'pinned';

/** One pane of logs: whose lines, which of them, and where it stands. */
export interface LogPane {
  /** Undefined: those that the services pane chooses. */
  readonly services: readonly string[] | undefined;
  readonly filter: string;
  readonly isInverted: boolean;
  readonly level: Level | undefined;
  readonly search: string;
  /** Id of the last line that is shown; undefined: it follows. */
  readonly bottom: number | undefined;
  /** Rows of that line which are below the pane. */
  readonly cut: number;
  /** Columns that are left of the pane, where lines are not wrapped. */
  readonly shift: number;
  /** Id of the line that stands out: a hit, or what was clicked. */
  readonly selected: number | undefined;
}

/** A line that is typed at the bottom. */
export interface Typing {
  readonly what: 'search' | 'filter' | 'command';
  readonly text: string;
  /** UTF-16 units before the cursor. */
  readonly at: number;
  /** The pane as it was: what escape goes back to. */
  readonly before: LogPane;
  /** Entries of the history that one has gone back; 0: none. */
  readonly back: number;
  /** What was typed before going back. */
  readonly own: string;
  readonly candidates: readonly string[];
}

export interface Overlay {
  readonly title: string;
  /** May hold SGR colours. */
  readonly lines: readonly string[];
  readonly scroll: number;
}

/** A question that is answered with y. */
export interface Confirm {
  readonly order: 'kill' | 'stop' | 'restart';
  readonly services: readonly string[];
}

export interface Model {
  readonly options: Options;
  readonly columns: number;
  readonly rows: number;
  readonly system: System | undefined;
  readonly statuses: ReadonlyMap<string, ServiceStatus>;
  readonly usage: ReadonlyMap<string, Usage>;
  /** CHANGES IN PLACE: the lines, see log-store.ts. */
  readonly store: LogStore;
  /** CHANGES IN PLACE: the memory of the sentences about events, see notes.ts. */
  readonly notes: Notes;
  /** Errors by service that came since it was looked at. */
  readonly unread: ReadonlyMap<string, number>;
  /** When services failed last, Unix time in ms: told for a while, even where they run again. */
  readonly failedAt: ReadonlyMap<string, number>;
  readonly focus: Focus;
  /** The chosen service; undefined: the row of all of them. */
  readonly cursor: string | undefined;
  /** Marked services, for orders and for the logs. */
  readonly marked: ReadonlySet<string>;
  readonly logs: LogPane;
  readonly pinned: LogPane | undefined;
  readonly isZoomed: boolean;
  readonly wraps: boolean;
  readonly hasTimes: boolean;
  readonly isMouseOurs: boolean;
  readonly typing: Typing | undefined;
  readonly confirm: Confirm | undefined;
  readonly overlay: Overlay | undefined;
  readonly said: { readonly text: string; readonly isProblem: boolean; readonly at: number } | undefined;
  readonly history: readonly string[];
  readonly isClosing: boolean;
  /** Unix time in ms of the newest message that said it. */
  readonly now: number;
}

/** Lines about the system as a whole stand among those of this "service". */
export const SYSTEM = '';

/** Services by group, groups and services in the file's order. */
export function groupsOf(model: Model): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, service] of model.system?.services ?? []) {
    const group = service.groups[0] ?? 'default';
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

/** All services as the pane lists them. */
export function listedServices(model: Model): readonly string[] {
  return [...groupsOf(model).values()].flat();
}

/** What orders go to: the marked services, else the chosen one, else all. */
export function targetsOf(model: Model): readonly string[] {
  const listed = listedServices(model);
  if (model.marked.size > 0) return listed.filter(name => model.marked.has(name));
  return model.cursor === undefined ? listed : [model.cursor];
}

/** Whose lines a pane shows. */
export function servicesOf(model: Model, pane: LogPane): readonly string[] {
  if (pane.services) return pane.services;
  if (model.marked.size > 0 || model.cursor !== undefined) return targetsOf(model);
  return [...listedServices(model).filter(name => model.statuses.get(name)?.tail !== false), SYSTEM];
}

/** The pane that keys about logs mean. */
export const paneOf = (model: Model): LogPane => (model.focus === 'pinned' && model.pinned ? model.pinned : model.logs);

export function withPane(model: Model, change: Partial<LogPane>): Model {
  if (model.focus === 'pinned' && model.pinned) return { ...model, pinned: { ...model.pinned, ...change } };
  return { ...model, logs: { ...model.logs, ...change } };
}

export const FOLLOWING = { bottom: undefined, cut: 0, selected: undefined } as const;

/** The services whose errors are seen now: those that are shown by themselves. */
export function lookedAt(model: Model): ReadonlySet<string> {
  const isAll = model.cursor === undefined && model.marked.size === 0;
  const pinned = model.pinned?.services ?? [];
  return new Set([...(isAll ? [] : targetsOf(model)), ...(pinned.includes(SYSTEM) ? [] : pinned)]);
}

/** What is looked at counts as read. */
export function markRead(model: Model): Model {
  const seen = lookedAt(model);
  if (![...seen].some(name => model.unread.has(name))) return model;
  return { ...model, unread: new Map([...model.unread].filter(([name]) => !seen.has(name))) };
}

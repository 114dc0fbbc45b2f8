/** Makes the panes of logs, and the list of services. */
import type { ServiceStatus } from '../../index.js';
import { formatBytes, formatCpu } from '../render/duration.js';
import { describeState } from '../render/state.js';
import { columnsOf } from './cell-width.js';
import type { Row, Style } from './frame.js';
import { hitsOf, windowOf } from './log-window.js';
import { cutRow, overlayStyle, padRow, rowWidth, span, textOf } from './spans.js';
import { groupsOf, type LogPane, listedServices, type Model, SYSTEM, servicesOf } from './state.js';
import { BOLD, DIM, INVERSE, RED, serviceStyle, styleOf } from './theme.js';

export function logRows(model: Model, pane: LogPane, width: number, height: number): readonly Row[] {
  const { rows } = windowOf(model, pane, { left: 0, top: 0, width, height });
  if (rows.length === 0 && height > 0) return [cutRow([span(emptyText(pane), DIM)], width)];
  return rows.map(({ row }) => row);
}

const emptyText = ({ filter, level }: LogPane) =>
  filter !== '' || level !== undefined ? 'no such line: escape shows all' : 'nothing was printed yet';

/** What a pane of logs shows, and how: as far as it fits. */
export function logTitle(model: Model, pane: LogPane, width: number, below: number): string {
  const services = servicesOf(model, pane);
  const isAll = services.includes(SYSTEM);
  const names = isAll ? 'all' : services.length > 3 ? `${services.length} services` : services.join(', ');
  const parts = [services.length === 0 ? 'no service' : names];
  if (pane.bottom !== undefined) parts.push(below > 0 ? `paused, ${below} below` : 'paused');
  if (pane.search !== '') parts.push(searchText(model, pane));
  if (pane.filter !== '') parts.push(`${pane.isInverted ? 'without' : 'only'} ${pane.filter}`);
  if (pane.level !== undefined) parts.push(pane.level === 'error' ? 'errors' : `${pane.level} and graver`);
  if (pane === model.pinned) parts.push('pinned');
  return textOf(cutRow([span(parts.join(' · '))], Math.max(0, width)));
}

function searchText(model: Model, pane: LogPane): string {
  const hits = hitsOf(model, pane);
  const at = pane.selected === undefined ? -1 : hits.placeOf(pane.selected);
  return `/${pane.search} ${at < 0 ? '' : `${at + 1}/`}${hits.length}`;
}

interface ListEntry {
  readonly kind: 'all' | 'group' | 'service';
  readonly name: string;
}

/** What the services pane lists. A single group needs no heading. */
export function listEntries(model: Model): readonly ListEntry[] {
  const groups = groupsOf(model);
  const rows: ListEntry[] = [{ kind: 'all', name: 'all' }];
  for (const [group, names] of groups) {
    if (groups.size > 1) rows.push({ kind: 'group', name: group });
    for (const name of names) rows.push({ kind: 'service', name });
  }
  return rows;
}

/** The entries that are on the screen: the chosen one always. */
export function visibleEntries(model: Model, height: number): readonly ListEntry[] {
  const entries = listEntries(model);
  const at = Math.max(
    0,
    entries.findIndex(entry => isChosen(model, entry)),
  );
  const first = Math.max(0, Math.min(at - Math.floor(height / 2), entries.length - height));
  return entries.slice(first, first + height);
}

const isChosen = (model: Model, { kind, name }: ListEntry) =>
  kind === 'all' ? model.cursor === undefined : kind === 'service' && model.cursor === name;

export function serviceRows(model: Model, width: number, height: number, now: number): readonly Row[] {
  const facts = factColumns(model, width);
  const hasFocus = model.focus === 'services';
  return visibleEntries(model, height).map(entry => {
    const chosen = isChosen(model, entry);
    // Without the focus only the name says whose lines are shown.
    const row = entryRow(model, entry, width, facts, now, chosen && !hasFocus ? INVERSE : {});
    return chosen && hasFocus ? overlayStyle(padRow(row, width), INVERSE) : row;
  });
}

function entryRow(
  model: Model,
  entry: ListEntry,
  width: number,
  facts: readonly Fact[],
  now: number,
  chosen: Style,
): Row {
  if (entry.kind === 'group') return cutRow([span(entry.name, { ...DIM, underline: true })], width);
  if (entry.kind === 'all') return cutRow([span('  '), span('all services', { ...BOLD, ...chosen })], width);
  const status = model.statuses.get(entry.name);
  const [mark, style] = markOf(status, now);
  const isMarked = model.marked.has(entry.name);
  const place = [...(model.system?.services.keys() ?? [])].indexOf(entry.name);
  const room = width - 2 - facts.reduce((sum, fact) => sum + fact.width + 1, 0);
  const name = cutRow([span(entry.name, { ...serviceStyle(place), ...BOLD, ...chosen })], room);
  const row: Row = [
    span(mark, style),
    span(isMarked ? '+' : ' ', BOLD),
    ...padRow(name, room),
    ...facts.flatMap(fact => {
      const text = status ? fact.text(model, status) : '';
      return [span(`${' '.repeat(Math.max(0, fact.width - columnsOf(text)) + 1)}${text}`, fact.style ?? {})];
    }),
  ];
  return rowWidth(row) > width ? cutRow(row, width) : row;
}

/** ✓ ready, ▸ starting, … waiting, ✗ failed, ■ stopped: readable without colours. */
export function markOf(status: ServiceStatus | undefined, now: number): readonly [string, Style] {
  if (!status) return [' ', {}];
  const style = styleOf(describeState(status, now).colour);
  if (status.type === 'external') return ['○', style];
  if (status.unavailable !== undefined && (status.phase.id === 'stopped' || status.phase.id === 'failed'))
    return ['-', style];
  const marks = {
    ready: '✓',
    completed: '✓',
    starting: '▸',
    waiting: '…',
    stopping: '…',
    unhealthy: '✗',
    backoff: '✗',
    failed: '✗',
    stopped: '■',
  } as const;
  return [marks[status.phase.id], status.phase.id === 'completed' ? styleOf('green') : style];
}

interface Fact {
  readonly width: number;
  readonly style?: Style;
  /** The higher, the sooner it is left out. */
  readonly leaveOut: number;
  readonly text: (model: Model, status: ServiceStatus) => string;
}

const FACTS: readonly Fact[] = [
  {
    width: 5,
    leaveOut: 2,
    text: ({ usage }, { name }) => (usage.has(name) ? formatCpu(usage.get(name)!.cpu) : ''),
  },
  {
    width: 6,
    leaveOut: 3,
    text: ({ usage }, { name }) => (usage.has(name) ? formatBytes(usage.get(name)!.memory) : ''),
  },
  { width: 3, leaveOut: 4, style: DIM, text: (_model, { restarts }) => (restarts > 0 ? `↻${short(restarts)}` : '') },
  {
    width: 3,
    leaveOut: 1,
    style: RED,
    text: ({ unread }, { name }) => (unread.has(name) ? `!${short(unread.get(name)!)}` : ''),
  },
];

const short = (number: number) => (number > 99 ? '…' : String(number));

/** The facts that have room beside the longest name. */
function factColumns(model: Model, width: number): readonly Fact[] {
  const names = Math.min(32, Math.max(4, ...listedServices(model).map(columnsOf)));
  let facts = FACTS;
  const taken = () => 2 + facts.reduce((sum, fact) => sum + fact.width + 1, 0);
  while (facts.length > 0 && names + taken() > width) {
    const first = Math.max(...facts.map(fact => fact.leaveOut));
    facts = facts.filter(fact => fact.leaveOut !== first);
  }
  return facts;
}

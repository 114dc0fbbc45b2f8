/** The table of `ps`. */
import type { Service, ServiceStatus, Usage } from '../../index.js';
import { formatAge, formatBytes, formatCpu } from './duration.js';
import type { Paint } from './paint.js';
import { describeState, formatState, idOf, painterOf } from './state.js';
import { type Cell, type Column, renderTable } from './table.js';
import { cutToWidth, widthOf } from './width.js';

export interface PsOptions {
  readonly paint: Paint;
  /** Columns of the terminal; undefined: nothing is cut or left out. */
  readonly width: number | undefined;
  /** Unix time, ms. */
  readonly now: number;
  /** As the system file has them, in its order: types and colours come from it. */
  readonly services: ReadonlyMap<string, Service>;
  /** The services that take part by the chosen profiles. */
  readonly active: ReadonlySet<string>;
}

/** Below this many columns a column that says the same everywhere is left out. */
const NARROW = 140;

interface PsColumn extends Column {
  readonly cell: (status: ServiceStatus, usage: Usage | undefined, options: PsOptions) => Cell;
  /** Worth showing on a narrow screen? */
  readonly tells?: (statuses: readonly ServiceStatus[], options: PsOptions) => boolean;
}

const COLUMNS: readonly PsColumn[] = [
  {
    title: 'NAME',
    least: 12,
    cell: ({ name }, _usage, { paint, services }) => ({
      text: name,
      paint: text => paint.bold(paint.service([...services.keys()].indexOf(name), text)),
    }),
  },
  {
    title: 'TYPE',
    leaveOut: 8,
    cell: (status, _usage, { services }) => ({ text: typeText(status, services.get(status.name)) }),
    tells: (statuses, { services }) =>
      new Set(statuses.map(status => typeText(status, services.get(status.name)))).size > 1,
  },
  {
    title: 'GROUP',
    least: 8,
    leaveOut: 9,
    cell: status => ({ text: status.groups.join(',') }),
    tells: statuses => statuses.some(status => status.groups.join() !== 'default'),
  },
  {
    title: 'STATE',
    least: 32,
    cell: (status, _usage, { paint, now }) => {
      const state = describeState(status, now);
      return { text: formatState(state), paint: painterOf(paint, state.colour) };
    },
  },
  { title: 'PID', align: 'right', leaveOut: 4, cell: status => ({ text: idOf(status) }) },
  {
    title: 'PORTS',
    least: 22,
    leaveOut: 2,
    cell: status => ({ text: status.ports.map(portText).join(',') || '-' }),
  },
  {
    title: 'UP',
    leaveOut: 3,
    cell: (status, _usage, { now }) => ({ text: status.run ? formatAge(now - status.run.startedAt) : '-' }),
  },
  { title: 'RST', align: 'right', leaveOut: 5, cell: status => ({ text: String(status.restarts) }) },
  { title: 'CPU', align: 'right', leaveOut: 6, cell: (_s, usage) => ({ text: usage ? formatCpu(usage.cpu) : '-' }) },
  {
    title: 'MEM',
    align: 'right',
    leaveOut: 6,
    cell: (_s, usage) => ({ text: usage ? formatBytes(usage.memory) : '-' }),
  },
  { title: 'WATCH', leaveOut: 10, cell: status => ({ text: watchText(status) }) },
  {
    title: 'TAIL',
    leaveOut: 11,
    cell: status => ({ text: status.type === 'external' ? '-' : status.tail ? 'yes' : 'no' }),
  },
];

/** Lines of the table. */
export function renderPs(
  statuses: readonly ServiceStatus[],
  usage: ReadonlyMap<string, Usage>,
  options: PsOptions,
): string[] {
  const narrow = options.width !== undefined && options.width < NARROW;
  const columns = COLUMNS.filter(column => !narrow || column.tells === undefined || column.tells(statuses, options));
  const rows = statuses.map(status => columns.map(column => column.cell(status, usage.get(status.name), options)));
  const lines = renderTable(columns, rows, { width: options.width, header: options.paint.bold });
  const notes = statuses.map(status => noteOf(status, options).replace(CONTROL, ' '));
  return withNotes(lines, notes, options);
}

function noteOf(status: ServiceStatus, { now, services, active }: PsOptions): string {
  const { note } = describeState(status, now);
  if (note !== '' || status.phase.id !== 'stopped' || active.has(status.name)) return note;
  return `not in "all": profile ${services.get(status.name)?.profiles.join(' or ')} is not chosen`;
}

/** Control characters of a program's own words. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Notes stand behind their rows in a column of their own, or, where one does not fit there, each below its row. */
function withNotes(lines: readonly string[], notes: readonly string[], { width, paint }: PsOptions): string[] {
  const [header = '', ...rows] = lines;
  const left = Math.max(...lines.map(widthOf)) + 2;
  const fits = width === undefined || notes.every(note => note === '' || left + widthOf(note) <= width);
  const cut = (text: string) => (width === undefined ? text : cutToWidth(text, width));
  return [
    header,
    ...rows.flatMap((row, i) => {
      const note = notes[i]!;
      if (note === '') return [row];
      if (fits) return [`${row}${' '.repeat(left - widthOf(row))}${paint.dim(note)}`];
      return [row, paint.dim(cut(`  ${note}`))];
    }),
  ];
}

/** A service that runs to its end is a task, however it is run. */
export function typeText(status: ServiceStatus, service: Service | undefined): string {
  return service !== undefined && 'once' in service && service.once ? 'task' : status.type;
}

/** `8080`, `8080→80` where it differs inside the container, `53/udp`. */
export function portText(port: ServiceStatus['ports'][number]): string {
  const inside = port.target === undefined || port.target === port.host ? '' : `→${port.target}`;
  return `${port.host}${inside}${port.protocol === 'tcp' ? '' : `/${port.protocol}`}`;
}

function watchText(status: ServiceStatus): string {
  if (status.type === 'external' || status.type === 'container') return '-';
  return { on: 'yes', off: 'no', paused: 'paused' }[status.watching];
}

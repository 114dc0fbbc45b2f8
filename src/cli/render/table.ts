/** Aligned columns that fit a terminal: low-ranking columns are left out, long cells are cut, nothing wraps. */
import { cutToWidth, padToWidth, widthOf } from './width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Columns it may be cut down to; undefined: never cut. */
  readonly least?: number;
  /** The highest is left out first where the terminal is narrow; undefined: always shown. */
  readonly leaveOut?: number;
}

export interface Cell {
  readonly text: string;
  /** Colours the cell after it was cut. */
  readonly paint?: (text: string) => string;
}

export interface TableStyle {
  /** Columns to fit into; undefined: nothing is cut or left out. */
  readonly width: number | undefined;
  readonly header: (text: string) => string;
}

const GAP = '  ';

/** The table's lines, header first, without blanks at their ends. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  style: TableStyle,
): string[] {
  const natural = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...rows.map(row => widthOf(row[i]!.text))),
  );
  const shown = style.width === undefined ? columns.map((_, i) => i) : chooseColumns(columns, natural, style.width);
  const widths = style.width === undefined ? natural : shrink(columns, natural, shown, style.width);
  const line = (cells: readonly Cell[], paint = (cell: Cell, text: string) => cell.paint?.(text) ?? text) =>
    shown
      .map((i, place) => {
        const text = cutToWidth(flatten(cells[i]!.text), widths[i]!);
        // Blanks at the end of a line would make it wrap in some terminals.
        const isLast = place === shown.length - 1 || shown.slice(place + 1).every(later => cells[later]!.text === '');
        const blanks = padToWidth('', widths[i]! - widthOf(text));
        if (columns[i]!.align === 'right') return blanks + paint(cells[i]!, text);
        return paint(cells[i]!, text) + (isLast ? '' : blanks);
      })
      .join(GAP)
      .trimEnd();
  const header = line(
    columns.map(column => ({ text: column.title })),
    (_cell, text) => text,
  );
  return [style.header(header), ...rows.map(row => line(row))];
}

/** Which columns are shown: all if their least widths fit, else without those that rank lowest. */
function chooseColumns(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  let shown = columns.map((_, i) => i);
  const least = (i: number) => Math.min(natural[i]!, columns[i]!.least ?? natural[i]!);
  const total = () => shown.reduce((sum, i) => sum + least(i), GAP.length * (shown.length - 1));
  while (total() > width) {
    const ranked = shown.filter(i => columns[i]!.leaveOut !== undefined);
    if (ranked.length === 0) break;
    const lowest = ranked.reduce((a, b) => (columns[b]!.leaveOut! > columns[a]!.leaveOut! ? b : a));
    shown = shown.filter(i => i !== lowest);
  }
  return shown;
}

/** Takes columns from the widest cell that may be cut until the line fits. */
function shrink(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  width: number,
): number[] {
  const widths = [...natural];
  let excess = shown.reduce((sum, i) => sum + widths[i]!, GAP.length * (shown.length - 1)) - width;
  while (excess > 0) {
    const cuttable = shown.filter(i => widths[i]! > (columns[i]!.least ?? Number.POSITIVE_INFINITY));
    // Narrower than anything useful: cut what is left over rather than wrap.
    const among = cuttable.length > 0 ? cuttable : shown.filter(i => widths[i]! > 1);
    if (among.length === 0) break;
    const widest = among.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest]!--;
    excess--;
  }
  return widths;
}

/** Control characters of a service's own text must not reach the terminal, or the columns break. */
function flatten(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Rows of styled text: read from text with SGR colours, cut, wrapped, filled and highlighted by columns. */
import { makeSafe } from '../terminal/safe-text.js';
import { columnsOf, fitting, reduceClusters } from './cell-width.js';
import type { Row, Span, Style } from './frame.js';
import { applySgr } from './sgr.js';

export const PLAIN_STYLE: Style = {};
const TAB = 8;

export const span = (text: string, style: Style = PLAIN_STYLE): Span => ({ text, style });

/** One line as spans. Colours stay; other escape sequences and control characters go; tabs become blanks. */
export function spansOf(line: string, base: Style = PLAIN_STYLE): Row {
  const safe = makeSafe(line, true);
  if (!safe.includes('\x1b')) return safe === '' ? [] : [span(expandTabs(reduceClusters(safe), 0), base)];
  const spans: Span[] = [];
  let style = base;
  let columns = 0;
  let from = 0;
  const push = (text: string) => {
    if (text === '') return;
    const shown = expandTabs(reduceClusters(text), columns);
    columns += columnsOf(shown);
    spans.push(span(shown, style));
  };
  for (;;) {
    const begin = safe.indexOf('\x1b[', from);
    if (begin < 0) break;
    push(safe.slice(from, begin));
    const end = safe.indexOf('m', begin);
    style = applySgr(style, safe.slice(begin + 2, end), base);
    from = end + 1;
  }
  push(safe.slice(from));
  return spans;
}

function expandTabs(text: string, column: number): string {
  if (!text.includes('\t')) return text;
  const [first = '', ...others] = text.split('\t');
  let shown = first;
  for (const part of others) shown += ' '.repeat(TAB - ((column + columnsOf(shown)) % TAB)) + part;
  return shown;
}

export function rowWidth(row: Row): number {
  let columns = 0;
  for (const { text } of row) columns += columnsOf(text);
  return columns;
}

/** Cut to so many columns, with … where something is missing. */
export function cutRow(row: Row, columns: number): Row {
  if (columns <= 0) return [];
  if (rowWidth(row) <= columns) return row;
  const [head] = splitRow(row, columns - 1);
  const last = head.at(-1) ?? row[0]!;
  return [...head, span('…', last.style)];
}

/** The first so many columns, and the rest. A wide character that stands across goes to the rest. */
export function splitRow(row: Row, columns: number): [Row, Row] {
  const head: Span[] = [];
  let left = columns;
  for (const [index, { text, style }] of row.entries()) {
    const width = columnsOf(text);
    if (width <= left) {
      head.push(row[index]!);
      left -= width;
      continue;
    }
    const at = fitting(text, left);
    if (at > 0) head.push(span(text.slice(0, at), style));
    return [head, [span(text.slice(at), style), ...row.slice(index + 1)]];
  }
  return [head, []];
}

/** Rows of at most so many columns; at least one. One pass, whatever the length: a line may have 64 KiB. */
export function wrapRow(row: Row, columns: number): Row[] {
  const rows: Span[][] = [[]];
  let left = columns;
  for (const { text, style } of row) {
    for (let at = 0; at < text.length; ) {
      const units = fitting(text, left, at);
      if (units > 0) {
        const part = text.slice(at, at + units);
        rows.at(-1)!.push(span(part, style));
        left -= columnsOf(part);
        at += units;
      } else {
        // A wide character finds no room in a single column.
        if (left === columns) return rows;
        rows.push([]);
        left = columns;
      }
    }
  }
  return rows;
}

/** Without its first columns, for looking further right. */
export function shiftRow(row: Row, columns: number): Row {
  return columns <= 0 ? row : splitRow(row, columns)[1];
}

/** Filled with blanks up to so many columns. */
export function padRow(row: Row, columns: number, style: Style = PLAIN_STYLE): Row {
  const missing = columns - rowWidth(row);
  return missing > 0 ? [...row, span(' '.repeat(missing), style)] : row;
}

/** With a style laid over all of it. */
export function overlayStyle(row: Row, style: Style): Row {
  return row.map(({ text, style: own }) => span(text, { ...own, ...style }));
}

/** Every match shown by a style laid over it. */
export function highlight(row: Row, pattern: RegExp, style: Style): Row {
  const text = row.map(part => part.text).join('');
  const marks: [number, number][] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0] !== '') marks.push([match.index, match.index + match[0].length]);
    if (marks.length >= 200) break;
  }
  if (marks.length === 0) return row;
  const spans: Span[] = [];
  let start = 0;
  for (const part of row) {
    const end = start + part.text.length;
    let at = start;
    for (const [from, to] of marks) {
      if (to <= at || from >= end) continue;
      if (from > at) spans.push(span(part.text.slice(at - start, from - start), part.style));
      const [first, last] = [Math.max(from, at), Math.min(to, end)];
      spans.push(span(part.text.slice(first - start, last - start), { ...part.style, ...style }));
      at = last;
    }
    if (at < end) spans.push(span(part.text.slice(at - start), part.style));
    start = end;
  }
  return spans;
}

export const textOf = (row: Row) => row.map(({ text }) => text).join('');

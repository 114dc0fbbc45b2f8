/** One line of a log as rows: time, name, a bar, then the text as printed; records for people; notes without a bar. */
import { readRecord } from '../../index.js';
import { formatClock } from '../render/duration.js';
import { createPaint } from '../render/paint.js';
import { renderRecord } from '../render/record.js';
import { columnsOf } from './cell-width.js';
import type { Row, Style } from './frame.js';
import type { Pattern } from './pattern.js';
import type { Entry } from './scrollback.js';
import { cutRow, highlight, overlayStyle, padRow, rowWidth, shiftRow, span, spansOf, wrapRow } from './spans.js';
import { SYSTEM } from './state.js';
import { BOLD, DIM, HIT, INVERSE, RED, serviceStyle } from './theme.js';

const paint = createPaint(true);
const FAILURE: Style = { ...RED, bold: true };
/** Escape sequences may take more than what is seen; beyond this nobody looks without wrapping. */
const CUT_SLACK = 2048;

export interface LogStyle {
  readonly width: number;
  readonly wraps: boolean;
  readonly hasTimes: boolean;
  /** Columns of names; 0: all lines are of one service. */
  readonly nameWidth: number;
  readonly shift: number;
  readonly search: Pattern | undefined;
  readonly selected: number | undefined;
  /** A service's place in the file. */
  readonly indexOf: (service: string) => number;
}

/** At least one row. */
export function rowsOf(entry: Entry, style: LogStyle): Row[] {
  const prefix = prefixOf(entry, style);
  const width = Math.max(1, style.width - rowWidth(prefix));
  const rows: Row[] = [];
  for (const line of linesOf(entry, style, width)) {
    const whole = style.search ? highlight(line, style.search.expression, HIT) : line;
    if (style.wraps) rows.push(...wrapRow(whole, width));
    else rows.push(cutRow(shiftRow(whole, style.shift), width));
  }
  const isSelected = entry.id === style.selected;
  return rows.map((row, index) => {
    const all = [...(index === 0 ? prefix : continuation(prefix)), ...row];
    const cut = rowWidth(all) > style.width ? cutRow(all, style.width) : all;
    return isSelected ? padRow(overlayStyle(cut, INVERSE), style.width, INVERSE) : cut;
  });
}

function linesOf(entry: Entry, style: LogStyle, width: number): Row[] {
  const { text } = entry;
  const record = entry.isNote ? undefined : readRecord(text);
  const readable = record && renderRecord(record, paint);
  if (readable !== undefined) return readable.split('\n').map(line => spansOf(line));
  const seen = style.wraps ? text : text.slice(0, style.shift + width * 4 + CUT_SLACK);
  // A crash is found at a glance, however far one scrolls.
  return [spansOf(seen, entry.isNote && entry.level === 'error' ? FAILURE : {})];
}

function prefixOf({ service, at, isStderr, isNote }: Entry, style: LogStyle): Row {
  // In a pane with few columns the text itself matters more.
  const prefix: Row[number][] = [];
  if (style.hasTimes && style.width >= 30) prefix.push(span(`${formatClock(at)} `, DIM));
  if (style.nameWidth > 0) {
    const name = service === SYSTEM ? 'fuge' : service;
    const cut = cutRow([span(name, serviceStyle(style.indexOf(service)))], style.nameWidth);
    prefix.push(...padRow(cut, style.nameWidth), span(' '));
  }
  if (!isNote && style.width >= 12) prefix.push(isStderr ? span('! ', BOLD) : span('│ ', DIM));
  return prefix;
}

/** Rows below the first of a line: the text stays in its column. */
function continuation(prefix: Row): Row {
  const blank: Style = {};
  const width = prefix.reduce((sum, { text }) => sum + columnsOf(text), 0);
  return width === 0 ? [] : [span(' '.repeat(width), blank)];
}

/** The last row: what is typed, a question, what was said, else the keys that work now. */
import { count } from '../render/duration.js';
import { columnsOf } from './cell-width.js';
import type { Row } from './frame.js';
import { KEYS, keyText, worksNow } from './keys.js';
import { cutRow, rowWidth, shiftRow, span, spansOf } from './spans.js';
import type { Model, Typing } from './state.js';
import { BOLD, DIM, RED } from './theme.js';

/** ms that an answer stays. */
const SAID_MS = 8000;
const PROMPTS: Readonly<Record<Typing['what'], string>> = { search: '/', filter: 'filter: ', command: ': ' };

export interface StatusLine {
  readonly row: Row;
  /** Column of the cursor, while something is typed. */
  readonly cursor: number | undefined;
}

export function statusLine(model: Model, width: number, now: number): StatusLine {
  const { typing, confirm, said } = model;
  if (typing) return typedLine(typing, width);
  if (confirm) {
    const { order, services } = confirm;
    const whom = services.length === 1 ? services[0]! : count(services.length, 'service');
    const row = [
      span(`${order} ${whom}? `, BOLD),
      span('y', BOLD),
      span(' yes  '),
      span('any other key', BOLD),
      span(' no'),
    ];
    return { row: cutRow(row, width), cursor: undefined };
  }
  if (said && now - said.at < SAID_MS) {
    const line = said.text.split('\n').find(text => text.trim() !== '') ?? '';
    return { row: cutRow(spansOf(line, said.isProblem ? RED : {}), width), cursor: undefined };
  }
  return { row: keysRow(model, width), cursor: undefined };
}

function typedLine({ what, text, at, candidates }: Typing, width: number): StatusLine {
  const prompt = PROMPTS[what];
  const cursor = columnsOf(prompt) + columnsOf(text.slice(0, at));
  // The cursor stays on the screen, however long the line is.
  const shift = Math.max(0, cursor - width + 1);
  const offered = candidates.length > 0 ? `   ${candidates.join('  ')}` : '';
  const row = shiftRow([span(prompt, BOLD), span(text), span(offered, DIM)], shift);
  return { row: cutRow(row, width), cursor: Math.max(0, cursor - shift) };
}

/** As many as there is room for; help always. */
function keysRow(model: Model, width: number): Row {
  const help: Row = [span('?', BOLD), span(' help')];
  let row: Row = help;
  for (const key of KEYS) {
    if (key.hint === undefined || key.keys[0] === '?' || !worksNow(key, model)) continue;
    const next: Row = [
      ...row,
      span('  '),
      span(keyText(key.keys[0]!), BOLD),
      span(` ${typeof key.hint === 'string' ? key.hint : key.hint(model)}`),
    ];
    if (rowWidth(next) > width) break;
    row = next;
  }
  return cutRow(row, width);
}

/**
 * Draws frames with blessed: its screen keeps what the terminal shows, and writes only the cells that differ.
 *
 * The cells are set one by one, not by blessed's text boxes: a frame of 200 by 60 that is all new costs 1.2 ms; setContent
 * with wide characters 1.5 to 1.8 ms, with tags 2.5 to 2.9, and it counts emoji wrongly. Modes, keys and the mouse are not
 * blessed's either (terminal.ts, input.ts): it drops all but the first of several wheel events in one chunk, reads terminfo
 * entries of today wrongly, and exits the process on signals.
 */
import { PassThrough, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import blessed from 'blessed';
import { attributeOf, withDimAndItalic } from './attribute.js';
import { type Cluster, clustersOf } from './cluster.js';
import type { Frame, Pane, Rectangle, Span, Style } from './frame.js';
import type { ColourDepth } from './term.js';

/** What of blessed's screen is used, and its types leave out. */
interface Cells {
  lines: Line[];
  olines: Line[];
  tput: { brokenACS: boolean };
  program: { cols: number; rows: number; flush(): void };
  alloc(): void;
  draw(start: number, end: number): void;
  destroy(): void;
}
type Line = [attribute: number, text: string][] & { dirty?: boolean };

/** blessed takes its built-in entry where the named file is not there: the same in every terminal. */
const BUILT_IN_TERMINAL = '/nonexistent/xterm-256color';
/** Terminals that know it show what comes between at once; others pass over it. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';
/** What blessed hears of the process. */
const HEARD = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'uncaughtException', 'exit'] as const;
/** Never equal to what a cell holds: the cell is written. */
const STALE = '\0';

const PLAIN: Style = {};
const BORDER: Style = { dim: true };
const FOCUSED_BORDER: Style = { bold: true };

export class View {
  readonly #stdout: WriteStream;
  readonly #depth: ColourDepth;
  readonly #screen: Cells;
  #written = '';
  /** Cells that hold a character of two columns: row by row. */
  #wide = new Uint8Array(0);
  #cursor = '';

  constructor(stdout: WriteStream, depth: ColourDepth) {
    this.#stdout = stdout;
    this.#depth = depth;
    this.#screen = openScreen(stdout, text => {
      this.#written += text;
    });
    this.reset();
  }

  /** The terminal was cleared, or somebody else has written to it: the next frame is drawn whole. */
  reset(): void {
    const { columns, rows } = this.#stdout;
    this.#resize(columns, rows);
  }

  draw(frame: Frame): void {
    const { program } = this.#screen;
    if (program.cols !== frame.columns || program.rows !== frame.rows) this.#resize(frame.columns, frame.rows);
    this.#fill({ left: 0, top: 0, width: frame.columns, height: frame.rows });
    for (const pane of frame.panes) this.#drawPane(pane);
    this.#settleWide();
    this.#screen.draw(0, program.rows - 1);
    program.flush();
    const { cursor } = frame;
    const drawn = this.#written;
    this.#written = '';
    const place = cursor ? `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h` : '\x1b[?25l';
    if (drawn === '' && place === this.#cursor) return;
    this.#cursor = place;
    this.#stdout.write(`${BEGIN_UPDATE}\x1b[?25l${withDimAndItalic(drawn)}${place}${END_UPDATE}`);
  }

  /** Whether the terminal has not taken yet what was drawn. */
  get isCongested(): boolean {
    return this.#stdout.writableNeedDrain;
  }

  close(): void {
    this.#screen.destroy();
    this.#written = '';
  }

  #resize(columns: number, rows: number): void {
    const screen = this.#screen;
    screen.program.cols = columns;
    screen.program.rows = rows;
    this.#wide = new Uint8Array(columns * rows);
    screen.alloc();
    screen.program.flush();
    this.#written = '\x1b[0m\x1b[2J';
    this.#cursor = '';
  }

  #drawPane({ place, title, hasFocus, rows }: Pane): void {
    this.#fill(place);
    const edge = title === undefined ? 0 : 1;
    if (title !== undefined) this.#drawBorder(place, title, hasFocus);
    const right = place.left + place.width - edge;
    for (let i = 0; i < place.height - 2 * edge; i++)
      this.#drawRow(rows[i] ?? [], place.left + edge, place.top + edge + i, right);
  }

  #drawBorder({ left, top, width, height }: Rectangle, title: string, hasFocus: boolean): void {
    const style = hasFocus ? FOCUSED_BORDER : BORDER;
    const right = left + width;
    const bar = '─'.repeat(Math.max(0, width - 2));
    this.#drawRow([{ text: `┌${bar}┐`, style }], left, top, right);
    if (title !== '') this.#drawRow([{ text: ` ${title} `, style: { bold: hasFocus } }], left + 1, top, right - 1);
    for (let y = top + 1; y < top + height - 1; y++) {
      this.#drawRow([{ text: '│', style }], left, y, right);
      this.#drawRow([{ text: '│', style }], right - 1, y, right);
    }
    this.#drawRow([{ text: `└${bar}┘`, style }], left, top + height - 1, right);
  }

  /** Spans from this column on; nothing reaches `right`. */
  #drawRow(row: readonly Span[], left: number, y: number, right: number): void {
    const line = this.#screen.lines[y];
    if (!line || y < 0) return;
    const end = Math.min(right, line.length);
    let x = left;
    for (const { text, style } of row) {
      const attribute = attributeOf(style, this.#depth);
      for (const cluster of clustersOf(text)) {
        if (x + cluster.width > end) return;
        this.#drawCluster(line, y, x, cluster, attribute);
        x += cluster.width;
      }
    }
  }

  #drawCluster(line: Line, y: number, x: number, { text, width, isSure }: Cluster, attribute: number): void {
    // Terminals do not agree on how wide some characters are: what follows is placed, not just written.
    const next = isSure ? '' : `\x1b[${x + width + 1}G`;
    setCell(line, x, attribute, width === 1 ? text + next : text);
    this.#wide[y * line.length + x] = width === 2 ? 1 : 0;
    if (width === 1) return;
    setCell(line, x + 1, attribute, `\x1b[${x + 3}G`);
    this.#wide[y * line.length + x + 1] = 0;
  }

  #fill({ left, top, width, height }: Rectangle): void {
    const attribute = attributeOf(PLAIN, this.#depth);
    for (let y = Math.max(0, top); y < top + height; y++) {
      const line = this.#screen.lines[y];
      if (!line) return;
      for (let x = Math.max(0, left); x < Math.min(line.length, left + width); x++) setCell(line, x, attribute, ' ');
      this.#wide.fill(0, y * line.length + left, y * line.length + Math.min(line.length, left + width));
    }
  }

  /** A wide character whose half was drawn over goes; the other half of a new one is written after it. */
  #settleWide(): void {
    const { lines, olines } = this.#screen;
    for (const [y, line] of lines.entries()) {
      const start = y * line.length;
      for (let x = 0; x < line.length; x++) {
        const isHalf = line[x]![1].startsWith('\x1b');
        if (isHalf && (x === 0 || !this.#wide[start + x - 1])) setCell(line, x, line[x]![0], ' ');
        if (!this.#wide[start + x]) continue;
        if (!line[x + 1]?.[1].startsWith('\x1b')) {
          setCell(line, x, line[x]![0], ' ');
          continue;
        }
        const [old, now] = [olines[y]![x]!, line[x]!];
        if (old[0] !== now[0] || old[1] !== now[1]) olines[y]![x + 1]![1] = STALE;
      }
    }
  }
}

function setCell(line: Line, x: number, attribute: number, text: string): void {
  const cell = line[x];
  if (!cell || (cell[0] === attribute && cell[1] === text)) return;
  cell[0] = attribute;
  cell[1] = text;
  line.dirty = true;
}

/** blessed's screen over a terminal of its own: nothing is read, and what it writes is handed to us. */
function openScreen({ columns, rows }: WriteStream, write: (text: string) => void): Cells {
  const output = Object.assign(
    new Writable({
      decodeStrings: false,
      write: (text, _encoding, done) => {
        write(String(text));
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );
  // It would ask tmux for its version, which takes a process.
  const { TMUX } = process.env;
  delete process.env.TMUX;
  const before = HEARD.map(event => process.rawListeners(event));
  try {
    const screen = blessed.screen({
      input: new PassThrough(),
      output,
      terminal: BUILT_IN_TERMINAL,
      forceUnicode: true,
    } as unknown as blessed.Widgets.IScreenOptions) as unknown as Cells; // its types lack `input` and what Cells says
    // Line drawing as characters, not in the old character set.
    screen.tput.brokenACS = true;
    return screen;
  } finally {
    // It would exit the process on signals that others take care of.
    for (const [i, event] of HEARD.entries())
      for (const listener of process.rawListeners(event))
        if (!before[i]!.includes(listener)) process.off(event, listener as () => void);
    if (TMUX !== undefined) process.env.TMUX = TMUX;
  }
}

/** The rows above the prompt that tell how far the images are which are pulled or built just now: one row an image. */
import type { Event } from '../../index.js';
import { formatAge, formatBytes } from '../render/duration.js';
import type { Paint } from '../render/paint.js';
import { cutToWidth, padToWidth, widthOf } from '../render/width.js';
import { makeSafe } from '../terminal/safe-text.js';

type ProgressEvent = Extract<Event, { type: 'progress' }>;

/** Rows at most: the screen is for the log. */
const MOST_ROWS = 5;
/** Columns of a bar: more say nothing more, fewer nothing at all. */
const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;

interface Image {
  readonly task: 'pull' | 'build';
  readonly name: string;
  readonly since: number;
  /** The runs that want it. It is told of as long as one of them does. */
  readonly runs: Set<string>;
  bytes: ProgressEvent['bytes'];
}

export class ImageProgress {
  readonly #paint: Paint;
  readonly #images = new Map<string, Image>();

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** Whether anything is under way. */
  get isMoving(): boolean {
    return this.#images.size > 0;
  }

  hear({ task, subject, state, service, run, at, bytes }: ProgressEvent): void {
    const key = `${task} ${subject}`;
    const who = `${service}#${run}`;
    const image = this.#images.get(key);
    if (state === 'begun' && !image)
      this.#images.set(key, { task, name: makeSafe(subject, false), since: at, runs: new Set([who]), bytes });
    if (!image) return;
    if (state === 'begun') image.runs.add(who);
    else if (state === 'going on') image.bytes = bytes;
    else if (image.runs.delete(who) && image.runs.size === 0) this.#images.delete(key);
  }

  /** @param size Of the window: no row is wider, and no more than a third of it is taken. */
  rows(now: number, size: { readonly columns: number; readonly rows: number }): string[] {
    const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(size.rows / 3)));
    const all = [...this.#images.values()];
    const shown = all.length > most ? all.slice(0, most - 1) : all;
    const columns = size.columns - 1;
    const widest = Math.max(0, ...shown.map(({ name }) => widthOf(name)));
    const nameWidth = Math.min(widest, Math.floor(columns * 0.4));
    const rows = shown.map(image => this.#row(image, now, nameWidth, columns));
    const others = all.length - shown.length;
    if (others > 0) rows.push(this.#paint.dim(cutToWidth(`… and ${others} more`, columns)));
    return rows;
  }

  #row({ task, name, since, bytes }: Image, now: number, nameWidth: number, columns: number): string {
    const paint = this.#paint;
    const head = padToWidth(cutToWidth(name, nameWidth), nameWidth);
    const room = columns - nameWidth - 2;
    if (bytes === undefined || bytes.total === 0) {
      const doing = task === 'build' ? 'is built' : 'is asked for';
      return `${head}  ${paint.dim(cutToWidth(`${doing}, ${formatAge(now - since)}`, room))}`;
    }
    const { done, total } = bytes;
    const share = Math.min(1, done / total);
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    const sizes = done >= total ? `${formatBytes(total)}, unpacking` : `${formatBytes(done)} of ${formatBytes(total)}`;
    const barWidth = Math.min(WIDEST_BAR, room - percent.length - widthOf(sizes) - 4);
    if (barWidth < NARROWEST_BAR) return `${head}  ${cutToWidth(`${percent.trimStart()}  ${sizes}`, room)}`;
    const filled = Math.round(barWidth * share);
    const bar = paint.cyan('━'.repeat(filled)) + paint.dim('─'.repeat(barWidth - filled));
    return `${head}  ${bar}  ${percent}  ${paint.dim(sizes)}`;
  }
}

/** When to draw: soon after something changed, and at most 30 times in a second. */

/** ms between two frames. */
const FRAME_MS = 34;

export class Pace {
  readonly #draw: () => void;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Something changed. */
  schedule(): void {
    if (this.#timer || this.#soon) return;
    const wait = this.#drawnAt + FRAME_MS - performance.now();
    if (wait <= 0) this.#soon = setImmediate(this.#draw);
    else this.#timer = setTimeout(this.#draw, wait);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    if (this.#soon) clearImmediate(this.#soon);
    this.#timer = this.#soon = undefined;
  }

  /** It is drawn now: what was scheduled is done. */
  begin(): void {
    this.cancel();
    this.#drawnAt = performance.now();
  }
}

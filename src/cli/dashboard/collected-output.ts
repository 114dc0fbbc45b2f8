/** What a command says inside the dashboard: kept, to be shown above the rest. */
import { paintDiagnostic } from '../output.js';
import type { Paint } from '../render/paint.js';
import { makeSafe } from '../terminal/safe-text.js';
import type { Output } from '../verb.js';

/** Lines that are kept: the newest. */
const MOST_LINES = 10_000;

export class CollectedOutput implements Output {
  readonly paint: Paint;
  readonly width: number;
  readonly isTerminal = true;
  lines: string[] = [];
  /** Whether a problem was told. */
  hasProblem = false;

  constructor(paint: Paint, width: number) {
    this.paint = paint;
    this.width = width;
  }

  print(text: string): void {
    this.lines.push(...makeSafe(text, true).split('\n'));
    if (this.lines.length > MOST_LINES) this.lines = this.lines.slice(-MOST_LINES / 2);
  }

  log(_service: string, lines: readonly string[]): void {
    this.print(lines.join('\n'));
  }

  complain(text: string): void {
    this.hasProblem = true;
    this.print(text);
  }

  diagnose(diagnostic: Parameters<Output['diagnose']>[0]): void {
    if (diagnostic.severity === 'error') this.hasProblem = true;
    this.print(paintDiagnostic(diagnostic, this.paint));
  }

  json(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  clear(): void {
    this.lines = [];
  }
}

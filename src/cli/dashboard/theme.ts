/** The colours of the dashboard: red only for failure, yellow only for "not yet", green only for ready. */
import type { Style } from './frame.js';

/** Palette numbers: services get what has no meaning (cyan, magenta, blue and their bright forms), as in the shell. */
const SERVICE_COLOURS = [6, 5, 4, 14, 13, 12];

/** Stable by the service's place in the file. */
export function serviceStyle(index: number): Style {
  return index < 0 ? {} : { foreground: SERVICE_COLOURS[index % SERVICE_COLOURS.length]! };
}

export const RED: Style = { foreground: 1 };
export const YELLOW: Style = { foreground: 3 };
export const GREEN: Style = { foreground: 2 };
export const CYAN: Style = { foreground: 6 };
export const DIM: Style = { dim: true };
export const BOLD: Style = { bold: true };
export const INVERSE: Style = { inverse: true };
/** What a search found. Inverse shows it without colours, too. */
export const HIT: Style = { inverse: true };

export function styleOf(colour: 'green' | 'yellow' | 'red' | 'plain' | 'dim'): Style {
  return { green: GREEN, yellow: YELLOW, red: RED, plain: {}, dim: DIM }[colour];
}

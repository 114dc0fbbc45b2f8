/** Colours. NO_COLOR, FORCE_COLOR and TERM=dumb are respected; everything reads well without. */

export interface Paint {
  readonly enabled: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  /** The colour of the service at this place in the file: stable, never red, yellow or green. */
  service(index: number, text: string): string;
}

const wrap = (open: number, close: number) => (text: string) =>
  text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`;
const plain = (text: string) => text;

/** Red means failure, yellow "not yet", green ready: services get the rest (cyan, blue, magenta and their bright forms). */
const SERVICE_COLOURS = [36, 35, 34, 96, 95, 94];

export function createPaint(enabled: boolean): Paint {
  if (!enabled)
    return {
      enabled,
      bold: plain,
      dim: plain,
      red: plain,
      yellow: plain,
      green: plain,
      cyan: plain,
      service: (_i, text) => text,
    };
  return {
    enabled,
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    yellow: wrap(33, 39),
    green: wrap(32, 39),
    cyan: wrap(36, 39),
    service: (index, text) => wrap(SERVICE_COLOURS[index % SERVICE_COLOURS.length]!, 39)(text),
  };
}

/** Whether colours are wanted: FORCE_COLOR (not 0) and NO_COLOR decide, else whether the stream is a terminal. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

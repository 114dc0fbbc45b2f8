/** What commands say on the command line: plain lines to standard output, problems to standard error. */
import { relative } from 'node:path';
import { type Diagnostic, formatDiagnostic } from '../index.js';
import { createPaint, type Paint, wantsColour } from './render/paint.js';
import type { Output } from './verb.js';

export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

export function createOutput({ stdout, stderr, env }: OutputStreams): Output {
  const paint = createPaint(wantsColour(stdout, env));
  const errorPaint = createPaint(wantsColour(stderr, env));
  return {
    paint,
    width: (stdout.isTTY && stdout.columns) || 80,
    isTerminal: stdout.isTTY === true,
    print: text => void stdout.write(`${text}\n`),
    log: (_service, lines) => void stdout.write(`${lines.join('\n')}\n`),
    complain: text => void stderr.write(`${text}\n`),
    diagnose: diagnostic => void stderr.write(`${paintDiagnostic(diagnostic, errorPaint)}\n`),
    json: value => void stdout.write(`${JSON.stringify(value)}\n`),
    clear: () => {},
  };
}

/** A diagnostic in colours, with paths relative to the working directory where that is shorter. */
export function paintDiagnostic(diagnostic: Diagnostic, paint: Paint): string {
  return formatDiagnostic(diagnostic, { path: shortenPath, paint: (part, text) => paintPart(paint, part, text) });
}

/** The path relative to the working directory, if that is shorter. */
export function shortenPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}

function paintPart(paint: Paint, part: string, text: string): string {
  switch (part) {
    case 'error':
      return paint.red(text);
    case 'warning':
      return paint.yellow(text);
    case 'place':
      return paint.bold(text);
    case 'mark':
      return paint.red(text);
    case 'info':
    case 'excerpt':
      return paint.dim(text);
    default:
      return text;
  }
}

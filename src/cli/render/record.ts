/** Renders a structured log record for people: its level, message and fields in one line, an error's stack below it. */
import type { Level, LogRecord } from '../../index.js';
import { makeSafe } from '../terminal/safe-text.js';
import type { Paint } from './paint.js';

/** Lines of a stack that are shown: recursion makes long ones. */
const STACK_LINES = 100;

/** Lines joined by newlines. Safe for the terminal; undefined: it can't be shown better than as it was written. */
export function renderRecord({ level, message, fields, stack }: LogRecord, paint: Paint): string | undefined {
  try {
    const word = level === undefined ? '' : `${paintLevel(level, paint)} `;
    const rest = fields.map(([name, value]) => `${name}=${formatValue(value)}`).join(' ');
    const text = makeSafe(message.trimEnd(), paint.enabled);
    const known = makeSafe(rest, false).replaceAll('\n', ' ');
    const head = `${word}${text}${text === '' || known === '' ? '' : '  '}${paint.dim(known)}`;
    return stack === undefined ? head : `${head}\n${renderStack(stack, paint)}`;
  } catch {
    return undefined; // nested deeper than JSON.stringify goes
  }
}

function paintLevel(level: Level, paint: Paint): string {
  const word = level.toUpperCase().padEnd(5);
  if (level === 'fatal' || level === 'error') return paint.red(word);
  if (level === 'warn') return paint.yellow(word);
  return level === 'info' ? paint.cyan(word) : paint.dim(word);
}

function renderStack(stack: string, paint: Paint): string {
  const lines = makeSafe(stack.trimEnd(), false).split('\n');
  const more = lines.length - STACK_LINES;
  const shown = more > 0 ? [...lines.slice(0, STACK_LINES), `… ${more} more lines (--raw shows them)`] : lines;
  return shown.map(line => `  ${paint.dim(line)}`).join('\n');
}

function formatValue(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? '';
  return /^[^\s"=\x00-\x1f]+$/.test(value) ? value : JSON.stringify(value);
}

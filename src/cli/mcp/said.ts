/** Runs a command of the table for a tool, and keeps what it says. */
import { formatDiagnostic } from '../../index.js';
import { createPaint } from '../render/paint.js';
import type { Context, Output, VerbImplementation } from '../verb.js';
import type { Call } from './tool.js';

export interface Said {
  readonly code: number;
  readonly text: string;
  /** What it says with --json. */
  readonly rows: readonly unknown[];
}

/** An output that keeps what is said. */
export function keepingOutput() {
  const lines: string[] = [];
  const rows: unknown[] = [];
  const say = (text: string) => void lines.push(text);
  const out: Output = {
    print: say,
    log: (_service, texts) => say(texts.join('\n')),
    complain: say,
    diagnose: diagnostic => say(formatDiagnostic(diagnostic)),
    json: value => void rows.push(value),
    clear: () => {},
    paint: createPaint(false),
    width: 80,
    isTerminal: false,
  };
  return { out, rows, text: () => lines.join('\n') };
}

export interface SaidOptions {
  readonly services?: readonly string[];
  readonly words?: readonly string[];
  readonly flags?: Iterable<readonly [string, string | true]>;
  /** As at a prompt: `graph` then shows states. */
  readonly shell?: boolean;
  /** Default: that of the call. */
  readonly load?: Call['load'];
}

export async function said(call: Call, verb: VerbImplementation, options: SaidOptions = {}): Promise<Said> {
  const { services = [], words = [], flags = [], shell = false, load = call.load } = options;
  const kept = keepingOutput();
  const context: Context = {
    get supervisor() {
      return call.supervisor;
    },
    get system() {
      return call.system;
    },
    out: kept.out,
    signal: call.signal,
    shell,
    isRunning: call.isRunning,
    reload: load,
    lendTerminal: async () => 1,
    leave: () => {},
  };
  const code = await verb.run(context, { services, named: true, words, command: '', flags: new Map(flags) });
  return { code, text: kept.text(), rows: kept.rows };
}

/** The flag that makes a command tell rows. */
export const JSON_FLAG = [['json', true]] as const;

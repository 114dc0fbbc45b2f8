/** Runs one command as typed at the prompt or on the command line, over a supervisor that the test brings; keeps what it says. */
import { readOperands } from '../../src/cli/operands.js';
import { parseLine } from '../../src/cli/parse.js';
import { createPaint } from '../../src/cli/render/paint.js';
import type { Context, Input, LiveView, Output, Verb } from '../../src/cli/verb.js';
import { verbs } from '../../src/cli/verbs.js';
import { formatDiagnostic, type LoadResult, type Supervisor } from '../../src/index.js';

export interface Said {
  readonly code: number;
  /** What was printed and complained, in order, as lines. */
  readonly text: string;
  readonly json: readonly unknown[];
  readonly hasLeft: boolean;
}

export interface VerbOptions {
  readonly reload?: () => Promise<LoadResult>;
  /** Columns of a terminal; undefined: it is none. */
  readonly width?: number;
  /** Aborted, it interrupts the command. */
  readonly signal?: AbortSignal;
  /** Default: at the prompt. */
  readonly isRunning?: boolean;
  readonly live?: LiveView;
  /** Hears what is printed, and complained, at once. */
  readonly heard?: (text: string) => void;
}

/** `line` as typed at the prompt. */
export async function type(line: string, supervisor: Supervisor, options: VerbOptions = {}): Promise<Said> {
  const parsed = parseLine(line, verbs, supervisor.system, { exists: () => false });
  if (parsed.kind !== 'verb') throw new Error(`"${line}" is no command: ${JSON.stringify(parsed)}`);
  return run(parsed.verb, parsed.input, supervisor, true, options);
}

/** As `fuge <name> <words> --<flags>` does it. */
export async function call(
  name: string,
  words: readonly string[],
  flags: Readonly<Record<string, string | true>>,
  supervisor: Supervisor,
  options: VerbOptions = {},
): Promise<Said> {
  const verb = verbs.find(each => each.name === name)!;
  const given = new Map(Object.entries(flags));
  const read = readOperands(verb, words, { system: supervisor.system, verbs, prefix: 'fuge ', flags: given });
  if (read.kind === 'problem') throw new Error(read.message);
  return run(verb, { ...read, command: '', flags: given }, supervisor, false, options);
}

async function run(
  verb: Verb,
  input: Input,
  supervisor: Supervisor,
  shell: boolean,
  options: VerbOptions,
): Promise<Said> {
  const lines: string[] = [];
  const json: unknown[] = [];
  let hasLeft = false;
  const say = (text: string) => {
    lines.push(text);
    options.heard?.(text);
  };
  const out: Output = {
    print: say,
    log: (_service, texts) => say(texts.join('\n')),
    complain: say,
    diagnose: diagnostic => void lines.push(formatDiagnostic(diagnostic)),
    json: value => void json.push(JSON.parse(JSON.stringify(value))),
    clear: () => void lines.push('<cleared>'),
    paint: createPaint(false),
    width: options.width ?? 80,
    isTerminal: options.width !== undefined,
  };
  const context: Context = {
    supervisor,
    get system() {
      return supervisor.system;
    },
    out,
    signal: options.signal ?? new AbortController().signal,
    shell,
    isRunning: options.isRunning ?? shell,
    ...(options.live && { live: options.live }),
    reload: options.reload ?? (async () => ({ system: supervisor.system, diagnostics: [] })),
    lendTerminal: program =>
      program({ stdin: undefined, stdout: process.stdout, stderr: process.stderr, isInteractive: false }),
    leave: () => {
      hasLeft = true;
    },
  };
  const code = await (await verb.load()).run(context, input);
  return { code, text: lines.join('\n'), json, hasLeft };
}

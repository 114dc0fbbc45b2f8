/** `fuge <command> … [file]`: what each command gets, and which code it ends with. */
import { locateFile } from './file-operand.js';
import { findVerb, nearestVerb, readOperands } from './operands.js';
import { createOutput } from './output.js';
import { openAttached, openDashboard, openShell, runVerb, runWithoutSystem } from './run-once.js';
import type { Output, Verb } from './verb.js';
import { verbs } from './verbs.js';
import { quoteWord } from './words.js';

/** Wrong usage or configuration. */
const USAGE = 2;

/** Runs one command line (without node and script) and gives its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const out = createOutput(process);
  // After `--` nothing is a flag and nothing is the file.
  const dashes = argv.indexOf('--');
  const literal = dashes < 0 ? [] : argv.slice(dashes + 1);
  const plain = dashes < 0 ? argv : argv.slice(0, dashes);
  const first = plain.find(
    (word, i) => !word.startsWith('-') && !/^(-f|--file|--profile|--port-offset)$/.test(plain[i - 1] ?? ''),
  );
  const mistake = first === undefined ? undefined : misused(first, plain);
  if (mistake !== undefined) {
    out.complain(mistake);
    return USAGE;
  }
  const call = readPlain(first, plain, literal) ?? (await readFlags(plain, literal, out));
  return typeof call === 'number' ? call : run(call, out);
}

/** A command without any flag: the parser of flags costs more than the rest of a short command. */
function readPlain(first: string | undefined, plain: readonly string[], literal: readonly string[]): Call | undefined {
  if (first === undefined || plain.some(word => word.startsWith('-'))) return undefined;
  const verb = findVerb(first, verbs)!;
  return { verb, operands: plain.slice(1), literal, flags: new Map(), file: undefined, profiles: [] };
}

/** … or the exit code, where there is nothing to run. */
async function readFlags(plain: readonly string[], literal: readonly string[], out: Output): Promise<Call | number> {
  const { parseFlags } = await import('./flags.js');
  const parsed = parseFlags(plain, literal);
  if (parsed.kind === 'call') return parsed.call;
  if (parsed.kind === 'ended') return parsed.isRefused ? USAGE : 0;
  const { renderHelp, renderVerbHelp } = await import('./render/help.js');
  const style = { paint: out.paint, width: out.isTerminal ? out.width : undefined, shell: false };
  out.print(parsed.verb ? renderVerbHelp(parsed.verb, style) : renderHelp(verbs, style));
  return 0;
}

/** A command line as it was read. */
export interface Call {
  readonly verb: Verb;
  /** Before and after `--`. */
  readonly operands: readonly string[];
  readonly literal: readonly string[];
  /** Without those that every command has. */
  readonly flags: ReadonlyMap<string, string | true>;
  /** From `-f`. */
  readonly file: string | undefined;
  /** From `--profile`. */
  readonly profiles: readonly string[];
  /** From `--port-offset`. */
  readonly portOffset?: string | undefined;
}

async function run(call: Call, out: Output): Promise<number> {
  const { verb, flags } = call;
  if (verb.on === 'none') {
    const result = readOperands(verb, [...call.operands, ...call.literal], {
      system: undefined,
      verbs,
      prefix: 'fuge ',
      flags,
    });
    if (result.kind === 'problem') return refuse(out, result.message);
    return runWithoutSystem(verb, { ...result, command: '', flags }, out);
  }
  if (verb.name === 'run') {
    const located = await locateFile(call.operands, call.file, call.profiles, call.portOffset);
    const { run } = await import('./run/run.js');
    return run({ located, words: located.operands, command: call.literal, flags, profiles: call.profiles }, out);
  }
  // The words of a command are its own, files and directories too.
  const isCommand = verb.operands.at(-1)?.kind === 'command';
  const located = await locateFile(isCommand ? [] : call.operands, call.file, call.profiles, call.portOffset);
  const words = [...(isCommand ? call.operands : located.operands), ...call.literal];
  if (verb.name === 'shell') {
    if (words.length > 0) return refuse(out, `"${words[0]}" is no system file (.yml, .yaml) and no directory`);
    return openShell(located, { start: flags.has('start'), watchConfig: flags.has('watch-config') }, out);
  }
  if (verb.name === 'attach' && words.length === 0) return openAttached(located, out);
  if (verb.name === 'dashboard') {
    if (words.length > 0) return refuse(out, `"${words[0]}" is no system file (.yml, .yaml) and no directory`);
    return openDashboard(located, out);
  }
  if (verb.name === 'mcp') {
    if (words.length > 0) return refuse(out, `"${words[0]}" is no system file (.yml, .yaml) and no directory`);
    const { serve } = await import('./mcp/server.js');
    const { profiles, portOffset } = call;
    const mayControl = flags.has('allow-control');
    return serve({ located, profiles, portOffset, mayControl, isRevealing: flags.has('reveal') }, out);
  }
  if (verb.name === 'up') {
    const { up } = await import('./up.js');
    return up({ located, words, flags, profiles: call.profiles, portOffset: call.portOffset }, out);
  }
  const last = verb.operands.at(-1);
  const takesCommand = last?.kind === 'command';
  // A service may stand before its command.
  const before = takesCommand ? words.splice(0, verb.operands.length - 1) : words;
  if (takesCommand && !last.optional && words.length === 0)
    return refuse(out, `${verb.name} needs a command: fuge ${verb.examples[0]!.line}`);
  // One word is a line for the shell; several are words that were split already.
  const command = !takesCommand ? '' : words.length === 1 ? words[0]! : words.map(quoteWord).join(' ');
  return runVerb(verb, located, out, system => {
    const result = readOperands(verb, before, { system, verbs, prefix: 'fuge ', flags });
    if (result.kind === 'problem') return result;
    return { kind: 'input', input: { ...result, command, flags } };
  });
}

function refuse(out: Output, message: string): number {
  out.complain(message);
  return USAGE;
}

/** What is wrong with the first word, if it is no command of the command line. */
function misused(first: string, argv: readonly string[]): string | undefined {
  const verb = findVerb(first, verbs);
  if (verb?.where.includes('argv')) return undefined;
  if (verb) {
    const line = argv.slice(argv.indexOf(first)).join(' ');
    return `${verb.name} works at the prompt: run "fuge shell", then type "${line}"`;
  }
  if (/\.ya?ml$/i.test(first)) return `${first} is a system file; to open it, run "fuge shell ${first}"`;
  const near = nearestVerb(first, verbs);
  return `no command is called "${first}"${near === undefined ? '' : `. Did you mean "${near}"?`} ("fuge help" lists them)`;
}

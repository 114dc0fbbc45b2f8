/**
 * The stages of a Dockerfile, and what an image of each would run.
 *
 * Rules (Dockerfile reference):
 * - FROM begins a stage; its base may be an earlier stage, by name (in any case), and then it begins as that one ended.
 *   Variables in it have the values of the ARGs before the first FROM.
 * - The last CMD and the last ENTRYPOINT of a stage count. An ENTRYPOINT sets an inherited CMD back.
 * - ENV, WORKDIR and EXPOSE have the variables of ENV and ARG replaced; ENV wins over ARG. A relative WORKDIR continues the
 *   one before. A word that can't be expanded is kept as it is: it is the build's to complain.
 * - SHELL says what runs the shell form; `/bin/sh -c` without it.
 */
import { type Instruction, parseDockerfile } from './dockerfile-instructions.js';
import { type Escape, expandDockerfileWord, splitDockerfileWords, type Work } from './dockerfile-words.js';

/** `exec`: `args` are the words. `shell`: `args` is one line, or nothing. */
export interface CommandForm {
  readonly form: 'exec' | 'shell';
  readonly args: readonly string[];
}

/** One COPY or ADD. */
export interface Copied {
  /** Relative to the build context, or patterns; undefined: out of another stage or image. */
  readonly sources: readonly string[] | undefined;
  /** Absolute in the image; it ends in a slash where it is a directory for sure. */
  readonly target: string;
}

export interface Stage {
  /** As written; undefined: it has none. */
  readonly name: string | undefined;
  /** Image or earlier stage, its variables replaced. */
  readonly base: string;
  /** Undefined: whatever the base image has. */
  readonly cmd: CommandForm | undefined;
  readonly entrypoint: CommandForm | undefined;
  readonly shell: readonly string[];
  /** Absolute if the Dockerfile says so somewhere; undefined: whatever the base image has. */
  readonly workdir: string | undefined;
  /** Variables of ENV. */
  readonly env: ReadonlyMap<string, string>;
  /** Words of EXPOSE: `80`, `80/udp`, `8000-8010`. */
  readonly exposed: readonly string[];
  /** What COPY and ADD put into it, in their order. */
  readonly copied: readonly Copied[];
  /** Line of its FROM. */
  readonly line: number;
}

export type Stages =
  | { readonly stages: readonly Stage[]; readonly problem?: undefined }
  | { readonly problem: string; readonly line: number; readonly stages?: undefined };

/** Every stage in file order. `args` are the values of build arguments (`build.args` in Compose). */
export function readStages(text: string, args: Readonly<Record<string, string>> = {}): Stages {
  const parsed = parseDockerfile(text);
  if (parsed.instructions === undefined) return parsed;
  return { stages: stagesOf(parsed.instructions, parsed.escape, args) };
}

/** The stage of that name or number; without a target the last one. Undefined: there is none. */
export function findStage(stages: readonly Stage[], target?: string): Stage | undefined {
  if (target === undefined || target === '') return stages.at(-1);
  const named = stages.findLast(stage => stage.name?.toLowerCase() === target.toLowerCase());
  return named ?? (/^[0-9]+$/.test(target) ? stages[Number(target)] : undefined);
}

/** For all words of one file. */
const ENOUGH_WORK = 50_000_000;
const DEFAULT_SHELL = ['/bin/sh', '-c'];

/** A stage as it is read, line by line. */
class StageReader {
  readonly #env: Map<string, string>;
  /** ARGs that were declared, with their values. */
  readonly #args = new Map<string, string>();
  #cmd: CommandForm | undefined;
  /** The CMD is the stage's own. */
  #ownCmd = false;
  #entrypoint: CommandForm | undefined;
  #shell: readonly string[];
  #workdir: string | undefined;
  #exposed: readonly string[];
  readonly #copied: Copied[];

  constructor(
    private readonly name: string | undefined,
    private readonly base: string,
    private readonly line: number,
    from: Stage | undefined,
    private readonly global: ReadonlyMap<string, string>,
    private readonly given: Readonly<Record<string, string>>,
    private readonly expand: Expand,
  ) {
    this.#env = new Map(from?.env);
    this.#cmd = from?.cmd;
    this.#entrypoint = from?.entrypoint;
    this.#shell = from?.shell ?? DEFAULT_SHELL;
    this.#workdir = from?.workdir;
    this.#exposed = from?.exposed ?? [];
    this.#copied = [...(from?.copied ?? [])];
  }

  read(instruction: Instruction): void {
    const { cmd, args, json } = instruction;
    switch (cmd) {
      case 'copy':
      case 'add':
        this.#copy(instruction);
        break;
      case 'cmd':
        this.#cmd = { form: json ? 'exec' : 'shell', args };
        this.#ownCmd = true;
        break;
      case 'entrypoint':
        this.#entrypoint = { form: json ? 'exec' : 'shell', args };
        if (!this.#ownCmd) this.#cmd = undefined;
        break;
      case 'shell':
        if (json && args.length > 0) this.#shell = args;
        break;
      case 'workdir':
        if (args[0] !== undefined) this.#workdir = joinDirectory(this.#workdir, this.#expanded(args[0]));
        break;
      case 'env': {
        // All of a line see the values before it.
        const pairs: [string, string][] = [];
        for (let i = 0; i + 1 < args.length; i += 3)
          pairs.push([this.#expanded(args[i]!), this.#expanded(args[i + 1]!)]);
        for (const [name, value] of pairs) this.#env.set(name, value);
        break;
      }
      case 'arg':
        for (const arg of args) this.#declare(arg);
        break;
      case 'expose':
        this.#exposed = [...new Set([...this.#exposed, ...args.flatMap(arg => this.#expandedWords(arg))])];
        break;
    }
  }

  finish(): Stage {
    return {
      name: this.name,
      base: this.base,
      cmd: this.#cmd,
      entrypoint: this.#entrypoint,
      shell: this.#shell,
      workdir: this.#workdir,
      env: this.#env,
      exposed: this.#exposed,
      copied: this.#copied,
      line: this.line,
    };
  }

  #copy({ args, flags, heredocs }: Instruction): void {
    const words = args.flatMap(arg => this.#expandedWords(arg));
    const last = words.at(-1) ?? '';
    const isElsewhere = flags.some(flag => flag.startsWith('--from='));
    const sources = words
      .slice(0, -1)
      .filter(
        source => !/^([a-z]+:\/\/|git@)/.test(source) && !heredocs.some(({ name }) => source.includes(`<<${name}`)),
      );
    const target = joinDirectory(this.#workdir, last).replace(/(.)\/+$/, '$1');
    const isDirectory = sources.length > 1 || last.endsWith('/');
    this.#copied.push({
      sources: isElsewhere ? undefined : sources,
      target: isDirectory && target !== '/' ? `${target}/` : target,
    });
  }

  #declare(arg: string): void {
    const { name, fallback } = splitArg(arg);
    const value =
      ownValue(this.given, name) ?? (fallback === undefined ? this.global.get(name) : this.#expanded(fallback));
    if (value !== undefined) this.#args.set(name, value);
  }

  #expanded(word: string): string {
    return this.expand(word, this.#lookup);
  }

  #expandedWords(word: string): readonly string[] {
    return splitDockerfileWords(word, this.#lookup).words ?? [word];
  }

  readonly #lookup = (name: string) => this.#env.get(name) ?? this.#args.get(name);
}

type Expand = (word: string, lookup: (name: string) => string | undefined) => string;

function stagesOf(
  instructions: readonly Instruction[],
  quoting: Escape,
  given: Readonly<Record<string, string>>,
): readonly Stage[] {
  const work: Work = { left: ENOUGH_WORK };
  const expand: Expand = (word, lookup) => expandDockerfileWord(word, lookup, quoting, { work }).text ?? word;
  const global = new Map<string, string>();
  const stages: Stage[] = [];
  /** By name in lower case; of two of the same name the later one. */
  const named = new Map<string, Stage>();
  const finish = (reader: StageReader) => {
    const stage = reader.finish();
    stages.push(stage);
    if (stage.name !== undefined) named.set(stage.name.toLowerCase(), stage);
  };
  let open: StageReader | undefined;
  for (const instruction of instructions) {
    const { cmd, args, line } = instruction;
    if (cmd === 'from') {
      if (open) finish(open);
      const base = expand(args[0] ?? '', name => global.get(name));
      const name = args[1]?.toLowerCase() === 'as' ? args[2] : undefined;
      open = new StageReader(name, base, line, named.get(base.toLowerCase()), global, given, expand);
    } else if (open) open.read(instruction);
    else if (cmd === 'arg') {
      for (const { name, fallback } of args.map(splitArg)) {
        const value =
          ownValue(given, name) ?? (fallback === undefined ? undefined : expand(fallback, key => global.get(key)));
        if (value !== undefined) global.set(name, value);
      }
    }
  }
  if (open) finish(open);
  return stages;
}

function splitArg(arg: string): { name: string; fallback: string | undefined } {
  const equals = arg.indexOf('=');
  return equals === -1
    ? { name: arg, fallback: undefined }
    : { name: arg.slice(0, equals), fallback: arg.slice(equals + 1) };
}

function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function joinDirectory(before: string | undefined, directory: string): string {
  if (directory.startsWith('/') || /^[A-Za-z]:[\\/]/.test(directory)) return directory;
  const parts = `${before ?? ''}/${directory}`.split('/').filter(part => part !== '' && part !== '.');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return `/${kept.join('/')}`;
}

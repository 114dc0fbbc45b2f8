/**
 * What a Dockerfile's image would run, and what of the build context is in it, at one of its stages.
 *
 * Rules (BuildKit): a stage begins as the stage that its FROM names; CMD and ENTRYPOINT of the last instruction hold; a stage
 * with an ENTRYPOINT of its own forgets the CMD that it began with. WORKDIR is relative to the one before. Words are
 * expanded from ENV and ARG; a base image of another file is not looked into.
 */
import path from 'node:path';
import { type Instruction, parseDockerfile } from './dockerfile-instructions.js';
import { expandDockerfileWord } from './dockerfile-words.js';

/** Words in exec form; a line for the shell in shell form. */
export type Invocation =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  | { readonly form: 'shell'; readonly line: string };

/** One COPY or ADD. */
export interface Copied {
  /** Relative to the build context, or patterns; undefined: out of another stage or image. */
  readonly sources: readonly string[] | undefined;
  /** Absolute in the image. Ends in a slash where it is a directory for sure. */
  readonly target: string;
}

export interface Stage {
  readonly entrypoint: Invocation | undefined;
  readonly cmd: Invocation | undefined;
  /** Absolute; undefined: the base image's. */
  readonly workdir: string | undefined;
  readonly env: ReadonlyMap<string, string>;
  readonly copied: readonly Copied[];
  /** Ports that EXPOSE names. */
  readonly exposed: readonly number[];
}

export type StageResult =
  | { readonly stage: Stage; readonly problem?: undefined }
  | { readonly stage?: undefined; readonly problem: string };

interface Building extends Stage {
  readonly env: Map<string, string>;
  readonly copied: Copied[];
  readonly exposed: number[];
  entrypoint: Invocation | undefined;
  cmd: Invocation | undefined;
  workdir: string | undefined;
  /** The CMD is this stage's own. */
  hasOwnCmd: boolean;
}

/** @param target The stage's name, or its number from 0; default the last one. @param args `build.args`, over the file's defaults. */
export function readStage(
  text: string,
  target: string | undefined,
  args: Readonly<Record<string, string | null>> = {},
): StageResult {
  const parsed = parseDockerfile(text);
  if (parsed.instructions === undefined) return { problem: `line ${parsed.line}: ${parsed.problem}` };
  const stages = new Map<string, Building>();
  let count = 0;
  const reading = new StageReading(args, parsed.escape);
  let current: Building | undefined;
  for (const instruction of parsed.instructions) {
    if (instruction.cmd === 'from') {
      if (current && target !== undefined && isAsked(stages, target, current)) break;
      const [base = '', , name] = instruction.args;
      current = begin(stages.get(reading.expand(base, current).toLowerCase()));
      stages.set(String(count++), current);
      if (name !== undefined) stages.set(name.toLowerCase(), current);
    } else if (current === undefined) {
      if (instruction.cmd === 'arg') reading.globalArgument(instruction);
    } else reading.apply(instruction, current);
  }
  if (current === undefined) return { problem: 'it has no FROM' };
  if (target !== undefined && !isAsked(stages, target, current)) return { problem: `it has no stage "${target}"` };
  return { stage: current };
}

function isAsked(stages: ReadonlyMap<string, Building>, target: string, stage: Building): boolean {
  return stages.get(target.toLowerCase()) === stage;
}

function begin(base: Building | undefined): Building {
  return {
    entrypoint: base?.entrypoint,
    cmd: base?.cmd,
    workdir: base?.workdir,
    env: new Map(base?.env),
    copied: [...(base?.copied ?? [])],
    exposed: [...(base?.exposed ?? [])],
    hasOwnCmd: false,
  };
}

class StageReading {
  readonly #global = new Map<string, string>();
  /** ARGs that the stage has named. */
  readonly #named = new WeakMap<Building, Map<string, string>>();

  constructor(
    private readonly args: Readonly<Record<string, string | null>>,
    private readonly escapeWith: '\\' | '`',
  ) {}

  /** A word that can't be expanded stays as it is: it only leads to a path that is not found. */
  expand(word: string, stage: Building | undefined): string {
    const lookup = (name: string) =>
      stage === undefined ? this.#global.get(name) : (stage.env.get(name) ?? this.#named.get(stage)?.get(name));
    return expandDockerfileWord(word, lookup, this.escapeWith).text ?? word;
  }

  globalArgument({ args }: Instruction): void {
    for (const { name, value } of argumentsOf(args)) {
      const given = this.args[name] ?? (value === undefined ? undefined : this.expand(value, undefined));
      if (given !== undefined) this.#global.set(name, given);
    }
  }

  apply(instruction: Instruction, stage: Building): void {
    const { cmd, args } = instruction;
    switch (cmd) {
      case 'arg':
        this.#argument(args, stage);
        break;
      case 'env':
        // Name, value and separator; values see what was set before the instruction.
        {
          const values: [string, string][] = [];
          for (let i = 0; i + 1 < args.length; i += 3)
            values.push([this.expand(args[i]!, stage), this.expand(args[i + 1]!, stage)]);
          for (const [name, value] of values) stage.env.set(name, value);
        }
        break;
      case 'workdir':
        stage.workdir = this.#within(stage, args[0] ?? '');
        break;
      case 'cmd':
        stage.cmd = invocationOf(instruction);
        stage.hasOwnCmd = true;
        break;
      case 'entrypoint':
        stage.entrypoint = invocationOf(instruction);
        if (!stage.hasOwnCmd) stage.cmd = undefined;
        break;
      case 'copy':
      case 'add':
        this.#copy(instruction, stage);
        break;
      case 'expose':
        for (const word of args) {
          const port = Number(/^\d+/.exec(this.expand(word, stage))?.[0]);
          if (port > 0) stage.exposed.push(port);
        }
        break;
    }
  }

  #argument(args: readonly string[], stage: Building): void {
    const named = this.#named.get(stage) ?? new Map<string, string>();
    this.#named.set(stage, named);
    for (const { name, value } of argumentsOf(args)) {
      const given = this.args[name] ?? (value === undefined ? this.#global.get(name) : this.expand(value, stage));
      if (given !== undefined) named.set(name, given);
    }
  }

  #copy({ args, flags, heredocs }: Instruction, stage: Building): void {
    const target = this.#within(stage, args.at(-1) ?? '');
    const isElsewhere = flags.some(flag => flag.startsWith('--from='));
    const sources = args.slice(0, -1).map(source => this.expand(source, stage));
    const local = sources.filter(
      source => !/^([a-z]+:\/\/|git@)/.test(source) && !heredocs.some(({ name }) => source.includes(`<<${name}`)),
    );
    const into = local.length > 1 || /\/$/.test(args.at(-1) ?? '') ? `${target.replace(/\/$/, '')}/` : target;
    stage.copied.push({ sources: isElsewhere ? undefined : local, target: into });
  }

  #within(stage: Building, word: string): string {
    const expanded = this.expand(word, stage);
    return path.posix.resolve(stage.workdir ?? '/', expanded);
  }
}

function argumentsOf(args: readonly string[]): { name: string; value: string | undefined }[] {
  return args.map(arg => {
    const equals = arg.indexOf('=');
    return equals === -1
      ? { name: arg, value: undefined }
      : { name: arg.slice(0, equals), value: arg.slice(equals + 1) };
  });
}

/** Empty words stand for nothing: `CMD []`. */
function invocationOf({ json, args }: Instruction): Invocation | undefined {
  if (json) return args.length === 0 ? undefined : { form: 'exec', words: args };
  const line = args.join(' ').trim();
  return line === '' ? undefined : { form: 'shell', line };
}

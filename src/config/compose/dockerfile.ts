/** What a Dockerfile's image would run: ENTRYPOINT and CMD in force at its last, or a named, stage. */
import type { Command } from '../../system.js';
import { parseCommand } from '../../words.js';
import { type CommandForm, findStage, readStages, type Stage } from './dockerfile-stages.js';

export interface DockerfileOptions {
  /** `build.target`: a stage's name or number; default: the last stage. */
  readonly target?: string | undefined;
  /** `build.args` with values. */
  readonly args?: Readonly<Record<string, string>>;
}

export type DockerfileRun =
  | {
      /** Undefined: the Dockerfile says neither, or inherits them from a base image. */
      readonly command: Command | undefined;
      readonly stage: Stage;
      readonly problem?: undefined;
    }
  | { readonly problem: string; readonly line: number | undefined; readonly stage?: undefined };

/** The command, and the stage that it comes from with its directory, variables and ports; or what is wrong. */
export function readDockerfile(text: string, { target, args = {} }: DockerfileOptions = {}): DockerfileRun {
  const read = readStages(text, args);
  if (read.stages === undefined) return read;
  const stage = findStage(read.stages, target);
  if (stage) return { command: commandOf(stage), stage };
  const names = read.stages.flatMap(({ name }) => name ?? []);
  if (target === undefined || read.stages.length === 0) return { problem: 'it has no FROM', line: undefined };
  const known = names.length > 0 ? `, only ${names.join(', ')}` : '';
  return { problem: `it has no stage "${target}"${known}`, line: undefined };
}

/** Undefined if the Dockerfile can't be read, says neither, or inherits them from a base image. */
export function commandOfDockerfile(text: string, options: DockerfileOptions = {}): Command | undefined {
  const read = readDockerfile(text, options);
  return read.problem === undefined ? read.command : undefined;
}

function commandOf({ entrypoint, cmd, shell }: Stage): Command | undefined {
  // The shell form of ENTRYPOINT ignores CMD.
  if (entrypoint?.form === 'shell' && entrypoint.args[0] !== undefined) return shellForm(entrypoint.args[0], shell);
  if (!entrypoint || entrypoint.args.length === 0) {
    if (cmd?.form === 'shell') return cmd.args[0] === undefined ? undefined : shellForm(cmd.args[0], shell);
    return cmd && argvOf(cmd.args);
  }
  return argvOf([...entrypoint.args, ...wordsOf(cmd, shell)]);
}

function wordsOf(cmd: CommandForm | undefined, shell: readonly string[]): readonly string[] {
  if (!cmd || cmd.args.length === 0) return [];
  return cmd.form === 'exec' ? cmd.args : [...shell, ...cmd.args];
}

function argvOf(words: readonly string[]): Command | undefined {
  const [first, ...rest] = words;
  return first === undefined ? undefined : { kind: 'argv', argv: [first, ...rest], source: words.join(' ') };
}

/** Docker runs it with sh -c; without anything that a shell would expand, the words alone do the same. */
function shellForm(line: string, shell: readonly string[]): Command | undefined {
  if (shell.join(' ') !== '/bin/sh -c') return argvOf([...shell, line]);
  const command = parseCommand(line, /[$*?~[\]]/.test(line) ? true : undefined);
  return command && 'problem' in command ? { kind: 'shell', line, source: line } : command;
}

/** A Dockerfile's text as instructions. */

export interface Instruction {
  /** In lower case: `from`, `run`. */
  readonly cmd: string;
  readonly args: readonly string[];
  /** The arguments were a JSON list: the exec form. */
  readonly json: boolean;
  /** `--name=value`, as written. */
  readonly flags: readonly string[];
  readonly heredocs: readonly Heredoc[];
  /** Lines count from 1. */
  readonly line: number;
  readonly endLine: number;
  /** The instruction that ONBUILD puts off. */
  readonly onbuild?: Instruction;
}

export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** Variables in it are replaced: its name was not quoted. */
  readonly expand: boolean;
}

export type ParsedDockerfile =
  | { readonly instructions: readonly Instruction[]; readonly escape: '\\' | '`'; readonly problem?: undefined }
  | { readonly problem: string; readonly line: number; readonly instructions?: undefined };

export function parseDockerfile(_text: string): ParsedDockerfile {
  throw new Error('not built yet');
}

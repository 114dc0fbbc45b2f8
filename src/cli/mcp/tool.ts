/** What a tool for coding agents is: a row of the table that the server, the documentation and the tests read. */
import type { LoadResult, Supervisor, System } from '../../index.js';

/** A JSON Schema of a tool's arguments: the part of it that is used here. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ArgumentSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

export interface ArgumentSchema {
  readonly type: 'string' | 'boolean' | 'integer' | 'array';
  readonly description: string;
  readonly items?: { readonly type: 'string'; readonly minLength?: number };
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
}

export interface Tool<Arguments = Readonly<Record<string, unknown>>> {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For the agent: when to use it, and what it gives. */
  readonly description: string;
  readonly input: ObjectSchema;
  /**
   * What it works on. `running`: the system that runs, and it is refused where none does. `either`: that one, else the file
   * and the log files. `none`: needs no system.
   */
  readonly on: 'running' | 'either' | 'none';
  /** `changes` and `ends` are offered with --allow-control alone; `ends` takes something away that ran. */
  readonly effect: 'reads' | 'changes' | 'ends';
  /** Whether a second call with the same arguments changes nothing more; of those that change something. */
  readonly isIdempotent?: boolean;
  run(call: Call, given: Arguments): Promise<Answer>;
}

/** Its arguments have been checked against the schema when it is run, so that it may say what they are. */
export function defineTool<Arguments>(tool: Tool<Arguments>): Tool {
  return tool as unknown as Tool;
}

/** What a tool gets to work with. */
export interface Call {
  /** Throws where the tool works on no system. */
  readonly supervisor: Supervisor;
  /** `supervisor.system`. */
  readonly system: System;
  /** Whether the system runs; else nothing of it was started. */
  readonly isRunning: boolean;
  /** Secrets are shown. */
  readonly isRevealing: boolean;
  /** Aborts when the client gives the call up. */
  readonly signal: AbortSignal;
  /** The system file that this server is for; undefined: there is none. */
  readonly file: string | undefined;
  /** Loads the system file. */
  load(): Promise<LoadResult>;
  /** Starts the system in the background, as `fuge up -d` does, and gives its exit code and what it says. */
  startInBackground(services: readonly string[], timeout: string): Promise<{ code: number; text: string }>;
}

/** Everything that is said stands in both: some agents see the one, some the other. */
export interface Answer {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Why a call can't be answered, and what to do: told to the agent, which may do better. */
export class Refusal extends Error {}

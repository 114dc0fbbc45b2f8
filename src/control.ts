/** What can be asked of a running system. The supervisor implements it; anything that shows or steers one needs only this. */
import type { Diagnostic } from './diagnostic.js';
import type { DnsRecord } from './dns-record.js';
import type { Cause, Changes, CrashError, Event, Exit, Line, Phase, RunId, StreamName, Watching } from './event.js';
import type { Command, Port, ServiceType, System } from './system.js';

export interface Supervisor extends AsyncDisposable {
  /** The system as it is now; `reload` replaces it. */
  readonly system: System;

  /** Every service, in the system's order. Cheap: no process is asked. */
  statuses(): readonly ServiceStatus[];
  /** One service, or undefined if there is none of that name. */
  status(name: string): ServiceStatus | undefined;

  /** Hears every event from now on, in order. Returns what ends that. A listener must not throw. */
  subscribe(listener: (event: Event) => void, options?: SubscribeOptions): () => void;

  /**
   * Takes the system for this fuge: from now on another one that wants to start the same file is refused, and this one can
   * be reached from other terminals where it serves them. The first start does it, where nobody did before. Gives the
   * reason where another fuge was first.
   */
  claim(): Promise<Diagnostic | undefined>;

  /**
   * Starts services and what they need (those that run already are left alone), and settles when each is ready, completed,
   * failed, found unable to start, or waits for one of these, or when `patienceMs` (default 15,000) is over: the outcome then says `starting`.
   */
  start(names: readonly string[], options?: StartOptions): Promise<readonly Outcome[]>;
  /** Stops services and settles when their whole process groups are gone. */
  stop(names: readonly string[]): Promise<readonly Outcome[]>;
  /** Stops and starts; one that is not running is started. Settles as start does. */
  restart(names: readonly string[], options?: StartOptions): Promise<readonly Outcome[]>;
  /** Stops with SIGKILL at once. */
  kill(names: readonly string[]): Promise<readonly Outcome[]>;

  /** Turns watching on or off. */
  watch(names: readonly string[], on: boolean): Promise<void>;
  /** Turns showing of lines on or off. */
  tail(names: readonly string[], on: boolean): Promise<void>;
  /** Sets (or, with undefined, unsets) a variable that applies on the next start, above everything else. */
  setVariable(name: string, variable: string, value: string | undefined): Promise<void>;

  /** The whole environment that the next launch would get, with where each value comes from. */
  environment(name: string): Promise<EnvironmentReport>;
  /** The newest kept lines, oldest first; at most `limit`, default all that are kept. */
  lines(name: string, limit?: number): Promise<readonly Line[]>;
  /** The names that are answered for. */
  zone(): Promise<Zone>;
  /** What was kept of a service's output: its log file and the older, rotated one, oldest first. */
  logFiles(name: string): Promise<readonly string[]>;
  /** cpu and memory of each running service's whole process tree. */
  usage(): Promise<ReadonlyMap<string, Usage>>;

  /**
   * Runs a one-off command in a service's directory with its environment. Its output arrives as `lines` events with
   * `command: label`.
   */
  run(name: string, command: Command, label: string, options?: RunOptions): Promise<Exit>;

  /**
   * Opens a command inside a running container with its terminal (or pipes) in the caller's hands.
   * Rejects with a {@link Diagnostic} where there is no such container.
   */
  exec(name: string, command: readonly [string, ...string[]], options: ExecOptions): Promise<ExecSession>;

  /**
   * Looks at the terminal of a running service (`tty: true`) and types into it, beside any others that do: its input as it is
   * typed, its output as it comes. `close` leaves it; the service goes on.
   * Rejects with a {@link Diagnostic} where the service has no terminal or does not run.
   */
  openTerminal(name: string, options: TerminalOptions): Promise<ExecSession>;

  /**
   * Turns services that can run both as a process and as a container into their other form; those that run are
   * stopped and started anew. Settles as start does.
   */
  switch(names: readonly string[], options?: StartOptions): Promise<readonly Outcome[]>;

  /** Replaces the system: what changed restarts, what was added appears, what was removed stops. */
  reload(system: System): Promise<Changes>;
  /** Reads the system file again, as it was read first, and replaces the system by it unless it has errors. */
  reloadFile(): Promise<Reread>;

  /**
   * Pauses reading of every service's output until the returned function is called: the services then block in their
   * own writes, memory stays bounded, nothing is lost. For listeners that must not miss a line and are slow.
   */
  holdOutput(): () => void;

  /** Stops everything, watching first. A second call with `force` kills at once. Settles when nothing is left. */
  close(options?: CloseOptions): Promise<void>;
}

/** A supervisor in this very process. */
export interface LocalSupervisor extends Supervisor {
  /**
   * Takes a program that this process starts beside the system (a test run) into the system's company: what it leaves
   * behind is ended with the system, also when this process is killed.
   */
  accompany(): Company;
}

export interface Company {
  /** What the program must have in its environment. Linux finds by it what left its process group. */
  readonly variables: Readonly<Record<string, string>>;
  /** The program leads a process group of its own, which is to end with this process; call the result when it has ended. */
  protect(processGroup: number): () => void;
}

/** Where programs on this machine find the services. */
export interface Addresses {
  /** Numbers of ports, by service and by the port's name. */
  readonly ports: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the first port of each service that has one: `http://127.0.0.1:3000`, or with the scheme that the port's name says. */
  readonly urls: Readonly<Record<string, string>>;
}

export interface SubscribeOptions {
  /** Whether the output of services is heard too: `lines`, `partial` and `missed` events. Default true. */
  readonly lines?: boolean;
  /**
   * Tells first, as one `backlog` event for each service, the newest kept lines, at most so many of each: what is printed
   * after them follows as `lines` events, nothing missed and nothing twice. Default 0: no such events.
   */
  readonly backlog?: number;
  /**
   * Whether `lines` events are looked at after the listener has returned. Default true. Where nobody does, a flood costs a
   * fraction: nothing of it becomes text.
   */
  readonly keepsLines?: boolean;
}

export interface CloseOptions {
  /** SIGKILL at once. */
  readonly force?: boolean;
  /** Removes the volumes of the system's containers at the end, and what is in them. */
  readonly volumes?: boolean;
}

/** What came of reading the system file again. */
export interface Reread {
  /** Undefined: the file has errors, and everything goes on as it was. */
  readonly changes: Changes | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Zone {
  readonly records: readonly DnsRecord[];
  /** Where (`HOST:PORT`) a server answers; undefined: none does. */
  readonly server: string | undefined;
}

export interface StartOptions {
  /** Node's inspector on the service's own port; only `type: node`. */
  readonly debug?: boolean;
  /** ms to wait for readiness before the outcome says `starting`. */
  readonly patienceMs?: number;
}

export interface RunOptions {
  /** Ends the command's whole process group when it aborts. */
  readonly signal?: AbortSignal;
  /** Its output is thrown away. Default false. */
  readonly quiet?: boolean;
}

export interface ExecOptions {
  /** A terminal of this size; undefined: pipes, with stdout and stderr apart. */
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined;
  /** Undefined: the container's. */
  readonly workingDir?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with what it prints, in order, before {@link ExecSession.exit} settles. */
  onOutput(stream: StreamName, chunk: Uint8Array): void;
}

export interface TerminalOptions {
  /** The size of the caller's terminal, which the service's takes. */
  readonly columns: number;
  readonly rows: number;
  /** Called with what it prints, in order, before {@link ExecSession.exit} settles; at first with its unfinished line. */
  onOutput(stream: StreamName, chunk: Uint8Array): void;
}

/** A command that runs inside a container, or the terminal of a service. */
export interface ExecSession {
  write(data: Uint8Array): void;
  /** No more input. */
  end(): void;
  resize(columns: number, rows: number): void;
  /** Settles when it has ended. */
  readonly exit: Promise<Exit>;
  /** Gives it up: the connection is closed, and its process ended where the engine lets us. */
  close(): void;
}

/** Stands among the services that a container waits for, while no engine is connected. */
export const CONTAINER_ENGINE = 'the container engine';

export interface ServiceStatus {
  readonly name: string;
  readonly type: ServiceType;
  readonly groups: readonly string[];
  readonly phase: Phase;
  /** Why it is in that phase; undefined before anything happened. */
  readonly cause: Cause | undefined;
  /** Unix time in ms since when it is in that phase. */
  readonly since: number;
  /** The live run, or undefined. */
  readonly run:
    | {
        readonly id: RunId;
        /** Undefined: a container whose processes are not on this machine. */
        readonly pid: number | undefined;
        /** Id of its container. */
        readonly container: string | undefined;
        readonly startedAt: number;
      }
    | undefined;
  readonly restarts: number;
  /** Crashes within the restart window. */
  readonly crashes: number;
  readonly lastExit: Exit | undefined;
  /** What the last run ended with, where it crashed. */
  readonly error: CrashError | undefined;
  /** The services it waits for, while it waits. */
  readonly waitingFor: readonly string[];
  readonly host: string;
  readonly ports: readonly Port[];
  readonly watching: Watching;
  readonly tail: boolean;
  /** The inspector's port of the live run. */
  readonly inspectPort: number | undefined;
  /** Why it can't be started here at all: path missing, containers not supported yet, runs elsewhere. */
  readonly unavailable: string | undefined;
}

/** What a command came to for one service. */
export interface Outcome {
  readonly service: string;
  readonly result: 'ready' | 'completed' | 'failed' | 'starting' | 'waiting' | 'stopped' | 'unavailable' | 'superseded';
  /** ms since the command was given. */
  readonly tookMs: number;
  /** What is wrong, where something is. */
  readonly problem?: Diagnostic;
  /** With `waiting`: for which services. */
  readonly waitingFor?: readonly string[];
}

export interface Usage {
  /** Share of one core, 1 = one whole core; since the last call, or since launch. */
  readonly cpu: number;
  /** Resident bytes. */
  readonly memory: number;
  readonly processes: number;
}

export interface EnvironmentReport {
  readonly variables: readonly EnvironmentVariable[];
  readonly problems: readonly Diagnostic[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  /** `process` is fuge's own environment, `set` the shell's `set` command. */
  readonly source: 'process' | 'generated' | 'image' | 'global' | 'global env_file' | 'env_file' | 'service' | 'set';
  /** file:line of env files. */
  readonly at?: { readonly file: string; readonly line?: number };
}

export type { StreamName };

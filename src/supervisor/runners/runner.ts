/** What the actor needs of anything that can run a service: process, container. */
import type { Event, Exit, RunId, StreamName } from '../../event.js';
import type { Service } from '../../system.js';

/** What a `progress` event says besides whose it is. */
export type Progress = Pick<Extract<Event, { type: 'progress' }>, 'task' | 'subject' | 'state' | 'bytes'>;

/** All that one launch needs. */
export interface LaunchOrder<S extends Service = Service> {
  readonly service: S;
  readonly run: RunId;
  /**
   * The whole environment as it is now, for the caller to keep or change. An order does not hold it: those of all services that
   * are launched at once would be megabytes, which V8 takes for worth keeping room for.
   */
  environment(): Record<string, string>;
  /** Node's inspector is wanted on this port. */
  readonly inspectPort: number | undefined;
}

/** The same with the environment of this moment, however long its launch takes. */
export function withEnvironment<S extends Service>(order: LaunchOrder<S>): LaunchOrder<S> {
  const environment = order.environment();
  return { ...order, environment: () => environment };
}

/** What a run is known by. */
export interface LaunchedAs {
  /** Leads its process group, or is the first of a container's; undefined: it has none on this machine. */
  readonly pid?: number;
  /** Id of its container. */
  readonly container?: string;
  /** It tells its health itself, by {@link RunReport.health}: it is not to be looked at as well. */
  readonly tellsHealth?: boolean;
}

/** What a run reports, in this order: launched (unless it never ran), output and health, exited, emptied (if it was lingering). */
export interface RunReport {
  launched(as: LaunchedAs): void;
  /** What its launch waits for, before it is launched. */
  progress(progress: Progress): void;
  /** Its own word on whether it is well; the engine's health check, or the engine's silence. */
  health(isHealthy: boolean, problem?: string): void;
  output(stream: StreamName, chunk: Buffer): void;
  /** A stream has ended or was cut: no more output of it follows. */
  outputEnded(stream: StreamName): void;
  exited(exit: Exit, isLingering: boolean): void;
  emptied(): void;
}

/** What can be done to a run's own terminal. Nothing happens when it has ended. */
export interface TerminalInput {
  /** As if it was typed. */
  write(data: Uint8Array): void;
  /** Its programs are told (SIGWINCH) where this is another size. */
  resize(columns: number, rows: number): void;
}

export interface Run {
  /** Asks it to end. Before it has a process, the launch is given up. */
  terminate(signal: NodeJS.Signals): void;
  kill(): void;
  /** Whether its processes have had nothing to do since the last time this was asked; absent: that can't be told. */
  isAtRest?(): Promise<boolean>;
  /** Its own terminal, from its launch on; absent or undefined: it has none. */
  readonly terminal?: TerminalInput | undefined;
  /** Pauses or goes on reading its output; it then blocks in its own write. */
  hold(isHeld: boolean): void;
}

export interface Runner<S extends Service = Service> {
  /** Never throws: what goes wrong is reported as an exit that was not started. */
  launch(order: LaunchOrder<S>, report: RunReport): Run;
  /** Makes ready what a launch can find ready, and can be asked to; absent: nothing. */
  readonly preparation?: Preparation<S>;
}

/** A process that has started, and waits before the first line of the service's own code. */
export interface Preparation<S extends Service = Service> {
  /** Whether its launches can be prepared at all. */
  isPossible(service: S): boolean;
  /** This will probably be launched soon. What is there already for this very launch stays. */
  begin(order: LaunchOrder<S>): void;
  /** It will not. */
  discard(service: string): void;
  /** Whether something waits for its next launch. */
  isReady(service: string): boolean;
}

/** What the actor needs of anything that can run a service: process, container. */
import type { Exit, RunId, StreamName } from '../../event.js';
import type { Service } from '../../system.js';

/** All that one launch needs. */
export interface LaunchOrder<S extends Service = Service> {
  readonly service: S;
  readonly run: RunId;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Node's inspector is wanted on this port. */
  readonly inspectPort: number | undefined;
}

/** What a run reports, in this order: launched (unless it never ran), output, exited, emptied (if it was lingering). */
export interface RunReport {
  launched(pid: number): void;
  output(stream: StreamName, chunk: Buffer): void;
  /** A stream has ended or was cut: no more output of it follows. */
  outputEnded(stream: StreamName): void;
  exited(exit: Exit, isLingering: boolean): void;
  emptied(): void;
}

export interface Run {
  /** Asks it to end. Before it has a process, the launch is given up. */
  terminate(signal: NodeJS.Signals): void;
  kill(): void;
  /** Whether its processes have had nothing to do since the last time this was asked; absent: that can't be told. */
  isAtRest?(): Promise<boolean>;
  /** Pauses or goes on reading its output; it then blocks in its own write. */
  hold(isHeld: boolean): void;
}

export interface Runner<S extends Service = Service> {
  /** Never throws: what goes wrong is reported as an exit that was not started. */
  launch(order: LaunchOrder<S>, report: RunReport): Run;
}

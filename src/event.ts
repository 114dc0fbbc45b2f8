/** Everything that anyone can observe of a running system, as one union. */
import type { Diagnostic } from './diagnostic.js';

/** Numbers the launches of one service, from 1. */
export type RunId = number;

/** How a run ended. */
export type Exit =
  /** `outOfMemory`: the engine ended the container because it went over its memory limit. */
  | { readonly reason: 'code'; readonly code: number; readonly outOfMemory?: true }
  | { readonly reason: 'signal'; readonly signal: string }
  /** It failed its liveness probe and was ended for that. */
  | { readonly reason: 'unresponsive'; readonly problem: string }
  /** It ended for no fault of its own: the container engine was restarted. */
  | { readonly reason: 'lost'; readonly problem: string }
  /** It never ran: executable missing, port taken, working directory missing … */
  | { readonly reason: 'not-started'; readonly problem: Diagnostic };

/** What a waiting service still waits for. */
export type Gate = 'dependencies' | 'settle' | 'delay';

/**
 * Where a service stands. Each variant holds only what is true then.
 *
 *     stopped ─start─► waiting ─gates open─► starting ─probe─► ready ◄─probe─► unhealthy
 *        ▲                ▲                      │               │                │
 *        │                │ want up              ├─stop, save ───┴────────────────┤
 *        └─── want down ──┴────── stopping ◄─────┘                                │
 *                         ▲                      └─ exit ─► backoff / completed / failed
 */
export type Phase =
  | { readonly id: 'stopped' }
  | { readonly id: 'waiting'; readonly gates: readonly Gate[] }
  | { readonly id: 'starting'; readonly run: RunId }
  | { readonly id: 'ready'; readonly run: RunId }
  /** Also straight from `starting`, where a container's own health check fails. */
  | { readonly id: 'unhealthy'; readonly run: RunId; readonly problem: string }
  /** `exit` is set once the leader ended and only the rest of its process group is still being cleared. */
  | { readonly id: 'stopping'; readonly run: RunId; readonly forced: boolean; readonly exit?: Exit }
  | { readonly id: 'backoff'; readonly exit: Exit; readonly retryAt: number }
  | { readonly id: 'completed'; readonly exit: Exit }
  | { readonly id: 'failed'; readonly exit: Exit };
export type PhaseId = Phase['id'];

/** Why a phase changed. */
export type Cause =
  | { readonly type: 'user'; readonly action: 'start' | 'stop' | 'restart' | 'kill' | 'debug' | 'switch' }
  /** Paths relative to the service's directory; the first one is what set it off. */
  | { readonly type: 'files'; readonly files: readonly string[] }
  | { readonly type: 'env-file'; readonly files: readonly string[] }
  | { readonly type: 'exit'; readonly exit: Exit }
  | { readonly type: 'probe'; readonly problem?: string }
  | { readonly type: 'dependency'; readonly service: string }
  | { readonly type: 'retry'; readonly attempt: number }
  /** The container engine is there (again). */
  | { readonly type: 'engine' }
  | { readonly type: 'shutdown' }
  | { readonly type: 'reload' };

export type StreamName = 'stdout' | 'stderr';

/** One kept line of output, without its newline. */
export interface Line {
  /** Unix time, ms. */
  readonly at: number;
  readonly run: RunId;
  readonly stream: StreamName;
  readonly text: string;
}

export type Event =
  | {
      readonly type: 'phase';
      readonly at: number;
      readonly service: string;
      readonly phase: Phase;
      readonly previous: Phase;
      readonly cause: Cause;
      /** How often it restarted since the system was opened. */
      readonly restarts: number;
      /** While waiting: the services it waits for. */
      readonly waitingFor?: readonly string[];
      /** Where a crash has its cause, as far as the last lines tell. */
      readonly error?: CrashError;
      /** ms from launch until ready, where `phase` is ready for the first time in its run. */
      readonly tookMs?: number;
    }
  /** A run has begun: `pid` leads its process group, or is the first of a container's, where that is known here. */
  | {
      readonly type: 'launched';
      readonly at: number;
      readonly service: string;
      readonly run: RunId;
      readonly pid?: number;
      /** Id of its container. */
      readonly container?: string;
      readonly inspectPort?: number;
    }
  /** How far something got that a launch waits for: the pull or the build of an image. */
  | {
      readonly type: 'progress';
      readonly at: number;
      readonly service: string;
      readonly run: RunId;
      readonly task: 'pull' | 'build';
      /** What is pulled or built: the image. */
      readonly subject: string;
      readonly state: 'begun' | 'going on' | 'done' | 'failed';
      /** Bytes that are here, and bytes in all, as far as they are known. */
      readonly bytes?: { readonly done: number; readonly total: number };
    }
  /** Complete lines, in order. One event holds what one read of the stream brought. */
  | {
      readonly type: 'lines';
      readonly at: number;
      readonly service: string;
      readonly run: RunId;
      readonly stream: StreamName;
      readonly lines: readonly string[];
      /** The lines joined by newlines, where the event comes from a run: cheaper than {@link lines} for a flood. */
      readonly text?: string;
      /** The same in UTF-8, where the event comes from a run of this process: there while the event is being told, not later. */
      readonly bytes?: Uint8Array | undefined;
      /** Characters of the first line that a `partial` event has shown already. */
      readonly shown: number;
      /** Set for the output of build, test, apply … instead of the service itself. */
      readonly command?: string;
    }
  /**
   * The beginning of a line that has stayed without its newline for a while (a question); a further one of the same line
   * brings what was added since.
   */
  | {
      readonly type: 'partial';
      readonly at: number;
      readonly service: string;
      readonly run: RunId;
      readonly stream: StreamName;
      readonly text: string;
      readonly command?: string;
    }
  /** The newest lines that were kept before this subscription began, where it asked for them. */
  | { readonly type: 'backlog'; readonly at: number; readonly service: string; readonly lines: readonly Line[] }
  /** This listener was too slow: so many lines of the service were left out for it. */
  | { readonly type: 'missed'; readonly at: number; readonly service: string; readonly lines: number }
  /** The system has begun to stop as a whole: by the shell's exit, `fuge down`, a signal. */
  | { readonly type: 'closing'; readonly at: number }
  /** Something the user should know, about a service or about the whole system. */
  | { readonly type: 'notice'; readonly at: number; readonly service?: string; readonly diagnostic: Diagnostic }
  /** The watch of a service went on, off, or paused because the service writes its own files. */
  | { readonly type: 'watch'; readonly at: number; readonly service: string; readonly watching: Watching }
  | { readonly type: 'tail'; readonly at: number; readonly service: string; readonly tail: boolean }
  /** The system file (or one it includes) was edited: `reload` would apply it. `isApplied`: that is done by itself. */
  | {
      readonly type: 'system-file-changed';
      readonly at: number;
      readonly files: readonly string[];
      readonly isApplied?: true;
    }
  /** `reload` replaced the system, or, with `isBySave`, a save of its file did. */
  | { readonly type: 'reloaded'; readonly at: number; readonly changes: Changes; readonly isBySave?: true };

/** The error that a run ended with, read from its last lines (a stack trace of Node, Python, …). */
export interface CrashError {
  /** `ReferenceError: prt is not defined`. */
  readonly message: string;
  /** The innermost place in the service's own sources. */
  readonly at?: { readonly file: string; readonly line: number; readonly column?: number };
}

export type Watching = 'off' | 'on' | 'paused';

/** What differs between two systems, by service name. */
export interface Changes {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

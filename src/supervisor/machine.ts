/**
 * Decides, for one service, what happens next: a pure function from state and signal to state and effects.
 *
 *     stopped ─start─► waiting ─all gates open─► starting ─probe─► ready ◄─probe─► unhealthy
 *        ▲                ▲                          │               │                │
 *        │                └────────── want up ───┐   ├── stop, restart, save ─────────┤
 *        └──────────── want down ─────────── stopping                                 │
 *                                                ▲                                    │
 *                                                └── exit, its group not yet empty ───┤
 *     failed / completed / backoff ◄──────────────── exit ────────────────────────────┘
 *
 * `want` is kept apart from the phase, so a restart is no state: it is `stopping` while `want` is up. A save ends the
 * old run at once and opens the way for the new one when the files have been quiet for a moment (the `settle` gate). A
 * single save therefore costs its short quiet time only. A save that arrives while the run of the previous save is
 * still young is taken for part of a burst: that run is withdrawn and the quiet time is the long one. Where the next run
 * is prepared while the old one ends (runners/prepared.ts), the quiet time is as long as Node needs anyway before it
 * reaches user code: a burst then never gets there twice.
 *
 * The actor carries out the effects and feeds back what came of them. It guarantees: `emptied` follows every `exited`
 * that was lingering; a timer that was disarmed or armed anew does not fire; every launch leads to one `exited`.
 */
import type { Cause, Exit, Gate, Phase, RunId } from '../event.js';
import type { RestartPolicy, StopPolicy } from '../system.js';
import { noSelfWrites, observe, type SelfWriteState } from './watch/self-writes.js';

export type Timer = 'grace' | 'backoff' | 'settle' | 'delay';

/** A save, and of what. */
export type SaveCause = Extract<Cause, { readonly type: 'files' | 'env-file' }>;

export type Signal =
  /** `delayMs`: wait that long before the launch, where it was down. */
  | { readonly type: 'start'; readonly cause: Cause; readonly delayMs?: number }
  | { readonly type: 'stop'; readonly cause: Cause }
  | { readonly type: 'restart'; readonly cause: Cause }
  | { readonly type: 'kill'; readonly cause: Cause }
  | { readonly type: 'files-changed'; readonly cause: SaveCause }
  | { readonly type: 'dependencies'; readonly ready: boolean }
  | { readonly type: 'probed'; readonly run: RunId; readonly healthy: boolean; readonly problem?: string }
  /** It fails its liveness probe: it is ended as if it had crashed. */
  | { readonly type: 'unresponsive'; readonly run: RunId; readonly problem: string }
  /** The leader ended. `lingering`: others of its process group live on. */
  | { readonly type: 'exited'; readonly run: RunId; readonly exit: Exit; readonly lingering: boolean }
  /** After a lingering exit: the whole group is gone now. */
  | { readonly type: 'emptied'; readonly run: RunId }
  | { readonly type: 'timer-over'; readonly timer: Timer };

export type Effect =
  | { readonly type: 'launch'; readonly run: RunId }
  | { readonly type: 'terminate'; readonly run: RunId }
  | { readonly type: 'kill'; readonly run: RunId }
  /** Arms the timer, or arms it anew. */
  | { readonly type: 'arm'; readonly timer: Timer; readonly ms: number }
  | { readonly type: 'disarm'; readonly timer: Timer }
  /** It writes its own files: stop watching it and name these. */
  | { readonly type: 'pause-watch'; readonly files: readonly string[] };

export interface SettlePolicy {
  /** ms of quiet after a single save. */
  readonly quietMs: number;
  /** ms of quiet once the saves are known to be a burst. */
  readonly burstQuietMs: number;
  /** A save within this many ms of the launch that the previous save caused belongs to its burst. */
  readonly burstWithinMs: number;
  /** Saves that never end hold a launch back for at most this many ms. */
  readonly longestMs: number;
}

/**
 * Settled by measuring (bench/save.js): an editor's save, atomic or not, is over within 5 ms; a tool that
 * writes twenty files over a second leaves gaps of 50 ms.
 */
export const SETTLE: SettlePolicy = { quietMs: 20, burstQuietMs: 150, burstWithinMs: 400, longestMs: 3000 };

/**
 * The same where the next run starts with the save and waits before user code: 60 ms are longer than the gaps of such a tool,
 * and about what Node takes to get there (40 to 60 ms), so they cost next to nothing.
 */
export const SETTLE_PREPARED: SettlePolicy = { ...SETTLE, quietMs: 60 };

/** ms of readiness after which earlier crashes are forgotten. */
export const HEALTHY_MS = 60_000;
/** A restart's pause is stretched by up to this share, so that services that failed together do not come back together. */
const LARGEST_JITTER = 0.25;

export interface Policy {
  readonly restart: RestartPolicy;
  readonly stop: StopPolicy;
  readonly settle: SettlePolicy;
  /** A chance from 0 to 1, drawn anew for each step. */
  readonly chance: number;
}

export interface ServiceState {
  readonly want: 'up' | 'down';
  readonly phase: Phase;
  /** Why the phase is what it is. */
  readonly cause: Cause | undefined;
  readonly lastRun: RunId;
  readonly launchedAt: number;
  /** The files whose change caused the last launch; empty: something else did. */
  readonly launchedBy: readonly string[];
  /** When the current or last run became ready for the first time; undefined: it never did. */
  readonly readyAt: number | undefined;
  /** Times (ms) of crashes within the window. */
  readonly crashes: readonly number[];
  readonly lastExit: Exit | undefined;
  readonly restarts: number;
  /** When the saves began that are settling now; undefined: nothing settles. */
  readonly settlingSince: number | undefined;
  /** They are a burst: several saves that belong together. */
  readonly isBurst: boolean;
  /** While stopping: what is wanted afterwards is a new run, whatever the exit says. */
  readonly relaunch: boolean;
  /** A burst of saves ended the last run before it was ready: its successor is the same restart, not another one. */
  readonly withdrawn: boolean;
  readonly selfWrites: SelfWriteState;
}

export const initial: ServiceState = {
  want: 'down',
  phase: { id: 'stopped' },
  cause: undefined,
  lastRun: 0,
  launchedAt: 0,
  launchedBy: [],
  readyAt: undefined,
  crashes: [],
  lastExit: undefined,
  restarts: 0,
  settlingSince: undefined,
  isBurst: false,
  relaunch: false,
  withdrawn: false,
  selfWrites: noSelfWrites,
};

type Step = readonly [ServiceState, readonly Effect[]];
type Live = Extract<Phase, { id: 'starting' | 'ready' | 'unhealthy' }>;

const stay = (state: ServiceState): Step => [state, []];
const isLive = (phase: Phase): phase is Live =>
  phase.id === 'starting' || phase.id === 'ready' || phase.id === 'unhealthy';

/** The run that has a process (or is about to get one) in this phase. */
export function runOf(phase: Phase): RunId | undefined {
  return 'run' in phase ? phase.run : undefined;
}

/** Whether the next that happens, if all goes well, is a launch. */
export function isLaunchAhead({ want, phase, relaunch }: ServiceState): boolean {
  return want === 'up' && (phase.id === 'waiting' || (phase.id === 'stopping' && relaunch));
}

/** @param now Milliseconds of the clock that the timers run on. */
export function step(state: ServiceState, signal: Signal, policy: Policy, now: number): Step {
  if ('run' in signal && runOf(state.phase) !== signal.run) return stay(state); // an older run's echo
  switch (signal.type) {
    case 'start':
      return start(state, signal.cause, signal.delayMs ?? 0);
    case 'restart':
      return isLive(state.phase)
        ? terminate({ ...revive(state), cause: signal.cause, relaunch: true }, policy)
        : start(state, signal.cause, 0);
    case 'files-changed':
      return filesChanged(state, signal.cause, policy, now);
    case 'stop':
      return stop(state, signal.cause, policy);
    case 'kill':
      return kill(state, signal.cause);
    case 'dependencies':
      return gate(state, 'dependencies', signal.ready, now);
    case 'probed':
      return probed(state, signal, now);
    case 'unresponsive':
      return isLive(state.phase) ? unresponsive(state, signal.problem, policy) : stay(state);
    case 'exited':
      return exited(state, signal.exit, signal.lingering, policy, now);
    case 'emptied':
      return state.phase.id === 'stopping' ? gone(state, state.phase.exit, policy, now) : stay(state);
    case 'timer-over':
      return timerOver(state, signal.timer, now);
  }
}

/** Wanted up by someone: earlier crashes are forgiven. */
const revive = (state: ServiceState): ServiceState => ({ ...state, want: 'up', crashes: [] });

function start(state: ServiceState, cause: Cause, delayMs: number): Step {
  const { phase } = state;
  const up = revive(state);
  switch (phase.id) {
    case 'stopped':
    case 'completed':
    case 'failed':
      return wait({ ...up, cause }, delayMs > 0 ? ['delay'] : [], delayMs > 0 ? [arm('delay', delayMs)] : []);
    case 'backoff':
      return wait({ ...up, cause }, [], [disarm('backoff')]);
    case 'stopping':
      return stay({ ...up, cause: state.relaunch && state.want === 'up' ? state.cause : cause, relaunch: true });
    default:
      return stay(up);
  }
}

function filesChanged(before: ServiceState, cause: SaveCause, policy: Policy, now: number): Step {
  if (before.want === 'down') return stay(before); // a save never starts what the user stopped
  const { phase } = before;
  const follows = before.launchedBy.length > 0 && now - before.launchedAt < policy.settle.burstWithinMs;
  // What is known to be a burst stays one until it has settled, however long it lasts.
  const inBurst = follows || (before.settlingSince !== undefined && before.isBurst);
  let selfWrites = before.selfWrites;
  if (before.lastRun > 0 && before.launchedBy.length > 0 && phase.id !== 'waiting' && phase.id !== 'stopping') {
    const seen = observe(selfWrites, { sinceLaunchMs: now - before.launchedAt, files: cause.files });
    if (seen.suspect) return [{ ...before, selfWrites: noSelfWrites }, [{ type: 'pause-watch', files: seen.suspect }]];
    selfWrites = seen.state;
  }
  // Files of one burst are told together, the one that set it off first.
  const pending =
    phase.id === 'waiting' || phase.id === 'stopping' ? filesOf(before.cause) : inBurst ? before.launchedBy : [];
  const files = [...new Set([...pending, ...cause.files])];
  const since = before.settlingSince ?? now;
  const quiet = inBurst ? policy.settle.burstQuietMs : policy.settle.quietMs;
  const ms = Math.max(0, Math.min(quiet, since + policy.settle.longestMs - now));
  const state: ServiceState = {
    ...revive(before),
    selfWrites,
    settlingSince: since,
    isBurst: inBurst,
    cause: { ...cause, files },
  };
  const settle = arm('settle', ms);
  switch (phase.id) {
    case 'starting':
    case 'ready':
    case 'unhealthy': {
      const [next, effects] = terminate(
        { ...state, relaunch: true, withdrawn: phase.id === 'starting' && inBurst },
        policy,
      );
      return [next, [...effects, settle]];
    }
    case 'stopping':
      return [{ ...state, relaunch: true }, [settle]];
    case 'backoff':
      return wait(state, [], [disarm('backoff'), settle]);
    case 'waiting':
      return [{ ...state, phase: { id: 'waiting', gates: [...new Set<Gate>([...phase.gates, 'settle'])] } }, [settle]];
    case 'stopped':
    case 'completed':
    case 'failed':
      return wait(state, [], [settle]);
  }
}

function stop(state: ServiceState, cause: Cause, policy: Policy): Step {
  const { phase } = state;
  const unsettle: Effect[] = state.settlingSince === undefined ? [] : [disarm('settle')];
  const down: ServiceState = { ...state, want: 'down', cause, relaunch: false, settlingSince: undefined };
  switch (phase.id) {
    case 'starting':
    case 'ready':
    case 'unhealthy': {
      const [next, effects] = terminate(down, policy);
      return [next, [...unsettle, ...effects]];
    }
    case 'stopping':
      return [down, unsettle];
    case 'backoff':
      return [{ ...down, phase: { id: 'stopped' } }, [...unsettle, disarm('backoff')]];
    case 'waiting':
      return [
        { ...down, phase: { id: 'stopped' } },
        [...unsettle, ...(phase.gates.includes('delay') ? [disarm('delay')] : [])],
      ];
    case 'stopped':
      return stay(state);
    case 'completed':
    case 'failed':
      return [{ ...down, phase: { id: 'stopped' } }, unsettle];
  }
}

function kill(state: ServiceState, cause: Cause): Step {
  const { phase } = state;
  const run = runOf(phase);
  if (run === undefined) return stop(state, cause, NO_STOP_NEEDED);
  const unsettle: Effect[] = state.settlingSince === undefined ? [] : [disarm('settle')];
  const down: ServiceState = { ...state, want: 'down', cause, relaunch: false, settlingSince: undefined };
  return force(down, run, unsettle);
}

/** kill of a service without a run takes the paths of stop that never terminate anything. */
const NO_STOP_NEEDED: Policy = {
  restart: { when: 'never', limit: 0, windowMs: 0, backoffMs: 0, backoffMaxMs: 0, successCodes: [0] },
  chance: 0,
  stop: { signal: 'SIGKILL', graceMs: 0 },
  settle: { quietMs: 0, burstQuietMs: 0, burstWithinMs: 0, longestMs: 0 },
};

function force(state: ServiceState, run: RunId, before: readonly Effect[]): Step {
  const { phase } = state;
  if (phase.id === 'stopping' && phase.forced) return [state, before];
  const effects: Effect[] = [...before];
  if (phase.id === 'stopping') effects.push(disarm('grace'));
  effects.push({ type: 'kill', run });
  const exit = phase.id === 'stopping' ? phase.exit : undefined;
  return [{ ...state, phase: { id: 'stopping', run, forced: true, ...(exit && { exit }) } }, effects];
}

function terminate(state: ServiceState, policy: Policy, exit?: Exit): Step {
  const run = runOf(state.phase)!;
  return [
    { ...state, phase: { id: 'stopping', run, forced: false, ...(exit && { exit }) } },
    [{ type: 'terminate', run }, arm('grace', policy.stop.graceMs)],
  ];
}

/** Enters `waiting`: for its dependencies always, for the rest where it applies. */
function wait(state: ServiceState, gates: readonly Gate[], effects: readonly Effect[]): Step {
  const settling: readonly Gate[] = state.settlingSince === undefined ? [] : ['settle'];
  return [
    { ...state, relaunch: false, phase: { id: 'waiting', gates: ['dependencies', ...settling, ...gates] } },
    effects,
  ];
}

/** Opens or closes one gate; the last one to open launches. */
function gate(state: ServiceState, name: Gate, open: boolean, now: number): Step {
  const { phase } = state;
  if (phase.id !== 'waiting' || phase.gates.includes(name) !== open) return stay(state);
  const gates = open ? phase.gates.filter(other => other !== name) : [name, ...phase.gates];
  if (gates.length > 0) return stay({ ...state, phase: { id: 'waiting', gates } });
  const run = state.lastRun + 1;
  const files = filesOf(state.cause);
  const counts = state.lastRun > 0 && isRestart(state.cause) && !state.withdrawn;
  return [
    {
      ...state,
      lastRun: run,
      launchedAt: now,
      launchedBy: files,
      readyAt: undefined,
      withdrawn: false,
      restarts: state.restarts + (counts ? 1 : 0),
      selfWrites: files.length > 0 ? state.selfWrites : noSelfWrites,
      phase: { id: 'starting', run },
    },
    [{ type: 'launch', run }],
  ];
}

function probed(state: ServiceState, signal: Extract<Signal, { type: 'probed' }>, now: number): Step {
  const { phase } = state;
  if (!isLive(phase)) return stay(state);
  if (signal.healthy) {
    if (phase.id === 'ready') return stay(state);
    return stay({
      ...state,
      readyAt: state.readyAt ?? now,
      cause: { type: 'probe' },
      phase: { id: 'ready', run: phase.run },
    });
  }
  const problem = signal.problem ?? '';
  if (phase.id === 'unhealthy' && phase.problem === problem) return stay(state);
  return stay({ ...state, cause: { type: 'probe', problem }, phase: { id: 'unhealthy', run: phase.run, problem } });
}

function unresponsive(state: ServiceState, problem: string, policy: Policy): Step {
  const exit: Exit = { reason: 'unresponsive', problem };
  return terminate({ ...state, cause: { type: 'exit', exit } }, policy, exit);
}

function exited(state: ServiceState, exit: Exit, lingering: boolean, policy: Policy, now: number): Step {
  const { phase } = state;
  // What made us end it says more than the signal that did.
  const reason = phase.id === 'stopping' && phase.exit?.reason === 'unresponsive' ? phase.exit : exit;
  if (!lingering) return gone(state, reason, policy, now);
  if (phase.id === 'stopping') return stay({ ...state, phase: { ...phase, exit: reason } });
  // It ended by itself and left children behind: they go before anything else happens.
  return terminate({ ...state, cause: { type: 'exit', exit } }, policy, exit);
}

/** The run and its whole process group are gone. */
function gone(before: ServiceState, exit: Exit | undefined, policy: Policy, now: number): Step {
  const { phase } = before;
  const effects: Effect[] = phase.id === 'stopping' && !phase.forced ? [disarm('grace')] : [];
  const state: ServiceState = { ...before, lastExit: exit ?? before.lastExit };
  if (state.want === 'down') return [{ ...state, relaunch: false, phase: { id: 'stopped' } }, effects];
  if (state.relaunch || exit === undefined) return wait(state, [], effects);
  return ended(state, exit, policy, now, effects);
}

/** It ended by itself: again, or not. */
function ended(before: ServiceState, exit: Exit, policy: Policy, now: number, effects: readonly Effect[]): Step {
  const { restart } = policy;
  const wasHealthy = before.readyAt !== undefined && now - before.readyAt >= HEALTHY_MS;
  const earlier = wasHealthy ? [] : before.crashes.filter(at => at > now - restart.windowMs);
  const isClean = exit.reason === 'code' && restart.successCodes.includes(exit.code);
  // Under "always" a clean end counts too: it leads to a restart, and restarts have a limit.
  const crashes = isClean && restart.when !== 'always' ? earlier : [...earlier, now];
  const state: ServiceState = { ...before, crashes, cause: { type: 'exit', exit } };
  const isAgain =
    restart.when === 'always' ||
    (restart.when === 'on-failure' && !isClean) ||
    exit.reason === 'unresponsive' ||
    exit.reason === 'lost';
  if (exit.reason !== 'not-started' && isAgain && crashes.length <= restart.limit) {
    const pause = Math.min(restart.backoffMs * 2 ** Math.max(0, crashes.length - 1), restart.backoffMaxMs);
    const ms = Math.round(pause * (1 + LARGEST_JITTER * policy.chance));
    return [{ ...state, phase: { id: 'backoff', exit, retryAt: now + ms } }, [...effects, arm('backoff', ms)]];
  }
  return [{ ...state, phase: { id: isClean && !isAgain ? 'completed' : 'failed', exit } }, effects];
}

function timerOver(state: ServiceState, timer: Timer, now: number): Step {
  const { phase } = state;
  switch (timer) {
    case 'grace':
      return phase.id === 'stopping' && !phase.forced
        ? [{ ...state, phase: { ...phase, forced: true } }, [{ type: 'kill', run: phase.run }]]
        : stay(state);
    case 'backoff':
      return phase.id === 'backoff'
        ? wait({ ...state, cause: { type: 'retry', attempt: state.crashes.length } }, [], [])
        : stay(state);
    case 'settle':
      return gate({ ...state, settlingSince: undefined }, 'settle', true, now);
    case 'delay':
      return gate(state, 'delay', true, now);
  }
}

const arm = (timer: Timer, ms: number): Effect => ({ type: 'arm', timer, ms });
const disarm = (timer: Timer): Effect => ({ type: 'disarm', timer });
const filesOf = (cause: Cause | undefined): readonly string[] =>
  cause?.type === 'files' || cause?.type === 'env-file' ? cause.files : [];
const isRestart = (cause: Cause | undefined): boolean =>
  cause !== undefined && !(cause.type === 'user' && (cause.action === 'start' || cause.action === 'debug'));

/**
 * Watches one run: when it is ready, when it no longer is, when it no longer lives.
 *
 * Looks are frequent while it starts (10 ms, growing) and rare once it is ready. Without a `ready` probe the first
 * declared TCP port decides, and without one that the run has lived for a moment; neither is looked at again later.
 */
import type { Probe, Service } from '../system.js';
import type { Clock } from './clock.js';
import { type Look, lookAt, type RunProbeCommand } from './probes/probe.js';

/** First pause between two looks while starting, ms; each further one is a quarter longer. */
const LOOK_FIRST_MS = 10;
const GROWTH = 1.25;
/** Longest pause while starting, ms. */
const LOOK_LATER_MS = 250;
/**
 * A service without a port counts as ready after this many ms, once it has come to rest: most that fail at their start
 * have done so by then. On a busy machine a start takes longer, but one that waits for a processor is not at rest.
 */
export const SETTLED_MS = 250;
/** ms between two looks whether it is at rest; it has to be twice in a row. */
const REST_LOOK_MS = 50;
/** ms after which one that never rests counts as ready all the same. */
const RESTLESS_MS = 3000;

/** ms without an answer after which it is looked at where the service listens instead; then after twice as many, up to the second. */
const SILENCE_MS = 1000;
const LONGEST_SILENCE_MS = 30_000;

/** Looks once; a parameter, so that tests need no network. */
export type LookAt = (service: Service, probe: Exclude<Probe, { kind: 'log' }>, run: RunProbeCommand) => Promise<Look>;

export interface HealthOptions {
  readonly service: Service;
  /** Whether it is ready is told by somebody else; only its `live` probe is for us. */
  readonly isReadyTold: boolean;
  readonly clock: Clock;
  readonly run: RunProbeCommand;
  readonly look?: LookAt;
  /** Whether the run's processes have had nothing to do since the last time this was asked; default: not asked. */
  readonly isAtRest?: () => Promise<boolean>;
  /** Its port has been silent for a while; called again and again, until it is ready. */
  silent?(): void;
  ready(): void;
  unready(problem: string): void;
  unresponsive(problem: string): void;
}

export class Health {
  readonly #options: HealthOptions;
  readonly #launchedAt: number;
  /** When it is to be said next that nothing answers. */
  #silentAt: number;
  readonly #cancels = new Set<() => void>();
  /** Settled by a line that matches. */
  #pattern: RegExp | undefined;
  #lastText = '';
  #isStopped = false;
  #wasReady = false;

  constructor(options: HealthOptions) {
    this.#options = options;
    const { service, clock, isReadyTold } = options;
    this.#launchedAt = clock.now();
    this.#silentAt = this.#launchedAt + SILENCE_MS;
    if (service.type === 'external' || service.once) return; // a task is done when it ends
    if (service.live && service.live.kind !== 'log') this.#watchLife(service.live);
    if (isReadyTold) return;
    const probe = service.ready ?? defaultProbe(service);
    if (probe === 'launched') this.#after(0, () => this.#ready());
    else if (probe === undefined) this.#after(SETTLED_MS, () => void this.#awaitRest(SETTLED_MS, 0));
    else if (probe.kind === 'log') this.#pattern = new RegExp(probe.pattern);
    else this.#after(LOOK_FIRST_MS, () => void this.#lookUntilReady(probe, LOOK_FIRST_MS, service.ready !== undefined));
  }

  /** Whether {@link sees} has any effect. */
  get isListening(): boolean {
    return this.#pattern !== undefined && !this.#isStopped;
  }

  /** Output of the run: whole lines, or (`isPartial`) the beginning of one. For `log` probes. */
  sees(texts: readonly string[], isPartial: boolean): void {
    if (!this.#pattern || this.#isStopped) return;
    // A partial line is given out piece by piece; a pattern may stretch over the pieces.
    const [first = '', ...rest] = texts;
    const candidates = isPartial ? [this.#lastText + first] : [first, ...rest];
    this.#lastText = isPartial ? this.#lastText + first : '';
    if (!candidates.some(text => this.#pattern?.test(text))) return;
    this.#pattern = undefined;
    this.#ready();
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #ready(): void {
    this.#wasReady = true;
    this.#options.ready();
  }

  async #awaitRest(livedMs: number, restsInARow: number): Promise<void> {
    const { isAtRest } = this.#options;
    if (!isAtRest || livedMs >= RESTLESS_MS) return this.#ready();
    const rests = (await isAtRest()) ? restsInARow + 1 : 0;
    if (this.#isStopped) return;
    if (rests >= 2) return this.#ready();
    this.#after(REST_LOOK_MS, () => void this.#awaitRest(livedMs + REST_LOOK_MS, rests));
  }

  async #lookUntilReady(probe: Exclude<Probe, { kind: 'log' }>, pauseMs: number, isDeclared: boolean): Promise<void> {
    const look = await this.#look(probe);
    if (this.#isStopped) return;
    if (look.healthy) {
      this.#ready();
      if (isDeclared) this.#keepLooking(probe, 0);
      return;
    }
    if (probe.kind !== 'exec' && this.#options.clock.now() >= this.#silentAt) {
      this.#silentAt += Math.min(this.#silentAt - this.#launchedAt, LONGEST_SILENCE_MS);
      this.#options.silent?.();
    }
    const next = Math.min(pauseMs * GROWTH, LOOK_LATER_MS, probe.intervalMs);
    this.#after(pauseMs, () => void this.#lookUntilReady(probe, next, isDeclared));
  }

  /** Once ready: rarely, and only several failures in a row count. */
  #keepLooking(probe: Exclude<Probe, { kind: 'log' }>, failures: number): void {
    this.#after(probe.intervalMs, async () => {
      const look = await this.#look(probe);
      if (this.#isStopped) return;
      if (look.healthy && failures >= probe.retries) this.#ready();
      if (!look.healthy && failures + 1 === probe.retries) this.#options.unready(look.problem);
      this.#keepLooking(probe, look.healthy ? 0 : failures + 1);
    });
  }

  #watchLife(probe: Exclude<Probe, { kind: 'log' }>, failures = 0): void {
    this.#after(probe.intervalMs, async () => {
      const look = await this.#look(probe);
      if (this.#isStopped) return;
      const lived = this.#options.clock.now() - this.#launchedAt;
      // Without a start period, what has not come up yet is starting, not dead.
      const isEarly = probe.startPeriodMs > 0 ? lived < probe.startPeriodMs : !this.#wasReady;
      const inARow = look.healthy || isEarly ? 0 : failures + 1;
      if (!look.healthy && inARow >= probe.retries) return this.#options.unresponsive(look.problem);
      this.#watchLife(probe, inARow);
    });
  }

  #look(probe: Exclude<Probe, { kind: 'log' }>): Promise<Look> {
    const { service, run, look = lookAt } = this.#options;
    return look(service, probe, run);
  }

  #after(ms: number, callback: () => void): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    this.#cancels.add(cancel);
  }
}

/** Its first declared TCP port accepts connections. */
function defaultProbe(service: Service): (Probe & { kind: 'tcp' }) | undefined {
  const port = service.ports.find(each => !each.automatic && each.protocol === 'tcp');
  return (
    port && { kind: 'tcp', port: port.host, intervalMs: LOOK_LATER_MS, timeoutMs: 1000, retries: 1, startPeriodMs: 0 }
  );
}

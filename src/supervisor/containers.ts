/** The containers of a system: the one engine they run on, what they need there, and what is left of it at the end. */
import type { ExecOptions, ExecSession } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { ContainerService, Service, System } from '../system.js';
import type { Clock } from './clock.js';
import type { Place } from './discovery/container-sight.js';
import { GatewayRelay } from './discovery/gateway-relay.js';
import { EngineConnection } from './engine/connection.js';
import type { Engine, EngineEvent } from './engine/engine.js';
import { gatewaysOf } from './engine/gateways.js';
import { LABEL } from './engine/labels.js';
import type { Provision } from './engine/provision.js';
import type { Registry } from './registry.js';
import { type ContainerFollower, type ContainerHost, createContainerRunner } from './runners/container.js';
import type { Owner } from './runners/owner.js';
import type { Runner } from './runners/runner.js';

/** ms that the end waits for an engine that may hold something of ours: what it was away for, or what a killed fuge left. */
const LAST_PATIENCE_MS = 10_000;
/** ms to wait for an engine that has just gone. */
const EXEC_PATIENCE_MS = 2000;

export interface ContainersOptions {
  readonly clock: Clock;
  readonly owner: Owner;
  readonly registry: Registry;
  /** fuge's own environment: DOCKER_HOST and others. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  system(): System;
  notice(problem: Diagnostic): void;
  /** The engine came, went, or was looked for in vain. */
  changed(): void;
  /** Where containers look for this machine, on an engine of this machine. */
  gatewaysChanged(addresses: readonly string[]): void;
  /** For tests: an engine that answers by hand. */
  readonly connect?: () => Promise<Engine>;
}

export class Containers {
  readonly #options: ContainersOptions;
  readonly #connection: EngineConnection;
  readonly #relay: GatewayRelay;
  #asksForGateways = 0;
  readonly #followers = new Map<string, ContainerFollower>();
  #provision: Provision | undefined;
  /** The engine was asked for containers, or it is known that a killed fuge did. */
  #mayHoldSomething = false;
  readonly runner: Runner<ContainerService>;

  constructor(options: ContainersOptions) {
    this.#options = options;
    const { clock } = options;
    this.#relay = new GatewayRelay(clock);
    this.#connection = new EngineConnection({
      clock,
      // Of any owner: a kept container has the labels of the fuge that made it.
      label: LABEL.owner,
      connect: async () => (await this.#provisioned()).connect(),
      prepare: async engine => (await this.#provisioned()).sweep(engine),
      heard: event => this.#heard(event),
      changed: () => void this.#changed(),
    });
    const host: ContainerHost = {
      clock,
      connected: signal => this.#connection.connected(signal),
      prepare: async (engine, order, about) => {
        const prepared = await (await this.#provisioned()).prepare(engine, order, about);
        void this.#relayTo(engine); // its network may be new
        return prepared;
      },
      startProblem: async (engine, service, error) => (await this.#provisioned()).startProblem(engine, service, error),
      follow: (id, follower) => {
        this.#followers.set(id, follower);
        return () => this.#followers.delete(id);
      },
    };
    this.runner = createContainerRunner(host);
  }

  /** Whether a container can be started now. */
  get isConnected(): boolean {
    return this.#connection.engine !== undefined;
  }

  /** Whether an engine was looked for in vain. */
  get isMissing(): boolean {
    return this.#connection.problem !== undefined;
  }

  /** From now on an engine is looked for. */
  want(): void {
    this.#connection.want();
  }

  /** A fuge was killed together with its guard: what it left is cleared, also where no container is started now. */
  sweep(): void {
    this.#mayHoldSomething = true;
    this.want();
  }

  /** A process of this machine is up, or is not: containers reach it also where it listens at loopback only. */
  reviewLocal(service: Service, isUp: boolean): void {
    this.#relay.review(service, isUp);
  }

  /** Containers that start together ask once, and once more when the last of them is made. */
  async #relayTo(engine: Engine): Promise<void> {
    this.#asksForGateways++;
    if (process.platform !== 'linux' || this.#asksForGateways > 1) return;
    for (let asked = 0; asked < this.#asksForGateways; ) {
      asked = this.#asksForGateways;
      const gateways = await gatewaysOf(engine, [`${LABEL.owner}=${this.#options.owner.id}`]).catch(() => undefined);
      if (!gateways) continue;
      this.#relay.setGateways(gateways);
      this.#options.gatewaysChanged(gateways);
    }
    this.#asksForGateways = 0;
  }

  /** The containers of the system that run now. */
  async places(): Promise<readonly Place[]> {
    const { engine } = this.#connection;
    return engine ? (await this.#provisioned()).places(engine) : [];
  }

  async exec(container: string, argv: readonly string[], options: ExecOptions): Promise<ExecSession> {
    const engine = await this.#connection.connected(AbortSignal.timeout(EXEC_PATIENCE_MS));
    const { openExec } = await import('./engine/exec.js');
    return openExec(engine, container, argv, options);
  }

  /**
   * Nothing runs any more: what was made for the containers goes.
   *
   * @param volumes The volumes, too, with what is in them.
   */
  async close(volumes: boolean): Promise<void> {
    this.#relay.close();
    if (volumes) this.sweep();
    await this.#lastTry();
    const { engine, problem } = this.#connection;
    if (engine) {
      const provisioned = await this.#provisioned();
      await provisioned.clear(engine);
      if (volumes) await provisioned.removeVolumes(engine);
    } else if (volumes && problem !== undefined)
      this.#options.notice({ ...(await this.#provisioned()).unreachable(problem), severity: 'warning' });
    this.#connection.close();
  }

  /** An engine that is away just now may hold what nobody could end there. */
  async #lastTry(): Promise<void> {
    if (!this.#mayHoldSomething) return;
    let cancel = () => {};
    const patience = new Promise<void>(resolve => {
      cancel = this.#options.clock.after(LAST_PATIENCE_MS, resolve);
    });
    await Promise.race([this.#connection.tryNow(), patience]);
    cancel();
  }

  #heard(event: EngineEvent): void {
    this.#followers.get(event.container)?.heard(event);
  }

  async #changed(): Promise<void> {
    const { engine, problem } = this.#connection;
    if (engine) {
      this.#mayHoldSomething = true;
      this.#options.owner.guardContainers(engine.address);
    }
    for (const follower of [...this.#followers.values()]) follower.engineChanged(engine);
    if (!engine && problem !== undefined) this.#options.notice((await this.#provisioned()).unreachable(problem));
    this.#options.changed();
  }

  async #provisioned(): Promise<Provision> {
    if (this.#provision) return this.#provision;
    // Only where there are containers to run: it takes time to load.
    const { Provision } = await import('./engine/provision.js');
    this.#provision ??= new Provision(this.#options);
    return this.#provision;
  }
}

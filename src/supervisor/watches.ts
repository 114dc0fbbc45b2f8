/** Which services are watched: because they start, because somebody says so, and no more because they write their own files. */
import type { Diagnostic } from '../diagnostic.js';
import type { Watching } from '../event.js';
import type { Service, System } from '../system.js';
import type { Actor } from './actor.js';
import { isLocal, writesItsOwnFiles } from './availability.js';
import type { Monitor } from './monitor.js';

export interface WatchesHost {
  readonly monitor: Monitor;
  system(): System;
  actors(): Iterable<Actor>;
  actor(name: string): Actor | undefined;
  /** The watch of a service went on, off, or paused. */
  changed(service: string, watching: Watching): void;
  notice(diagnostic: Diagnostic, service: string): void;
}

export class Watches {
  readonly #host: WatchesHost;

  constructor(host: WatchesHost) {
    this.#host = host;
  }

  async turn(service: Service, on: boolean): Promise<void> {
    const { monitor } = this.#host;
    if (on) await monitor.watch(service);
    else monitor.unwatch(service.name);
    this.#set(service.name, on && monitor.isWatching(service.name) ? 'on' : 'off');
  }

  /** A service starts: it is watched unless the file or somebody at the prompt says otherwise. */
  begin(actor: Actor): void {
    const { service } = actor;
    this.reviewFiles();
    if (actor.watching !== 'off' || !isLocal(service) || !service.watch.enabled) return;
    if (this.#host.monitor.wasUnwatched(service.name)) return;
    void this.turn(service, true);
  }

  /** The system file is watched, and the env files of what is up. */
  reviewFiles(): void {
    const { monitor, system, actors } = this.#host;
    const up = [...actors()].filter(({ state }) => state.want === 'up').map(({ service }) => service);
    monitor.watchSystemFiles(system(), up);
  }

  /** A service is defined anew. `old` is what it was. */
  redefined(actor: Actor, old: Service | undefined): void {
    const { service } = actor;
    const before = old && isLocal(old) ? old.watch : undefined;
    const after = isLocal(service) ? service.watch : undefined;
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const wasTurnedOff = before?.enabled === true && after?.enabled === false;
    if (actor.watching === 'off') {
      if (actor.state.want === 'up') this.begin(actor);
      return;
    }
    this.#host.monitor.pause(service.name);
    // Watched again also where it was paused: the new rules may leave out what the service writes.
    if (after && !wasTurnedOff) void this.turn(service, true);
    else this.#set(service.name, 'off');
  }

  /** A service restarts itself by what it writes. */
  pause(service: Service, files: readonly string[]): void {
    const { monitor, notice } = this.#host;
    monitor.pause(service.name);
    this.#set(service.name, 'paused');
    notice(writesItsOwnFiles(service, files), service.name);
  }

  #set(name: string, watching: Watching): void {
    const actor = this.#host.actor(name);
    if (!actor || actor.watching === watching) return;
    actor.watching = watching;
    this.#host.changed(name, watching);
  }
}

/**
 * Opens and closes the DNS server of a system, as its settings say, and keeps its zone true; a taken port is told.
 *
 * Containers don't reach loopback: for them the same port is open at the gateways of their bridges too, which nobody but
 * containers reaches, and each is told how it reaches the others.
 */
import type { Diagnostic } from '../../diagnostic.js';
import type { DnsRecord } from '../../dns-record.js';
import type { System } from '../../system.js';
import { portHolder } from '../runners/process-group.js';
import { containerSight, type Place } from './container-sight.js';
import type { DnsServer, DnsServerOptions, Forward } from './dns-server.js';
import { type Zone, zoneOf } from './records.js';

export interface DnsOptions {
  system(): System;
  /** Of one of several instances: the others are found in its place until it is. */
  isReady(service: string): boolean;
  /** The containers of the system that run now. */
  places(): Promise<readonly Place[]>;
  notice(problem: Diagnostic): void;
}

export class Dns {
  readonly #options: DnsOptions;
  #open: { readonly address: string; readonly server: DnsServer; readonly passOn: Forward | undefined } | undefined;
  /** Where containers look for this machine. */
  #gateways: readonly string[] = [];
  readonly #atGateways = new Map<string, DnsServer>();
  /** Being asked for just now. */
  #places: Promise<readonly Place[]> | undefined;
  /** One change follows the other. */
  #changing: Promise<void> = Promise.resolve();
  #wasWanted = false;
  #isClosed = false;

  constructor(options: DnsOptions) {
    this.#options = options;
  }

  /** `HOST:PORT` where it answers; undefined: it does not. */
  get address(): string | undefined {
    return this.#open?.address;
  }

  get records(): readonly DnsRecord[] {
    return this.#zone.records;
  }

  get #zone(): Zone {
    const { system, isReady } = this.#options;
    return zoneOf(system(), isReady);
  }

  /** Something is started: from now on the names are wanted. */
  start(): void {
    if (this.#wasWanted) return;
    this.#wasWanted = true;
    this.review();
  }

  /** The system may say otherwise now. */
  review(): void {
    if (this.#wasWanted) this.#changing = this.#changing.then(() => this.#change());
  }

  /** The service has come or gone. Only of instances, and for containers, does an answer depend on it. */
  phaseChanged(service: string): void {
    const { type, instance } = this.#options.system().services.get(service) ?? {};
    if (instance || type === 'container') this.#refresh();
  }

  /** Where containers look for this machine, now. */
  setGateways(addresses: readonly string[]): void {
    this.#gateways = addresses;
    this.review();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#changing;
    await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    const open = [...(this.#open ? [this.#open.server] : []), ...this.#atGateways.values()];
    this.#open = undefined;
    this.#atGateways.clear();
    await Promise.all(open.map(server => server.close()));
  }

  #refresh(): void {
    this.#places = undefined;
    if (this.#open) this.#open.server.zone = this.#zone;
    for (const [gateway, server] of this.#atGateways) server.zone = this.#zoneAt(gateway, [], undefined);
  }

  #zoneAt(gateway: string, places: readonly Place[], reader: Place | undefined): Zone {
    const { system, isReady } = this.#options;
    return zoneOf(system(), isReady, containerSight(system(), gateway, places, reader));
  }

  #look(): Promise<readonly Place[]> {
    if (this.#places) return this.#places;
    const looking = this.#options.places().finally(() => {
      if (this.#places === looking) this.#places = undefined;
    });
    this.#places = looking;
    return looking;
  }

  /** Undefined: nobody of ours has this address. */
  async #zoneFor(address: string, gateway: string | undefined): Promise<Zone | undefined> {
    const plain = address.replace(/^::ffff:/, '');
    const isThere = ({ addresses }: Place) => Object.values(addresses).includes(plain);
    // Who asks may have been started after what is being looked at just now.
    const wasLooking = this.#places !== undefined;
    let places = await this.#look();
    if (wasLooking && !places.some(isThere)) places = await this.#look();
    const reader = places.find(isThere);
    return reader && gateway !== undefined ? this.#zoneAt(gateway, places, reader) : undefined;
  }

  async #change(): Promise<void> {
    const system = this.#options.system();
    const { enabled, host, port, forward } = system.dns;
    const wanted = enabled ? `${host.includes(':') ? `[${host}]` : host}:${port}` : undefined;
    if (this.#isClosed) return;
    if (this.#open && wanted === this.#open.address) {
      this.#refresh();
      return this.#changeAtGateways();
    }
    await this.#closeAll();
    if (wanted === undefined) return;
    const [{ DnsServer }, { createForward }] = await Promise.all([
      import('./dns-server.js'),
      import('./dns-forward.js'),
    ]);
    const passOn = forward === false ? undefined : createForward(forward, () => ({ host, port }));
    try {
      const zoneFor = (address: string) => this.#zoneFor(address, this.#gateways[0]);
      const everywhere = isEveryAddress(host) && ({ shared: 'every', zoneFor } as const);
      const server = await DnsServer.listen(this.#zone, { host, port, forward: passOn, ...everywhere });
      this.#open = { address: wanted, server, passOn };
      // Meanwhile an instance may have become ready.
      this.#refresh();
    } catch (error) {
      this.#tell(wanted, await causeOf(error as NodeJS.ErrnoException, host, port));
    }
    await this.#changeAtGateways();
  }

  async #changeAtGateways(): Promise<void> {
    const { host, port } = this.#options.system().dns;
    const wanted = this.#open ? this.#gateways.filter(address => address !== host) : [];
    for (const [gateway, server] of this.#atGateways) {
      if (wanted.includes(gateway)) continue;
      this.#atGateways.delete(gateway);
      await server.close();
    }
    const shared = isEveryAddress(host) ? 'beside' : undefined;
    const { DnsServer } = await import('./dns-server.js');
    for (const gateway of wanted) {
      if (this.#atGateways.has(gateway)) continue;
      const zoneFor = (address: string) => this.#zoneFor(address, gateway);
      const options: DnsServerOptions = { host: gateway, port, shared, forward: this.#open?.passOn, zoneFor };
      try {
        this.#atGateways.set(gateway, await DnsServer.listen(this.#zoneAt(gateway, [], undefined), options));
      } catch {
        // No bridge has this address just now, or somebody answers there: it is tried again with the next container.
      }
    }
    this.#refresh();
  }

  #tell(address: string, cause: string): void {
    const { origins } = this.#options.system();
    const at = origins.dns_port ?? origins.dns_host ?? origins.dns_enabled;
    this.#options.notice({
      severity: 'warning',
      code: 'dns-port-taken',
      message: `nothing answers DNS: ${address} is ${cause}`,
      ...(at && { at }),
      hint: 'end it, or give another dns_port',
    });
  }
}

const isEveryAddress = (host: string) => host === '0.0.0.0' || host === '::';

async function causeOf(error: NodeJS.ErrnoException, host: string, port: number): Promise<string> {
  if (error.code === 'EACCES') return 'not to be had: ports below 1024 are the administrator’s';
  if (error.code !== 'EADDRINUSE') return `not to be had (${error.code ?? error.message})`;
  const holder = await portHolder(port, host);
  if (holder?.pid === undefined) return 'taken';
  return `taken by pid ${holder.pid}${holder.command ? ` (${holder.command})` : ''}`;
}

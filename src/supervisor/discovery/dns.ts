/** Opens and closes the DNS server of a system, as its settings say, and keeps its zone true; a taken port is told. */
import type { Diagnostic } from '../../diagnostic.js';
import type { DnsRecord } from '../../dns-record.js';
import type { System } from '../../system.js';
import { portHolder } from '../runners/process-group.js';
import type { DnsServer } from './dns-server.js';
import { type Zone, zoneOf } from './records.js';

export interface DnsOptions {
  system(): System;
  /** Of one of several instances: the others are found in its place until it is. */
  isReady(service: string): boolean;
  notice(problem: Diagnostic): void;
}

export class Dns {
  readonly #options: DnsOptions;
  #open: { readonly address: string; readonly server: DnsServer } | undefined;
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

  /** The service has come or gone. Only of instances does an answer depend on it. */
  phaseChanged(service: string): void {
    if (this.#open && this.#options.system().services.get(service)?.instance) this.#open.server.zone = this.#zone;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#changing;
    await this.#open?.server.close();
    this.#open = undefined;
  }

  async #change(): Promise<void> {
    const system = this.#options.system();
    const { enabled, host, port, forward } = system.dns;
    const wanted = enabled ? `${host.includes(':') ? `[${host}]` : host}:${port}` : undefined;
    if (this.#isClosed) return;
    if (this.#open && wanted === this.#open.address) {
      this.#open.server.zone = this.#zone;
      return;
    }
    const old = this.#open;
    this.#open = undefined;
    await old?.server.close();
    if (wanted === undefined) return;
    const [{ DnsServer }, { createForward }] = await Promise.all([
      import('./dns-server.js'),
      import('./dns-forward.js'),
    ]);
    const passOn = forward === false ? undefined : createForward(forward, () => ({ host, port }));
    try {
      const server = await DnsServer.listen(this.#zone, { host, port, forward: passOn });
      // Meanwhile an instance may have become ready.
      server.zone = this.#zone;
      this.#open = { address: wanted, server };
    } catch (error) {
      this.#tell(wanted, await causeOf(error as NodeJS.ErrnoException, host, port));
    }
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

async function causeOf(error: NodeJS.ErrnoException, host: string, port: number): Promise<string> {
  if (error.code === 'EACCES') return 'not to be had: ports below 1024 are the administrator’s';
  if (error.code !== 'EADDRINUSE') return `not to be had (${error.code ?? error.message})`;
  const holder = await portHolder(port, host);
  if (holder?.pid === undefined) return 'taken';
  return `taken by pid ${holder.pid}${holder.command ? ` (${holder.command})` : ''}`;
}

/** Opens and closes the proxy for names in the browser, as the system's `names` says; a taken port is told. */
import type { Diagnostic } from '../../diagnostic.js';
import { portHolder } from '../runners/process-group.js';
import type { NamesProxy, Surroundings } from './proxy.js';

export interface NamesOptions extends Surroundings {
  notice(problem: Diagnostic): void;
}

export class Names {
  readonly #options: NamesOptions;
  #open: { readonly port: number; readonly proxy: NamesProxy } | undefined;
  /** One change follows the other. */
  #changing: Promise<void> = Promise.resolve();
  #wasWanted = false;
  #isClosed = false;

  constructor(options: NamesOptions) {
    this.#options = options;
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

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#changing;
    await this.#open?.proxy.close();
    this.#open = undefined;
  }

  async #change(): Promise<void> {
    const wanted = this.#options.system().names?.port;
    if (this.#isClosed || wanted === this.#open?.port) return;
    const old = this.#open;
    this.#open = undefined;
    await old?.proxy.close();
    if (wanted === undefined) return;
    const declared = this.#declaredBy(wanted);
    if (declared !== undefined) return this.#tell(wanted, `declared by "${declared}"`);
    const { NamesProxy } = await import('./proxy.js');
    const proxy = new NamesProxy(this.#options);
    try {
      await proxy.open(wanted);
      this.#open = { port: wanted, proxy };
    } catch (error) {
      this.#tell(wanted, await causeOf(error as NodeJS.ErrnoException, wanted));
    }
  }

  #declaredBy(port: number): string | undefined {
    const services = [...this.#options.system().services.values()];
    return services.find(({ ports }) => ports.some(each => each.protocol === 'tcp' && each.host === port))?.name;
  }

  #tell(port: number, cause: string): void {
    const at = this.#options.system().origins?.names;
    this.#options.notice({
      severity: 'warning',
      code: 'names-port-taken',
      message: `there are no names in the browser: port ${port} is ${cause}`,
      ...(at && { at }),
      hint: 'end it, or give another port: names: {localhost: PORT}',
    });
  }
}

async function causeOf(error: NodeJS.ErrnoException, port: number): Promise<string> {
  if (error.code !== 'EADDRINUSE') return `not to be had (${error.message})`;
  const holder = (await portHolder(port, '127.0.0.1')) ?? (await portHolder(port, '::1'));
  if (holder?.pid === undefined) return 'taken by a process of another user';
  return `taken by pid ${holder.pid}${holder.command ? ` (${holder.command})` : ''}`;
}

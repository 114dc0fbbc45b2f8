/**
 * Which port of this machine each published port of a Compose project gets.
 *
 * A published port is taken as it is. Of a range the first is taken that no service of the project has, and where nothing is
 * published ("any free one", Compose) the target itself, or the next one after it that is free in the project: a service is
 * found at the same port each time. Ports below 1024 are for administrators, so those are looked for from 8000 up.
 */
import type { Port } from '../../../system.js';
import type { DeclaredPort } from '../../ports.js';
import type { ComposePort } from '../project/canonical.js';
import type { SaidService } from './said.js';

const UNPRIVILEGED = 8000;

export class PortBook {
  readonly #taken = new Set<number>();

  /** @param services All of them: what one has published is not given to another. */
  constructor(services: readonly SaidService[]) {
    for (const { service } of services)
      for (const { published } of service.ports ?? []) {
        const fixed = rangeOf(published);
        if (fixed && fixed.first === fixed.last) this.#taken.add(fixed.first);
      }
  }

  portsOf(said: SaidService): DeclaredPort[] {
    const names = new Set<string>();
    return (said.service.ports ?? []).flatMap((port, index) => {
      const host = this.#hostPort(port);
      if (host === undefined) {
        said.report.error('no-port-left', `there is no free port in ${port.published}`, said.at('ports', index));
        return [];
      }
      // fuge 2's names: the first port is named as the service, the second `<service>2` and so on.
      const given = port.name === undefined || names.has(port.name) ? undefined : port.name;
      const name = given ?? (index === 0 ? said.name : `${said.name}${index + 1}`);
      names.add(name);
      return [
        {
          name,
          host,
          target: port.published === undefined && host === port.target ? undefined : port.target,
          hostAddress: port.host_ip || undefined,
          protocol: protocolOf(port.protocol),
          node: said.text(String(host), 'ports', index),
        },
      ];
    });
  }

  /** The same ports for another instance: of each the next one that is free. */
  portsOfReplica(ports: readonly DeclaredPort[]): DeclaredPort[] {
    return ports.map(port => ({ ...port, host: this.forTarget(port.host), target: port.target ?? port.host }));
  }

  /** A port of this machine for one that is not published, but needed here. */
  forTarget(target: number): number {
    return this.#next(target < 1024 ? target + UNPRIVILEGED : target, 65_535)!;
  }

  /** As {@link forTarget}, and also below 1024 where it is free. */
  likeTarget(target: number): number {
    if (this.#taken.has(target)) return this.forTarget(target);
    this.#taken.add(target);
    return target;
  }

  #hostPort({ published, target }: ComposePort): number | undefined {
    const range = rangeOf(published);
    if (!range) return this.forTarget(target);
    if (range.first !== range.last) return this.#next(range.first, range.last);
    return range.first;
  }

  #next(first: number, last: number): number | undefined {
    for (let port = first; port <= last; port++) {
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    return undefined;
  }
}

function rangeOf(published: string | undefined): { first: number; last: number } | undefined {
  const [first, last = first] = (published ?? '').split('-').map(Number);
  return first ? { first, last: last! } : undefined;
}

function protocolOf(protocol: string): Port['protocol'] {
  const lower = protocol.toLowerCase();
  return lower === 'udp' || lower === 'sctp' ? lower : 'tcp';
}

/**
 * Which port of this machine each published port of a Compose project gets.
 *
 * A published port is taken as it is. Of a range the first is taken that no service of the project has, and where nothing is
 * published ("any free one", Compose) the target itself, or the next one after it that is free in the project: a service is
 * found at the same port each time. Ports below 1024 are for administrators, so those are looked for from 8000 up.
 */
import { LAST_PORT, type PortNumbers, pickedKey } from '../../../port-numbers.js';
import type { Port } from '../../../system.js';
import { type DeclaredPort, withOffset } from '../../ports.js';
import type { SaidService } from './said.js';
import { firstNameOf } from './supervised.js';

const UNPRIVILEGED = 8000;

export class PortBook {
  readonly #taken = new Set<number>();

  /** @param services All of them: what one has published is not given to another. */
  constructor(
    services: readonly SaidService[],
    private readonly numbers: PortNumbers,
  ) {
    for (const { service } of services)
      for (const { published } of service.ports ?? []) {
        const fixed = rangeOf(published);
        if (fixed && fixed.first === fixed.last) this.#taken.add(fixed.first + numbers.offset);
      }
    for (const port of numbers.picked.values()) this.#taken.add(port);
  }

  /** @param isElsewhere It runs elsewhere: its ports stay what they are. */
  portsOf(said: SaidService, isElsewhere: boolean): DeclaredPort[] {
    const names = new Set<string>();
    return (said.service.ports ?? []).flatMap((port, index) => {
      // fuge 2's names: the first port is named as the service, the second `<service>2` and so on.
      const given = port.name === undefined || names.has(port.name) ? undefined : port.name;
      const name = given ?? (index === 0 ? said.name : `${said.name}${index + 1}`);
      names.add(name);
      const range = rangeOf(port.published);
      const isPicked = range === undefined && !isElsewhere;
      const host = isElsewhere
        ? (range?.first ?? port.target)
        : range
          ? this.#published(range, said, index)
          : (this.pickedFor(firstNameOf(said), name) ?? this.forTarget(port.target));
      if (host === undefined) {
        said.report.error('no-port-left', `there is no free port in ${port.published}`, said.at('ports', index));
        return [];
      }
      return [
        {
          name,
          host,
          target: port.published === undefined && host === port.target ? undefined : port.target,
          hostAddress: port.host_ip || undefined,
          protocol: protocolOf(port.protocol),
          node: said.text(String(host), 'ports', index),
          ...(isPicked && { picked: true }),
          ...(range && host !== range.first && range.first === range.last && { written: range.first }),
        },
      ];
    });
  }

  /** The same ports for another instance: of each the next one that is free. */
  portsOfReplica(name: string, ports: readonly DeclaredPort[]): DeclaredPort[] {
    return ports.map(({ written, ...port }) => ({
      ...port,
      host: this.pickedFor(name, port.name) ?? this.#after(port.host),
      target: port.target ?? written ?? port.host,
      picked: true,
    }));
  }

  /** What was picked for a port that is not published at a number. */
  pickedFor(service: string, port: string): number | undefined {
    return this.numbers.picked.get(pickedKey(service, port));
  }

  /** A port of this machine for one that is not published, but needed here. */
  forTarget(target: number): number {
    return this.#after((target < 1024 ? target + UNPRIVILEGED : target) + this.numbers.offset);
  }

  /** As {@link forTarget}, and also below 1024 where it is free. */
  likeTarget(target: number): number {
    const host = target + this.numbers.offset;
    if (this.#taken.has(host) || host > LAST_PORT) return this.forTarget(target);
    this.#taken.add(host);
    return host;
  }

  #published({ first, last }: Range, said: SaidService, index: number): number | undefined {
    const place = said.at('ports', index);
    const begin = withOffset(first, this.numbers, place, said.report);
    return first === last ? begin : this.#next(begin, withOffset(last, this.numbers, place, said.report));
  }

  #after(port: number): number {
    return this.#next(port, LAST_PORT) ?? this.#next(UNPRIVILEGED, LAST_PORT)!;
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

interface Range {
  readonly first: number;
  readonly last: number;
}

function rangeOf(published: string | undefined): Range | undefined {
  const [first, last = first] = (published ?? '').split('-').map(Number);
  return first ? { first, last: last! } : undefined;
}

function protocolOf(protocol: string): Port['protocol'] {
  const lower = protocol.toLowerCase();
  return lower === 'udp' || lower === 'sctp' ? lower : 'tcp';
}

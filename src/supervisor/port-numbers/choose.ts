/**
 * Loads a system with the numbers that its ports have on this machine now.
 *
 * - A system that runs keeps its numbers: who reads its file beside the fuge that runs it sees the same ones.
 * - A picked port stays what it was last time while that is free, else it is the nearest free one from what it wishes for.
 * - The offset `auto` stays what it was last time while all ports are free there, else it is the smallest multiple of 100 at
 *   which they are; 0 is one.
 */
import { readFileSync } from 'node:fs';
import {
  candidatesFrom,
  LAST_PORT,
  OFFSET_STEP,
  PLAIN_PORTS,
  type PortNumbers,
  type PortOffset,
  pickedKey,
} from '../../port-numbers.js';
import type { Port, Service, System } from '../../system.js';
import { Registry, registryDirectory } from '../registry.js';
import { isFree } from './free.js';
import { PortMemory } from './memory.js';

export interface NumbersOptions {
  /** Undefined: that of the fuge which runs the system, else none. */
  readonly offset: PortOffset | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For tests. */
  readonly isFree?: typeof isFree;
}

interface Loaded {
  readonly system: System | undefined;
}

/** @param load Reads the system with these numbers; it is asked once, unless the numbers turn out to be others. */
export async function loadWithNumbers<T extends Loaded>(
  load: (numbers: PortNumbers) => Promise<T>,
  options: NumbersOptions,
): Promise<T> {
  const { offset } = options;
  const first = await load(typeof offset === 'number' ? { ...PLAIN_PORTS, offset } : PLAIN_PORTS);
  if (!first.system || (typeof offset === 'number' && pickedPorts(first.system).length === 0)) return first;
  return new Choice(first, first.system, load, options).make();
}

class Choice<T extends Loaded> {
  readonly #isFree: typeof isFree;
  readonly #options: NumbersOptions;

  constructor(
    private readonly first: T,
    private readonly system: System,
    private readonly load: (numbers: PortNumbers) => Promise<T>,
    options: NumbersOptions,
  ) {
    this.#options = options;
    this.#isFree = options.isFree ?? isFree;
  }

  async make(): Promise<T> {
    const { system } = this;
    const owner = new Registry(registryDirectory(this.#options.environment)).findOwner(system.file);
    const wanted = this.#options.offset;
    if (!owner && wanted === undefined && pickedPorts(system).length === 0) return this.first;
    const memory = new PortMemory(system.file, this.#options.environment);
    const before = memory.read();
    const offset =
      typeof wanted === 'number'
        ? wanted
        : owner
          ? (owner.portOffset ?? 0)
          : wanted === 'auto'
            ? await this.#freeOffset(before.offset)
            : 0;
    const base = offset === system.portOffset ? this.first : await this.load({ ...PLAIN_PORTS, offset });
    if (!base.system) return base;
    const last = before.pickedAt.get(offset) ?? new Map<string, number>();
    const picked = await this.#pick(base.system, last, owner !== undefined);
    const auto = wanted === 'auto' ? offset : before.offset;
    if (auto !== before.offset || !isSame(picked, last)) {
      const others = [...before.pickedAt].filter(([at]) => at !== offset);
      memory.write({ offset: auto, pickedAt: new Map([...others, [offset, picked]]) });
    }
    const isAsLoaded = pickedPorts(base.system).every(({ key, port }) => picked.get(key) === port.host);
    return isAsLoaded ? base : this.load({ offset, picked });
  }

  /** @param isRunning The remembered ports are held by the system itself. */
  async #pick(system: System, before: ReadonlyMap<string, number>, isRunning: boolean): Promise<Map<string, number>> {
    const ports = pickedPorts(system);
    const keys = new Set(ports.map(({ key }) => key));
    const taken = new Set(openedPorts(system).flatMap(({ key, port }) => (keys.has(key) ? [] : [port.host])));
    const picked = new Map<string, number>();
    const take = (key: string, port: number) => {
      picked.set(key, port);
      taken.add(port);
    };
    const wanting = [];
    for (const wish of ports) {
      const last = before.get(wish.key);
      const isKept =
        last !== undefined &&
        !taken.has(last) &&
        (isRunning || (await this.#isFree(last, wish.port.protocol, wish.address)));
      if (isKept) take(wish.key, last);
      else wanting.push(wish);
    }
    const client = clientPorts();
    for (const { key, port, address } of wanting)
      for (const candidate of candidatesFrom(port.host)) {
        if (taken.has(candidate) || (candidate !== port.host && client(candidate))) continue;
        if (!(await this.#isFree(candidate, port.protocol, address))) continue;
        take(key, candidate);
        break;
      }
    return picked;
  }

  async #freeOffset(last: number | undefined): Promise<number> {
    const ports = openedPorts(this.system).filter(({ port }) => !port.picked);
    const highest = Math.max(0, ...ports.map(({ port }) => port.host));
    const isFreeAt = async (offset: number) => {
      for (const { port, address } of ports)
        if (!(await this.#isFree(port.host + offset, port.protocol, address))) return false;
      return true;
    };
    if (last !== undefined && highest + last <= LAST_PORT && (await isFreeAt(last))) return last;
    for (let offset = 0; highest + offset <= LAST_PORT; offset += OFFSET_STEP)
      if (await isFreeAt(offset)) return offset;
    return 0;
  }
}

interface OpenedPort {
  readonly key: string;
  readonly port: Pick<Port, 'host' | 'protocol' | 'picked'>;
  readonly address: string;
}

const pickedPorts = (system: System) => openedPorts(system).filter(({ port }) => port.picked);

/** The ports of this machine that the system opens when all of it runs. */
function openedPorts(system: System): OpenedPort[] {
  const { names, dns } = system;
  return [
    ...[...system.services.values()].filter(({ type }) => type !== 'external').flatMap(portsOf),
    ...(names ? [{ key: '', port: { host: names.port, protocol: 'tcp' as const }, address: '127.0.0.1' }] : []),
    ...(dns.enabled ? [{ key: '', port: { host: dns.port, protocol: 'udp' as const }, address: dns.host }] : []),
  ];
}

function portsOf({ name, host, ports }: Service): OpenedPort[] {
  return ports.map(port => ({ key: pickedKey(name, port.name), port, address: port.hostAddress ?? host }));
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([key, port]) => b.get(key) === port);
}

/** Ports that the system gives to clients: one of these is free now and taken by the next connection. */
function clientPorts(): (port: number) => boolean {
  try {
    const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1');
    const [first = 0, last = -1] = text.trim().split(/\s+/).map(Number);
    // Where nearly all ports are given to clients there is no better one.
    return port => first > 10_000 && port >= first && port <= last;
  } catch {
    return () => false;
  }
}

/**
 * Which numbers the ports of a system get beyond what its files say: those of `auto`, and the offset of a second checkout.
 *
 * - The offset is added to every port of this machine that fuge or its services open: declared ones, those of services that
 *   declare none, DNS, names in the browser. Not to ports inside containers, nor to services that run elsewhere.
 * - A picked port (`auto`; of a Compose file one that says no port of this machine) is wished for at one number, and looked for
 *   upwards from there. What is wished for follows from the system file, the service and the port's name alone.
 */

export interface PortNumbers {
  readonly offset: number;
  /** By {@link pickedKey}; one that is not among them gets what it wishes for. */
  readonly picked: ReadonlyMap<string, number>;
}

/** As the files say it. */
export const PLAIN_PORTS: PortNumbers = { offset: 0, picked: new Map() };

/** `auto`: the smallest multiple of {@link OFFSET_STEP} at which no port of the system is taken. */
export type PortOffset = number | 'auto';

export const OFFSET_STEP = 100;
export const LAST_PORT = 65_535;
/** Where `auto` finds its ports: above what servers use by default, below what Linux gives to clients. */
const PICKED_FIRST = 20_000;
const PICKED_COUNT = 10_000;

export const pickedKey = (service: string, port: string) => `${service}/${port}`;

/** The number that an `auto` port gets if it is free (FNV-1a of file, service and name). */
export function wishedPort(systemFile: string, service: string, port: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${systemFile}\0${service}\0${port}`)
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return PICKED_FIRST + (hash % PICKED_COUNT);
}

/** The numbers to try for a picked port, best first: upwards from what it wishes for, then from the begin of the range. */
export function* candidatesFrom(wished: number): Generator<number> {
  for (let port = wished; port <= LAST_PORT; port++) yield port;
  for (let port = Math.min(PICKED_FIRST, wished); port < wished; port++) yield port;
}

/** `100`, `0`, `auto`; undefined: it is neither. */
export function parsePortOffset(text: string): PortOffset | undefined {
  const plain = text.trim();
  if (plain === 'auto') return 'auto';
  return /^\+?\d{1,5}$/.test(plain) && Number(plain) < LAST_PORT ? Number(plain) : undefined;
}

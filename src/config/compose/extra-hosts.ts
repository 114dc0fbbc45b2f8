/**
 * `extra_hosts` of a Compose service.
 *
 * Rules (Compose Specification, "extra_hosts"):
 * - A list of `HOST=ADDRESS` or `HOST:ADDRESS` (the first `=` separates, else the first `:`), or a map of a host to an
 *   address or a list of them. In a list, `ADDRESS` may be several, with commas, and a host may come again: addresses add up.
 * - Brackets around an address (`[::1]`) are left out. An address may be the word `host-gateway`.
 * - A host has a name, in which neither `:` nor `=` stands.
 */

export type ExtraHosts =
  | { readonly hosts: ReadonlyMap<string, readonly string[]>; readonly problem?: undefined }
  | {
      readonly problem: string;
      /** Index in the list, or key in the map, of what is wrong. */
      readonly at: number | string;
      readonly hosts?: undefined;
    };

/** Addresses by host, from the plain value of the key; or what is wrong with it. */
export function parseExtraHosts(
  value: readonly string[] | Readonly<Record<string, string | null | readonly string[]>>,
): ExtraHosts {
  const hosts = new Map<string, string[]>();
  for (const { at, text, host, addresses } of isList(value) ? value.map(splitHost) : entriesOf(value)) {
    if (host === undefined) return { problem: `"${text}" has no address: it must be host=address`, at };
    if (host === '' || /[:=]/.test(host)) return { problem: `"${host}" can't be the name of a host`, at };
    const known = hosts.get(host) ?? [];
    for (const address of addresses) known.push(withoutBrackets(address));
    hosts.set(host, known);
  }
  return { hosts };
}

interface HostEntry {
  readonly at: number | string;
  readonly text: string;
  /** Undefined: nothing separates host and address. */
  readonly host: string | undefined;
  readonly addresses: readonly string[];
}

function splitHost(text: string, at: number): HostEntry {
  const separator = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
  if (separator === -1) return { at, host: undefined, text, addresses: [] };
  return { at, text, host: text.slice(0, separator), addresses: text.slice(separator + 1).split(',') };
}

function entriesOf(value: Readonly<Record<string, string | null | readonly string[]>>): HostEntry[] {
  return Object.entries(value).map(([host, given]) => ({
    at: host,
    text: host,
    host,
    addresses: typeof given === 'string' || given === null ? [given ?? ''] : given,
  }));
}

function withoutBrackets(address: string): string {
  return address.length > 2 && address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

/**
 * What a variable of a Compose service says in the words of containers, in the words of this machine: for services that run as
 * processes here, where nobody can look up the others' names and a port may be another one than in the container.
 *
 * - `db:5432` becomes the address at which that port of `db` is reached here; so does the host in a URL (`http://api/`, at the
 *   scheme's port), and a variable that is called after a host (`DB_HOST`) and holds nothing but a name.
 * - The service's own port is replaced where it is said what to listen on: in variables called PORT or `…_PORT`, and behind
 *   an address that means "all" or "this machine" (`0.0.0.0:8000`).
 * - The path of a file that the service is given becomes where it lies here.
 */

/** Plain data, so that it can be kept in a system: env files are read, and translated, at each launch. */
export interface Translation {
  /** By the names that others are known by. */
  readonly peers: Readonly<Record<string, PeerPorts>>;
  /** The service's own ports: of this machine by those of the container, where they differ. */
  readonly ports: Readonly<Record<string, number>>;
  /** Paths here by paths in the container. */
  readonly files: Readonly<Record<string, string>>;
}

export interface PeerPorts {
  /** In the container: the one that is meant where only the host is said. */
  readonly main: number | undefined;
  /** Of this machine by those of the container. */
  readonly ports: Readonly<Record<string, number>>;
}

export function translate({ peers, ports, files }: Translation, variable: string, value: string): string {
  const here = (Object.hasOwn(files, value) ? files[value] : undefined) ?? value;
  const own = translatePorts(variable, here, target => entryOf(ports, target));
  return translateHosts(variable, own, patternOf(peers), (name, target) => {
    const peer = entryOf(peers, name);
    const wanted = target ?? peer?.main;
    return wanted === undefined ? undefined : entryOf(peer?.ports ?? {}, String(wanted));
  });
}

function entryOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** One table serves all services of a project, and many variables. */
const patterns = new WeakMap<Translation['peers'], { readonly pattern: RegExp | undefined }>();

function patternOf(peers: Translation['peers']): RegExp | undefined {
  const known = patterns.get(peers) ?? { pattern: hostPattern(Object.keys(peers)) };
  patterns.set(peers, known);
  return known.pattern;
}

const HERE = '127.0.0.1';
/** Ports that a URL without one means. */
const SCHEMES: Readonly<Record<string, number>> = {
  amqp: 5672,
  http: 80,
  https: 443,
  mariadb: 3306,
  mongodb: 27_017,
  mysql: 3306,
  nats: 4222,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  ws: 80,
};

/** Finds the names where they stand as hosts; undefined: there are none. */
export function hostPattern(names: readonly string[]): RegExp | undefined {
  if (names.length === 0) return undefined;
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  const either = longestFirst.map(name => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(
    `(?:\\b([a-z][a-z0-9+.-]*):)?(//(?:[^\\s/@]*@)?)?(?<![\\w.-])(${either})(?::(\\d+))?(?![\\w.-])`,
    'g',
  );
}

/** The port of this machine for one of a service; without a target the service's main one. Undefined: the text stays. */
export type PortOf = (name: string, target: number | undefined) => number | undefined;

export function translateHosts(variable: string, value: string, pattern: RegExp | undefined, portOf: PortOf): string {
  if (!pattern) return value;
  const whole = value.match(pattern)?.[0] === value && /^[^:/]*$/.test(value);
  if (whole) return isHostVariable(variable) && portOf(value, undefined) !== undefined ? HERE : value;
  return value.replace(
    pattern,
    (text, scheme: string | undefined, slashes: string | undefined, name: string, given: string | undefined) => {
      const byScheme = slashes === undefined ? undefined : entryOf(SCHEMES, scheme?.split('+')[0] ?? '');
      const target = given === undefined ? byScheme : Number(given);
      const port = target === undefined ? undefined : portOf(name, target);
      if (port === undefined) return text;
      const before = `${scheme === undefined ? '' : `${scheme}:`}${slashes ?? ''}`;
      // A port that nobody wrote is not written where it is the one that is meant anyway.
      return `${before}${HERE}${given === undefined && port === target ? '' : `:${port}`}`;
    },
  );
}

function isHostVariable(variable: string): boolean {
  return /(^|_)(HOST|HOSTS|HOSTNAME|ADDR|ADDRESS|SERVER)(_|$)/i.test(variable);
}

const ADDRESS = /((?:^|[^\w.])(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|[*+]|)):(\d+)(?![\w.])/g;

/** @param hostOf The port of this machine for one of the service's own; undefined: it is the same, or none of its. */
export function translatePorts(
  variable: string,
  value: string,
  hostOf: (target: string) => number | undefined,
): string {
  const host = /(^|_)PORT$/i.test(variable) ? hostOf(value) : undefined;
  if (host !== undefined) return String(host);
  return value.replace(ADDRESS, (whole, address: string, port: string) => {
    const here = hostOf(port);
    return here === undefined ? whole : `${address}:${here}`;
  });
}

/**
 * Names for people: which service is reached at which address in the browser, by `names:`.
 *
 * - A service is at `http://<service>.<system>.localhost:<port>`; host names know no capitals. The start page is at
 *   `http://<system>.localhost:<port>` and at `http://localhost:<port>`.
 * - Behind it is the first TCP port whose name says HTTP, else the first port if it is TCP and neither its name nor its
 *   number says that something else is spoken there.
 */
import type { Port, Service, System } from './system.js';

const SAYS_HTTP = /^(https?|web|www|ui|api|app|rest|graphql|admin|site|page)\d*([-_].*)?$|[-_]https?$/i;
const SAYS_OTHER =
  /^(redis|valkey|memcached?|postgres(ql)?|pg|mysql|mariadb|mongo(db)?|cassandra|db|database|sql|dns|amqps?|mqtts?|nats|kafka|stomp|smtps?|imaps?|pop3s?|ldaps?|ssh|s?ftp|grpc|tcp|udp|debug|inspect(or)?)\d*([-_].*)?$/i;
/** Where servers of other protocols listen: ssh, smtp, dns, databases, queues. */
const OTHER_NUMBERS: ReadonlySet<number> = new Set([
  22, 25, 53, 389, 636, 1025, 1433, 1521, 1883, 3306, 4222, 5432, 5671, 5672, 6379, 9042, 9092, 11_211, 27_017,
]);

/** The port that a browser is led to; undefined: the service has none. */
export function webPortOf({ ports }: { readonly ports: readonly Port[] }): Port | undefined {
  const named = ports.find(({ protocol, name }) => protocol === 'tcp' && SAYS_HTTP.test(name));
  if (named) return named;
  const [first] = ports;
  if (first?.protocol !== 'tcp' || SAYS_OTHER.test(first.name)) return undefined;
  return OTHER_NUMBERS.has(first.target ?? first.written ?? first.host) ? undefined : first;
}

/**
 * `http://127.0.0.1:3000`, to be opened on this machine; undefined: no HTTP is spoken there. HTTP is what a browser is led to,
 * and what a port's name says.
 */
export function urlOf(service: Pick<Service, 'host' | 'ports'>, port: Port): string | undefined {
  if (port.protocol !== 'tcp' || (port !== webPortOf(service) && !SAYS_HTTP.test(port.name))) return undefined;
  const said = port.hostAddress ?? service.host;
  const host = said === '0.0.0.0' ? '127.0.0.1' : said === '::' ? '::1' : said;
  const scheme = /^https|[-_]https$/i.test(port.name) || port.host === 443 || port.target === 443 ? 'https' : 'http';
  return `${scheme}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port.host}`;
}

/** The service's name and the system's, as they stand in an address. */
export function hostNameOf(service: string, system: { readonly name: string }): string {
  return `${service}.${system.name}.localhost`.toLowerCase();
}

/** `http://web.shop.localhost:7080`; undefined: there are no names, or the service speaks no HTTP. */
export function addressInBrowser(service: Service, system: System): string | undefined {
  if (!system.names || !webPortOf(service)) return undefined;
  return `http://${hostNameOf(service.name, system)}:${system.names.port}`;
}

/** `http://shop.localhost:7080`; undefined: there are no names. */
export function startPageOf(system: System): string | undefined {
  return system.names && `http://${system.name.toLowerCase()}.localhost:${system.names.port}`;
}

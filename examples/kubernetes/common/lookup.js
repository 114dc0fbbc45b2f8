// Where another service is. There are two ways, and a service chooses one:
//
// - byVariables: NAME_SERVICE_HOST and NAME_SERVICE_PORT. A cluster and fuge set them when a service starts; in Compose
//   they are written in compose.yml. A cluster leaves out services that were made after the pod.
// - byDns: an SRV record, which has the port, too. A cluster and fuge have one for each named port. Compose has none, so
//   that there the variables are asked; nowhere else does that happen.
//
// Who is asked: fuge says it by DNS_HOST and DNS_PORT, for the resolver of a laptop knows nothing of our services. In a
// cluster nobody sets DNS_HOST, and the system's resolver is the right one. (Node asks a server of our choice by Resolver
// only: dns.lookup, and so fetch, always go to the system's. That is why we fetch from an address, not from a name.)
import { Resolver } from 'node:dns/promises';

/** The base URL of a service, as the environment tells it. */
export function byVariables(service, env = process.env) {
  const name = service.toUpperCase().replaceAll('-', '_');
  const host = env[`${name}_SERVICE_HOST`];
  const port = env[`${name}_SERVICE_PORT`];
  if (!host || !port) throw new Error(`${name}_SERVICE_HOST and ${name}_SERVICE_PORT are not set`);
  return urlOf(host, port);
}

/** The base URL of a service, as DNS tells it now: `_http._tcp.timetable.station.svc.cluster.local`. */
export async function byDns(service, env = process.env) {
  // Where the names of this place end is told by the environment, too. Compose has no such names.
  if (!env.DNS_NAMESPACE) return byVariables(service, env);
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  if (env.DNS_HOST) resolver.setServers([`${bracketed(env.DNS_HOST)}:${env.DNS_PORT}`]);
  const name = [service, env.DNS_NAMESPACE, env.DNS_SUFFIX].filter(Boolean).join('.');
  const [found] = await resolver.resolveSrv(`_http._tcp.${name}`);
  return urlOf(await addressOf(found.name, resolver), found.port);
}

/** IPv4 if there is one, else IPv6. */
async function addressOf(name, resolver) {
  const [address] = await resolver.resolve4(name).catch(() => resolver.resolve6(name));
  return address;
}

const bracketed = host => (host.includes(':') ? `[${host}]` : host);
const urlOf = (host, port) => `http://${bracketed(host)}:${port}`;

/**
 * The forms in which services are told where others are: pure.
 *
 * - `kubernetes`: kubelet's service variables and docker links; where they differ also the spelling of fuge 2, which keeps dashes.
 * - `url`: `NAME_URL`, and for every further port `NAME_PORTNAME_URL`: what hand-written Node services read most.
 * - `aspire`: `services__name__scheme__0`, the configuration of .NET's service discovery and of its ports to other languages;
 *   names are kept as they are, endpoints of one scheme are counted.
 */
import type { Dialect, Port } from '../../system.js';
import type { Reach } from './reach.js';

/** A service as one reader sees it. */
export interface Told {
  readonly name: string;
  readonly ports: readonly Port[];
  readonly reach: Reach;
}

export function dialectVariables(services: readonly Told[], dialects: readonly Dialect[]): Map<string, string> {
  const variables = new Map<string, string>();
  if (dialects.includes('kubernetes')) spelledTwice(services, kubernetesVariables, variables);
  if (dialects.includes('url')) spelledTwice(services, urlVariables, variables, true);
  if (dialects.includes('aspire'))
    for (const service of services)
      for (const [variable, value] of aspireVariables(service)) variables.set(variable, value);
  return variables;
}

type Form = (name: string, service: Told) => Iterable<[string, string]>;

function spelledTwice(services: readonly Told[], form: Form, variables: Map<string, string>, isNew = false): void {
  for (const service of services) {
    const upper = service.name.toUpperCase();
    const plain = kubernetesName(service.name);
    // A service named "a-b" must not overwrite what a service named "a_b" is called by.
    for (const name of isNew ? [plain] : new Set([plain, upper]))
      for (const [variable, value] of form(name, service))
        if (!variables.has(variable) || name === upper) variables.set(variable, value);
  }
}

/** Upper case, every character outside A-Z 0-9 becomes `_` (Kubernetes). */
function kubernetesName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

function* kubernetesVariables(name: string, { ports, reach }: Told): Generator<[string, string]> {
  const first = ports[0]!;
  yield [`${name}_SERVICE_HOST`, reach.host];
  yield [`${name}_SERVICE_PORT`, String(reach.port(first))];
  yield [`${name}_PORT`, `${first.protocol}://${bracketed(reach.host)}:${reach.port(first)}`];
  for (const port of ports) {
    const number = reach.port(port);
    const host = reach.hostOf(port);
    yield [`${name}_SERVICE_PORT_${port.name.toUpperCase().replace(/-/g, '_')}`, String(number)];
    const prefix = `${name}_PORT_${number}_${port.protocol.toUpperCase()}`;
    yield [prefix, `${port.protocol}://${bracketed(host)}:${number}`];
    yield [`${prefix}_PROTO`, port.protocol];
    yield [`${prefix}_PORT`, String(number)];
    yield [`${prefix}_ADDR`, host];
  }
}

function* urlVariables(name: string, service: Told): Generator<[string, string]> {
  for (const [index, port] of service.ports.entries())
    yield [index === 0 ? `${name}_URL` : `${name}_${kubernetesName(port.name)}_URL`, urlOf(service, port)];
}

function* aspireVariables(service: Told): Generator<[string, string]> {
  const counts = new Map<string, number>();
  for (const port of service.ports) {
    const scheme = schemeOf(port);
    const index = counts.get(scheme) ?? 0;
    counts.set(scheme, index + 1);
    yield [`services__${service.name}__${scheme}__${index}`, urlOf(service, port)];
  }
}

/** `http://127.0.0.1:3000`, `postgres://127.0.0.1:5432`: the address of a port with its protocol, as the reader has it. */
export const urlOf = ({ reach }: Pick<Told, 'reach'>, port: Port) =>
  `${schemeOf(port)}://${bracketed(reach.hostOf(port))}:${reach.port(port)}`;

/** Names of ports that are schemes of addresses. */
const SCHEMES = new Set(
  'http https ws wss grpc grpcs ftp ldap smtp mqtt mqtts amqp amqps nats redis rediss postgres postgresql mysql mariadb mongodb kafka tcp udp'.split(
    ' ',
  ),
);

/** What the port's name says; of TCP else http, which most services speak. */
function schemeOf({ name, protocol }: Port): string {
  const [first = ''] = name.toLowerCase().split(/[-_.]/);
  if (SCHEMES.has(first)) return first;
  return protocol === 'tcp' ? 'http' : protocol;
}

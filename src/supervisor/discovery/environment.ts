/**
 * The environment that a service is started with: pure, so that it can be shown and tested without starting anything.
 *
 * Lowest first: fuge's own environment, generated discovery variables, what a service's image would set, global `environment`, global `env_file`, the
 * service's `env_file`, the service's `environment`, and what `set` said (order of fuge 2).
 */
import type { EnvironmentReport, EnvironmentVariable } from '../../control.js';
import type { Diagnostic } from '../../diagnostic.js';
import { type Dotenv, parseDotenv, parseRawEnv } from '../../dotenv.js';
import type { EnvFile, Service, System } from '../../system.js';
import { translate } from '../../translation.js';
import { dialectVariables } from './dialects.js';
import { HOST_GATEWAY, reachOf, seesThisMachine } from './reach.js';

export interface EnvironmentSources {
  /** fuge's own environment. */
  readonly process: Readonly<Record<string, string | undefined>>;
  /** The text of an env file, undefined where there is none, or why it can't be read. */
  readonly read: (file: EnvFile) => string | undefined | { readonly unreadable: string };
  /** What `set` said for this service; undefined unsets. */
  readonly set?: ReadonlyMap<string, string | undefined>;
}

/** What a program on this machine is told that is no service, such as a test: where all services are, and what the user says for all. */
export function environmentOutside(system: System, sources: EnvironmentSources): EnvironmentReport {
  return environmentOf(system, outsiderOf(system), sources, true);
}

/** Somebody on this machine who looks for services, and is none. */
export function outsiderOf({ file, dns }: System): Service {
  return {
    type: 'external',
    name: '',
    groups: [],
    host: '127.0.0.1',
    ports: [],
    advertised: false,
    dns: { enabled: false, namespace: dns.namespace, suffix: dns.suffix },
    dependsOn: [],
    profiles: [],
    tail: false,
    disabled: undefined,
    at: { file, line: 1, column: 1 },
    origins: {},
  };
}

export function environmentOf(
  system: System,
  service: Service,
  sources: EnvironmentSources,
  isOutsider = false,
): EnvironmentReport {
  const variables = new Map<string, EnvironmentVariable>();
  const problems: Diagnostic[] = [];
  const put = (name: string, value: string, source: EnvironmentVariable['source'], at?: EnvironmentVariable['at']) =>
    variables.set(name, { name, value, source, ...(at && { at }) });
  const putFiles = (files: readonly EnvFile[], source: 'global env_file' | 'env_file') => {
    for (const file of files) {
      const parsed = readEnvFile(file, sources, name => sources.process[name] ?? variables.get(name)?.value, problems);
      for (const { name, value, line } of parsed?.entries ?? [])
        if (value !== undefined)
          put(name, source === 'env_file' ? translated(service, name, value) : value, source, {
            file: file.path,
            line,
          });
    }
  };

  // A container has the environment of its image, not fuge's own.
  const inherited = service.type === 'container' ? {} : sources.process;
  for (const [name, value] of Object.entries(inherited)) if (value !== undefined) put(name, value, 'process');
  if (service.instance) put('FUGE_INSTANCE', String(service.instance.number), 'generated');
  if (system.discovery) {
    for (const [name, value] of generatedVariables(system, service)) put(name, value, 'generated');
    const own = service.ports.find(port => !port.automatic);
    for (const [name, value] of dnsVariables(system, service)) put(name, value, 'generated');
    if (own && !inherited.PORT) put('PORT', String(reachOf(service, service, system).port(own)), 'generated');
  }
  if (service.type === 'process' || service.type === 'node')
    for (const [name, value] of Object.entries(service.imageEnvironment ?? {})) put(name, value, 'image');
  if (service.type !== 'external' || isOutsider) {
    for (const [name, value] of Object.entries(system.environment))
      put(name, value, 'global', placeOf(name, system.origins));
    putFiles(system.envFiles, 'global env_file');
  }
  if (service.type !== 'external') {
    putFiles(service.envFiles, 'env_file');
    for (const [name, value] of Object.entries(service.environment))
      put(name, value, 'service', placeOf(name, service.origins));
  }
  for (const [name, value] of sources.set ?? [])
    if (value === undefined) variables.delete(name);
    else put(name, value, 'set');
  return { variables: [...variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

function placeOf(name: string, origins: System['origins'] = {}): EnvironmentVariable['at'] {
  const at = origins[`environment.${name}`] ?? origins.environment;
  return at && { file: at.file, line: at.line };
}

/** An env file that a container reads, too, speaks of what is in containers. */
function translated(service: Service, name: string, value: string): string {
  const isLocal = service.type === 'process' || service.type === 'node';
  return isLocal && service.translation ? translate(service.translation, name, value) : value;
}

/** Where names are answered (fuge 2). A container finds the server at the gateway; the word becomes its address where it is known. */
function dnsVariables(system: System, reader: Service): [string, string][] {
  const { dns } = system;
  if (!dns.enabled || (reader.type === 'container' && reader.networkMode === 'none')) return [];
  const hereOrAny = dns.host === '0.0.0.0' || dns.host === '::' ? '127.0.0.1' : dns.host;
  return [
    ['DNS_HOST', seesThisMachine(reader, system) ? hereOrAny : HOST_GATEWAY],
    ['DNS_PORT', String(dns.port)],
    ['DNS_NAMESPACE', reader.dns.namespace],
    ['DNS_SUFFIX', reader.dns.suffix],
  ];
}

/** What a service is told of the others, in the system's dialects, and of itself. */
export function generatedVariables(system: System, reader: Service): Map<string, string> {
  const variables = new Map(seesThisMachine(reader, system) ? toldHere(system, reader) : toldOthers(system, reader));
  const [first] = reader.ports;
  if (reader.advertised && first) {
    const own = reachOf(reader, reader, system);
    variables.set('SERVICE_HOST', own.host);
    variables.set('SERVICE_PORT', String(own.port(first)));
  }
  return variables;
}

const here = new WeakMap<System, ReadonlyMap<string, string>>();

/** All who see this machine are told the same: of 100 services it is worked out once, and each text is there once. */
function toldHere(system: System, reader: Service): ReadonlyMap<string, string> {
  const known = here.get(system) ?? toldOthers(system, reader);
  here.set(system, known);
  return known;
}

function toldOthers(system: System, reader: Service): ReadonlyMap<string, string> {
  const others = [...system.services.values()].filter(({ advertised, ports }) => advertised && ports.length > 0);
  return dialectVariables(
    [...others.map(service => [service.name, service] as const), ...firstInstances(others)].map(([name, service]) => ({
      name,
      ports: service.ports,
      reach: reachOf(reader, service, system),
    })),
    system.dialects,
  );
}

/** Who looks for `web`, of which there are several, is led to the first. */
function firstInstances(services: readonly Service[]): [string, Service][] {
  return services.flatMap(service => (service.instance?.number === 1 ? [[service.instance.of, service]] : []));
}

function readEnvFile(
  file: EnvFile,
  sources: EnvironmentSources,
  lookup: (name: string) => string | undefined,
  problems: Diagnostic[],
): Dotenv | undefined {
  const text = sources.read(file);
  if (typeof text === 'object') {
    problems.push({
      severity: 'warning',
      code: 'unreadable-env-file',
      message: `the env_file ${file.path} can't be read: ${text.unreadable}`,
      ...(file.at && { at: file.at }),
    });
    return undefined;
  }
  if (text === undefined) {
    if (file.required)
      problems.push({
        severity: 'warning',
        code: 'missing-env-file',
        message: `the env_file ${file.path} does not exist`,
        ...(file.at && { at: file.at }),
        hint: 'create it, or remove it from env_file',
      });
    return undefined;
  }
  const parsed = file.format === 'raw' ? parseRawEnv(text, lookup) : parseDotenv(text, lookup);
  const lines = text.split(/\r\n|\r|\n/);
  for (const { kind, line, column, message } of parsed.problems)
    problems.push({
      severity: kind === 'error' ? 'error' : 'warning',
      code: 'env-file',
      message,
      at: { file: file.path, line, column },
      excerpt: lines[line - 1] ?? '',
    });
  return parsed;
}

/** Settings of the whole system, with their defaults. */
import { isIP } from 'node:net';
import path from 'node:path';
import { nearest, type Origin } from '../diagnostic.js';
import { DIALECTS, type Dialect, type DnsSettings, type NamesSettings, type System } from '../system.js';
import type { NamedEnvFile } from './draft.js';
import { resolveVariables } from './environment.js';
import { globalKeys } from './keys.js';
import { isEmpty } from './layout.js';
import { withOffset } from './ports.js';
import type { Reader } from './reader.js';
import { placeOf } from './report.js';
import type { DraftRestart } from './restart.js';
import { reportUnknownKey, Section } from './section.js';
import type { Place } from './source.js';
import { reportTwoRestarts } from './supervision.js';
import type { Entry, MapNode, YamlNode } from './yaml.js';

/** What the services take over where they say nothing themselves. */
export interface ServiceDefaults {
  readonly host: string;
  readonly groups: readonly string[];
  readonly tail: boolean;
  readonly monitor: boolean;
  readonly monitorExcludes: readonly string[];
  readonly watchGitignore: boolean;
  readonly delayMs: number;
  readonly restartOnError: boolean;
  readonly maxRestarts: number | undefined;
  readonly restart: DraftRestart | undefined;
  /** Undefined: SIGTERM, and of a container what its image says. */
  readonly signal: NodeJS.Signals | undefined;
  readonly graceMs: number;
}

export interface Globals {
  readonly name: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly envFiles: readonly NamedEnvFile[];
  readonly logDirectory: string;
  readonly runContainers: boolean;
  readonly containerEngine: System['containerEngine'];
  readonly discovery: boolean;
  readonly dialects: readonly Dialect[];
  readonly autoPortStart: number;
  readonly dns: DnsSettings;
  readonly names: NamesSettings | undefined;
  readonly defaults: ServiceDefaults;
  /** As they are written. */
  readonly networks: YamlNode | undefined;
  readonly volumes: YamlNode | undefined;
  /** Where the keys are. */
  readonly origins: Readonly<Record<string, Origin>>;
}

export function readGlobals(
  entry: Entry | undefined,
  directory: string,
  reader: Reader,
  env: Readonly<Record<string, string | undefined>>,
): Globals {
  const section = entry && readSection(entry, reader);
  if (section) reportTwoRestarts(section, 'fuge_global', reader);
  const envFiles = (section?.get('env_file') ?? []).map(({ text, node, required, format }) => ({
    path: path.resolve(directory, text),
    at: placeOf(node),
    place: node,
    required,
    format,
  }));
  const moved = (port: number, place: Place | undefined) => withOffset(port, reader.ports, place, reader.report);
  const names = section?.get('names');
  const dnsEnabled = section?.get('dns_enabled') ?? false;
  const dnsPort = section?.get('dns_port') ?? 53_053;
  return {
    name: section?.get('name')?.text,
    environment: resolveVariables(section?.get('environment') ?? [], env),
    envFiles,
    logDirectory: path.resolve(directory, section?.get('log_path')?.text ?? 'log'),
    runContainers: section?.get('run_containers') ?? true,
    containerEngine: section?.get('container_engine_url')?.text || undefined,
    discovery: section?.get('auto_generate_environment') ?? true,
    dialects: section ? dialectsOf(section, reader) : ['kubernetes'],
    autoPortStart: section?.get('auto_port_start') ?? 10_000,
    dns: {
      enabled: dnsEnabled,
      host: section?.get('dns_host')?.text ?? '127.0.0.1',
      port: dnsEnabled ? moved(dnsPort, section?.entry('dns_port')?.value) : dnsPort,
      namespace: section?.get('dns_namespace')?.text ?? '',
      suffix: section?.get('dns_suffix')?.text ?? '',
      external: section?.get('dns_external') ?? [],
      forward: section ? forwardOf(section, reader) : false,
    },
    names: names && { ...names, port: moved(names.port, section?.entry('names')?.value) },
    networks: section?.get('networks'),
    volumes: section?.get('volumes'),
    origins: section?.origins ?? {},
    defaults: {
      host: section?.get('host')?.text || '127.0.0.1',
      groups: section?.get('group') ?? ['default'],
      tail: section?.get('tail') ?? true,
      monitor: section?.get('monitor') ?? true,
      monitorExcludes: (section?.get('monitor_excludes') ?? []).map(item => item.text),
      watchGitignore: section?.get('watch_gitignore') ?? true,
      delayMs: section?.get('delay_start') ?? 0,
      restartOnError: section?.get('restart_on_error') ?? false,
      maxRestarts: section?.get('max_restarts'),
      restart: section?.get('restart'),
      signal: section?.get('terminate'),
      graceMs: section?.get('stop_grace_period') ?? 10_000,
    },
  };
}

function forwardOf(section: Section, reader: Reader): boolean | string {
  const said = section.get('dns_forward');
  if (!said) return false;
  const text = said.text.trim();
  if (text === 'true' || text === 'false') return text === 'true';
  if (isResolver(text)) return text;
  reader.report.error(
    'wrong-type',
    `"dns_forward" must be true, false or an address like 192.0.2.53, not "${text}"`,
    said.node,
  );
  return false;
}

/** `1.2.3.4`, `1.2.3.4:53`, `::1`, `[::1]:53`. */
function isResolver(text: string): boolean {
  const [, bracketed, plain] = /^(?:\[(.+)\]|([^:]+)):\d+$/.exec(text) ?? [];
  return isIP(bracketed ?? plain ?? text) !== 0;
}

/** Those that are named, each once. */
function dialectsOf(section: Section, reader: Reader): readonly Dialect[] {
  const named = section.get('discovery');
  if (!named) return ['kubernetes'];
  const known = named.flatMap(({ text, node }) => {
    const dialect = DIALECTS.find(each => each === text);
    if (dialect) return [dialect];
    const near = nearest(text, DIALECTS);
    reader.report.error('wrong-type', `"discovery" knows ${DIALECTS.join(', ')}, not "${text}"`, node, {
      hint: near && `did you mean "${near}"?`,
    });
    return [];
  });
  return [...new Set(known)];
}

function readSection(entry: Entry, reader: Reader): Section | undefined {
  const { value } = entry;
  if (value.kind !== 'map') {
    if (!isEmpty(value)) reader.report.error('wrong-type', '"fuge_global" must be a map of settings', value);
    return undefined;
  }
  return new Section(value as MapNode, 'fuge_global', globalKeys(), reader, unknown =>
    reportUnknownKey(unknown, 'fuge_global', globalKeys(), reader),
  );
}

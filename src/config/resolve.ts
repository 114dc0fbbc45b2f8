/** Drafts to services: what a draft leaves open comes from the global settings, ports are given out, paths are looked at. */
import type { PortNumbers } from '../port-numbers.js';
import type { Dependency, Port, RestartPolicy, Service, ServiceType } from '../system.js';
import { PLAIN_CONTAINER } from './container/plain.js';
import { checkDependencies, reportNeverCompleted } from './dependencies.js';
import type { Draft } from './draft.js';
import { resolveVariables } from './environment.js';
import { isDirectory } from './find.js';
import type { Globals } from './globals.js';
import { isFurtherCopy } from './instances.js';
import { automaticPorts, type OwnPort, type PortUser, reportOwnPortConflicts, reportPortConflicts } from './ports.js';
import { placeOf, Report } from './report.js';
import { type DraftRestart, resolveRestart } from './restart.js';

/** The port of a service that declares none. */
const MAIN = { target: undefined, hostAddress: undefined, protocol: 'tcp', automatic: true, at: undefined } as const;

export function resolveServices(
  drafts: readonly Draft[],
  globals: Globals,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
  numbers: PortNumbers,
): { services: Map<string, Service>; alternatives: Map<string, Service> } {
  const missing = missingPaths(drafts, report);
  const users = drafts.map(draft => portUser(draft, globals, missing));
  reportPortConflicts(users, report);
  reportOwnPortConflicts(users, ownPorts(globals), report);
  const declared = new Set(drafts.flatMap(draft => draft.ports.map(port => port.host)));
  const nextPort = automaticPorts(globals.autoPortStart + numbers.offset, declared);
  const dependencies = checkDependencies(drafts, report);
  const services = new Map<string, Service>();
  const alternatives = new Map<string, Service>();
  for (const draft of drafts) {
    const ports = portsOf(draft, globals, nextPort, report);
    const heard = isFurtherCopy(draft) ? new Report() : report;
    const resolve = (form: Draft) => {
      // The path is only where a process runs.
      const disabled = form.type === 'container' ? undefined : missing.get(draft);
      const own = form.type === 'container' ? ports.map(withInside) : ports;
      return resolveService(form, own, disabled, dependencies.get(draft) ?? [], globals, directory, env, heard);
    };
    services.set(draft.name, resolve(draft));
    const otherForm = draft.otherForm ?? (draft.alternative && { ...draft, type: draft.alternative });
    if (otherForm) alternatives.set(draft.name, resolve(otherForm));
  }
  const byName = new Map(drafts.map(draft => [draft.name, draft]));
  const restartPlaceOf = (name: string) => (byName.get(name)?.restart ?? globals.defaults.restart)?.node;
  reportNeverCompleted(drafts, services, restartPlaceOf, report);
  return { services, alternatives };
}

function ownPorts({ names, dns }: Globals): OwnPort[] {
  const both = ['tcp', 'udp'] as const;
  return [
    ...(names
      ? [{ whoHas: 'the names in the browser have', port: names.port, host: '127.0.0.1', protocols: ['tcp'] as const }]
      : []),
    ...(dns.enabled ? [{ whoHas: 'the DNS server has', port: dns.port, host: dns.host, protocols: both }] : []),
  ];
}

/** Why a draft can't run here, for those whose path is no directory. */
function missingPaths(drafts: readonly Draft[], report: Report): Map<Draft, string> {
  const missing = new Map<Draft, string>();
  for (const draft of drafts) {
    if (!draft.path || isDirectory(draft.path.directory)) continue;
    const reason = `its path ${draft.path.directory} does not exist`;
    missing.set(draft, reason);
    if (isFurtherCopy(draft)) continue;
    if (draft.type === 'container') {
      report.warn('path-missing', `"${draft.name}" can't be switched to a process: ${reason}`, draft.path.place);
      continue;
    }
    const hint = draft.repository === undefined ? undefined : `"fuge pull ${draft.name}" clones it`;
    report.warn('path-missing', `"${draft.name}" is disabled: ${reason}`, draft.path.place, { hint });
  }
  return missing;
}

function portUser(draft: Draft, globals: Globals, missing: ReadonlyMap<Draft, string>): PortUser {
  const passive =
    draft.type === 'external'
      ? `"${draft.name}" runs elsewhere`
      : draft.type === 'container' && !globals.runContainers
        ? `containers like "${draft.name}" are not run by fuge`
        : draft.type !== 'container' && missing.has(draft)
          ? `"${draft.name}" is disabled`
          : undefined;
  return {
    name: draft.name,
    host: draft.host ?? globals.defaults.host,
    groups: draft.groups ?? globals.defaults.groups,
    ports: draft.ports,
    instanceOf: draft.instance?.of,
    passive,
  };
}

function portsOf(draft: Draft, globals: Globals, nextPort: () => number | undefined, report: Report): readonly Port[] {
  if (draft.ports.length > 0)
    return draft.ports.map(({ name, host, target, hostAddress, protocol, node, picked, written }) => ({
      name,
      host,
      target,
      hostAddress,
      protocol,
      automatic: false,
      at: placeOf(node),
      ...(picked && { picked }),
      ...(written !== undefined && { written }),
    }));
  if (!globals.discovery || draft.type === 'external') return [];
  const host = nextPort();
  if (host !== undefined) return [{ name: 'main', host, ...MAIN }];
  report.error('no-port-left', `there is no automatic port left for "${draft.name}"`, draft.place, {
    hint: 'lower auto_port_start',
  });
  return [];
}

/** An offset moves a port of this machine; inside the container it is the one that is written. */
function withInside(port: Port): Port {
  return port.target === undefined && port.written !== undefined ? { ...port, target: port.written } : port;
}

function resolveService(
  draft: Draft,
  ports: readonly Port[],
  disabled: string | undefined,
  dependsOn: readonly Dependency[],
  globals: Globals,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
): Service {
  const { defaults } = globals;
  const cwd = draft.path?.directory ?? directory;
  const base = {
    name: draft.name,
    groups: draft.groups ?? defaults.groups,
    host: draft.host ?? defaults.host,
    ports,
    advertised: draft.advertised ?? globals.discovery,
    dns: {
      enabled: draft.dnsEnabled ?? globals.dns.enabled,
      namespace: draft.dnsNamespace ?? globals.dns.namespace,
      suffix: draft.dnsSuffix ?? globals.dns.suffix,
    },
    dependsOn,
    profiles: draft.profiles ?? [],
    tail: draft.tail ?? defaults.tail,
    disabled,
    ...(draft.instance && { instance: draft.instance }),
    at: placeOf(draft.place),
    origins: draft.origins,
  };
  if (draft.type === 'external') return { ...base, type: 'external' };
  const supervised = {
    ...base,
    environment: resolveVariables(draft.environment, env),
    envFiles: draft.envFiles.map(({ path, at, required, format }) => ({ path, at, required, format })),
    ...(draft.files && { files: draft.files }),
    delayMs: draft.delayMs ?? defaults.delayMs,
    restart: restartOf(draft, globals, report),
    ready: draft.ready,
    live: draft.live,
    once: draft.once ?? false,
    stop: { signal: draft.signal ?? defaults.signal ?? 'SIGTERM', graceMs: draft.graceMs ?? defaults.graceMs },
    repository: draft.repository,
  };
  if (draft.type === 'container') {
    const stopSignal = draft.container?.stopSignal ?? draft.signal ?? defaults.signal;
    return { ...PLAIN_CONTAINER, ...supervised, ...draft.container, stopSignal, type: 'container' };
  }
  return {
    ...supervised,
    type: draft.type satisfies Exclude<ServiceType, 'external' | 'container'>,
    cwd,
    command: draft.command,
    build: draft.build,
    test: draft.test,
    hooks: draft.hooks ?? { prerun: undefined, onReady: undefined, onExit: undefined },
    rebuildOnChange: draft.rebuildOnChange ?? false,
    ...(draft.tty && { tty: true }),
    ...(draft.warm && draft.type === 'node' && { warm: true }),
    ...(draft.translation && { translation: draft.translation }),
    ...(draft.imageEnvironment && { imageEnvironment: draft.imageEnvironment }),
    watch: {
      // A task that a save would run again is rarely meant: it says so itself.
      enabled: draft.monitor ?? (draft.once ? false : defaults.monitor),
      roots: draft.watchRules ? [...new Set(draft.watchRules.map(rule => rule.root))] : [cwd],
      excludes: draft.monitorExcludes ?? defaults.monitorExcludes,
      gitignore: draft.watchGitignore ?? defaults.watchGitignore,
      ...(draft.watchRules && { rules: draft.watchRules }),
    },
  };
}

/**
 * What a service says goes before what the globals say, whichever of the two ways it is said in. `max_restarts` alone
 * changes the limit of a global `restart`; it never was an error in fuge 2, so the window then grows to hold it.
 */
function restartOf(draft: Draft, { defaults }: Globals, report: Report): RestartPolicy {
  const inherited = draft.restartOnError === undefined ? defaults.restart : undefined;
  const restart = draft.restart ?? (inherited && adapted(inherited, draft));
  const maxRestarts = draft.maxRestarts ?? defaults.maxRestarts;
  const restartOnError = draft.restartOnError ?? defaults.restartOnError;
  const what = draft.restart ? `"${draft.name}"` : 'services';
  return resolveRestart({ name: draft.name, restart, restartOnError, maxRestarts, live: draft.live }, report, what);
}

/** Of a policy for everybody, what fits this service: a task that is always restarted would never complete. */
function adapted(restart: DraftRestart, { once, maxRestarts }: Draft): DraftRestart {
  const when = once && restart.when === 'always' ? 'on-failure' : restart.when;
  if (maxRestarts === undefined) return { ...restart, when };
  return { ...restart, when, limit: maxRestarts, windowMs: undefined, leastWindowMs: restart.windowMs };
}

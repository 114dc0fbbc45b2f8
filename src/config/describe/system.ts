/**
 * A loaded system in the words of a system file, whole: what was said, and what holds where nothing was said. As a file it
 * means the same system.
 */
import type {
  Command,
  ContainerService,
  EnvFile,
  ExternalRecord,
  NodeService,
  Port,
  Probe,
  ProcessService,
  RestartPolicy,
  Service,
  System,
} from '../../system.js';
import { parseCommand } from '../../words.js';
import { describeContainer, describeNetwork, describeVolume } from './container.js';
import { commandLine, type Described, duration, present, type Sketch, unlessEmpty } from './described.js';

/** `name`, `fuge_global`, then every service, in the system's order. */
export function describeSystem(system: System): { readonly [key: string]: Described } {
  const services = [...system.services.values()].map(service => [
    service.name,
    describeService(service, system.alternatives.get(service.name)),
  ]);
  return { name: system.name, fuge_global: describeGlobals(system), ...Object.fromEntries(services) };
}

function describeGlobals(system: System): Described {
  const { dns } = system;
  const described = <T>(map: ReadonlyMap<string, T>, describe: (value: T) => Described) =>
    unlessEmpty(Object.fromEntries([...map].map(([key, value]) => [key, describe(value)])));
  return present({
    environment: unlessEmpty(system.environment),
    env_file: unlessEmpty(system.envFiles.map(describeEnvFile)),
    log_path: system.logDirectory,
    auto_generate_environment: system.discovery,
    discovery: system.dialects,
    run_containers: system.runContainers,
    container_engine_url: system.containerEngine,
    dns_enabled: dns.enabled,
    dns_host: dns.host,
    dns_port: dns.port,
    dns_namespace: dns.namespace || undefined,
    dns_suffix: dns.suffix || undefined,
    dns_forward: dns.forward,
    dns_external: unlessEmpty(dns.external.map(describeRecord)),
    names: system.names && { localhost: system.names.port },
    networks: described(system.networks, describeNetwork),
    volumes: described(system.volumes, describeVolume),
  });
}

/** @param other Its other form, where it has two. */
function describeService(service: Service, other: Service | undefined): Described {
  const { dns } = service;
  const common = {
    type: service.type !== 'external' && service.once && service.type === 'process' ? 'task' : service.type,
    ...ownKeys(service),
    ...(other && otherKeys(other)),
    host: service.host,
    ports: unlessEmpty(service.ports.filter(port => !port.automatic).map(describePort)),
    instance_of: service.instance?.of,
    group: service.groups,
    profiles: unlessEmpty(service.profiles),
    tail: service.tail,
    auto_generate_environment: service.advertised,
    dns_enabled: dns.enabled,
    dns_namespace: dns.namespace || undefined,
    dns_suffix: dns.suffix || undefined,
  };
  if (service.type === 'external') return present(common);
  const { stop, delayMs, ready, live } = service;
  return present({
    ...common,
    environment: unlessEmpty(service.environment),
    env_file: unlessEmpty(service.envFiles.map(describeEnvFile)),
    depends_on: unlessEmpty(
      Object.fromEntries(
        service.dependsOn.map(({ service: name, condition, required, restart }) => [
          name,
          { condition, required, restart },
        ]),
      ),
    ),
    ready: ready && (ready === 'launched' ? false : describeProbe(ready)),
    live: live && describeProbe(live),
    restart: describeRestart(service.restart),
    // A container without a stop_signal of its own is asked by its image's.
    terminate: service.type === 'container' ? undefined : stop.signal,
    stop_grace_period: duration(stop.graceMs),
    delay_start: delayMs,
    repository_url: service.repository,
  });
}

function ownKeys(service: Service): Sketch {
  if (service.type === 'external') return {};
  return service.type === 'container' ? describeContainer(service) : describeLocal(service);
}

/** Of a form that is not the one which runs, what the other does not say. */
function otherKeys(other: Service): Sketch {
  if (other.type === 'container') return describeContainer(other as ContainerService);
  return other.type === 'external' ? {} : describeLocal(other);
}

function describeLocal(service: ProcessService | NodeService): Sketch {
  const { command, build, test, hooks, watch } = service;
  const line = (each: typeof command) => each && commandLine(each);
  return {
    path: service.cwd,
    run: line(command),
    shell: [command, build, test, hooks.prerun, hooks.onReady, hooks.onExit].some(needsTold) ? true : undefined,
    build: line(build),
    test: line(test),
    prerun: line(hooks.prerun),
    on_ready: line(hooks.onReady),
    on_exit: line(hooks.onExit),
    rebuild_on_change: build && service.rebuildOnChange,
    tty: service.tty,
    warm: service.type === 'node' ? service.warm : undefined,
    monitor: watch.enabled,
    monitor_excludes: unlessEmpty(watch.excludes),
    watch_gitignore: watch.gitignore,
  };
}

/** A line that nobody would take for a shell's. */
function needsTold(command: Command | undefined): boolean {
  if (command?.kind !== 'shell') return false;
  const parsed = parseCommand(command.line);
  return !(parsed && 'kind' in parsed && parsed.kind === 'shell');
}

function describePort({ name, host, target, hostAddress, protocol }: Port): string {
  const address = hostAddress === undefined ? '' : `${hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress}:`;
  const inside = target === undefined ? (hostAddress === undefined ? '' : `:${host}`) : `:${target}`;
  return `${name}=${address}${host}${inside}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

function describeEnvFile({ path, required, format }: EnvFile): Described {
  if (required && format === 'dotenv') return path;
  return present({ path, required, format: format === 'raw' ? 'raw' : undefined });
}

function describeRecord(record: ExternalRecord): string {
  if (record.type === 'A') return `${record.name} IN A ${record.address}`;
  return `${record.name} IN SRV ${record.priority} ${record.weight} ${record.port} ${record.target}`;
}

function describeProbe(probe: Probe): Described {
  const timing = {
    interval: duration(probe.intervalMs),
    timeout: duration(probe.timeoutMs),
    retries: probe.retries,
    start_period: duration(probe.startPeriodMs),
  };
  switch (probe.kind) {
    case 'http':
      return { http: { path: probe.path, port: probe.port, status: probe.status.join('-') }, ...timing };
    case 'tcp':
      return { tcp: probe.port, ...timing };
    case 'exec':
      return { exec: commandLine(probe.command), ...timing };
    case 'log':
      return { log: probe.pattern, ...timing };
  }
}

function describeRestart({ when, limit, windowMs, backoffMs, backoffMaxMs, successCodes }: RestartPolicy): Described {
  return {
    when,
    max: limit,
    window: duration(windowMs),
    backoff: duration(backoffMs),
    backoff_max: duration(backoffMaxMs),
    success: successCodes,
  };
}

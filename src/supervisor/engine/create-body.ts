/** What the engine's API is told to make a container: a pure translation of what the service says. */
import type { ContainerSettings, Healthcheck, Mount, NetworkUse } from '../../container.js';
import type { ContainerService, Port } from '../../system.js';

const NS_PER_MS = 1_000_000;
/** Of the API that takes all networks of a container when it is made; older ones take one. */
export const MANY_NETWORKS_SINCE = '1.44';

/** What is known of the engine's side when a container is made. */
export interface CreateContext {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly imageEntrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The service's networks, first the one it is made in, with their names in the engine. */
  readonly networks: readonly (NetworkUse & { readonly engineName: string })[];
  /** `network_mode`, with services replaced by their containers; undefined: {@link networks}. */
  readonly networkMode: string | undefined;
  readonly ipc: string | undefined;
  readonly pid: string | undefined;
  /** The name in the engine of a named volume. */
  volumeName(key: string): string;
  /** Besides the service's own: so that the names of others lead there. */
  readonly extraHosts: readonly string[];
  /** Whether the engine takes more than one network when it makes a container. */
  readonly takesManyNetworks: boolean;
}

export interface CreateOrder {
  /** Of POST /containers/create. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Networks that it is connected to before its start, where the engine takes only one at first. */
  readonly connect: readonly { readonly network: string; readonly endpoint: object }[];
}

export function createOrder(service: ContainerService, context: CreateContext): CreateOrder {
  const { networks, networkMode } = context;
  const isNetworked = networkMode === undefined;
  const endpoints = isNetworked
    ? networks.map(use => [use.engineName, endpointOf(service, use, context)] as const)
    : [];
  const [first, ...rest] = endpoints;
  const atOnce = context.takesManyNetworks ? endpoints : endpoints.slice(0, 1);
  const body = {
    Image: service.image,
    ...programOf(service, context),
    Env: Object.entries(context.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...service.labels, ...context.labels },
    ...(service.hostname !== undefined && { Hostname: service.hostname }),
    ...(service.domainname !== undefined && { Domainname: service.domainname }),
    ...(service.workingDir !== undefined && { WorkingDir: service.workingDir }),
    ...(service.user !== undefined && { User: service.user }),
    // Older engines read it here only.
    ...(!context.takesManyNetworks && isNetworked && networks[0]?.mac && { MacAddress: networks[0].mac }),
    ...(service.stopSignal !== undefined && { StopSignal: service.stopSignal }),
    StopTimeout: Math.ceil(service.stop.graceMs / 1000),
    ...(service.healthcheck !== undefined && { Healthcheck: healthcheckOf(service.healthcheck) }),
    Tty: service.tty,
    OpenStdin: service.stdinOpen,
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: Object.fromEntries(declaredPorts(service).map(port => [targetOf(port), {}])),
    HostConfig: hostConfigOf(service, context, first?.[0]),
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(atOnce) },
  };
  const connect = context.takesManyNetworks ? [] : rest.map(([network, endpoint]) => ({ network, endpoint }));
  return { body, connect };
}

/**
 * To the engine no arguments mean the image's, unless there is an entrypoint; and an entrypoint of one empty word is none,
 * which drops the image's arguments as any other does.
 */
function programOf({ entrypoint, args }: ContainerService, { imageEntrypoint }: CreateContext) {
  const isCleared = args?.length === 0 && entrypoint === undefined;
  const Entrypoint = isCleared ? imageEntrypoint : entrypoint;
  return {
    ...(Entrypoint !== undefined && { Entrypoint: Entrypoint.length > 0 ? Entrypoint : [''] }),
    ...(args !== undefined && { Cmd: args }),
  };
}

function hostConfigOf(service: ContainerService, context: CreateContext, firstNetwork: string | undefined) {
  const { resources, resolver, logging } = service;
  const { binds, mounts } = mountsOf(service, context);
  return {
    ...resourcesOf(resources),
    NetworkMode: context.networkMode ?? firstNetwork ?? 'default',
    PortBindings: portBindings(service),
    Binds: binds,
    Mounts: mounts,
    ExtraHosts: context.networkMode === undefined ? [...service.extraHosts, ...context.extraHosts] : service.extraHosts,
    Dns: resolver.servers,
    DnsSearch: resolver.search,
    DnsOptions: resolver.options,
    ...(service.init !== undefined && { Init: service.init }),
    ReadonlyRootfs: service.readOnly,
    Privileged: service.privileged,
    CapAdd: service.capAdd,
    CapDrop: service.capDrop,
    SecurityOpt: service.securityOpt,
    GroupAdd: service.groupAdd,
    Devices: service.devices.map(deviceOf),
    Sysctls: service.sysctls,
    Ulimits: Object.entries(service.ulimits).map(([Name, { soft, hard }]) => ({ Name, Soft: soft, Hard: hard })),
    ...(context.ipc !== undefined && { IpcMode: context.ipc }),
    ...(context.pid !== undefined && { PidMode: context.pid }),
    ...(logging && { LogConfig: { Type: logging.driver ?? '', Config: logging.options } }),
    // The engine itself never restarts it, and leaves it until we have seen how it ended.
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
  };
}

function resourcesOf(resources: ContainerSettings['resources']) {
  const { memory, memoryReservation, memorySwap, shmSize, cpus, cpuShares, pids, oomScoreAdj } = resources;
  return {
    ...(memory !== undefined && { Memory: memory }),
    ...(memoryReservation !== undefined && { MemoryReservation: memoryReservation }),
    ...(memorySwap !== undefined && { MemorySwap: memorySwap }),
    ...(shmSize !== undefined && { ShmSize: shmSize }),
    ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    ...(cpuShares !== undefined && { CpuShares: cpuShares }),
    ...(pids !== undefined && { PidsLimit: pids }),
    ...(oomScoreAdj !== undefined && { OomScoreAdj: oomScoreAdj }),
  };
}

/** A port that nobody declared leads nowhere inside. */
const declaredPorts = (service: ContainerService) => service.ports.filter(port => !port.automatic);

const targetOf = (port: Port) => `${port.target ?? port.host}/${port.protocol}`;

/** A service's host says where others reach it; it is also where its ports are published, unless they say it themselves. */
function portBindings(service: ContainerService): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of declaredPorts(service)) {
    const HostIp = port.hostAddress ?? (isAddress(service.host) ? service.host : '127.0.0.1');
    bindings[targetOf(port)] ??= [];
    bindings[targetOf(port)]!.push({ HostIp, HostPort: String(port.host) });
  }
  return bindings;
}

const isAddress = (host: string) => /^[\d.]+$/.test(host) || host.includes(':');

function endpointOf(service: ContainerService, use: NetworkUse, { name }: CreateContext) {
  const aliases = [
    ...new Set([
      service.name,
      name,
      ...(service.containerName ? [service.containerName] : []),
      ...(service.instance ? [service.instance.of] : []),
      ...use.aliases,
    ]),
  ];
  return {
    Aliases: aliases,
    ...((use.ipv4 !== undefined || use.ipv6 !== undefined) && {
      IPAMConfig: {
        ...(use.ipv4 !== undefined && { IPv4Address: use.ipv4 }),
        ...(use.ipv6 !== undefined && { IPv6Address: use.ipv6 }),
      },
    }),
    ...(use.mac !== undefined && { MacAddress: use.mac }),
  };
}

/**
 * Most mounts have a structured form; only the old one makes missing directories and knows SELinux' labels. It can't name a
 * path that has a colon.
 */
function mountsOf(service: ContainerService, context: CreateContext) {
  const binds: string[] = [];
  const mounts: object[] = [];
  for (const mount of service.mounts) {
    if (mount.type === 'bind' && (mount.createSource || mount.selinux !== undefined) && !hasColon(mount))
      binds.push(bindText(mount));
    else mounts.push(mountOf(mount, context));
  }
  return { binds, mounts };
}

const hasColon = ({ source, target }: Extract<Mount, { type: 'bind' }>) =>
  source.replace(/^[A-Za-z]:/, '').includes(':') || target.includes(':');

function bindText({ source, target, readOnly, selinux, propagation }: Extract<Mount, { type: 'bind' }>): string {
  const options = [readOnly ? 'ro' : 'rw', selinux, propagation].filter(option => option !== undefined);
  return `${source}:${target}:${options.join(',')}`;
}

function mountOf(mount: Mount, context: CreateContext): object {
  switch (mount.type) {
    case 'bind':
      return {
        Type: 'bind',
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        ...(mount.propagation !== undefined && { BindOptions: { Propagation: mount.propagation } }),
      };
    case 'volume':
      return {
        Type: 'volume',
        ...(mount.source !== undefined && { Source: context.volumeName(mount.source) }),
        Target: mount.target,
        ReadOnly: mount.readOnly,
        ...((mount.noCopy || mount.subpath !== undefined) && {
          VolumeOptions: { NoCopy: mount.noCopy, ...(mount.subpath !== undefined && { Subpath: mount.subpath }) },
        }),
      };
    case 'tmpfs':
      return {
        Type: 'tmpfs',
        Target: mount.target,
        TmpfsOptions: {
          ...(mount.size !== undefined && { SizeBytes: mount.size }),
          ...(mount.mode !== undefined && { Mode: mount.mode }),
        },
      };
  }
}

/** `HOST[:CONTAINER[:PERMISSIONS]]`. */
function deviceOf(text: string) {
  const [host = '', container = host, permissions = 'rwm'] = text.split(':');
  return { PathOnHost: host, PathInContainer: container, CgroupPermissions: permissions };
}

function healthcheckOf(healthcheck: Healthcheck | 'none') {
  if (healthcheck === 'none') return { Test: ['NONE'] };
  const { test, intervalMs, timeoutMs, retries, startPeriodMs, startIntervalMs } = healthcheck;
  const ns = (ms: number) => Math.round(ms * NS_PER_MS);
  return {
    ...(test && { Test: test.kind === 'shell' ? ['CMD-SHELL', test.line] : ['CMD', ...test.argv] }),
    ...(intervalMs !== undefined && { Interval: ns(intervalMs) }),
    ...(timeoutMs !== undefined && { Timeout: ns(timeoutMs) }),
    ...(retries !== undefined && { Retries: retries }),
    ...(startPeriodMs !== undefined && { StartPeriod: ns(startPeriodMs) }),
    ...(startIntervalMs !== undefined && { StartInterval: ns(startIntervalMs) }),
  };
}

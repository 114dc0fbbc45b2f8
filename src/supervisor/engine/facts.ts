/** What the engine says about images, containers and networks, in our words. The engine's JSON is trusted in nothing but its field names. */
import type { ContainerFacts, EngineEvent, EngineInfo, ImageFacts, NetworkFacts } from './engine.js';

type Labels = Readonly<Record<string, string>>;

export interface VersionJson {
  Version?: string;
  ApiVersion?: string;
  MinAPIVersion?: string;
  Os?: string;
  Arch?: string;
  KernelVersion?: string;
  Platform?: { Name?: string };
  Components?: { Name?: string }[] | null;
}

export function infoOf(json: VersionJson, apiVersion: string): EngineInfo {
  return {
    platform: `${json.Os ?? 'linux'}/${json.Arch ?? 'unknown'}`,
    version: json.Version ?? 'unknown',
    apiVersion,
    product: json.Components?.some(({ Name }) => /podman/i.test(Name ?? '')) ? 'podman' : 'docker',
  };
}

export interface ImageJson {
  Id?: string;
  Os?: string;
  Architecture?: string;
  Variant?: string;
  Config?: {
    Env?: string[] | null;
    Cmd?: string[] | null;
    Entrypoint?: string[] | null;
    StopSignal?: string;
    Healthcheck?: { Test?: string[] | null } | null;
  } | null;
}

export function imageOf(json: ImageJson): ImageFacts {
  const config = json.Config ?? {};
  const test = config.Healthcheck?.Test?.[0];
  return {
    id: json.Id ?? '',
    platform: [json.Os || 'linux', json.Architecture, json.Variant].filter(Boolean).join('/'),
    stopSignal: config.StopSignal || undefined,
    hasHealthcheck: test !== undefined && test !== 'NONE',
    environment: config.Env ?? [],
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
  };
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64' };

/** Whether an image of platform `has` is what `wanted` (`os[/arch[/variant]]`) asks for. */
export function isOfPlatform(has: string, wanted: string): boolean {
  const parts = (platform: string): (string | undefined)[] => {
    const [os, arch, variant] = platform.toLowerCase().split('/');
    const plain = arch && (ARCHITECTURES[arch] ?? arch);
    return [os, plain, variant ?? (plain === 'arm64' ? 'v8' : undefined)];
  };
  const there = parts(has);
  return parts(wanted).every((part, i) => part === undefined || there[i] === undefined || part === there[i]);
}

export interface ContainerJson {
  Id?: string;
  Name?: string;
  Image?: string;
  Config?: { Labels?: Labels | null; Tty?: boolean } | null;
  State?: {
    Status?: string;
    Running?: boolean;
    Pid?: number;
    ExitCode?: number;
    OOMKilled?: boolean;
    Error?: string;
    StartedAt?: string;
    Health?: { Status?: string; Log?: { Output?: string }[] | null } | null;
  };
  NetworkSettings?: {
    Networks?: Readonly<Record<string, { IPAddress?: string } | null>> | null;
    Ports?: Readonly<Record<string, { HostPort?: string }[] | null>> | null;
  };
}

const STATES = new Set(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']);
/** Podman's words for some of them. */
const OTHER_STATES: Readonly<Record<string, ContainerFacts['state']>> = {
  configured: 'created',
  initialized: 'created',
  stopping: 'running',
  stopped: 'exited',
};

export function containerOf(json: ContainerJson): ContainerFacts {
  const state = json.State ?? {};
  const status = stateOf(state.Status, state.Running === true);
  const startedAt = Date.parse(state.StartedAt ?? '');
  const health = state.Health?.Status;
  const addresses: Record<string, string> = {};
  for (const [name, network] of Object.entries(json.NetworkSettings?.Networks ?? {}))
    if (network?.IPAddress) addresses[name] = network.IPAddress;
  // `80/tcp`: [{ HostPort }], once for each address.
  const hostPorts = Object.entries(json.NetworkSettings?.Ports ?? {}).flatMap(([inside, bindings]) =>
    [...new Set((bindings ?? []).map(({ HostPort }) => Number(HostPort)))].map(port => ({
      port,
      protocol: inside.split('/')[1] ?? 'tcp',
    })),
  );
  return {
    id: json.Id ?? '',
    name: (json.Name ?? '').replace(/^\//, ''),
    labels: json.Config?.Labels ?? {},
    imageId: json.Image ?? '',
    state: status,
    pid: state.Pid || undefined,
    exitCode: status === 'exited' || status === 'dead' ? state.ExitCode : undefined,
    outOfMemory: state.OOMKilled === true,
    error: state.Error ?? '',
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : undefined,
    healthOutput: state.Health?.Log?.at(-1)?.Output,
    // A container that has never run was started in the year 1.
    startedAt: startedAt > 0 ? startedAt : undefined,
    addresses,
    hostPorts,
  };
}

function stateOf(status: string | undefined, isRunning: boolean): ContainerFacts['state'] {
  if (status !== undefined && STATES.has(status)) return status as ContainerFacts['state'];
  return OTHER_STATES[status ?? ''] ?? (isRunning ? 'running' : 'exited');
}

export interface NetworkJson {
  Id?: string;
  Name?: string;
  Labels?: Labels | null;
  Driver?: string;
  IPAM?: { Config?: { Subnet?: string; Gateway?: string }[] | null } | null;
  Containers?: Readonly<Record<string, unknown>> | null;
}

export function networkOf(json: NetworkJson): NetworkFacts {
  const gateways: string[] = [];
  for (const { Gateway, Subnet } of json.IPAM?.Config ?? []) {
    const gateway = Gateway?.split('/')[0] || firstAddress(Subnet);
    if (gateway) gateways.push(gateway);
  }
  return {
    id: json.Id ?? '',
    name: json.Name ?? '',
    labels: json.Labels ?? {},
    driver: json.Driver ?? '',
    gateways,
    containers: Object.keys(json.Containers ?? {}),
  };
}

/** The engine takes the first address of a pool as the gateway where none is named. IPv4 only. */
function firstAddress(subnet: string | undefined): string | undefined {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(subnet ?? '') ?? [];
  if (bits === undefined) return undefined;
  const address = ((Number(a) << 24) | (Number(b) << 16) | (Number(c) << 8) | Number(d)) >>> 0;
  const mask = Number(bits) === 0 ? 0 : (-1 << (32 - Number(bits))) >>> 0;
  const first = ((address & mask) >>> 0) + 1;
  return [24, 16, 8, 0].map(shift => (first >>> shift) & 255).join('.');
}

export interface EventJson {
  Type?: string;
  Action?: string;
  /** Of engines before API 1.22, and of Podman. */
  status?: string;
  id?: string;
  Actor?: { ID?: string; Attributes?: Labels | null };
  time?: number;
  timeNano?: number;
}

/** Undefined: it is not about a container. */
export function eventOf(json: EventJson): EngineEvent | undefined {
  const container = json.Actor?.ID ?? json.id;
  const said = json.Action ?? json.status;
  if (!container || !said || (json.Type !== undefined && json.Type !== 'container')) return undefined;
  return {
    container,
    action: said,
    attributes: json.Actor?.Attributes ?? {},
    at: json.timeNano ? Math.floor(json.timeNano / 1e6) : (json.time ?? 0) * 1000,
  };
}

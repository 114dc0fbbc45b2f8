/** What a container is made of, in the words of Compose: plain data that config makes and the container runner reads. */
import type { Command } from './system.js';

/** All that a container service says about its container. What is undefined is left to the image, or to the engine. */
export interface ContainerSettings {
  /** What is run; with {@link build}, the name that the built image gets. */
  readonly image: string;
  /** Built by the engine before the first launch. */
  readonly build: ImageBuild | undefined;
  /** When the image is fetched: `missing` (default), `always`, `never`; `build`: it is built each time. */
  readonly pull: 'missing' | 'always' | 'never' | 'build';
  /** `os[/arch[/variant]]`. */
  readonly platform: string | undefined;
  /** Replaces the image's entrypoint and drops its command; empty: none. */
  readonly entrypoint: readonly string[] | undefined;
  /** Arguments after the entrypoint; undefined: the image's own; empty: none. */
  readonly args: readonly string[] | undefined;
  /** Default `<system>-<service>`. */
  readonly containerName: string | undefined;
  readonly hostname: string | undefined;
  readonly domainname: string | undefined;
  readonly workingDir: string | undefined;
  readonly user: string | undefined;
  readonly groupAdd: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Keys of {@link System.networks}; none: the system's default network. Without effect with {@link networkMode}. */
  readonly networks: readonly NetworkUse[];
  /** `host`, `none`, `bridge`, `service:NAME` or `container:NAME`. */
  readonly networkMode: string | undefined;
  /** `NAME:ADDRESS`; an address may be `host-gateway`. */
  readonly extraHosts: readonly string[];
  /** Who answers its look-ups; empty: the engine's own. */
  readonly resolver: {
    readonly servers: readonly string[];
    readonly search: readonly string[];
    readonly options: readonly string[];
  };
  /** A small init process as pid 1. */
  readonly init: boolean | undefined;
  /** `none` turns the image's own off. */
  readonly healthcheck: Healthcheck | 'none' | undefined;
  /** Name or number; undefined: the image's, else SIGTERM. */
  readonly stopSignal: string | undefined;
  readonly resources: ContainerResources;
  readonly tty: boolean;
  readonly stdinOpen: boolean;
  readonly readOnly: boolean;
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly securityOpt: readonly string[];
  /** `HOST:CONTAINER:rwm`. */
  readonly devices: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /** `host`, `service:NAME`, `shareable` …, as the engine takes it. */
  readonly ipc: string | undefined;
  readonly pid: string | undefined;
  /** Run inside after each start, one after the other, before it can be ready; one that fails fails the start. */
  readonly postStart: readonly ContainerHook[];
  /** Run inside before it is asked to end. */
  readonly preStop: readonly ContainerHook[];
  readonly logging:
    | { readonly driver: string | undefined; readonly options: Readonly<Record<string, string>> }
    | undefined;
  /** True: a stop leaves the container (stopped), and the next start goes on with it if it is unchanged. */
  readonly keep: boolean;
}

/** A command that is run inside a running container. */
export interface ContainerHook {
  readonly argv: readonly [string, ...string[]];
  readonly user: string | undefined;
  readonly workingDir: string | undefined;
  readonly privileged: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** How much of the machine it may use; undefined: no limit. */
export interface ContainerResources {
  /** Bytes. */
  readonly memory: number | undefined;
  /** Bytes. */
  readonly memoryReservation: number | undefined;
  /** Bytes, memory and swap together; -1: no limit. */
  readonly memorySwap: number | undefined;
  /** Bytes. */
  readonly shmSize: number | undefined;
  /** Cores, may be a fraction. */
  readonly cpus: number | undefined;
  readonly cpuShares: number | undefined;
  readonly pids: number | undefined;
  readonly oomScoreAdj: number | undefined;
}

/** An image made from a Dockerfile. */
export interface ImageBuild {
  /** Absolute directory. */
  readonly context: string;
  /** Absolute, or relative to the context; default `Dockerfile`. */
  readonly dockerfile: string;
  /** The Dockerfile's text, instead of a file. */
  readonly dockerfileInline: string | undefined;
  readonly target: string | undefined;
  /** Null: the value comes from fuge's own environment. */
  readonly args: Readonly<Record<string, string | null>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly cacheFrom: readonly string[];
  readonly noCache: boolean;
  /** Look for newer base images. */
  readonly pull: boolean;
  readonly network: string | undefined;
  readonly shmSize: number | undefined;
  readonly extraHosts: readonly string[];
  readonly platform: string | undefined;
  /** Further names of the image. */
  readonly tags: readonly string[];
}

export type Mount =
  | {
      readonly type: 'bind';
      /** Absolute path on this machine. */
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** Make the directory where it is missing (the short form does). */
      readonly createSource: boolean;
      readonly propagation: string | undefined;
      readonly selinux: 'z' | 'Z' | undefined;
    }
  | {
      readonly type: 'volume';
      /** Key of {@link System.volumes}; undefined: an anonymous one, new for each container. */
      readonly source: string | undefined;
      readonly target: string;
      readonly readOnly: boolean;
      /** Do not fill a new volume with what the image has there. */
      readonly noCopy: boolean;
      readonly subpath: string | undefined;
    }
  | {
      readonly type: 'tmpfs';
      readonly target: string;
      /** Bytes. */
      readonly size: number | undefined;
      readonly mode: number | undefined;
    };

/** A service in one network. */
export interface NetworkUse {
  /** Key of {@link System.networks}, or `default`. */
  readonly network: string;
  /** Besides the service's and the container's name. */
  readonly aliases: readonly string[];
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
  readonly mac: string | undefined;
  readonly priority: number;
}

export interface Network {
  /** Its name in the engine; undefined: `<system>_<key>`. */
  readonly name: string | undefined;
  /** It must exist, and is never made or removed here. */
  readonly external: boolean;
  readonly driver: string | undefined;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipv6: boolean;
  readonly ipam: {
    readonly driver: string | undefined;
    readonly pools: readonly {
      readonly subnet: string | undefined;
      readonly gateway: string | undefined;
      readonly ipRange: string | undefined;
      readonly auxAddresses: Readonly<Record<string, string>>;
    }[];
  };
  readonly labels: Readonly<Record<string, string>>;
}

export interface Volume {
  /** Its name in the engine; undefined: `<system>_<key>`. */
  readonly name: string | undefined;
  /** It must exist, and is never made or removed here. */
  readonly external: boolean;
  readonly driver: string | undefined;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The engine's own probe, as Compose and Dockerfile have it; what is undefined is the image's. */
export interface Healthcheck {
  /** Run in the container; success is exit code 0. Undefined: the image's own test. */
  readonly test: Command | undefined;
  readonly intervalMs: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly retries: number | undefined;
  readonly startPeriodMs: number | undefined;
  /** ms between two looks within the start period. */
  readonly startIntervalMs: number | undefined;
}

/** An engine's names have letters, digits, `_`, `.` and `-`, and begin with a letter or digit. */
export function engineName(text: string): string {
  return text.replace(/[^a-zA-Z0-9_.-]+/g, '-').replace(/^[^a-zA-Z0-9]+/, '') || 'fuge';
}

/** What the container of a service is called where `container_name` does not say it (a second checkout adds to it). */
export const containerNameOf = (systemName: string, service: string) => engineName(`${systemName}-${service}`);

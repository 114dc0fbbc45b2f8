/** The resolved system: plain frozen data that config makes and the supervisor runs. No functions. */
import type { ContainerSettings, Network, Volume } from './container.js';
import type { Origin } from './diagnostic.js';
import type { Translation } from './translation.js';

/** Everything that one system file (and what it includes) says. */
export interface System {
  /** Shown to people and used in names of containers and sockets: `name:`, else the directory's name. */
  readonly name: string;
  /** Absolute path of the system file. */
  readonly file: string;
  /** Directory of the system file. */
  readonly directory: string;
  /** Services in file order, included ones first (as fuge 2 does). */
  readonly services: ReadonlyMap<string, Service>;
  /** The other form of services that can run both as a process and as a container, see `Supervisor.switch`. */
  readonly alternatives: ReadonlyMap<string, Service>;
  /** Networks of containers, by the key that services name. `default` need not be among them. */
  readonly networks: ReadonlyMap<string, Network>;
  /** Named volumes, by the key that services name. One that is not among them has no settings. */
  readonly volumes: ReadonlyMap<string, Volume>;
  /** `fuge_global.environment`, lowest of what the user says. */
  readonly environment: Readonly<Record<string, string>>;
  /** `fuge_global.env_file`, above {@link environment}. */
  readonly envFiles: readonly EnvFile[];
  /** Profiles that are chosen; services of other profiles are started only when they are named. */
  readonly profiles: readonly string[];
  /** Absolute directory for `<service>.log`; default `log` beside the system file. */
  readonly logDirectory: string;
  /** False leaves containers to others; their addresses stay in discovery. */
  readonly runContainers: boolean;
  /** `container_engine_url`; undefined: look for an engine. */
  readonly containerEngine: string | undefined;
  /** Global `auto_generate_environment`. False: nobody is told where the others are. */
  readonly discovery: boolean;
  /** In which forms they are told; Kubernetes' (with fuge 2's spellings) by default. */
  readonly dialects: readonly Dialect[];
  readonly dns: DnsSettings;
  /** Names for people (`names:`); undefined: there are none. */
  readonly names: NamesSettings | undefined;
  /** Added to the ports of this machine that the files say (`--port-offset`); 0: none. */
  readonly portOffset: number;
  /** Every file this was read from (system file first), absolute. Env files are not among them. */
  readonly files: readonly string[];
  /** Where the keys of `fuge_global` are defined, for showing. */
  readonly origins: Readonly<Record<string, Origin>>;
}

/**
 * A form of variables that say where a service is: Kubernetes' and docker links'; `NAME_URL`; that of .NET Aspire
 * (`services__name__http__0`).
 */
export type Dialect = 'kubernetes' | 'url' | 'aspire';
export const DIALECTS: readonly Dialect[] = ['kubernetes', 'url', 'aspire'];

/** HTTP services are also at `http://<service>.<system>.localhost:<port>`. */
export interface NamesSettings {
  /** The one port that all of them share, at loopback. */
  readonly port: number;
}

export interface DnsSettings {
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  readonly suffix: string;
  readonly external: readonly ExternalRecord[];
  /** Who is asked what is not ours: nobody (it is refused), what the system asks, or `ADDRESS[:PORT]`. */
  readonly forward: boolean | string;
}

/** One line of `dns_external`. */
export type ExternalRecord =
  | { readonly type: 'A'; readonly name: string; readonly address: string }
  | {
      readonly type: 'SRV';
      readonly name: string;
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    };

export type Service = ProcessService | NodeService | ContainerService | ExternalService;
export type ServiceType = Service['type'];

interface ServiceBase {
  readonly name: string;
  /** `group`; default `['default']`. */
  readonly groups: readonly string[];
  /** Where others reach it; default 127.0.0.1. */
  readonly host: string;
  readonly ports: readonly Port[];
  /** False: the others are not told of it (service-level `auto_generate_environment: false`). */
  readonly advertised: boolean;
  readonly dns: { readonly enabled: boolean; readonly namespace: string; readonly suffix: string };
  /** What must be there before it is started; only names of services of this system. */
  readonly dependsOn: readonly Dependency[];
  /** Compose's `profiles`: it takes part only when one of these is chosen, or when it is named; none: always. */
  readonly profiles: readonly string[];
  /** Whether its lines are shown at first. */
  readonly tail: boolean;
  /** Why it can't be started at all (its path is missing); undefined: it can. */
  readonly disabled: string | undefined;
  /** It is one of several that do the same (`instances`, `instance_of`; Compose's `scale`); undefined: it is the only one. */
  readonly instance?: Instance;
  /** Where the service is defined. */
  readonly at: Origin;
  /** Where its keys are defined, by dotted path (`run`, `ports.0`), for messages at run time. */
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Copies of a service run side by side: `web-1` to `web-3` are the instances of `web`, which itself is no service. */
export interface Instance {
  /** The name that stands for all of them: in commands, in DNS, in the browser, among containers. */
  readonly of: string;
  /** 1, 2 … in the system's order; told to the service as FUGE_INSTANCE. */
  readonly number: number;
}

/** What the supervisor starts and stops. */
interface Supervised extends ServiceBase {
  /** The service's own `environment`, highest. */
  readonly environment: Readonly<Record<string, string>>;
  readonly envFiles: readonly EnvFile[];
  /** Written before each launch. */
  readonly files?: readonly GivenFile[];
  /** ms to wait before its first launch after a start; in one start command the delays add up in start order. */
  readonly delayMs: number;
  readonly restart: RestartPolicy;
  readonly stop: StopPolicy;
  /**
   * When it is ready; `launched`: as soon as it runs; undefined: its first declared TCP port accepts, or, without one, it
   * has lived for a moment.
   */
  readonly ready: Probe | 'launched' | undefined;
  /** Failing it restarts the service; undefined: never asked. */
  readonly live: Probe | undefined;
  /** `type: task` or `once: true`: it runs to its end (migrations, seeds), and is ready when that was a success. */
  readonly once: boolean;
  /** `repository_url`, for pull and status. */
  readonly repository: string | undefined;
}

/** What runs as a process on this machine. */
interface Local extends Supervised {
  /** Absolute working directory. */
  readonly cwd: string;
  /** Undefined: there is no `run`, it can't be started, yet build and test can. */
  readonly command: Command | undefined;
  readonly build: Command | undefined;
  readonly test: Command | undefined;
  readonly hooks: Hooks;
  /** A save runs `build` first, and restarts only if that succeeds; until then the old run goes on. */
  readonly rebuildOnChange: boolean;
  readonly watch: WatchPolicy;
  /** It runs in a terminal of its own and can be typed into; absent: it writes to pipes, and its input is empty. */
  readonly tty?: true;
  /** Of a Compose service: what its env files say is said in the words of containers. */
  readonly translation?: Translation;
  /** What the Dockerfile sets of a service that would be built: below all that the user says. */
  readonly imageEnvironment?: Readonly<Record<string, string>>;
}

/** Commands around the runs of a service, in its directory with its environment. */
export interface Hooks {
  /** Before each launch; a failure fails the launch. */
  readonly prerun: Command | undefined;
  /** Each time it becomes ready. */
  readonly onReady: Command | undefined;
  /** After each run has ended. */
  readonly onExit: Command | undefined;
}

export interface ProcessService extends Local {
  readonly type: 'process';
}

/** Run by this Node binary; a leading `node` of the command is already dropped. */
export interface NodeService extends Local {
  readonly type: 'node';
  /** A spare process waits for the next launch: a restart costs only what the program itself takes to load; absent: it does not. */
  readonly warm?: true;
}

export interface ContainerService extends Supervised, ContainerSettings {
  readonly type: 'container';
}

/** Runs elsewhere: known to discovery and ps, never started. */
export interface ExternalService extends ServiceBase {
  readonly type: 'external';
}

/** `source` is what the user wrote, for showing. A shell line goes to `sh -c`. */
export type Command =
  | { readonly kind: 'argv'; readonly argv: readonly [string, ...string[]]; readonly source: string }
  | { readonly kind: 'shell'; readonly line: string; readonly source: string };

export interface Port {
  readonly name: string;
  /** The port others use (the left-hand one). */
  readonly host: number;
  /** The port inside the container, or undefined: the same. */
  readonly target: number | undefined;
  /** The address of this machine that a container's port is published on; undefined: the service's host. */
  readonly hostAddress: string | undefined;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** True: the service declared none and got the next from `auto_port_start`. */
  readonly automatic: boolean;
  /** Its number is fuge's to pick (`auto`), see port-numbers.ts. */
  readonly picked?: true;
  /** What the file says, where the system's offset has made another {@link host} of it. */
  readonly written?: number;
  readonly at: Origin | undefined;
}

export interface EnvFile {
  /** Absolute path. It is read at every launch, so a restart picks up an edit. */
  readonly path: string;
  readonly at: Origin | undefined;
  /** False: a missing file is passed over in silence (Compose `required: false`). fuge 2's are required: a warning. */
  readonly required: boolean;
  /** `raw`: no quotes, no interpolation (Compose). */
  readonly format: 'dotenv' | 'raw';
}

/** A file whose content the system file says, or a variable (Compose's secrets and configs). */
export interface GivenFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  /** Permissions. */
  readonly mode: number;
}

export interface Dependency {
  readonly service: string;
  /** `started`: it was launched. `ready`: it is ready (a task: succeeded). `completed`: it ended with success. */
  readonly condition: 'started' | 'ready' | 'completed';
  /** False: waited for only where it is started at all; one that fails or can't be started holds nobody back. */
  readonly required: boolean;
  /** Restart the dependent when this one has restarted. */
  readonly restart: boolean;
  readonly at: Origin | undefined;
}

export type Probe = ProbeTiming &
  (
    | {
        readonly kind: 'http';
        readonly path: string;
        readonly port: number;
        readonly status: readonly [number, number];
      }
    | { readonly kind: 'tcp'; readonly port: number }
    /** Success is exit code 0. */
    | { readonly kind: 'exec'; readonly command: Command }
    /** A line of output, complete or not, that matches. */
    | { readonly kind: 'log'; readonly pattern: string }
  );

export interface ProbeTiming {
  /** ms between two looks once it is ready (while starting they are frequent: from 20 ms, growing to this). */
  readonly intervalMs: number;
  /** ms that one look may take. */
  readonly timeoutMs: number;
  /** Failures in a row after which a ready service counts as unhealthy. */
  readonly retries: number;
  /** ms after launch within which failures do not count. */
  readonly startPeriodMs: number;
}

export interface RestartPolicy {
  /** What to do when it ends by itself. fuge 2's `restart_on_error: true` is `on-failure`. */
  readonly when: 'never' | 'on-failure' | 'always';
  /** At most this many restarts within {@link windowMs}; fuge 2's `max_restarts`, default 5. */
  readonly limit: number;
  /** ms; fuge 2: 30,000. */
  readonly windowMs: number;
  /** ms before the first restart, doubled for each further one in the window. */
  readonly backoffMs: number;
  /** ms that the doubling ends at. */
  readonly backoffMaxMs: number;
  /** Exit codes that are no failure; default 0. */
  readonly successCodes: readonly number[];
}

export interface StopPolicy {
  /** `terminate`, default SIGTERM. */
  readonly signal: NodeJS.Signals;
  /** ms between the signal and SIGKILL, default 10,000 as Docker's. */
  readonly graceMs: number;
}

export interface WatchPolicy {
  readonly enabled: boolean;
  /** Absolute directories. */
  readonly roots: readonly string[];
  /** `monitor_excludes`: globs relative to the root; without a slash they match at any depth. */
  readonly excludes: readonly string[];
  /** Whether the repository's .gitignore files exclude too; default true. */
  readonly gitignore: boolean;
  /** Compose's `develop.watch`: a save counts only where one of these wants it. Undefined: everywhere. */
  readonly rules?: readonly WatchRule[];
}

/** Patterns as .dockerignore has them, relative to the root. */
export interface WatchRule {
  /** Absolute directory: one of the policy's roots. */
  readonly root: string;
  /** Empty: everything. */
  readonly include: readonly string[];
  readonly ignore: readonly string[];
}

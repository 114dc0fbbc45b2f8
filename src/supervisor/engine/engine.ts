/** What is asked of a container engine. `docker.ts` asks it through dockerode; tests answer by hand. */
import type { StreamName } from '../../event.js';

/** Something the engine refused, or could not be asked. Thrown by every method of {@link Engine}. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** HTTP status of the refusal; undefined: there was no answer at all, see {@link code}. */
  readonly status: number | undefined;
  /** ENOENT, ECONNREFUSED, EACCES …, where there was no answer. */
  readonly code: string | undefined;

  constructor(message: string, about: { status?: number | undefined; code?: string | undefined } = {}) {
    super(message);
    this.status = about.status;
    this.code = about.code;
  }

  /** Whether the engine itself is gone, rather than unwilling. */
  get isUnreachable(): boolean {
    return this.status === undefined;
  }
}

export interface Engine {
  /** For people: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Whether the engine shares this machine's network and processes (a unix socket on Linux). */
  readonly isLocal: boolean;
  info(): Promise<EngineInfo>;

  /** Undefined: there is no such image here. */
  image(name: string, platform?: string): Promise<ImageFacts | undefined>;
  /** Fetches an image; credentials are found by its registry. */
  pull(image: string, options: PullOptions): Promise<void>;
  /** Makes an image; settles with its id. */
  build(options: BuildOptions): Promise<string>;

  /** @param body As the engine's API has it. Settles with the id. */
  createContainer(name: string, body: object, platform?: string): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** What a container prints from now on; before the start nothing is missed. */
  attach(id: string, output: OutputSink): Promise<Attachment>;
  /** What a container has printed since a time (Unix, ms; from the begin where undefined), and goes on to print while `follow`. */
  logs(id: string, output: OutputSink, options: { since?: number; follow: boolean }): Promise<Attachment>;
  inspectContainer(id: string): Promise<ContainerFacts | undefined>;
  /** Those with all of these labels (`name` or `name=value`), running or not. */
  containers(labels: readonly string[]): Promise<readonly ContainerFacts[]>;
  /** Settles also where it has ended already. */
  signalContainer(id: string, signal: string): Promise<void>;
  /** By force, with its anonymous volumes. Settles also where it is gone already. */
  removeContainer(id: string): Promise<void>;

  networks(labels: readonly string[]): Promise<readonly NetworkFacts[]>;
  /** Undefined: there is none of that name. */
  network(name: string): Promise<NetworkFacts | undefined>;
  createNetwork(body: object): Promise<string>;
  connectNetwork(id: string, body: object): Promise<void>;
  /** Settles also where it is gone already. */
  removeNetwork(id: string): Promise<void>;
  volume(name: string): Promise<{ readonly labels: Readonly<Record<string, string>> } | undefined>;
  createVolume(body: object): Promise<void>;
  removeVolume(name: string): Promise<void>;

  exec(id: string, body: object, options: ExecStreamOptions): Promise<ExecStream>;

  /** Container events (`start`, `die`, `oom`, `health_status: …`, `destroy`) from now on, or since a time (Unix, s). Ends by `ended`. */
  events(
    filter: { labels: readonly string[]; since?: number },
    heard: (event: EngineEvent) => void,
    ended: () => void,
  ): Promise<Attachment>;
  close(): void;
}

export interface EngineInfo {
  /** Of the machine it runs on: `linux/amd64`. */
  readonly platform: string;
  readonly version: string;
  readonly apiVersion: string;
  /** `docker`, `podman` … as it calls itself. */
  readonly product: string;
}

export interface ImageFacts {
  readonly id: string;
  readonly platform: string;
  readonly stopSignal: string | undefined;
  /** It brings a health check of its own. */
  readonly hasHealthcheck: boolean;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface ContainerFacts {
  readonly id: string;
  /** Without the slash that the engine puts before it. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly imageId: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  readonly pid: number | undefined;
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
  /** What the engine says went wrong with its start or end; empty: nothing. */
  readonly error: string;
  readonly health: 'starting' | 'healthy' | 'unhealthy' | undefined;
  /** The last thing the health check printed. */
  readonly healthOutput: string | undefined;
  /** Unix time, ms. */
  readonly startedAt: number | undefined;
  /** Address by network name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Ports of the engine's machine that lead into it now. */
  readonly hostPorts: readonly { readonly port: number; readonly protocol: string }[];
}

export interface NetworkFacts {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly driver: string;
  /** The gateways of its address pools: where containers reach this machine. */
  readonly gateways: readonly string[];
  /** Ids of the containers in it. */
  readonly containers: readonly string[];
}

export interface OutputSink {
  output(stream: StreamName, chunk: Buffer): void;
  /** Nothing more comes: the container has ended, or the connection broke. Once; never after {@link Attachment.close}. */
  ended(): void;
}

export interface Attachment {
  /** Pauses or goes on reading. */
  hold(isHeld: boolean): void;
  close(): void;
}

export interface PullOptions {
  readonly platform?: string | undefined;
  readonly signal: AbortSignal;
  onProgress(bytes: { done: number; total: number }): void;
}

export interface BuildOptions {
  /** The tar of the context. */
  readonly context: NodeJS.ReadableStream;
  /** As the engine's API has it: t, dockerfile, buildargs, target … */
  readonly query: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  onOutput(text: string): void;
}

export interface ExecStreamOptions {
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined;
  readonly output: OutputSink;
}

export interface ExecStream {
  write(data: Uint8Array): void;
  end(): void;
  resize(columns: number, rows: number): Promise<void>;
  /** When its output has ended. */
  exitCode(): Promise<number>;
  close(): void;
}

export interface EngineEvent {
  readonly container: string;
  /** `start`, `die`, `oom`, `health_status`, `destroy` … */
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Unix time, ms. */
  readonly at: number;
}

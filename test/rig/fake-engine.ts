/** A container engine in memory: tests say what is in it, what goes wrong, and read what it was asked. */
import {
  type BuildOptions,
  type ContainerFacts,
  type Engine,
  EngineError,
  type EngineEvent,
  type ImageFacts,
  type NetworkFacts,
  type OutputSink,
  type PullOptions,
} from '../../src/supervisor/engine/engine.js';

export type FakeContainer = { -readonly [K in keyof ContainerFacts]: ContainerFacts[K] } & {
  body: Record<string, unknown>;
  /** Of its output, while somebody reads it. */
  sink: OutputSink | undefined;
};
export type FakeNetwork = { -readonly [K in keyof NetworkFacts]: NetworkFacts[K] } & { body: object };

/** A pull or a build that is under way, until a test ends it. */
export interface FakeWork<T> {
  readonly subject: string;
  readonly options: T;
  succeed(): void;
  fail(error: Error): void;
}

const nothing = () => {};
const attachment = { hold: nothing, close: nothing };
/** Signals that end a container of this engine politely. */
const POLITE = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR1'];

export class FakeEngine implements Engine {
  readonly address = 'unix:///fake.sock';
  isLocal = true;
  apiVersion = '1.44';
  readonly images = new Map<string, ImageFacts>();
  readonly held = new Map<string, FakeContainer>();
  readonly nets = new Map<string, FakeNetwork>();
  readonly volumes = new Map<string, { labels: Record<string, string>; body: object }>();
  /** What it was asked to change, in order: `pull redis`, `kill ID SIGTERM`, `remove container ID` … */
  readonly log: string[] = [];
  /** Pulls and builds wait here for a test to end them; where {@link isSlow} is false they succeed at once. */
  readonly work: FakeWork<PullOptions | BuildOptions>[] = [];
  isSlow = false;
  /** Containers that ignore every polite signal. */
  readonly stubborn = new Set<string>();
  /** Refuses what a line of {@link log} would say, before it happens. */
  refuse: (line: string) => EngineError | undefined = () => undefined;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #ended: (() => void)[] = [];
  #next = 1;

  // What tests do with it

  addImage(name: string, more: Partial<ImageFacts> = {}): ImageFacts {
    const image = {
      id: `sha256:${name}`,
      platform: 'linux/amd64',
      stopSignal: undefined,
      hasHealthcheck: false,
      environment: [],
      entrypoint: [],
      command: [],
      ...more,
    };
    this.images.set(name, image);
    return image;
  }

  addContainer(name: string, more: Partial<FakeContainer> = {}): FakeContainer {
    const container: FakeContainer = {
      id: `container-${this.#next++}`,
      name,
      labels: {},
      imageId: '',
      state: 'running',
      pid: undefined,
      exitCode: undefined,
      outOfMemory: false,
      error: '',
      health: undefined,
      healthOutput: undefined,
      startedAt: undefined,
      addresses: {},
      hostPorts: [],
      body: {},
      sink: undefined,
      ...more,
    };
    this.held.set(container.id, container);
    return container;
  }

  addNetwork(name: string, more: Partial<FakeNetwork> = {}): FakeNetwork {
    const network: FakeNetwork = {
      id: `network-${this.#next++}`,
      name,
      labels: {},
      driver: 'bridge',
      gateways: ['172.18.0.1'],
      containers: [],
      body: {},
      ...more,
    };
    this.nets.set(network.id, network);
    return network;
  }

  /** A container ends by itself. */
  end(id: string, exitCode: number): void {
    const container = this.held.get(id);
    if (container?.state !== 'running') return;
    Object.assign(container, { state: 'exited', exitCode, pid: undefined });
    this.#leaveNetworks(id);
    this.tell({ container: id, action: 'die', attributes: { exitCode: String(exitCode) }, at: 0 });
    container.sink?.ended();
  }

  tell(event: EngineEvent): void {
    for (const heard of this.#listeners) heard(event);
  }

  /** Every stream of events ends, as when the engine is stopped. */
  breakOff(): void {
    this.#listeners.clear();
    for (const ended of this.#ended.splice(0)) ended();
  }

  // What it is asked

  async info() {
    return { platform: 'linux/amd64', version: '25.0.0', apiVersion: this.apiVersion, product: 'docker' };
  }

  async image(name: string, platform?: string) {
    const image = this.images.get(name);
    return platform !== undefined && image?.platform !== platform ? undefined : image;
  }

  pull(image: string, options: PullOptions): Promise<void> {
    return this.#worked(`pull ${image}`, image, options, () => {
      if (!this.images.has(image)) this.addImage(image, { ...(options.platform && { platform: options.platform }) });
    });
  }

  async build(options: BuildOptions): Promise<string> {
    const name = String([options.query.t].flat()[0]);
    await this.#worked(`build ${name}`, name, options, () => this.addImage(name));
    return this.images.get(name)!.id;
  }

  async createContainer(name: string, body: object): Promise<string> {
    this.#does(`create container ${name}`);
    if ([...this.held.values()].some(each => each.name === name))
      throw new EngineError(`Conflict. The container name "/${name}" is already in use`, { status: 409 });
    const { Labels = {} } = body as { Labels?: Record<string, string> };
    return this.addContainer(name, { state: 'created', labels: Labels, body: body as Record<string, unknown> }).id;
  }

  async startContainer(id: string): Promise<void> {
    this.#does(`start ${id}`);
    Object.assign(this.#container(id), { state: 'running', pid: 4242, startedAt: 1 });
    this.tell({ container: id, action: 'start', attributes: {}, at: 0 });
  }

  async attach(id: string, output: OutputSink) {
    this.#container(id).sink = output;
    return attachment;
  }

  logs = this.attach;

  async inspectContainer(id: string) {
    return this.held.get(id) ?? [...this.held.values()].find(each => each.name === id);
  }

  async containers(labels: readonly string[]): Promise<readonly ContainerFacts[]> {
    return [...this.held.values()].filter(each => hasLabels(each.labels, labels)).map(each => ({ ...each }));
  }

  async signalContainer(id: string, signal: string): Promise<void> {
    this.#does(`kill ${id} ${signal}`);
    if (signal === 'SIGKILL') this.end(id, 137);
    else if (POLITE.includes(signal) && !this.stubborn.has(id)) this.end(id, 0);
  }

  async removeContainer(id: string): Promise<void> {
    this.#does(`remove container ${id}`);
    this.end(id, 137);
    this.held.delete(id);
    this.#leaveNetworks(id);
    this.tell({ container: id, action: 'destroy', attributes: {}, at: 0 });
  }

  async networks(labels: readonly string[]) {
    return [...this.nets.values()].filter(each => hasLabels(each.labels, labels)).map(each => ({ ...each }));
  }

  async network(name: string) {
    return [...this.nets.values()].find(each => each.name === name);
  }

  async createNetwork(body: object): Promise<string> {
    const { Name, Labels = {} } = body as { Name: string; Labels?: Record<string, string> };
    this.#does(`create network ${Name}`);
    if (await this.network(Name)) throw new EngineError(`network with name ${Name} already exists`, { status: 409 });
    return this.addNetwork(Name, { labels: Labels, body }).id;
  }

  async connectNetwork(id: string, body: object): Promise<void> {
    this.#does(`connect ${id} ${(body as { Container?: string }).Container}`);
  }

  async removeNetwork(id: string): Promise<void> {
    this.#does(`remove network ${this.nets.get(id)?.name}`);
    if (this.nets.get(id)?.containers.length) throw new EngineError('network has active endpoints', { status: 403 });
    this.nets.delete(id);
  }

  async volume(name: string) {
    return this.volumes.get(name);
  }

  async createVolume(body: object): Promise<void> {
    const { Name, Labels = {} } = body as { Name: string; Labels?: Record<string, string> };
    this.#does(`create volume ${Name}`);
    this.volumes.set(Name, { labels: Labels, body });
  }

  async removeVolume(name: string): Promise<void> {
    this.#does(`remove volume ${name}`);
    this.volumes.delete(name);
  }

  async exec(): Promise<never> {
    throw new EngineError('nothing can be run in these containers', { status: 501 });
  }

  async events(_filter: object, heard: (event: EngineEvent) => void, ended: () => void) {
    this.#listeners.add(heard);
    this.#ended.push(ended);
    return { hold: nothing, close: () => void this.#listeners.delete(heard) };
  }

  close(): void {
    this.#listeners.clear();
  }

  #container(id: string): FakeContainer {
    const container = this.held.get(id);
    if (!container) throw new EngineError(`No such container: ${id}`, { status: 404 });
    return container;
  }

  /** A container that does not run is in none. */
  #leaveNetworks(id: string): void {
    for (const network of this.nets.values()) network.containers = network.containers.filter(each => each !== id);
  }

  #does(line: string): void {
    const refusal = this.refuse(line);
    if (refusal) throw refusal;
    this.log.push(line);
  }

  async #worked<T extends PullOptions | BuildOptions>(line: string, subject: string, options: T, done: () => void) {
    this.#does(line);
    if (this.isSlow)
      await new Promise<void>((resolve, reject) => {
        this.work.push({ subject, options, succeed: resolve, fail: reject });
        options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
      });
    done();
  }
}

function hasLabels(labels: Readonly<Record<string, string>>, wanted: readonly string[]): boolean {
  return wanted.every(each => {
    const [name = '', ...value] = each.split('=');
    return name in labels && (value.length === 0 || labels[name] === value.join('='));
  });
}

/** A container engine that speaks Docker's API: Docker itself, Podman, and those that bring one of them along. */
import { release } from 'node:os';
import type { EngineAddress } from './address.js';
import { EngineApi, type EngineRequest, engineError } from './api.js';
import { demultiplex } from './demultiplex.js';
import {
  type Attachment,
  type BuildOptions,
  type ContainerFacts,
  type Engine,
  EngineError,
  type EngineEvent,
  type EngineInfo,
  type ExecStream,
  type ExecStreamOptions,
  type ImageFacts,
  type NetworkFacts,
  type OutputSink,
  type PullOptions,
} from './engine.js';
import { openExecStream } from './exec-stream.js';
import {
  type ContainerJson,
  containerOf,
  type EventJson,
  eventOf,
  type ImageJson,
  imageOf,
  infoOf,
  isOfPlatform,
  type NetworkJson,
  networkOf,
  type VersionJson,
} from './facts.js';
import { followStream } from './follow.js';
import { parseImageReference } from './image-reference.js';
import { jsonLines } from './json-lines.js';
import { PullProgress } from './progress.js';
import { readProgress } from './read-progress.js';
import { atLeast, chooseVersion } from './version.js';

/** ms for the first answer of an engine; over ssh there is a log-in before it. */
const FIRST_ANSWER_MS = 5000;
const FIRST_ANSWER_SSH_MS = 20_000;

/** What is sent along so that the engine may fetch from registries: base64 of JSON, undefined: nothing. */
export interface RegistryCredentials {
  /** X-Registry-Auth for one image. */
  forImage(image: string): Promise<string | undefined>;
  /** X-Registry-Config for the base images of a build. */
  forBuild(): Promise<string | undefined>;
}

const NO_CREDENTIALS: RegistryCredentials = { forImage: async () => undefined, forBuild: async () => undefined };

/** Settles when the engine has answered; rejects with an {@link EngineError} that {@link engineProblem} makes a sentence of. */
export async function connectEngine(
  address: EngineAddress,
  credentials: RegistryCredentials = NO_CREDENTIALS,
): Promise<Engine> {
  const api = await EngineApi.open(address);
  const limit = address.kind === 'ssh' ? FIRST_ANSWER_SSH_MS : FIRST_ANSWER_MS;
  try {
    const signal = AbortSignal.timeout(limit);
    const version = await api.askJson<VersionJson>({ path: '/version', signal });
    if (typeof version?.ApiVersion !== 'string')
      throw new EngineError('what answered is no container engine', { code: 'NOT_AN_ENGINE' });
    api.version = chooseVersion(version.ApiVersion, version.MinAPIVersion);
    const isLocal = address.kind === 'socket' && (await isOnThisMachine(api, version, signal));
    return new DockerEngine(address.url, isLocal, infoOf(version, api.version), api, credentials);
  } catch (error) {
    api.close();
    if (!(error instanceof EngineError))
      throw new EngineError(`it did not answer within ${limit / 1000} s`, { code: 'ETIMEDOUT' });
    throw error;
  }
}

/** A socket may lead into a virtual machine, which has another kernel or says so; and a rootless engine has a network of its own. */
async function isOnThisMachine(api: EngineApi, version: VersionJson, signal: AbortSignal): Promise<boolean> {
  if (process.platform !== 'linux' || version.KernelVersion !== release()) return false;
  if (/desktop/i.test(version.Platform?.Name ?? '')) return false;
  const info = await api.askJson<{ SecurityOptions?: string[] | null }>({ path: '/info', signal });
  return !info.SecurityOptions?.some(option => option.startsWith('name=rootless'));
}

class DockerEngine implements Engine {
  readonly address: string;
  readonly isLocal: boolean;
  readonly #info: EngineInfo;
  readonly #api: EngineApi;
  readonly #credentials: RegistryCredentials;
  /** Containers whose output is that of a terminal, and others, as far as known. */
  readonly #terminals = new Map<string, boolean>();

  constructor(address: string, isLocal: boolean, info: EngineInfo, api: EngineApi, credentials: RegistryCredentials) {
    this.address = address;
    this.isLocal = isLocal;
    this.#info = info;
    this.#api = api;
    this.#credentials = credentials;
  }

  async info(): Promise<EngineInfo> {
    return this.#info;
  }

  async image(name: string, platform?: string): Promise<ImageFacts | undefined> {
    const query = platform !== undefined && this.#atLeast('1.49') ? { platform: platformJson(platform) } : {};
    const json = await this.#find<ImageJson>({ path: `/images/${imagePath(name)}/json`, query });
    if (!json) return undefined;
    const image = imageOf(json);
    return platform !== undefined && !isOfPlatform(image.platform, platform) ? undefined : image;
  }

  async pull(image: string, { platform, signal, onProgress }: PullOptions): Promise<void> {
    const auth = await this.#credentials.forImage(image);
    const { name, tag } = pullNames(image);
    const progress = new PullProgress();
    await readProgress(
      await this.#api.ask({
        method: 'POST',
        path: '/images/create',
        query: { fromImage: name, tag, platform },
        ...(auth !== undefined && { headers: { 'X-Registry-Auth': auth } }),
        signal,
      }),
      line => {
        const sum = progress.heard(line);
        if (sum) onProgress(sum);
      },
      signal,
    );
  }

  async build({ context, query, signal, onOutput }: BuildOptions): Promise<string> {
    const auths = await this.#credentials.forBuild();
    let id: string | undefined;
    try {
      const response = await this.#api.ask({
        method: 'POST',
        path: '/build',
        query,
        upload: context,
        headers: { 'Content-Type': 'application/x-tar', ...(auths !== undefined && { 'X-Registry-Config': auths }) },
        signal,
      });
      await readProgress(
        response,
        line => {
          if (line.aux?.ID) id = line.aux.ID;
          if (line.stream) onOutput(line.stream);
          else if (line.status && !line.progressDetail?.current)
            onOutput(`${line.id ? `${line.id}: ` : ''}${line.status}\n`);
        },
        signal,
      );
    } finally {
      (context as NodeJS.ReadableStream & { destroy?(): void }).destroy?.();
    }
    if (id !== undefined) return id;
    const name = [query.t].flat()[0];
    const built = typeof name === 'string' ? await this.image(name) : undefined;
    if (!built) throw new EngineError('the build ended without an image', { status: 500 });
    return built.id;
  }

  async createContainer(name: string, body: object, platform?: string): Promise<string> {
    const { Id } = await this.#api.askJson<{ Id: string }>({
      method: 'POST',
      path: '/containers/create',
      query: { name, platform: this.#atLeast('1.41') ? platform : undefined },
      body,
    });
    this.#terminals.set(Id, (body as { Tty?: boolean }).Tty === true);
    return Id;
  }

  async startContainer(id: string): Promise<void> {
    await this.#do({ method: 'POST', path: `/containers/${id}/start` });
  }

  async attach(id: string, output: OutputSink): Promise<Attachment> {
    const isTerminal = await this.#isTerminal(id);
    const query = { stream: 1, stdout: 1, stderr: 1 };
    const stream = await this.#api.hijack({ method: 'POST', path: `/containers/${id}/attach`, query });
    return followStream(stream, outputReader(isTerminal, output), output.ended);
  }

  async logs(id: string, output: OutputSink, options: { since?: number; follow: boolean }): Promise<Attachment> {
    const isTerminal = await this.#isTerminal(id);
    const { since, follow } = options;
    const stream = await this.#api.ask({
      path: `/containers/${id}/logs`,
      query: {
        stdout: 1,
        stderr: 1,
        follow: follow ? 1 : 0,
        since: since === undefined ? undefined : (since / 1000).toFixed(3),
      },
    });
    return followStream(stream, outputReader(isTerminal, output), output.ended);
  }

  async inspectContainer(id: string): Promise<ContainerFacts | undefined> {
    const json = await this.#find<ContainerJson>({ path: `/containers/${id}/json` });
    return json && containerOf(json);
  }

  async containers(labels: readonly string[]): Promise<readonly ContainerFacts[]> {
    const found = await this.#api.askJson<{ Id: string }[]>({
      path: '/containers/json',
      query: { all: 1, filters: { label: labels } },
    });
    // A list says less of each: neither its process nor how it ended.
    const all = await Promise.all(found.map(({ Id }) => this.inspectContainer(Id)));
    return all.filter(facts => facts !== undefined);
  }

  async signalContainer(id: string, signal: string): Promise<void> {
    try {
      await this.#do({ method: 'POST', path: `/containers/${id}/kill`, query: { signal } });
    } catch (error) {
      if (!isRefusal(error, 404, 409) && !isRefusal(error, 500, /not running/i)) throw error;
    }
  }

  async removeContainer(id: string): Promise<void> {
    this.#terminals.delete(id);
    try {
      await this.#do({ method: 'DELETE', path: `/containers/${id}`, query: { force: 1, v: 1 } });
    } catch (error) {
      if (isRefusal(error, 404)) return;
      if (!isRefusal(error, 409, /already in progress/i)) throw error;
      // Somebody else removes it; until that is done its name is taken.
      if (this.#atLeast('1.30'))
        await this.#find({ method: 'POST', path: `/containers/${id}/wait`, query: { condition: 'removed' } });
    }
  }

  async networks(labels: readonly string[]): Promise<readonly NetworkFacts[]> {
    const query = { filters: { label: labels } };
    const found = await this.#api.askJson<{ Id: string }[]>({ path: '/networks', query });
    // A list does not say who is in them.
    const all = await Promise.all(found.map(({ Id }) => this.#network(Id)));
    return all.filter(facts => facts !== undefined);
  }

  async network(name: string): Promise<NetworkFacts | undefined> {
    const facts = await this.#network(encodeURIComponent(name));
    // The engine takes the first characters of an id for a name, too.
    return facts?.name === name || facts?.id === name ? facts : undefined;
  }

  async #network(id: string): Promise<NetworkFacts | undefined> {
    const json = await this.#find<NetworkJson>({ path: `/networks/${id}` });
    return json && networkOf(json);
  }

  async createNetwork(body: object): Promise<string> {
    const { Id } = await this.#api.askJson<{ Id: string }>({ method: 'POST', path: '/networks/create', body });
    return Id;
  }

  async connectNetwork(id: string, body: object): Promise<void> {
    await this.#do({ method: 'POST', path: `/networks/${id}/connect`, body });
  }

  async removeNetwork(id: string): Promise<void> {
    await this.#find({ method: 'DELETE', path: `/networks/${id}` });
  }

  async volume(name: string): Promise<{ readonly labels: Readonly<Record<string, string>> } | undefined> {
    const json = await this.#find<{ Labels?: Record<string, string> | null }>({
      path: `/volumes/${encodeURIComponent(name)}`,
    });
    return json && { labels: json.Labels ?? {} };
  }

  async createVolume(body: object): Promise<void> {
    await this.#do({ method: 'POST', path: '/volumes/create', body });
  }

  async removeVolume(name: string): Promise<void> {
    await this.#find({ method: 'DELETE', path: `/volumes/${encodeURIComponent(name)}` });
  }

  exec(id: string, body: object, options: ExecStreamOptions): Promise<ExecStream> {
    return openExecStream(this.#api, id, body, options);
  }

  async events(
    { labels, since }: { labels: readonly string[]; since?: number },
    heard: (event: EngineEvent) => void,
    ended: () => void,
  ): Promise<Attachment> {
    const query = { since, filters: { type: ['container'], label: labels } };
    const stream = await this.#api.ask({ path: '/events', query });
    const read = jsonLines(json => {
      const event = eventOf(json as EventJson);
      if (event) heard(event);
    });
    return followStream(stream, read, ended);
  }

  close(): void {
    this.#api.close();
  }

  async #isTerminal(id: string): Promise<boolean> {
    const known = this.#terminals.get(id);
    if (known !== undefined) return known;
    const json = await this.#api.askJson<ContainerJson>({ path: `/containers/${id}/json` });
    const isTerminal = json.Config?.Tty === true;
    this.#terminals.set(id, isTerminal);
    return isTerminal;
  }

  #atLeast(version: string): boolean {
    return atLeast(this.#info.apiVersion, version);
  }

  /** The answer has nothing to read. */
  async #do(request: EngineRequest): Promise<void> {
    await this.#api.askJson(request);
  }

  /** Undefined: there is no such thing. */
  async #find<T>(request: EngineRequest): Promise<T | undefined> {
    try {
      return await this.#api.askJson<T>(request);
    } catch (error) {
      if (isRefusal(error, 404)) return undefined;
      throw error;
    }
  }
}

function outputReader(isTerminal: boolean, output: OutputSink): (chunk: Buffer) => void {
  if (isTerminal) return chunk => output.output('stdout', chunk);
  return demultiplex((stream, chunk) => output.output(stream, chunk));
}

/** Whether the engine refused with one of these, or with a status and such words. */
function isRefusal(error: unknown, status: number, other?: number | RegExp): boolean {
  const { status: refused, message } = engineError(error);
  if (other instanceof RegExp) return refused === status && other.test(message);
  return refused === status || (other !== undefined && refused === other);
}

/** Slashes stay: the engine reads them. */
function imagePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

/** The engine wants the tag, or the digest, apart; without one it would fetch them all. */
function pullNames(image: string): { name: string; tag: string } {
  const reference = parseImageReference(image);
  if (!reference) throw new EngineError(`invalid reference format: ${image}`, { status: 400 });
  const { registry, path, tag, digest } = reference;
  return { name: `${registry}/${path}`, tag: digest ?? tag ?? 'latest' };
}

function platformJson(platform: string): object {
  const [os, architecture, variant] = platform.split('/');
  return { os, ...(architecture && { architecture }), ...(variant && { variant }) };
}

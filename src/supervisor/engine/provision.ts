/** Makes all that a container needs before it can start: its image, networks, volumes, and the container itself. */
import { containerNameOf } from '../../container.js';
import type { Diagnostic } from '../../diagnostic.js';
import type { ContainerService, System } from '../../system.js';
import type { Place } from '../discovery/container-sight.js';
import { HOST_GATEWAY, hostsFor } from '../discovery/reach.js';
import { ownRegistration, type Registration, type Registry } from '../registry.js';
import { LaunchRefusal, type PreparedContainer } from '../runners/container.js';
import type { Owner } from '../runners/owner.js';
import type { LaunchOrder, Progress } from '../runners/runner.js';
import { imageBuilder } from './build.js';
import { configHash } from './config-hash.js';
import { createOrder, MANY_NETWORKS_SINCE } from './create-body.js';
import { type ContainerFacts, type Engine, EngineError, type ImageFacts } from './engine.js';
import { hostGateway } from './gateways.js';
import { Images } from './images.js';
import { LABEL, ownerLabels, ownerOf } from './labels.js';
import { launchProblem } from './launch-problem.js';
import { apart, volumeNameOf } from './names.js';
import { Networks } from './networks.js';
import { EngineUnavailable, openEngine } from './open.js';
import { endContainer, sweep, sweepOwner } from './sweep.js';
import { atLeast } from './version.js';

/** How often, and ms between, a name is tried for again that is about to be free: its container is being removed. */
const NAME_TRIES = 50;
const NAME_RETRY_MS = 100;

export interface ProvisionOptions {
  readonly owner: Owner;
  readonly registry: Registry;
  /** fuge's own environment: DOCKER_HOST and others. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  system(): System;
  notice(problem: Diagnostic): void;
  /** For tests: an engine that answers by hand. */
  readonly connect?: () => Promise<Engine>;
}

/** What is known of one engine. */
interface Stock {
  readonly engine: Engine;
  readonly images: Images;
  readonly networks: Networks;
}

export class Provision {
  readonly #options: ProvisionOptions;
  #stock: Stock | undefined;

  constructor(options: ProvisionOptions) {
    this.#options = options;
  }

  async connect(): Promise<Engine> {
    const { connect, system, environment } = this.#options;
    if (connect) return connect();
    return openEngine(system().containerEngine, environment);
  }

  /** Clears what killed fuges left in this engine. */
  async sweep(engine: Engine): Promise<void> {
    const { registry, owner, notice } = this.#options;
    for (const problem of await sweep(engine, registry, owner.id)) notice(problem);
  }

  /** Why there is no engine. */
  unreachable(error: unknown): Diagnostic {
    if (error instanceof EngineUnavailable) return error.problem;
    const said = error instanceof Error ? error.message : String(error);
    return { severity: 'error', code: 'no-engine', message: `the container engine can't be used: ${said}` };
  }

  async startProblem(engine: Engine, service: ContainerService, error: EngineError): Promise<Diagnostic> {
    return launchProblem(engine, service, error);
  }

  /** Removes what was made around the containers, and a container whose end the engine was never told, or never told us. */
  async clear(engine: Engine): Promise<void> {
    await sweepOwner(engine, this.#options.owner.id).catch(() => {});
    await this.#stockOf(engine)
      .networks.clear()
      .catch(() => {}); // the engine is gone: the next start sweeps
  }

  /** Removes the volumes of the system, and tells what came of it. */
  async removeVolumes(engine: Engine): Promise<void> {
    const { system, notice } = this.#options;
    const { removeVolumes } = await import('./volumes.js');
    const { removed, refused } = await removeVolumes(engine, system(), this.#registration().systemFile!);
    if (removed.length > 0)
      notice({
        severity: 'info',
        code: 'volumes-removed',
        message: `removed with all that was in them: ${removed.join(', ')}`,
      });
    for (const { name, problem } of refused)
      notice({
        severity: 'warning',
        code: 'volume-kept',
        message: `the volume ${name} is not removed: ${problem}`,
        hint: 'end what uses it, then "fuge down --volumes" once more',
      });
  }

  async prepare(
    engine: Engine,
    order: LaunchOrder<ContainerService>,
    about: { signal: AbortSignal; progress(progress: Progress): void; output(text: string): void },
  ): Promise<PreparedContainer> {
    const { service } = order;
    const { signal } = about;
    try {
      const image = await this.#stockOf(engine).images.provide(service, about);
      signal.throwIfAborted();
      const made = await this.#container(engine, order, image);
      return { ...made, stopSignal: service.stopSignal ?? image.stopSignal, tellsHealth: tellsHealth(service, image) };
    } catch (error) {
      if (error instanceof EngineError && !error.isUnreachable)
        throw new LaunchRefusal(await launchProblem(engine, service, error));
      throw error;
    }
  }

  /** The containers of this system that run. */
  async places(engine: Engine): Promise<readonly Place[]> {
    const { machine, systemFile } = this.#registration();
    const all = await engine.containers([`${LABEL.machine}=${machine}`, `${LABEL.systemFile}=${systemFile ?? ''}`]);
    return all
      .filter(({ state }) => state === 'running' || state === 'paused')
      .map(({ labels, addresses }) => ({ service: labels[LABEL.service] ?? '', addresses }));
  }

  #stockOf(engine: Engine): Stock {
    if (this.#stock?.engine !== engine)
      this.#stock = {
        engine,
        images: new Images(engine, imageBuilder(this.#options.environment)),
        networks: new Networks(engine, () => this.#registration()),
      };
    return this.#stock;
  }

  #registration(): Registration {
    const system = this.#options.system();
    return ownRegistration(this.#options.owner.id, system.file, system.name, 0);
  }

  /** The container, made and not started: a new one, or the kept one where nothing has changed. */
  async #container(
    engine: Engine,
    order: LaunchOrder<ContainerService>,
    image: ImageFacts,
  ): Promise<Pick<PreparedContainer, 'id' | 'isNew'>> {
    const { service } = order;
    const { networks } = this.#stockOf(engine);
    const system = this.#options.system();
    const own = this.#registration();
    const { apiVersion } = await engine.info();
    const [uses, volumes] = await Promise.all([
      networks.provide(system, service),
      networks.provideVolumes(system, service),
    ]);
    const context = {
      environment: await environmentOn(engine, order.environment()),
      imageEntrypoint: image.entrypoint,
      networks: uses,
      networkMode: await this.#shared(engine, service.networkMode),
      ipc: await this.#shared(engine, service.ipc),
      pid: await this.#shared(engine, service.pid),
      volumeName: (key: string) => volumes.get(key) ?? volumeNameOf(system, key),
      extraHosts: hostsFor(service, system),
      takesManyNetworks: atLeast(apiVersion, MANY_NETWORKS_SINCE),
    };
    const wanted = service.containerName ?? containerNameOf(system.name, service.name);
    for (const name of [wanted, ...(service.containerName === undefined ? [apart(wanted, system.file)] : [])]) {
      const labels = {
        ...ownerLabels(own),
        [LABEL.service]: service.name,
        [LABEL.stopSignal]: service.stopSignal ?? image.stopSignal ?? service.stop.signal,
        [LABEL.stopGrace]: String(service.stop.graceMs / 1000),
        ...(service.keep && { [LABEL.keep]: 'true' }),
      };
      const create = createOrder(service, { ...context, name, labels });
      const hash = configHash(create, [image.id, ...uses.map(use => use.engineId)]);
      const body = { ...create.body, Labels: { ...service.labels, ...labels, [LABEL.configHash]: hash } };
      const existing = service.keep ? await engine.inspectContainer(name) : undefined;
      if (existing && isOwn(existing, own)) {
        // What is kept is never ended by force: it may be writing. It runs where its fuge was killed.
        if (existing.state === 'running') await endContainer(engine, existing);
        if (existing.labels[LABEL.configHash] === hash) return { id: existing.id, isNew: false };
        await engine.removeContainer(existing.id);
      }
      const id = await this.#create(engine, service, name, body, own);
      if (id === undefined) continue; // another checkout of this system has it
      try {
        for (const { network, endpoint } of create.connect)
          await engine.connectNetwork(network, { Container: id, EndpointConfig: endpoint });
      } catch (error) {
        await engine.removeContainer(id).catch(() => {}); // the engine is gone: the next try finds it
        throw error;
      }
      return { id, isNew: true };
    }
    throw new LaunchRefusal(nameTaken(service, wanted));
  }

  /** Undefined: the name belongs to another system of fuge's. */
  async #create(
    engine: Engine,
    service: ContainerService,
    name: string,
    body: object,
    own: Registration,
  ): Promise<string | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        return await engine.createContainer(name, body, service.platform);
      } catch (error) {
        if (!(error instanceof EngineError && error.status === 409)) throw error;
        const holder = await engine.inspectContainer(name);
        if (tries === NAME_TRIES) throw new LaunchRefusal(nameTaken(service, name, holder));
        // It is just going.
        if (!holder || holder.state === 'removing') await new Promise(resolve => setTimeout(resolve, NAME_RETRY_MS));
        else if (!ownerOf(holder.labels)) throw new LaunchRefusal(nameTaken(service, name, holder));
        else if (isOwn(holder, own)) await engine.removeContainer(holder.id);
        else return undefined;
      }
    }
  }

  /** `service:NAME` as the engine knows it. */
  async #shared(engine: Engine, mode: string | undefined): Promise<string | undefined> {
    const name = mode !== undefined && /^service:(.+)$/.exec(mode)?.[1];
    if (!name) return mode;
    const own = this.#registration();
    const found = await engine.containers([
      `${LABEL.service}=${name}`,
      `${LABEL.machine}=${own.machine}`,
      `${LABEL.systemFile}=${own.systemFile}`,
    ]);
    return `container:${found.find(each => each.state === 'running')?.id ?? name}`;
  }
}

/** Of the same system file on this machine: of this fuge, or of one before it. */
function isOwn({ labels }: ContainerFacts, own: Registration): boolean {
  const owner = ownerOf(labels);
  return owner?.systemFile === own.systemFile && owner.machine === own.machine;
}

/** Whether a health check decides that it is ready. */
function tellsHealth(service: ContainerService, image: ImageFacts): boolean {
  if (service.once || service.ready !== undefined || service.healthcheck === 'none') return false;
  return image.hasHealthcheck || service.healthcheck?.test !== undefined;
}

function nameTaken(service: ContainerService, name: string, holder?: ContainerFacts): Diagnostic {
  const isForeign = holder !== undefined && ownerOf(holder.labels) === undefined;
  const whose = holder
    ? ` (${holder.id.slice(0, 12)}, ${holder.state})${isForeign ? ', which fuge did not make' : ''}`
    : '';
  return {
    severity: 'error',
    code: 'name-taken',
    message: `"${service.name}" can't start: there is a container "${name}" already${whose}`,
    at: service.origins.container_name ?? service.at,
    hint: `remove it (docker rm -f ${name}), or give this one another container_name`,
  };
}

/** Clients of DNS want an address where their server is. Containers whose gateway is not one of this machine are told of none. */
async function environmentOn(
  engine: Engine,
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  if (environment.DNS_HOST !== HOST_GATEWAY) return environment;
  const address = await hostGateway(engine);
  if (address !== undefined) return { ...environment, DNS_HOST: address };
  const { DNS_HOST: _host, DNS_PORT: _port, ...others } = environment;
  return others;
}

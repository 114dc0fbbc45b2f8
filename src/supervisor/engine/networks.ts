/** Sees that the networks and volumes which containers name are there, and removes the networks at the end. */
import type { NetworkUse } from '../../container.js';
import type { Diagnostic } from '../../diagnostic.js';
import type { ContainerService, System } from '../../system.js';
import { networksOf } from '../discovery/reach.js';
import type { Registration } from '../registry.js';
import { LaunchRefusal } from '../runners/container.js';
import { type Engine, EngineError, type NetworkFacts } from './engine.js';
import { LABEL, ownerLabels } from './labels.js';
import { apart, networkNameOf, volumeNameOf } from './names.js';
import { removeUnused } from './unused-networks.js';

export type EngineNetworkUse = NetworkUse & { readonly engineName: string; readonly engineId: string };

/** For one engine. It is asked anew for each launch: somebody may have removed what was there for the one before. */
export class Networks {
  readonly #engine: Engine;
  readonly #owner: () => Registration;
  /** Looked for or made just now: containers that start together want the same. */
  readonly #networks = new Map<string, Promise<NetworkFacts>>();
  readonly #volumes = new Map<string, Promise<string>>();

  constructor(engine: Engine, owner: () => Registration) {
    this.#engine = engine;
    this.#owner = owner;
  }

  /** Rejects with a {@link LaunchRefusal} where an external one is missing. */
  async provide(system: System, service: ContainerService): Promise<readonly EngineNetworkUse[]> {
    return Promise.all(
      networksOf(service).map(async use => {
        const { name, id } = await this.#once(this.#networks, use.network, () =>
          this.#network(system, service, use.network),
        );
        return { ...use, engineName: name, engineId: id };
      }),
    );
  }

  /** Gives each named volume's name in the engine. */
  async provideVolumes(system: System, service: ContainerService): Promise<ReadonlyMap<string, string>> {
    const keys = service.mounts.flatMap(mount =>
      mount.type === 'volume' && mount.source !== undefined ? mount.source : [],
    );
    return new Map(
      await Promise.all(
        [...new Set(keys)].map(
          async key => [key, await this.#once(this.#volumes, key, () => this.#volume(system, service, key))] as const,
        ),
      ),
    );
  }

  /** Removes what was made for this system file, by this fuge or by one before it, and is needed no more. */
  async clear(): Promise<void> {
    const { machine, systemFile } = this.#owner();
    const labels = [`${LABEL.machine}=${machine}`, `${LABEL.systemFile}=${systemFile}`];
    await removeUnused(this.#engine, await this.#engine.networks(labels));
  }

  #once<T>(underWay: Map<string, Promise<T>>, key: string, provide: () => Promise<T>): Promise<T> {
    const before = underWay.get(key);
    if (before) return before;
    const provided = provide();
    underWay.set(key, provided);
    const forget = () => void underWay.delete(key);
    provided.then(forget, forget);
    return provided;
  }

  async #network(system: System, service: ContainerService, key: string): Promise<NetworkFacts> {
    const definition = system.networks.get(key);
    const name = networkNameOf(system, key);
    if (definition?.external) {
      const network = await this.#engine.network(name);
      if (network) return network;
      throw new LaunchRefusal(missing(service, 'network', key, name));
    }
    const owner = this.#owner();
    for (const candidate of [name, apart(name, system.file)]) {
      const existing = (await this.#engine.network(candidate)) ?? (await this.#create(system, key, candidate));
      if (existing.labels[LABEL.systemFile] === owner.systemFile) return existing;
    }
    throw new LaunchRefusal({
      severity: 'error',
      code: 'name-taken',
      message: `"${service.name}" can't start: there is a network "${name}" already that is not this system's`,
      at: service.origins.networks ?? service.at,
      hint: `give the network another name, or remove that one: docker network rm ${name}`,
    });
  }

  async #create(system: System, key: string, name: string): Promise<NetworkFacts> {
    const definition = system.networks.get(key);
    try {
      await this.#engine.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: definition?.driver ?? 'bridge',
        Options: definition?.driverOptions ?? {},
        Internal: definition?.internal ?? false,
        Attachable: definition?.attachable ?? false,
        EnableIPv6: definition?.ipv6 ?? false,
        ...(definition && { IPAM: ipamOf(definition.ipam) }),
        Labels: { ...definition?.labels, ...ownerLabels(this.#owner()) },
      });
    } catch (error) {
      // Somebody made it in the same moment.
      if (!(error instanceof EngineError && error.status === 409)) throw error;
    }
    const made = await this.#engine.network(name);
    if (!made) throw new EngineError(`the network ${name} was removed while it was made`, { status: 404 });
    return made;
  }

  async #volume(system: System, service: ContainerService, key: string): Promise<string> {
    const definition = system.volumes.get(key);
    const name = volumeNameOf(system, key);
    if (await this.#engine.volume(name)) return name;
    if (definition?.external) throw new LaunchRefusal(missing(service, 'volume', key, name));
    await this.#engine.createVolume({
      Name: name,
      ...(definition?.driver !== undefined && { Driver: definition.driver }),
      DriverOpts: definition?.driverOptions ?? {},
      // No owner: a volume outlives whoever made it.
      Labels: {
        ...definition?.labels,
        [LABEL.system]: system.name,
        [LABEL.systemFile]: this.#owner().systemFile ?? '',
      },
    });
    return name;
  }
}

function ipamOf({ driver, pools }: NonNullable<ReturnType<System['networks']['get']>>['ipam']) {
  return {
    ...(driver !== undefined && { Driver: driver }),
    Config: pools.map(({ subnet, gateway, ipRange, auxAddresses }) => ({
      ...(subnet !== undefined && { Subnet: subnet }),
      ...(gateway !== undefined && { Gateway: gateway }),
      ...(ipRange !== undefined && { IPRange: ipRange }),
      ...(Object.keys(auxAddresses).length > 0 && { AuxiliaryAddresses: auxAddresses }),
    })),
  };
}

function missing(service: ContainerService, what: 'network' | 'volume', key: string, name: string): Diagnostic {
  return {
    severity: 'error',
    code: `missing-${what}`,
    message: `"${service.name}" can't start: the external ${what} "${name}" does not exist`,
    at: service.origins[`${what}s`] ?? service.at,
    hint: `make it: docker ${what} create ${name}, or take "external: true" off "${key}"`,
  };
}

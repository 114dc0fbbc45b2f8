/** The services of a Compose project by the names that others know them by, and the ports that texts name. */
import { hostPattern, type PeerPorts, translateHosts } from '../../../translation.js';
import type { SaidService } from './said.js';

/** Ports that well-known images listen on, for services that neither publish nor expose one. */
const IMAGES: Readonly<Record<string, number>> = {
  cassandra: 9042,
  consul: 8500,
  couchdb: 5984,
  elasticsearch: 9200,
  etcd: 2379,
  influxdb: 8086,
  kafka: 9092,
  mariadb: 3306,
  memcached: 11_211,
  minio: 9000,
  mongo: 27_017,
  mysql: 3306,
  nats: 4222,
  neo4j: 7687,
  postgres: 5432,
  rabbitmq: 5672,
  redis: 6379,
  valkey: 6379,
  zookeeper: 2181,
};

/** A port of another service that a text names. */
export interface Reference {
  readonly service: string;
  /** In the container. */
  readonly target: number;
}

/** Where a port can be reached on this machine; undefined: nowhere. */
export type HostPort = (reference: Reference) => number | undefined;

export class Peers {
  readonly #services = new Map<string, SaidService>();
  readonly #pattern: RegExp | undefined;

  constructor(services: readonly SaidService[]) {
    for (const said of services)
      for (const name of namesOf(said)) if (!this.#services.has(name)) this.#services.set(name, said);
    for (const said of services) this.#services.set(said.name, said);
    this.#pattern = hostPattern([...this.#services.keys()]);
  }

  referencesIn(variable: string, value: string): Reference[] {
    const found: Reference[] = [];
    this.rewrite(variable, value, reference => {
      found.push(reference);
      return undefined;
    });
    return found;
  }

  rewrite(variable: string, value: string, hostPort: HostPort): string {
    return translateHosts(variable, value, this.#pattern, (name, given) => {
      const said = this.#services.get(name)!;
      const target = given ?? mainPort(said);
      return target === undefined ? undefined : hostPort({ service: said.name, target });
    });
  }

  /** For what is only read at each launch. @param portsOf Ports of this machine by those of the container. */
  table(portsOf: (service: string) => PeerPorts['ports']): Record<string, PeerPorts> {
    return Object.fromEntries(
      [...this.#services].map(([name, said]) => [name, { main: mainPort(said), ports: portsOf(said.name) }]),
    );
  }
}

/** The port that a service is known by: published, exposed, or that of its image. */
function mainPort({ service }: SaidService): number | undefined {
  const published = service.ports?.[0]?.target;
  if (published !== undefined) return published;
  const exposed = Number(/^\d+/.exec(service.expose?.[0] ?? '')?.[0]);
  if (exposed > 0) return exposed;
  const image = (service.image ?? '').split('@')[0]!.split('/').at(-1)!.split(':')[0]!;
  return Object.hasOwn(IMAGES, image) ? IMAGES[image] : undefined;
}

function namesOf({ service, name }: SaidService): string[] {
  const aliases = Object.values(service.networks ?? {}).flatMap(network => network?.aliases ?? []);
  return [name, ...aliases, ...[service.container_name, service.hostname].filter(given => given !== undefined)];
}

/**
 * How a process of this machine reaches the other services of a Compose project, whose names only containers can look up.
 *
 * In the variables of a process `db:5432` becomes the address at which the port is published here, so does the host in a URL
 * (`http://api/`, at the scheme's port), and a variable that is called after a host and holds nothing but a service's name.
 */
import type { SaidService } from './said.js';

const HERE = '127.0.0.1';
/** Ports that a URL without one means. */
const SCHEMES: Readonly<Record<string, number>> = {
  amqp: 5672,
  http: 80,
  https: 443,
  mariadb: 3306,
  mongodb: 27_017,
  mysql: 3306,
  nats: 4222,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  ws: 80,
};
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

export class Peers {
  readonly #services = new Map<string, SaidService>();
  readonly #names: RegExp | undefined;

  constructor(services: readonly SaidService[]) {
    for (const said of services)
      for (const name of namesOf(said)) if (!this.#services.has(name)) this.#services.set(name, said);
    for (const said of services) this.#services.set(said.name, said);
    const names = [...this.#services.keys()].toSorted((a, b) => b.length - a.length).map(escapeRegExp);
    this.#names =
      names.length === 0
        ? undefined
        : new RegExp(
            `(?:\\b([a-z][a-z0-9+.-]*):)?(//(?:[^\\s/@]*@)?)?(?<![\\w.-])(${names.join('|')})(?::(\\d+))?(?![\\w.-])`,
            'g',
          );
  }

  referencesIn(variable: string, value: string): Reference[] {
    const found: Reference[] = [];
    this.#replace(variable, value, reference => {
      found.push(reference);
      return undefined;
    });
    return found;
  }

  /** @param hostPort Where a port can be reached on this machine; undefined: nowhere, and the text stays. */
  rewrite(variable: string, value: string, hostPort: (reference: Reference) => number | undefined): string {
    return this.#replace(variable, value, hostPort);
  }

  #replace(variable: string, value: string, hostPort: (reference: Reference) => number | undefined): string {
    const whole = this.#services.get(value);
    if (whole) {
      const target = isHostVariable(variable) ? mainPort(whole) : undefined;
      if (target === undefined) return value;
      return hostPort({ service: whole.name, target }) === undefined ? value : HERE;
    }
    if (!this.#names) return value;
    return value.replace(
      this.#names,
      (text, scheme: string | undefined, slashes: string | undefined, name: string, given: string | undefined) => {
        const said = this.#services.get(name)!;
        const byScheme = slashes === undefined ? undefined : SCHEMES[scheme?.split('+')[0] ?? ''];
        const target = given === undefined ? byScheme : Number(given);
        const port = target === undefined ? undefined : hostPort({ service: said.name, target });
        if (port === undefined) return text;
        const before = `${scheme === undefined ? '' : `${scheme}:`}${slashes ?? ''}`;
        // A port that nobody wrote is not written where it is the one that is meant anyway.
        return `${before}${HERE}${given === undefined && port === target ? '' : `:${port}`}`;
      },
    );
  }
}

/** The port that a service is known by: published, exposed, or that of its image. */
export function mainPort({ service }: SaidService): number | undefined {
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

function isHostVariable(variable: string): boolean {
  return /(^|_)(HOST|HOSTS|HOSTNAME|ADDR|ADDRESS|SERVER)(_|$)/i.test(variable);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

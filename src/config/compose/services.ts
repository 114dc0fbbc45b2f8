/**
 * The services of a Compose project as drafts of a system's services.
 *
 * One with `image` is a container, one with `build` runs as a process from its source where that can be (build-service.ts);
 * `x-fuge` says otherwise. Since processes and containers are mixed, each must find the other: ports that a process looks for
 * are published on this machine's own address, its variables name them there (services/peers.ts), and containers look up
 * processes by the engine's address of this machine.
 */
import path from 'node:path';
import type { Network, Volume } from '../../container.js';
import { PLAIN_PORTS, type PortNumbers } from '../../port-numbers.js';
import type { Translation } from '../../translation.js';
import type { Draft } from '../draft.js';
import { isDirectory } from '../find.js';
import { instanceName, MOST_INSTANCES } from '../instances.js';
import type { DeclaredPort } from '../ports.js';
import type { Report } from '../report.js';
import type { Place } from '../source.js';
import type { LoadedProject } from './project/read-project.js';
import { containerDraft } from './services/container-service.js';
import { hasDockerfile, kindOf, type ServiceKind } from './services/kind.js';
import { findOwnKeys, type OwnKeys, withOwnKeys } from './services/own-keys.js';
import { Peers, type Reference } from './services/peers.js';
import { PortBook } from './services/port-book.js';
import { type ProcessContext, type ProcessResult, processDraft } from './services/process-service.js';
import { networksOf, volumesOf } from './services/resources.js';
import { SaidService } from './services/said.js';
import { firstNameOf, scaleOf, superviseOf, variablesOfFiles } from './services/supervised.js';
import { valueAt } from './tree.js';

export interface ComposeServices {
  /** In file order. */
  readonly drafts: readonly Draft[];
  readonly networks: ReadonlyMap<string, Network>;
  readonly volumes: ReadonlyMap<string, Volume>;
}

/**
 * What was decided is told once, in one remark with the place of each service.
 *
 * @param replaced Services of which nothing is told, because others stand in their place.
 */
export function composeServices(
  loaded: LoadedProject,
  report: Report,
  replaced: ReadonlySet<string> = new Set(),
  numbers: PortNumbers = PLAIN_PORTS,
): ComposeServices {
  return new Drafting(loaded, report, numbers, replaced).draft();
}

interface Planned {
  readonly said: SaidService;
  readonly own: OwnKeys | undefined;
  readonly kind: ServiceKind;
  readonly ports: DeclaredPort[];
}

class Drafting {
  readonly #planned = new Map<string, Planned>();
  readonly #remarks: { message: string; at: Place }[] = [];
  readonly #book: PortBook;
  readonly #peers: Peers;
  #table: Translation['peers'] | undefined;

  constructor(
    private readonly loaded: LoadedProject,
    private readonly report: Report,
    private readonly numbers: PortNumbers,
    private readonly replaced: ReadonlySet<string>,
  ) {
    const all = namesInOrder(loaded).map(name => new SaidService(name, loaded, report));
    this.#book = new PortBook(all, numbers);
    this.#peers = new Peers(all);
    for (const said of all) {
      const own = findOwnKeys(said);
      const kind = kindOf(said, own);
      if (kind)
        this.#planned.set(said.name, { said, own, kind, ports: this.#book.portsOf(said, kind.as === 'external') });
    }
  }

  draft(): ComposeServices {
    this.#publishWhatIsLookedFor();
    const drafts: Draft[] = [];
    for (const planned of this.#planned.values()) {
      const first = this.#draftOf(planned, planned.ports);
      const count = this.#countOf(planned);
      if (count < 2) {
        drafts.push(first);
        continue;
      }
      const copies = [first];
      for (let number = 2; number <= count; number++) {
        const ports = this.#book.portsOfReplica(instanceName(first.name, number), planned.ports);
        copies.push(this.#draftOf(planned, ports));
      }
      drafts.push({ ...first, instances: { count, place: scalePlace(planned.said) }, copies });
    }
    this.#tell();
    this.#tellWhatHasNoEffect();
    return { drafts, networks: networksOf(this.loaded.project), volumes: volumesOf(this.loaded.project) };
  }

  /** How many run side by side; of what runs elsewhere there is one. */
  #countOf({ said, kind }: Planned): number {
    const count = kind.as === 'external' ? 1 : scaleOf(said);
    if (count <= MOST_INSTANCES) return count;
    const message = `"${said.name}" can't have ${count} instances: there are at most ${MOST_INSTANCES} of a service`;
    this.report.error('too-many-instances', message, scalePlace(said));
    return 1;
  }

  #draftOf(planned: Planned, ports: readonly DeclaredPort[]): Draft {
    const { said, own, kind } = planned;
    const plain = this.#plainDraft(said, kind, ports);
    const draft = own ? withOwnKeys(plain, own, said, this.numbers) : plain;
    const otherForm = this.#otherForm(said, kind, ports);
    return otherForm ? { ...draft, otherForm } : draft;
  }

  /** What is built can be switched between a process and a container, where it can be both. */
  #otherForm(said: SaidService, kind: ServiceKind, ports: readonly DeclaredPort[]): Draft | undefined {
    if (!said.service.build) return undefined;
    if (kind.as === 'process')
      return hasDockerfile(said.service) ? containerDraft(said, ports, this.#hostsFor(said)) : undefined;
    if (kind.as !== 'container' || kind.why !== undefined) return undefined;
    const possible = kindOf(said, undefined);
    return possible?.as === 'process' && isDirectory(possible.directory)
      ? processDraft(said, possible, this.#contextOf(ports)).draft
      : undefined;
  }

  #plainDraft(said: SaidService, kind: ServiceKind, ports: readonly DeclaredPort[]): Draft {
    const { name, service } = said;
    switch (kind.as) {
      case 'container': {
        if (service.build && kind.why !== undefined)
          this.#remark(said, `"${name}" is built and runs as a container: ${this.#shorter(kind.why)}`);
        return containerDraft(said, ports, this.#hostsFor(said));
      }
      case 'external':
        return {
          ...superviseOf(said),
          name,
          type: 'external',
          path: undefined,
          ports,
          environment: [],
          host: service.hostname,
        };
      case 'process': {
        const result = processDraft(said, kind, this.#contextOf(ports));
        this.#remarkProcess(said, kind, result);
        return result.draft;
      }
    }
  }

  /** Ports that are named in variables, or exposed by a process, and that nothing publishes yet. */
  #publishWhatIsLookedFor(): void {
    for (const { said, kind } of this.#planned.values()) {
      if (kind.as === 'process')
        for (const exposed of said.service.expose ?? [])
          if (/^\d+(\/tcp)?$/.test(exposed))
            this.#publish({ service: said.name, target: Number.parseInt(exposed, 10) }, said.at('expose'));
      const variables = Object.entries(said.service.environment ?? {});
      for (const [variable, value] of [...variables, ...variablesOfFiles(said)]) {
        if (value === null) continue;
        for (const reference of this.#peers.referencesIn(variable, value)) {
          const other = this.#planned.get(reference.service);
          // Containers find each other by themselves.
          if (!other || other.said === said || (kind.as === 'container' && other.kind.as === 'container')) continue;
          this.#publish(reference, said.at('environment', variable));
        }
      }
    }
  }

  #publish(reference: Reference, at: Place): void {
    const planned = this.#planned.get(reference.service)!;
    if (planned.kind.as === 'external' || this.#hostPort(reference) !== undefined) return;
    const { said, kind, ports } = planned;
    if (reference.target < 1 || reference.target > 65_535) return;
    const name = ports.length === 0 ? said.name : `${said.name}${ports.length + 1}`;
    const host =
      this.#book.pickedFor(firstNameOf(said), name) ??
      (kind.as === 'process' ? this.#forProcess(reference.target) : this.#book.likeTarget(reference.target));
    const node = said.text(String(host), 'expose');
    ports.push({
      name,
      host,
      target: host === reference.target ? undefined : reference.target,
      hostAddress: kind.as === 'container' ? '127.0.0.1' : undefined,
      protocol: 'tcp',
      node: { ...node, ...at },
      picked: true,
    });
  }

  /** A container is reached through this machine's port 80 as well; a process may not take it. */
  #forProcess(target: number): number {
    return target < 1024 ? this.#book.forTarget(target) : this.#book.likeTarget(target);
  }

  #contextOf(ports: readonly DeclaredPort[]): ProcessContext {
    return {
      ports,
      peers: this.#peers,
      hostPort: reference => this.#hostPort(reference),
      peerTable: () => this.#peerTable(),
    };
  }

  #peerTable(): Translation['peers'] {
    this.#table ??= this.#peers.table(service => this.#portsOf(service));
    return this.#table;
  }

  #portsOf(service: string): Record<string, number> {
    const ports = this.#planned.get(service)?.ports ?? [];
    return Object.fromEntries(ports.map(({ target, host }) => [String(target ?? host), host]));
  }

  #hostPort({ service, target }: Reference): number | undefined {
    const ports = this.#planned.get(service)?.ports ?? [];
    return ports.find(port => (port.target ?? port.host) === target)?.host;
  }

  /** Processes by the names that the container's own network has no answer for. */
  #hostsFor(said: SaidService): string[] {
    if (said.service.network_mode !== undefined) return [];
    return [...this.#planned.values()].flatMap(({ said: other, kind }) =>
      kind.as === 'process' ? [`${other.name}:host-gateway`] : [],
    );
  }

  #remarkProcess(
    said: SaidService,
    { from, directory }: Extract<ServiceKind, { as: 'process' }>,
    { draft: { command, ports }, changed, isPortUntold }: ProcessResult,
  ): void {
    // A directory that is not there is told of later, and is enough to know.
    if (!isDirectory(directory)) return;
    const where = path.relative(this.loaded.directory, directory) || '.';
    const source = from && from !== 'command' && from !== 'entrypoint' ? ` (${this.#shorter(from)})` : '';
    const moved = isPortUntold && ports.find(({ host, target }) => target !== undefined && target !== host);
    const parts = [
      command
        ? `"${said.name}" runs ${this.#shorter(command.source)} in ${where}${source}`
        : `"${said.name}" has no command yet`,
      ...(moved
        ? [`it must listen on the PORT that it is given, ${moved.host}, not on ${moved.target} as in its container`]
        : []),
      ...(changed.length > 0
        ? [`${listed(changed)} ${changed.length === 1 ? 'leads' : 'lead'} to where things are on this machine`]
        : []),
    ];
    this.#remark(said, parts.join('; '));
  }

  #remark(said: SaidService, message: string): void {
    if (this.replaced.has(said.name)) return;
    // An override file may name the service without a word about its build.
    const build = said.at('build');
    const at = build.source === said.place.source ? said.place : build;
    // Of several instances the first speaks for all.
    if (!this.#remarks.some(other => other.at === at)) this.#remarks.push({ message, at });
  }

  #shorter(text: string): string {
    return text.replaceAll(`${this.loaded.directory}/`, '');
  }

  #tellWhatHasNoEffect(): void {
    const found = new Map<string, Place>();
    for (const { said, kind } of this.#planned.values())
      if (kind.as === 'container')
        for (const key of NO_EFFECT) if (said.isSaid(key) && !found.has(key)) found.set(key, keyPlace(said, key));
    const [first] = found.values();
    if (!first) return;
    const keys = listed([...found.keys()].toSorted());
    const message = `${keys} of the Compose file ${found.size === 1 ? 'has' : 'have'} no effect here`;
    this.report.warn('compose-no-effect', message, first);
  }

  #tell(): void {
    const [first] = this.#remarks;
    if (!first) return;
    this.report.add('info', 'compose-build', 'services with "build" run from their source', first.at, {
      related: this.#remarks,
      hint: 'change it in the service with "x-fuge: {run: COMMAND}" or "x-fuge: {type: container}"',
    });
  }
}

/** Keys of a container that are understood, but not passed on. */
const NO_EFFECT = `blkio_config cgroup cgroup_parent cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period
  cpu_rt_runtime cpuset credential_spec device_cgroup_rules external_links gpus isolation mem_swappiness models
  oom_kill_disable pre_start runtime storage_opt use_api_socket userns_mode uts volume_driver`.split(/\s+/);

function namesInOrder({ tree, project, disabled }: LoadedProject): string[] {
  const services = valueAt(tree, 'services');
  const names = services?.kind === 'map' ? services.entries.map(one => one.key) : [];
  return [...new Set(names)].filter(name => Object.hasOwn(project.services, name) || Object.hasOwn(disabled, name));
}

function scalePlace(said: SaidService): Place {
  return said.service.scale === undefined ? said.at('deploy', 'replicas') : said.at('scale');
}

function keyPlace(said: SaidService, key: string): Place {
  const entry = said.node?.kind === 'map' ? said.node.entries.find(one => one.key === key) : undefined;
  return entry?.keyNode ?? said.at(key);
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

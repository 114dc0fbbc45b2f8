/**
 * `instances`: one service of the file becomes several that run side by side.
 *
 * - `web` with `instances: 3` becomes `web-1`, `web-2` and `web-3`, ordinary services each. `web` is then no service, but means
 *   all of them: in commands, in `depends_on`, in DNS. Where a single one is needed (`network_mode: service:web`), it is the first.
 * - Instance i has a declared port p at p + i - 1, and each has an `auto` port of its own. Inside a container it stays p.
 * - Of 1 there is one, with the name it has; 0 starts only when it is named, as in Compose with `scale: 0`.
 * - Services that say `instance_of: web` are instances of `web` as well, in the order of the file.
 */
import type { ContainerSettings } from '../container.js';
import { LAST_PORT, type PortNumbers, pickedKey, wishedPort } from '../port-numbers.js';
import type { Probe } from '../system.js';
import type { DraftDependency } from './dependencies.js';
import type { Draft } from './draft.js';
import type { DeclaredPort } from './ports.js';
import type { Report } from './report.js';

/** More are hardly meant. */
export const MOST_INSTANCES = 100;
/** A profile that nobody chooses: such a service only starts when it is named. */
export const SCALED_TO_NOTHING = 'scale-0';

export const instanceName = (service: string, number: number) => `${service}-${number}`;

/** Copies of one definition: what is wrong with it was told of the first. */
export function isFurtherCopy({ instance, instanceOf }: Draft): boolean {
  return instance !== undefined && instance.number > 1 && instanceOf === undefined;
}

/** The services that there are, in the order of the file. */
export function expandInstances(drafts: readonly Draft[], numbers: PortNumbers, report: Report): Draft[] {
  const members = new Map<string, string[]>();
  const expanded = drafts.flatMap(draft => {
    const { instances, instanceOf } = draft;
    if (instances !== undefined && instances.count > 1) {
      reportWhatIsOnce(draft, instances.count, report);
      const copies = copiesOf(draft, instances.count, numbers, report);
      members.set(
        draft.name,
        copies.map(({ name }) => name),
      );
      return copies;
    }
    const one = instances?.count === 0 ? { ...draft, profiles: [SCALED_TO_NOTHING] } : draft;
    if (instanceOf === undefined) return [one];
    const others = members.get(instanceOf.name) ?? [];
    members.set(instanceOf.name, [...others, draft.name]);
    return [asInstance(one, draft.name, { of: instanceOf.name, number: others.length + 1 })];
  });
  if (members.size === 0) return expanded;
  reportClashes(drafts, report);
  return expanded.map(draft => withMembers(draft, members));
}

function copiesOf(draft: Draft, count: number, numbers: PortNumbers, report: Report): Draft[] {
  const { copies, ...plain } = draft;
  return Array.from({ length: count }, (_one, index) => {
    const number = index + 1;
    const name = instanceName(draft.name, number);
    return asInstance(copies?.[index] ?? withOwnPorts(plain, name, index, numbers, report), name, {
      of: draft.name,
      number,
    });
  });
}

function asInstance(draft: Draft, name: string, instance: NonNullable<Draft['instance']>): Draft {
  const { otherForm } = draft;
  return { ...draft, name, instance, ...(otherForm && { otherForm: { ...otherForm, name, instance } }) };
}

function withOwnPorts(draft: Draft, name: string, shift: number, numbers: PortNumbers, report: Report): Draft {
  const ports = draft.ports.map(port => ownPort(port, name, shift, numbers, report));
  const moved = new Map(
    draft.ports.flatMap(({ host, protocol }, index) =>
      protocol === 'tcp' ? [[host, ports[index]!.host] as const] : [],
    ),
  );
  const { ready, live, container } = draft;
  return {
    ...draft,
    ports,
    ...(ready && ready !== 'launched' && { ready: lookingAt(ready, moved) }),
    ...(live && { live: lookingAt(live, moved) }),
    ...(container && { container: { ...container, containerName: undefined } }),
  };
}

function ownPort(port: DeclaredPort, name: string, shift: number, numbers: PortNumbers, report: Report): DeclaredPort {
  if (port.picked) {
    const host = numbers.picked.get(pickedKey(name, port.name));
    return { ...port, host: host ?? wishedPort(port.node.source.file, name, port.name) };
  }
  if (shift === 0) return port;
  const host = port.host + shift;
  if (host > LAST_PORT)
    report.error('bad-port', `"${name}" would have port ${host}: ports end at ${LAST_PORT}`, port.node, {
      hint: 'each instance has the port after that of the one before',
    });
  return { ...port, host, written: port.written ?? port.host };
}

/** A probe of a declared port follows that port. */
function lookingAt(probe: Probe, moved: ReadonlyMap<number, number>): Probe {
  return 'port' in probe ? { ...probe, port: moved.get(probe.port) ?? probe.port } : probe;
}

/** What an engine or a network has only once. */
function reportWhatIsOnce({ name, container, instances, copies }: Draft, count: number, report: Report): void {
  // What a Compose file says was compared when it was read.
  if (copies || !container || !instances) return;
  const { containerName, networks } = container;
  if (containerName !== undefined)
    report.error(
      'name-conflict',
      `"${name}" has the container_name "${containerName}" and ${count} instances: an engine has each name once`,
      instances.place,
      { hint: 'leave container_name out' },
    );
  if (networks?.some(({ ipv4, ipv6, mac }) => ipv4 ?? ipv6 ?? mac))
    report.error(
      'address-conflict',
      `"${name}" has a fixed address and ${count} instances: a network has each address once`,
      instances.place,
      { hint: 'leave the address out: they are found by name' },
    );
}

/** Names that two services would have, or a service and several others together. */
function reportClashes(drafts: readonly Draft[], report: Report): void {
  const written = new Map(drafts.map(draft => [draft.name, draft]));
  for (const { name, instances, instanceOf } of drafts) {
    const whole = instanceOf && written.get(instanceOf.name);
    if (whole)
      report.error(
        'name-conflict',
        `"${name}" is an instance of "${whole.name}", which is a service itself`,
        instanceOf.place,
        {
          related: [{ message: `"${whole.name}" is here`, at: whole.place }],
          hint: `give one of them another name; the instances of "${whole.name}" are only found under it together`,
        },
      );
    const count = instances?.count ?? 1;
    for (let number = 1; instances && count > 1 && number <= count; number++) {
      const other = written.get(instanceName(name, number));
      if (!other) continue;
      const message = `"${name}" has ${count} instances, and one of them is called "${other.name}" as another service`;
      report.error('name-conflict', message, other.place, {
        related: [{ message: `"${name}" says so here`, at: instances.place }],
        hint: `give this service another name, or say that it is one of them: instance_of: ${name}`,
      });
    }
  }
}

function withMembers(draft: Draft, members: ReadonlyMap<string, readonly string[]>): Draft {
  const { dependsOn, container, otherForm } = draft;
  return {
    ...draft,
    ...(dependsOn && { dependsOn: dependsOn.flatMap(dependency => dependenciesOn(dependency, draft, members)) }),
    ...(container && { container: besideFirst(container, members) }),
    ...(otherForm && { otherForm: withMembers(otherForm, members) }),
  };
}

function dependenciesOn(
  dependency: DraftDependency,
  { name, instance }: Draft,
  members: ReadonlyMap<string, readonly string[]>,
): DraftDependency[] {
  // That it depends on itself is told then.
  const services = dependency.service === instance?.of ? [name] : members.get(dependency.service);
  return services ? services.map(service => ({ ...dependency, service })) : [dependency];
}

function besideFirst(
  container: Partial<ContainerSettings>,
  members: ReadonlyMap<string, readonly string[]>,
): Partial<ContainerSettings> {
  const led = (['networkMode', 'ipc', 'pid'] as const).flatMap(key => {
    const [, service = ''] = /^service:(.+)$/.exec(container[key] ?? '') ?? [];
    const first = members.get(service)?.[0];
    return first === undefined ? [] : [[key, `service:${first}`] as const];
  });
  return { ...container, ...Object.fromEntries(led) };
}

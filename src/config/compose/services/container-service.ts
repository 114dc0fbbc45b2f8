/** A Compose service as a container: its canonical form in the words of {@link ContainerSettings}. */
import type { ContainerHook, ContainerSettings, ImageBuild, Mount, NetworkUse } from '../../../container.js';
import { hostEntriesOf, imageBuildOf } from '../../container/build.js';
import { healthcheckOf } from '../../container/healthcheck.js';
import { ulimitsOf } from '../../container/limits.js';
import { bytesOf, lastOfEachTarget, mountOf, parseTmpfs } from '../../container/mounts.js';
import { networkUseOf } from '../../container/networks.js';
import type { Draft } from '../../draft.js';
import type { Variable } from '../../environment.js';
import type { DeclaredPort } from '../../ports.js';
import type { ComposeBuild, ComposeHook, ComposeMount, ComposeService } from '../project/canonical.js';
import { isRemote } from '../project/paths.js';
import { type GivenFiles, givenFiles } from './given-files.js';
import { SaidService } from './said.js';
import { superviseOf } from './supervised.js';

/** @param hosts `NAME:ADDRESS` of services that run as processes, which a container can't look up by itself. */
export function containerDraft(said: SaidService, ports: readonly DeclaredPort[], hosts: readonly string[]): Draft {
  const { service } = said;
  const given = givenFiles(said);
  return {
    ...superviseOf(said),
    name: said.name,
    type: 'container',
    path: undefined,
    ports,
    environment: Object.entries(service.environment ?? {}).flatMap(([name, value]): Variable[] =>
      said.isSaid('environment', name) ? [{ name, value: value ?? undefined, at: said.at('environment', name) }] : [],
    ),
    container: settingsOf(said, hosts, given),
    ...(given.files.length > 0 && { files: given.files }),
  };
}

function hooksOf(hooks: readonly ComposeHook[] = []): ContainerHook[] {
  return hooks.flatMap(({ command, user, privileged = false, working_dir: workingDir, environment = {} }) => {
    const [program, ...args] = command ?? [];
    if (program === undefined) return [];
    const variables = Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
    return [{ argv: [program, ...args], user, workingDir, privileged, environment: Object.fromEntries(variables) }];
  });
}

function settingsOf(said: SaidService, hosts: readonly string[], given: GivenFiles): Partial<ContainerSettings> {
  const { service, loaded, name } = said;
  const limits = service.deploy?.resources.limits;
  const image = service.image ?? `${loaded.project.name}-${name}`;
  const own = hostEntriesOf(service.extra_hosts ?? []);
  const ownNames = new Set(own.map(host => host.split(':')[0]));
  return {
    image,
    build: service.build && buildOf(said, service.build),
    pull: pullOf(service.pull_policy),
    platform: service.platform,
    entrypoint: service.entrypoint ?? undefined,
    args: service.command ?? undefined,
    containerName: service.container_name,
    hostname: service.hostname,
    domainname: service.domainname,
    workingDir: service.working_dir,
    user: service.user,
    groupAdd: service.group_add ?? [],
    labels: { ...service.labels },
    mounts: mountsOf(said, given),
    networks: networksOf(service),
    networkMode: service.network_mode,
    extraHosts: [...own, ...hosts.filter(host => !ownNames.has(host.split(':')[0]))],
    resolver: {
      servers: service.dns ?? [],
      search: service.dns_search ?? [],
      options: service.dns_opt ?? [],
    },
    init: service.init,
    healthcheck: healthcheckOf(service.healthcheck),
    stopSignal: service.stop_signal,
    resources: {
      memory: bytesOf(service.mem_limit ?? limits?.memory),
      memoryReservation: bytesOf(
        service.mem_reservation ?? (service.deploy?.resources.reservations?.memory as string | undefined),
      ),
      memorySwap: bytesOf(service.memswap_limit),
      shmSize: bytesOf(service.shm_size),
      cpus: service.cpus ?? limits?.cpus,
      cpuShares: service.cpu_shares,
      pids: service.pids_limit ?? limits?.pids,
      oomScoreAdj: service.oom_score_adj,
    },
    postStart: hooksOf(service.post_start),
    preStop: hooksOf(service.pre_stop),
    tty: service.tty ?? false,
    stdinOpen: service.stdin_open ?? false,
    readOnly: service.read_only ?? false,
    privileged: service.privileged ?? false,
    capAdd: service.cap_add ?? [],
    capDrop: service.cap_drop ?? [],
    securityOpt: service.security_opt ?? [],
    devices: (service.devices ?? []).map(
      ({ source, target = source, permissions = 'rwm' }) => `${source}:${target}:${permissions}`,
    ),
    sysctls: { ...service.sysctls },
    ulimits: ulimitsOf(service.ulimits),
    ipc: service.ipc,
    pid: service.pid,
    logging: service.logging && {
      driver: service.logging.driver,
      options: { ...service.logging.options },
    },
  };
}

function pullOf(policy: string | undefined): ContainerSettings['pull'] {
  return policy === 'always' || policy === 'never' || policy === 'build' ? policy : 'missing';
}

function buildOf(said: SaidService, build: ComposeBuild): ImageBuild | undefined {
  if (isRemote(build.context) || build.context.startsWith('service:')) {
    const hint = 'clone it, or build the image yourself and name it with "image:"';
    said.report.warn(
      'compose-build',
      `"${said.name}" is not built here: its source is ${build.context}`,
      said.at('build', 'context'),
      { hint },
    );
    return undefined;
  }
  return imageBuildOf(build, said.service.platform);
}

/** Only `default`, without settings of its own, is what a container is on anyway. */
function networksOf(service: ComposeService): NetworkUse[] {
  const entries = Object.entries(service.networks ?? {});
  if (entries.length === 1 && entries[0]![0] === 'default' && entries[0]![1] === null) return [];
  return entries.map(([network, said]) => {
    const use = networkUseOf(network, said);
    return { ...use, mac: use.mac ?? service.mac_address };
  });
}

function mountsOf(said: SaidService, given: GivenFiles): Mount[] {
  const mounts = [
    ...foreignMounts(said),
    ...(said.service.volumes ?? []).flatMap((mount, index) => placedMount(said, mount, index)),
  ];
  for (const [index, given] of (said.service.tmpfs ?? []).entries()) {
    const parsed = parseTmpfs(given);
    if ('mount' in parsed) mounts.push(parsed.mount);
    else said.report.error('compose-value', parsed.problem, said.at('tmpfs', index));
  }
  const files = given.bound.map(
    ({ source, target }): Mount => ({
      type: 'bind',
      source,
      target,
      readOnly: true,
      createSource: false,
      propagation: undefined,
      selinux: undefined,
    }),
  );
  return lastOfEachTarget([...mounts, ...files]);
}

/** What Compose makes where it is missing is made here, too. */
function placedMount(said: SaidService, mount: ComposeMount, index: number): Mount[] {
  const made = mountOf(mount, true);
  if (made) return [made];
  const message = `mounts of type "${mount.type}" are not made, so "${said.name}" has nothing at ${mount.target}`;
  said.report.warn('compose-mount', message, said.at('volumes', index));
  return [];
}

/** `volumes_from`: what another service of the project mounts; `:ro` makes all of it read-only. */
function foreignMounts(said: SaidService): Mount[] {
  return (said.service.volumes_from ?? []).flatMap((from, index) => {
    const [name = '', mode] = from.split(':');
    const { project, disabled } = said.loaded;
    if (from.startsWith('container:') || !(project.services[name] ?? disabled[name])) {
      said.report.warn('compose-mount', `volumes of "${from}" are not mounted`, said.at('volumes_from', index));
      return [];
    }
    const other = new SaidService(name, said.loaded, said.report);
    // Without those that it has from others itself: a cycle of these is told as one of dependencies.
    const mounts = (other.service.volumes ?? []).flatMap((mount, at) => placedMount(other, mount, at));
    return mounts.map(mount =>
      mount.type === 'tmpfs' ? mount : { ...mount, readOnly: mount.readOnly || mode === 'ro' },
    );
  });
}

/** A Compose service as a container: its canonical form in the words of {@link ContainerSettings}. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ContainerSettings, Healthcheck, ImageBuild, Mount, NetworkUse } from '../../../container.js';
import type { Draft } from '../../draft.js';
import type { Variable } from '../../environment.js';
import type { DeclaredPort } from '../../ports.js';
import { parseBytes } from '../../quantities.js';
import { commandOf } from '../invocation.js';
import type { ComposeBuild, ComposeHealthcheck, ComposeMount, ComposeService } from '../project/canonical.js';
import { isRemote } from '../project/paths.js';
import type { Bound } from '../source-map.js';
import { SaidService } from './said.js';
import { milliseconds, superviseOf } from './supervised.js';

/** @param hosts `NAME:ADDRESS` of services that run as processes, which a container can't look up by itself. */
export function containerDraft(said: SaidService, ports: readonly DeclaredPort[], hosts: readonly string[]): Draft {
  const { service } = said;
  return {
    ...superviseOf(said),
    name: said.name,
    type: 'container',
    path: undefined,
    ports,
    environment: Object.entries(service.environment ?? {}).flatMap(([name, value]): Variable[] =>
      said.isSaid('environment', name) ? [{ name, value: value ?? undefined, at: said.at('environment', name) }] : [],
    ),
    host: service.hostname,
    container: settingsOf(said, hosts),
  };
}

function settingsOf(said: SaidService, hosts: readonly string[]): Partial<ContainerSettings> {
  const { service, loaded, name } = said;
  const limits = service.deploy?.resources.limits;
  const image = service.image ?? `${loaded.project.name}-${name}`;
  const own = (service.extra_hosts ?? []).map(host => host.replace('=', ':'));
  const ownNames = new Set(own.map(host => host.split(':')[0]));
  return {
    image,
    build: service.build && imageBuildOf(said, service.build),
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
    mounts: mountsOf(said),
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
      memory: sizeOf(service.mem_limit ?? limits?.memory),
      memoryReservation: sizeOf(
        service.mem_reservation ?? (service.deploy?.resources.reservations?.memory as string | undefined),
      ),
      memorySwap: sizeOf(service.memswap_limit),
      shmSize: sizeOf(service.shm_size),
      cpus: service.cpus ?? limits?.cpus,
      cpuShares: service.cpu_shares,
      pids: service.pids_limit ?? limits?.pids,
      oomScoreAdj: service.oom_score_adj,
    },
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
    ulimits: Object.fromEntries(
      Object.entries(service.ulimits ?? {}).map(([limit, value]) => {
        if (typeof value === 'number') return [limit, { soft: value, hard: value }];
        return [limit, { soft: value.soft ?? value.hard ?? 0, hard: value.hard ?? value.soft ?? 0 }];
      }),
    ),
    ipc: service.ipc,
    pid: service.pid,
    logging: service.logging && {
      driver: service.logging.driver,
      options: { ...service.logging.options },
    },
  };
}

function sizeOf(bytes: string | undefined): number | undefined {
  return bytes === undefined ? undefined : parseBytes(bytes);
}

function pullOf(policy: string | undefined): ContainerSettings['pull'] {
  return policy === 'always' || policy === 'never' || policy === 'build' ? policy : 'missing';
}

function imageBuildOf(said: SaidService, build: ComposeBuild): ImageBuild | undefined {
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
  const texts = (value: unknown) => (Array.isArray(value) ? (value as readonly string[]) : []);
  return {
    context: build.context,
    dockerfile: build.dockerfile ?? 'Dockerfile',
    dockerfileInline: build.dockerfile_inline,
    target: build.target,
    args: { ...build.args },
    labels: { ...build.labels },
    cacheFrom: texts(build.cache_from),
    noCache: build.no_cache === true,
    pull: build.pull === true,
    network: build.network,
    shmSize: sizeOf(build.shm_size as string | undefined),
    extraHosts: texts(build.extra_hosts).map(host => host.replace('=', ':')),
    platform: said.service.platform ?? build.platforms?.[0],
    tags: build.tags ?? [],
  };
}

/** Only `default`, without settings of its own, is what a container is on anyway. */
function networksOf(service: ComposeService): NetworkUse[] {
  const entries = Object.entries(service.networks ?? {});
  if (entries.length === 1 && entries[0]![0] === 'default' && entries[0]![1] === null) return [];
  return entries.map(([network, use]) => ({
    network,
    aliases: use?.aliases ?? [],
    ipv4: use?.ipv4_address,
    ipv6: use?.ipv6_address,
    mac: use?.mac_address ?? service.mac_address,
    priority: use?.priority ?? 0,
  }));
}

function healthcheckOf(check: ComposeHealthcheck | undefined): ContainerSettings['healthcheck'] {
  if (check === undefined) return undefined;
  const [form, ...words] = check.test ?? [];
  if (check.disable || form === 'NONE') return 'none';
  const test =
    form === undefined
      ? undefined
      : form === 'CMD-SHELL'
        ? ({ kind: 'shell', line: words.join(' '), source: words.join(' ') } as const)
        : commandOf({ form: 'exec', words: form === 'CMD' ? words : [form, ...words] });
  return {
    test,
    intervalMs: milliseconds(check.interval),
    timeoutMs: milliseconds(check.timeout),
    retries: check.retries,
    startPeriodMs: milliseconds(check.start_period),
    startIntervalMs: milliseconds(check.start_interval),
  } satisfies Healthcheck;
}

function mountsOf(said: SaidService): Mount[] {
  const mounts = [
    ...foreignMounts(said),
    ...(said.service.volumes ?? []).flatMap((mount, index) => mountOf(said, mount, index)),
  ];
  for (const [index, given] of (said.service.tmpfs ?? []).entries()) {
    const [target = '', options = ''] = given.split(':');
    const option = (name: string) => new RegExp(`(?:^|,)${name}=([^,]+)`).exec(options)?.[1];
    const mode = option('mode');
    if (target === '') said.report.error('compose-value', '"tmpfs" is empty', said.at('tmpfs', index));
    else
      mounts.push({
        type: 'tmpfs',
        target,
        size: sizeOf(option('size')),
        mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
      });
  }
  const files = boundFiles(said).map(
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
  // The last one at a place counts.
  return [...new Map([...mounts, ...files].map(mount => [mount.target, mount])).values()];
}

function mountOf(said: SaidService, mount: ComposeMount, index: number): Mount[] {
  const { source, target, read_only: readOnly = false } = mount;
  switch (mount.type) {
    case 'bind': {
      const selinux = mount.bind?.selinux;
      return [
        {
          type: 'bind',
          source: source!,
          target,
          readOnly,
          createSource: mount.bind?.create_host_path ?? true,
          propagation: mount.bind?.propagation,
          selinux: selinux === 'z' || selinux === 'Z' ? selinux : undefined,
        },
      ];
    }
    case 'volume':
      return [
        {
          type: 'volume',
          source,
          target,
          readOnly,
          noCopy: mount.volume?.nocopy ?? false,
          subpath: mount.volume?.subpath,
        },
      ];
    case 'tmpfs':
      return [{ type: 'tmpfs', target, size: sizeOf(mount.tmpfs?.size), mode: mount.tmpfs?.mode }];
    default: {
      const message = `mounts of type "${mount.type}" are not made, so "${said.name}" has nothing at ${target}`;
      said.report.warn('compose-mount', message, said.at('volumes', index));
      return [];
    }
  }
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
    const mounts = (other.service.volumes ?? []).flatMap((mount, at) => mountOf(other, mount, at));
    return mounts.map(mount =>
      mount.type === 'tmpfs' ? mount : { ...mount, readOnly: mount.readOnly || mode === 'ro' },
    );
  });
}

/** Secrets and configs that are files here, by where a container has them. */
export function boundFiles(said: SaidService): Bound[] {
  const { service, loaded } = said;
  const kinds = [
    ['secrets', service.secrets ?? [], loaded.project.secrets ?? {}, '/run/secrets/'],
    ['configs', service.configs ?? [], loaded.project.configs ?? {}, '/'],
  ] as const;
  return kinds.flatMap(([key, uses, objects, directory]) =>
    uses.flatMap((use, index): Bound[] => {
      const object = objects[use.source];
      const target = path.posix.resolve(directory, use.target ?? use.source);
      if (object?.file !== undefined && existsSync(object.file)) return [{ source: object.file, target }];
      const kind = key.slice(0, -1);
      const why = object?.file === undefined ? 'is not in a file' : `is in ${object.file}, which does not exist`;
      said.report.warn(
        'compose-file',
        `the ${kind} "${use.source}" ${why}, so "${said.name}" does not get it`,
        said.at(key, index),
      );
      return [];
    }),
  );
}

/** A container in the words of a system file. */
import type {
  ContainerSettings,
  Healthcheck,
  ImageBuild,
  Mount,
  Network,
  NetworkUse,
  Volume,
} from '../../container.js';
import type { ContainerService } from '../../system.js';
import { type Described, duration, present, type Sketch, unlessEmpty } from './described.js';

export function describeContainer(service: ContainerService): Sketch {
  const { resources, resolver, build } = service;
  return {
    image: service.image,
    build: build && describeBuild(build),
    pull_policy: service.pull,
    platform: service.platform,
    entrypoint: service.entrypoint,
    command: service.args,
    container_name: service.containerName,
    hostname: service.hostname,
    domainname: service.domainname,
    working_dir: service.workingDir,
    user: service.user,
    group_add: unlessEmpty(service.groupAdd),
    labels: unlessEmpty(service.labels),
    volumes: unlessEmpty(service.mounts.map(describeMount)),
    networks: unlessEmpty(Object.fromEntries(service.networks.map(use => [use.network, describeUse(use)]))),
    network_mode: service.networkMode,
    extra_hosts: unlessEmpty(service.extraHosts.map(entry => entry.replace(':', '='))),
    dns: unlessEmpty(resolver.servers),
    dns_search: unlessEmpty(resolver.search),
    dns_opt: unlessEmpty(resolver.options),
    init: service.init,
    healthcheck: service.healthcheck && describeHealthcheck(service.healthcheck),
    stop_signal: service.stopSignal,
    mem_limit: resources.memory,
    mem_reservation: resources.memoryReservation,
    memswap_limit: resources.memorySwap,
    shm_size: resources.shmSize,
    cpus: resources.cpus,
    cpu_shares: resources.cpuShares,
    pids_limit: resources.pids,
    oom_score_adj: resources.oomScoreAdj,
    ulimits: unlessEmpty(
      Object.fromEntries(Object.entries(service.ulimits).map(([name, limit]) => [name, { ...limit }])),
    ),
    tty: service.tty,
    stdin_open: service.stdinOpen,
    read_only: service.readOnly,
    privileged: service.privileged,
    cap_add: unlessEmpty(service.capAdd),
    cap_drop: unlessEmpty(service.capDrop),
    security_opt: unlessEmpty(service.securityOpt),
    devices: unlessEmpty(service.devices),
    sysctls: unlessEmpty(service.sysctls),
    ipc: service.ipc,
    pid: service.pid,
    logging: describeLogging(service.logging),
    keep: service.keep,
  };
}

function describeBuild(build: ImageBuild): Described {
  return present({
    context: build.context,
    dockerfile: build.dockerfileInline === undefined ? build.dockerfile : undefined,
    dockerfile_inline: build.dockerfileInline,
    target: build.target,
    args: unlessEmpty(build.args),
    labels: unlessEmpty(build.labels),
    cache_from: unlessEmpty(build.cacheFrom),
    no_cache: build.noCache,
    pull: build.pull,
    network: build.network,
    shm_size: build.shmSize,
    extra_hosts: unlessEmpty(build.extraHosts.map(entry => entry.replace(':', '='))),
    platform: build.platform,
    tags: unlessEmpty(build.tags),
  });
}

function describeMount(mount: Mount): Described {
  switch (mount.type) {
    case 'bind':
      return present({
        type: 'bind',
        source: mount.source,
        target: mount.target,
        read_only: mount.readOnly,
        bind: present({
          create_host_path: mount.createSource,
          propagation: mount.propagation,
          selinux: mount.selinux,
        }),
      });
    case 'volume':
      return present({
        type: 'volume',
        source: mount.source,
        target: mount.target,
        read_only: mount.readOnly,
        volume: present({ nocopy: mount.noCopy, subpath: mount.subpath }),
      });
    case 'tmpfs':
      return present({
        type: 'tmpfs',
        target: mount.target,
        tmpfs: unlessEmpty(present({ size: mount.size, mode: mount.mode })),
      });
  }
}

function describeUse({ aliases, ipv4, ipv6, mac, priority }: NetworkUse): Described {
  return present({
    aliases: unlessEmpty(aliases),
    ipv4_address: ipv4,
    ipv6_address: ipv6,
    mac_address: mac,
    priority: priority === 0 ? undefined : priority,
  });
}

function describeHealthcheck(check: Healthcheck | 'none'): Described {
  if (check === 'none') return { disable: true };
  const { test, intervalMs, timeoutMs, retries, startPeriodMs, startIntervalMs } = check;
  const time = (ms: number | undefined) => (ms === undefined ? undefined : duration(ms));
  return present({
    test: test && (test.kind === 'shell' ? ['CMD-SHELL', test.line] : ['CMD', ...test.argv]),
    interval: time(intervalMs),
    timeout: time(timeoutMs),
    retries,
    start_period: time(startPeriodMs),
    start_interval: time(startIntervalMs),
  });
}

function describeLogging(logging: ContainerSettings['logging']): Described | undefined {
  return logging && present({ driver: logging.driver, options: unlessEmpty(logging.options) });
}

export function describeNetwork(network: Network): Described {
  const { ipam } = network;
  if (network.external) return present({ external: true, name: network.name });
  const pools = ipam.pools.map(pool =>
    present({
      subnet: pool.subnet,
      gateway: pool.gateway,
      ip_range: pool.ipRange,
      aux_addresses: unlessEmpty(pool.auxAddresses),
    }),
  );
  return present({
    name: network.name,
    driver: network.driver,
    driver_opts: unlessEmpty(network.driverOptions),
    internal: network.internal,
    attachable: network.attachable,
    enable_ipv6: network.ipv6,
    ipam: unlessEmpty(present({ driver: ipam.driver, config: unlessEmpty(pools) })),
    labels: unlessEmpty(network.labels),
  });
}

export function describeVolume(volume: Volume): Described {
  if (volume.external) return present({ external: true, name: volume.name });
  return present({
    name: volume.name,
    driver: volume.driver,
    driver_opts: unlessEmpty(volume.driverOptions),
    labels: unlessEmpty(volume.labels),
  });
}

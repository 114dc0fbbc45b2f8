/** The keys of a Compose service, and what each holds: what is read, shown and cast follows from this table. */

import { textNode } from '../tree.js';
import {
  attestation,
  command,
  dependsOn,
  device,
  deviceRequest,
  envFiles,
  extraHosts,
  gpus,
  healthTest,
  manyTexts,
  models,
  mountedFile,
  ports,
  serviceNetworks,
  ssh,
  ulimit,
  volume,
} from './parts.js';
import { buildContext, hostPath } from './paths.js';
import {
  anyText,
  boolean,
  bytes,
  changed,
  dictionary,
  duration,
  type Fields,
  integer,
  type Json,
  type Kind,
  list,
  listOrText,
  mapping,
  number,
  object,
  setBoolean,
  setDuration,
  setInteger,
  text,
} from './values.js';

const texts = list(anyText);
const textOrTexts = listOrText(anyText);
const labels = mapping('');
const options = mapping('');
const secret = mountedFile(source => `/run/secrets/${source}`);

const BUILD = object({
  context: buildContext,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: texts,
  args: mapping(null),
  provenance: attestation,
  sbom: attestation,
  ssh,
  labels,
  cache_from: texts,
  cache_to: texts,
  no_cache: boolean,
  no_cache_filter: textOrTexts,
  additional_contexts: additionalContexts(),
  pull: boolean,
  extra_hosts: extraHosts,
  isolation: text,
  network: text,
  target: text,
  secrets: list(secret),
  shm_size: bytes,
  tags: texts,
  ulimits: dictionary(ulimit),
  platforms: texts,
  privileged: boolean,
});

/** A text is the context. */
const build: Kind = {
  ...BUILD,
  read: (node, path, reading) => {
    if (node.kind === 'scalar' && node.value !== null) {
      const context = buildContext.read(node, [...path, 'context'], reading);
      reading.record([...path, 'context'], node);
      return context === undefined ? {} : { context };
    }
    return BUILD.read(node, path, reading);
  },
};

/** Names with contexts; a map or a list of `NAME=context`. */
function additionalContexts(): Kind {
  return changed(mapping(''), (value, node, path, reading) =>
    Object.fromEntries(
      Object.entries(value as Record<string, Json>).map(([name, context]) => {
        // Of merged files each context is relative to its own.
        const at = textNode(String(context), reading.place([...path, name]) ?? node);
        return [name, buildContext.read(at, [...path, name], reading) ?? ''];
      }),
    ),
  );
}

const exec = { command, user: text, privileged: boolean, working_dir: text, environment: mapping(null) };
const withCommand = () => ({ command: null });
const hook = object(exec, withCommand);

const develop = object({
  watch: list(
    object(
      {
        path: hostPath,
        action: text,
        target: text,
        exec: object(exec, withCommand),
        include: textOrTexts,
        ignore: textOrTexts,
        initial_sync: boolean,
      },
      () => ({ exec: { command: null } }),
    ),
  ),
});

const throttled = list(object({ path: text, rate: bytes }));
const blkio = object({
  weight: integer,
  weight_device: list(object({ path: text, weight: integer })),
  device_read_bps: throttled,
  device_read_iops: throttled,
  device_write_bps: throttled,
  device_write_iops: throttled,
});

const updates = object({
  parallelism: setInteger,
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: number,
  order: text,
});

const deploy = object(
  {
    mode: text,
    replicas: setInteger,
    labels,
    update_config: updates,
    rollback_config: updates,
    resources: object({
      limits: object({ cpus: number, memory: bytes, pids: integer }),
      reservations: object({
        cpus: number,
        memory: bytes,
        pids: integer,
        devices: list(deviceRequest),
        generic_resources: list(object({ discrete_resource_spec: object({ kind: text, value: integer }) })),
      }),
    }),
    restart_policy: object({
      condition: text,
      delay: setDuration,
      max_attempts: setInteger,
      window: setDuration,
    }),
    placement: object({
      constraints: texts,
      preferences: list(object({ spread: text })),
      max_replicas_per_node: integer,
    }),
    endpoint_mode: text,
  },
  () => ({ resources: {}, placement: {} }),
);

const healthcheck = object({
  test: healthTest,
  interval: setDuration,
  timeout: setDuration,
  retries: setInteger,
  start_period: setDuration,
  start_interval: setDuration,
  disable: boolean,
});

export const SERVICE_FIELDS: Fields = {
  annotations: labels,
  attach: setBoolean,
  blkio_config: blkio,
  build,
  cap_add: texts,
  cap_drop: texts,
  cgroup: text,
  cgroup_parent: text,
  command,
  configs: list(mountedFile()),
  container_name: text,
  cpu_count: integer,
  cpu_percent: number,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpu_shares: integer,
  cpus: number,
  cpuset: text,
  credential_spec: object({ config: text, file: text, registry: text }),
  depends_on: dependsOn,
  deploy,
  develop,
  device_cgroup_rules: texts,
  devices: list(device),
  // An empty one is what is left of a variable without a value.
  dns: listOrText(text),
  dns_opt: texts,
  dns_search: textOrTexts,
  domainname: text,
  entrypoint: command,
  env_file: envFiles,
  environment: mapping(null),
  expose: texts,
  extends: object({ service: text, file: hostPath }),
  external_links: texts,
  extra_hosts: extraHosts,
  gpus,
  group_add: texts,
  healthcheck,
  hostname: text,
  image: text,
  init: setBoolean,
  ipc: text,
  isolation: text,
  label_file: listOrText(hostPath),
  labels,
  links: texts,
  logging: object({ driver: text, options }),
  mac_address: text,
  mem_limit: bytes,
  mem_reservation: bytes,
  mem_swappiness: bytes,
  memswap_limit: bytes,
  models,
  network_mode: text,
  networks: serviceNetworks,
  oom_kill_disable: boolean,
  oom_score_adj: integer,
  pid: text,
  pids_limit: integer,
  platform: text,
  ports,
  post_start: list(hook),
  pre_start: list(object({ ...exec, image: text, per_replica: boolean }, withCommand)),
  pre_stop: list(hook),
  privileged: boolean,
  profiles: texts,
  provider: object({ type: text, options: dictionary(manyTexts) }),
  pull_policy: text,
  read_only: boolean,
  restart: text,
  runtime: text,
  scale: setInteger,
  secrets: list(secret),
  security_opt: texts,
  shm_size: bytes,
  stdin_open: boolean,
  stop_grace_period: setDuration,
  stop_signal: text,
  storage_opt: options,
  sysctls: labels,
  tmpfs: textOrTexts,
  tty: boolean,
  ulimits: dictionary(ulimit),
  use_api_socket: boolean,
  user: text,
  userns_mode: text,
  uts: text,
  volume_driver: text,
  volumes: list(volume),
  volumes_from: texts,
  working_dir: text,
};

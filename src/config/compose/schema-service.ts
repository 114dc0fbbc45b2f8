/** The keys of a Compose service. */
import { build } from './schema-build.js';
import { deploy, reservedDevice } from './schema-deploy.js';
import {
  command,
  either,
  flag,
  integer,
  integerFrom,
  listOf,
  mapOf,
  NAME,
  namesTo,
  number,
  oneWordOf,
  options,
  orNothing,
  pairs,
  type Shape,
  scalarOf,
  text,
  textOrTexts,
  textOrUniqueTexts,
  uniqueListOf,
  uniqueTexts,
} from './schema-shapes.js';
import { extraHosts, grants, mount, port, ulimits } from './schema-values.js';

const hookKeys = { command, user: text, privileged: flag, working_dir: text, environment: pairs };
const hook = mapOf(hookKeys, { required: ['command'] });
/** It runs in a container of its own, which may be of another image and have a command of its own. */
const hookBefore = mapOf({ ...hookKeys, image: text, per_replica: flag });

const develop = orNothing(
  mapOf({
    watch: listOf(
      mapOf(
        {
          path: text,
          action: oneWordOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
          target: text,
          ignore: textOrUniqueTexts,
          include: textOrUniqueTexts,
          initial_sync: flag,
          exec: hook,
        },
        { required: ['path', 'action'] },
      ),
    ),
  }),
);

const dependency = mapOf(
  {
    condition: oneWordOf('service_started', 'service_healthy', 'service_completed_successfully'),
    required: scalarOf('boolean'),
    restart: flag,
  },
  { required: ['condition'] },
);

const attachment = orNothing(
  mapOf({
    aliases: uniqueTexts,
    interface_name: text,
    ipv4_address: text,
    ipv6_address: text,
    link_local_ips: uniqueTexts,
    mac_address: text,
    driver_opts: options,
    priority: scalarOf('number'),
    gw_priority: scalarOf('number'),
  }),
);

const healthcheck = mapOf({
  test: textOrTexts,
  interval: text,
  timeout: text,
  start_period: text,
  start_interval: text,
  retries: number,
  disable: flag,
});

const deviceLimit = mapOf({ path: text, rate: integer }, { extensions: false });
const deviceWeight = mapOf({ path: text, weight: integer }, { extensions: false });

const envFile = either(
  text,
  listOf(either(text, mapOf({ path: text, format: text, required: flag }, { required: ['path'], extensions: false }))),
);

const blkio = mapOf(
  {
    device_read_bps: listOf(deviceLimit),
    device_read_iops: listOf(deviceLimit),
    device_write_bps: listOf(deviceLimit),
    device_write_iops: listOf(deviceLimit),
    weight: integer,
    weight_device: listOf(deviceWeight),
  },
  { extensions: false },
);

const single = scalarOf('text', 'number', 'boolean');
const provider = mapOf({ type: text, options: namesTo(either(single, listOf(single))) }, { required: ['type'] });

const POLICIES = 'always, never, missing, if_not_present, build, refresh, daily, weekly or every_<duration>';

export const SERVICE_KEYS: Readonly<Record<string, Shape>> = {
  annotations: pairs,
  attach: flag,
  blkio_config: blkio,
  build,
  cap_add: uniqueTexts,
  cap_drop: uniqueTexts,
  cgroup: oneWordOf('host', 'private'),
  cgroup_parent: text,
  command,
  configs: grants,
  container_name: text,
  cpu_count: integerFrom(0),
  cpu_percent: integerFrom(0, 100),
  cpu_period: number,
  cpu_quota: number,
  cpu_rt_period: number,
  cpu_rt_runtime: number,
  cpu_shares: number,
  cpus: number,
  cpuset: text,
  credential_spec: mapOf({ config: text, file: text, registry: text }),
  depends_on: either(uniqueTexts, namesTo(dependency, NAME)),
  deploy,
  develop,
  device_cgroup_rules: uniqueTexts,
  devices: listOf(either(text, mapOf({ source: text, target: text, permissions: text }, { required: ['source'] }))),
  dns: textOrUniqueTexts,
  dns_opt: uniqueTexts,
  dns_search: textOrUniqueTexts,
  domainname: text,
  entrypoint: command,
  env_file: envFile,
  environment: pairs,
  expose: uniqueListOf(scalarOf('text', 'number')),
  extends: either(text, mapOf({ service: text, file: text }, { required: ['service'], extensions: false })),
  external_links: uniqueTexts,
  extra_hosts: extraHosts,
  gpus: either(oneWordOf('all'), listOf(mapOf(reservedDevice, { open: true }))),
  group_add: uniqueListOf(scalarOf('text', 'number')),
  healthcheck,
  hostname: text,
  image: text,
  init: flag,
  ipc: text,
  isolation: text,
  label_file: textOrTexts,
  labels: pairs,
  links: uniqueTexts,
  logging: mapOf({ driver: text, options: namesTo(scalarOf('text', 'number', 'null')) }),
  mac_address: text,
  mem_limit: number,
  mem_reservation: integer,
  mem_swappiness: integer,
  memswap_limit: number,
  models: either(uniqueTexts, namesTo(orNothing(mapOf({ endpoint_var: text, model_var: text })))),
  network_mode: text,
  networks: either(uniqueTexts, namesTo(attachment, NAME)),
  oom_kill_disable: flag,
  oom_score_adj: integerFrom(-1000, 1000),
  pid: orNothing(text),
  pids_limit: number,
  platform: text,
  ports: uniqueListOf(port),
  post_start: listOf(hook),
  pre_start: listOf(hookBefore),
  pre_stop: listOf(hook),
  privileged: flag,
  profiles: uniqueTexts,
  provider,
  pull_policy: {
    scalar: {
      types: ['text'],
      pattern: {
        test: /^(always|never|missing|if_not_present|build|refresh|daily|weekly|every_([0-9]+[wdhms])+)$|\$/,
        form: POLICIES,
      },
    },
  },
  pull_refresh_after: text,
  read_only: flag,
  restart: text,
  runtime: text,
  scale: integer,
  secrets: grants,
  security_opt: uniqueTexts,
  shm_size: number,
  stdin_open: flag,
  stop_grace_period: text,
  stop_signal: text,
  storage_opt: mapOf({}, { open: true }),
  sysctls: pairs,
  tmpfs: textOrUniqueTexts,
  tty: flag,
  ulimits,
  use_api_socket: scalarOf('boolean'),
  user: text,
  userns_mode: text,
  uts: text,
  volumes: uniqueListOf(mount),
  volumes_from: uniqueTexts,
  working_dir: text,
};

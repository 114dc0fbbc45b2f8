/** What a service of a system file says of its container. */
import type { ContainerSettings, NetworkUse } from '../../container.js';
import type { ComposeAttachment, ComposeBuild, ComposeHealthcheck } from '../compose/project/canonical.js';
import type { Kind } from '../compose/project/values.js';
import type { KeyName } from '../keys.js';
import type { Reader } from '../reader.js';
import type { Section } from '../section.js';
import { hostEntriesOf, imageBuildOf } from './build.js';
import { checkImageAndName, checkNetworks, checkTwoWords, type Declared } from './checks.js';
import { healthcheckOf } from './healthcheck.js';
import { BUILD, DEVICES, EXTRA_HOSTS, HEALTHCHECK, LOGGING, NAMED_VALUES, NETWORKS, ULIMITS } from './kinds.js';
import { ulimitsOf } from './limits.js';
import { networkUseOf } from './networks.js';
import { PartReading } from './reading.js';
import { readMounts } from './service-mounts.js';

/** What is known of the system around a service. */
export interface ContainerContext extends Declared {
  /** The system's name. */
  readonly system: string;
  /** That relative paths start from. */
  readonly directory: string;
  /** The user's home directory, for `~`. */
  readonly home: string;
}

type Said = Readonly<Record<string, string>>;

/**
 * What is wrong is reported; an image or a build is there.
 *
 * @param name The service's.
 * @param buildsImage Whether `build` is about the image, and not a command of the service's other form.
 */
export function readContainer(
  section: Section,
  name: string,
  buildsImage: boolean,
  reader: Reader,
  context: ContainerContext,
): Partial<ContainerSettings> {
  const what = section.what;
  const reading = new PartReading(reader, what, section.node, context.directory, context.home);
  const part = <T>(key: KeyName, kind: Kind): T | undefined => {
    const entry = section.entry(key);
    return entry && reading.part<T>(kind, entry.value, [key]);
  };
  const texts = (key: StringsKey) => section.get(key)?.map(item => item.text) ?? [];
  checkTwoWords(section, reader.report);
  checkImageAndName(section, buildsImage, reader.report);
  const platform = section.get('platform')?.text;
  const build = buildsImage ? part<ComposeBuild>('build', BUILD) : undefined;
  const networks = Object.entries(part<Record<string, ComposeAttachment | null>>('networks', NETWORKS) ?? {});
  checkNetworks(networks, section, reading, context);
  return {
    image: section.get('image')?.text || imageName(context.system, name),
    build: build && imageBuildOf({ ...build, context: build.context ?? context.directory }, platform),
    pull: section.get('pull_policy') ?? 'missing',
    platform,
    entrypoint: section.get('entrypoint'),
    args: section.get('args') ?? section.get('command'),
    containerName: section.get('container_name')?.text,
    hostname: section.get('hostname')?.text,
    domainname: section.get('domainname')?.text,
    workingDir: section.get('working_dir')?.text,
    user: section.get('user')?.text,
    groupAdd: texts('group_add'),
    labels: part<Said>('labels', NAMED_VALUES) ?? {},
    mounts: readMounts(section, reading, context),
    networks: networks.map(([network, use]): NetworkUse => networkUseOf(network, use)),
    networkMode: section.get('network_mode')?.text,
    extraHosts: hostEntriesOf(part<readonly string[]>('extra_hosts', EXTRA_HOSTS) ?? []),
    resolver: { servers: texts('dns'), search: texts('dns_search'), options: texts('dns_opt') },
    init: section.get('init'),
    healthcheck: healthcheckOf(part<ComposeHealthcheck>('healthcheck', HEALTHCHECK)),
    stopSignal: section.get('stop_signal') ?? section.get('terminate'),
    resources: {
      memory: section.get('mem_limit') ?? section.get('memory'),
      memoryReservation: section.get('mem_reservation'),
      memorySwap: section.get('memswap_limit'),
      shmSize: section.get('shm_size'),
      cpus: section.get('cpus'),
      cpuShares: section.get('cpu_shares'),
      pids: section.get('pids_limit'),
      oomScoreAdj: section.get('oom_score_adj'),
    },
    tty: section.get('tty') ?? false,
    stdinOpen: section.get('stdin_open') ?? false,
    readOnly: section.get('read_only') ?? false,
    privileged: section.get('privileged') ?? false,
    capAdd: texts('cap_add'),
    capDrop: texts('cap_drop'),
    securityOpt: texts('security_opt'),
    devices: part<readonly string[]>('devices', DEVICES) ?? [],
    sysctls: part<Said>('sysctls', NAMED_VALUES) ?? {},
    ulimits: ulimitsOf(part('ulimits', ULIMITS)),
    ipc: section.get('ipc')?.text,
    pid: section.get('pid')?.text,
    logging: loggingOf(part('logging', LOGGING)),
    keep: section.get('keep') ?? false,
  };
}

type StringsKey = 'group_add' | 'dns' | 'dns_search' | 'dns_opt' | 'cap_add' | 'cap_drop' | 'security_opt';

/** Of an image that is built and has no name: lower case, as image names are. */
export function imageName(system: string, service: string): string {
  return `${system}-${service}`.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
}

function loggingOf(said: { readonly driver?: string; readonly options?: Said } | undefined) {
  return said && { driver: said.driver, options: said.options ?? {} };
}

/**
 * A Compose project in its canonical form: what `docker compose config --format json` shows. Short forms are long ones, paths
 * are absolute, names and defaults are filled in, environments are resolved.
 *
 * What was not set, or is zero, is absent, unless it says `| null`. Sizes are bytes in decimal, durations as Go prints them
 * (`1m30s`).
 */
import type { Json } from './values.js';

export interface ComposeProject {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes?: Readonly<Record<string, ComposeVolume>>;
  readonly secrets?: Readonly<Record<string, ComposeFileObject>>;
  readonly configs?: Readonly<Record<string, ComposeFileObject>>;
  readonly models?: Readonly<Record<string, ComposeModel>>;
  /** Extensions (`x-...`) of the top level, as they stand there. */
  readonly [extension: `x-${string}`]: Json;
}

export interface ComposeService {
  readonly annotations?: Texts;
  readonly attach?: boolean;
  readonly blkio_config?: { readonly [key: string]: Json };
  readonly build?: ComposeBuild;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup?: string;
  readonly cgroup_parent?: string;
  /** Null: the image's; empty: none. */
  readonly command: readonly string[] | null;
  readonly configs?: readonly ComposeMountedFile[];
  readonly container_name?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_rt_period?: number;
  readonly cpu_rt_runtime?: number;
  readonly cpu_shares?: number;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly credential_spec?: { readonly config?: string; readonly file?: string; readonly registry?: string };
  readonly depends_on?: Readonly<Record<string, ComposeDependency>>;
  readonly deploy?: ComposeDeploy;
  readonly develop?: { readonly watch?: readonly ComposeWatch[] };
  readonly device_cgroup_rules?: readonly string[];
  readonly devices?: readonly { readonly source: string; readonly target?: string; readonly permissions?: string }[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly domainname?: string;
  /** Null: the image's; empty: none. */
  readonly entrypoint: readonly string[] | null;
  readonly env_file?: readonly ComposeEnvFile[];
  /** Null: a variable that is named but has no value anywhere. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly expose?: readonly string[];
  readonly extends?: { readonly service?: string; readonly file?: string };
  readonly external_links?: readonly string[];
  /** `host=address`. */
  readonly extra_hosts?: readonly string[];
  readonly gpus?: readonly ComposeDeviceRequest[];
  readonly group_add?: readonly string[];
  readonly healthcheck?: ComposeHealthcheck;
  readonly hostname?: string;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly label_file?: readonly string[];
  readonly labels?: Texts;
  readonly links?: readonly string[];
  readonly logging?: { readonly driver?: string; readonly options?: Texts };
  readonly mac_address?: string;
  readonly mem_limit?: string;
  readonly mem_reservation?: string;
  readonly mem_swappiness?: string;
  readonly memswap_limit?: string;
  readonly models?: Readonly<Record<string, { readonly endpoint_var?: string; readonly model_var?: string } | null>>;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ComposeAttachment | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number;
  readonly pid?: string;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: readonly ComposePort[];
  readonly post_start?: readonly ComposeHook[];
  readonly pre_start?: readonly (ComposeHook & { readonly image?: string; readonly per_replica?: boolean })[];
  readonly pre_stop?: readonly ComposeHook[];
  readonly privileged?: boolean;
  readonly profiles?: readonly string[];
  readonly provider?: { readonly type?: string; readonly options?: Readonly<Record<string, readonly string[]>> };
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: readonly ComposeMountedFile[];
  readonly security_opt?: readonly string[];
  readonly shm_size?: string;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: string;
  readonly stop_signal?: string;
  readonly storage_opt?: Texts;
  readonly sysctls?: Texts;
  readonly tmpfs?: readonly string[];
  readonly tty?: boolean;
  readonly ulimits?: Readonly<Record<string, number | { readonly soft?: number; readonly hard?: number }>>;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volume_driver?: string;
  readonly volumes?: readonly ComposeMount[];
  readonly volumes_from?: readonly string[];
  readonly working_dir?: string;
}

type Texts = Readonly<Record<string, string>>;

export interface ComposeBuild {
  /** Absolute, or a URL. */
  readonly context: string;
  /** Relative to the context. Absent with `dockerfile_inline`. */
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly args?: Readonly<Record<string, string | null>>;
  readonly target?: string;
  readonly labels?: Texts;
  readonly tags?: readonly string[];
  readonly additional_contexts?: Texts;
  readonly secrets?: readonly ComposeMountedFile[];
  readonly platforms?: readonly string[];
  readonly network?: string;
  readonly [other: string]: unknown;
}

export interface ComposeDependency {
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  readonly required: boolean;
  readonly restart?: boolean;
}

export interface ComposeDeploy {
  readonly mode?: string;
  readonly replicas?: number;
  readonly labels?: Texts;
  readonly resources: {
    readonly limits?: { readonly cpus?: number; readonly memory?: string; readonly pids?: number };
    readonly reservations?: { readonly [key: string]: unknown };
  };
  readonly restart_policy?: {
    readonly condition?: string;
    readonly delay?: string;
    readonly max_attempts?: number;
    readonly window?: string;
  };
  readonly placement: { readonly [key: string]: unknown };
  readonly [other: string]: unknown;
}

export interface ComposeWatch {
  readonly path: string;
  readonly action: string;
  readonly target?: string;
  readonly exec: ComposeHook;
  readonly include?: readonly string[];
  readonly ignore?: readonly string[];
  readonly initial_sync?: boolean;
}

export interface ComposeHook {
  readonly command: readonly string[] | null;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
}

export interface ComposeEnvFile {
  readonly path: string;
  readonly required: boolean;
  readonly format?: string;
}

export interface ComposeDeviceRequest {
  readonly capabilities?: readonly string[];
  readonly driver?: string;
  /** -1: all of them. */
  readonly count?: number;
  readonly device_ids?: readonly string[];
  readonly options?: Texts;
}

export interface ComposeHealthcheck {
  /** Begins with CMD, CMD-SHELL or NONE. */
  readonly test?: readonly string[];
  readonly interval?: string;
  readonly timeout?: string;
  readonly retries?: number;
  readonly start_period?: string;
  readonly start_interval?: string;
  readonly disable?: boolean;
}

export interface ComposeAttachment {
  readonly aliases?: readonly string[];
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly driver_opts?: Texts;
  readonly priority?: number;
  readonly gw_priority?: number;
}

export interface ComposePort {
  readonly name?: string;
  readonly mode: string;
  readonly host_ip?: string;
  readonly target: number;
  /** A port, or a range of which one is taken; absent: any free one. */
  readonly published?: string;
  readonly protocol: string;
  readonly app_protocol?: string;
}

export interface ComposeMount {
  readonly type: string;
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly propagation?: string;
    readonly create_host_path?: boolean;
    readonly recursive?: string;
    readonly selinux?: string;
  };
  readonly volume?: { readonly nocopy?: boolean; readonly subpath?: string; readonly labels?: Texts };
  readonly tmpfs?: { readonly size?: string; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
}

export interface ComposeMountedFile {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  /** Octal. */
  readonly mode?: string;
}

export interface ComposeNetwork {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly ipam: { readonly [key: string]: unknown };
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Texts;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface ComposeVolume {
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly external?: boolean;
  readonly labels?: Texts;
}

/** A secret or a config. */
export interface ComposeFileObject {
  readonly name: string;
  readonly file?: string;
  /** Name of the variable that holds the content. */
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: Texts;
  readonly driver?: string;
  readonly driver_opts?: Texts;
  readonly template_driver?: string;
}

export interface ComposeModel {
  readonly name: string;
  readonly model?: string;
  readonly context_size?: number;
  readonly runtime_flags?: readonly string[];
}

/** Keys from elsewhere that are passed over, and what takes their place here. */

/**
 * Keys that fuge 2 ignored and that real files contain, mostly from Compose or from fuge's predecessors: they mean
 * nothing here, which is told, but the file loads.
 */
export const IGNORED_KEYS: ReadonlySet<string> = new Set(
  `annotations blkio_config cgroup cgroup_parent configs cpu_count cpu_percent cpu_period cpu_quota cpuset cwd deploy
   description develop device_cgroup_rules docker_path expose extends external_links gpus isolation label_file links
   mac_address mem_swappiness net notes oom_kill_disable post_start pre_stop proxy runtime scale secrets specific storage_opt
   userns_mode uts version volume_driver volumes_from`.split(/\s+/),
);

/** What is meant by some keys where they have no effect. */
export const OWN_WORD: Readonly<Record<string, string>> = {
  command: 'run',
  cwd: 'path',
  hostname: 'host',
  stop_signal: 'terminate',
  working_dir: 'path',
};

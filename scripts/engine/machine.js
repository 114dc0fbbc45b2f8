// What of this machine matters to an engine made for tests: its tools, and the processes that belong to it. Linux.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Where programs are looked for: also where only administrators look. */
export const TOOLS_PATH = [
  ...new Set([...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']),
].join(':');

/** @param {string} program */
const isThere = program => TOOLS_PATH.split(':').some(folder => existsSync(path.join(folder, program)));

/** What an engine, its images and its registry are made of, and where Debian has it. */
const NEEDED = {
  dockerd: 'docker.io',
  containerd: 'docker.io',
  'docker-proxy': 'docker.io',
  runc: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  busybox: 'busybox-static',
  'redis-server': 'redis-server',
  'docker-registry': 'docker-registry',
};

/** Why no engine can be made here; undefined: it can be tried. */
export function whyNoEngine() {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.geteuid?.() !== 0) return 'it needs root';
  const missing = Object.keys(NEEDED).filter(program => !isThere(program));
  if (missing.length === 0) return undefined;
  const packages = new Set(missing.map(program => NEEDED[/** @type {keyof typeof NEEDED} */ (program)]));
  return `there is no ${missing.join(', no ')} (Debian: apt-get install ${[...packages].join(' ')})`;
}

/** What a tool prints; throws what it complains of. @param {string} program @param {string[]} args */
export function run(program, args) {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: TOOLS_PATH },
  });
}

/**
 * The processes whose command line names this folder, and all below them; the children first.
 *
 * @param {string} folder
 */
export function familyOf(folder) {
  const all = readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
    } catch {
      return [];
    }
  });
  /** @type {(pid: number) => number[]} */
  const below = pid => [...all.filter(({ parent }) => parent === pid).flatMap(child => below(child.pid)), pid];
  const roots = all.filter(({ command, pid }) => command.includes(`${folder}/`) && pid !== process.pid);
  return [...new Set(roots.flatMap(({ pid }) => below(pid)))];
}

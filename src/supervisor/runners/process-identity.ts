/** What tells a process apart from a later one with the same pid, and this machine from another that shares the home. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** When a process started, as text: equal texts, and an equal pid, mean the same process. */
export type BirthTime = string;

/** Undefined: there is no such process, or the system does not tell. */
export function birthTimeOf(pid: number): BirthTime | undefined {
  try {
    if (process.platform !== 'linux') {
      const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, LC_ALL: 'C' } };
      return (
        execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options as { encoding: 'utf8' }).trim() || undefined
      );
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // pid (command, which may hold anything) state ppid …: the 22nd field is the start, in ticks since the boot.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is as good as gone: it only waits to be counted.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${bootId()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * Names the machine, and within it the container: pids of another one mean nothing here. Only Linux tells; elsewhere a
 * home is taken to be one machine's (a Mac's host name changes with its network).
 */
export function machineId(): string {
  identity ??= process.platform === 'linux' ? `${machineName()}:${pidNamespace()}` : process.platform;
  return identity;
}

function machineName(): string {
  try {
    return readFileSync('/etc/machine-id', 'latin1').trim() || hostname();
  } catch {
    return hostname();
  }
}

let identity: string | undefined;
let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return boot;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

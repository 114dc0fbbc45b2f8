/** The TCP ports that the processes of a group listen on, as the system tells. */
import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { textOfProcFile } from './proc-file.js';
import { processTable } from './process-group.js';

/** State LISTEN in /proc/net/tcp. */
const LISTEN = '0A';

/** Ascending; empty where the system does not tell. */
export async function listeningPorts(pgid: number): Promise<number[]> {
  const ports = process.platform === 'linux' ? await portsOnLinux(pgid) : await portsByLsof(pgid);
  return [...new Set(ports)].sort((a, b) => a - b);
}

async function portsOnLinux(pgid: number): Promise<number[]> {
  const members = (await processTable()).filter(entry => entry.pgid === pgid);
  const inodes = new Set(members.flatMap(({ pid }) => socketsOf(pid)));
  return inodes.size === 0 ? [] : ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table => listenersIn(table, inodes));
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode ?? [];
    });
  } catch {
    return []; // it has ended, or is another user's
  }
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function listenersIn(table: string, inodes: ReadonlySet<string>): number[] {
  let text: string;
  try {
    text = textOfProcFile(table);
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== LISTEN || !inodes.has(fields[9] ?? '')) return [];
      return Number.parseInt(fields[1]!.split(':')[1]!, 16);
    });
}

/** macOS and others. */
function portsByLsof(pgid: number): Promise<number[]> {
  const words = ['-nP', '-iTCP', '-sTCP:LISTEN', '-a', '-g', String(pgid), '-Fn'];
  return new Promise(resolve => {
    execFile('lsof', words, { timeout: 5000 }, (_error, output) => {
      resolve([...output.matchAll(/^n.*:(\d+)$/gm)].map(([, port]) => Number(port)));
    });
  });
}

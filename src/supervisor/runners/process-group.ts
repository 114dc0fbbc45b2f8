/** Everything that differs between operating systems about processes: groups, the process table, who listens where. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isIP } from 'node:net';
import { connects, isFree } from './connects.js';
import { bytesOfProcFile, textOfProcFile } from './proc-file.js';

const IS_LINUX = process.platform === 'linux';
const CONNECT_TIMEOUT_MS = 500;

/** Sends a signal to every process of the group. False: there is none. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pgid, signal);
    return true;
  } catch (error) {
    // EPERM: macOS says so when only zombies are left, Linux when every member belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Sends a signal to one process; one that has ended is passed over. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}

/** What is asked of the process table about one run. */
export interface Kin {
  /** The run's process group. */
  readonly pgid: number;
  /** `NAME=value`, the entry of the environment that all of its processes inherit. */
  readonly mark: string;
  /** When its leader started: no process of the run is older. */
  readonly since: StartTime | undefined;
  /** Whether a process group is some other run's: no stray of this one. */
  isOther(pgid: number): boolean;
}

/**
 * The living processes of a run: those of its group, and those that carry its mark but left the group by setsid, as
 * daemons do. A zombie that its parent does not collect (an init that never waits, common in containers) does not live:
 * it runs nothing and holds nothing.
 *
 * Strays are found on Linux only; elsewhere other processes' environments can't be read reliably.
 */
export async function kinOf({ pgid, mark, since, isOther }: Kin): Promise<{ group: boolean; strays: number[] }> {
  if (!IS_LINUX) return { group: signalGroup(pgid, 0), strays: [] };
  const entry = Buffer.from(mark);
  let group = false;
  const strays: number[] = [];
  for (const { pid, pgid: its, state, startTime } of await freshStats()) {
    if (state === 'Z' || state === 'X') continue;
    if (its === pgid) group = true;
    else if (since !== undefined && startTime >= since && !isOther(its) && hasEntry(pid, entry)) strays.push(pid);
  }
  return { group, strays };
}

/**
 * The cpu time (ms) that a group has used, where none of its processes runs or waits for a processor or a disk just now;
 * undefined: one does. Always 0 where the system does not tell.
 */
export async function restingCpuTime(pgid: number): Promise<number | undefined> {
  if (!IS_LINUX) return 0;
  const members = (await freshStats()).filter(stat => stat.pgid === pgid);
  if (members.some(({ state }) => state === 'R' || state === 'D')) return undefined;
  return members.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

let coming: Promise<Stat[]> | undefined;

/** The table as it is after this call. All who ask in one turn of the event loop share one reading. */
function freshStats(): Promise<Stat[]> {
  coming ??= new Promise(resolve => {
    setImmediate(() => {
      coming = undefined;
      resolve(readStats());
    });
  });
  return coming;
}

/**
 * Sends a signal to every process with an environment entry that begins so. False: there is none. Linux only, as
 * {@link kinOf}.
 */
export function signalMarked(markStart: string, signal: NodeJS.Signals, since?: StartTime): boolean {
  const pids = pidsOfMarked(markStart, since);
  for (const pid of pids) signalProcess(pid, signal);
  return pids.length > 0;
}

/** Whether such a process lives. */
export function isAnyMarked(markStart: string, since?: StartTime): boolean {
  return pidsOfMarked(markStart, since).length > 0;
}

/**
 * Their pids; other systems than Linux do not tell.
 *
 * @param since When whoever marked them began: what is older has no mark of his. By default all are looked at.
 */
export function pidsOfMarked(markStart: string, since: StartTime = 0): number[] {
  if (!IS_LINUX) return [];
  const start = Buffer.from(markStart);
  const mayHave = ({ pid, state, startTime }: Stat) =>
    startTime >= since && state !== 'Z' && state !== 'X' && pid !== process.pid;
  return readStats().flatMap(stat => (mayHave(stat) && hasEntry(stat.pid, start, true) ? stat.pid : []));
}

function hasEntry(pid: number, entry: Buffer, isStart = false): boolean {
  try {
    const environ = bytesOfProcFile(`/proc/${pid}/environ`);
    for (let at = environ.indexOf(entry); at >= 0; at = environ.indexOf(entry, at + 1))
      if ((at === 0 || environ[at - 1] === 0) && (isStart || environ[at + entry.length] === 0)) return true;
    return false;
  } catch {
    return false; // another user's, or it ended meanwhile
  }
}

/** When a process started, in a unit of the system's own: together with the pid it names a process for ever. */
export type StartTime = number;

/** Undefined: there is no such process, or the system does not tell. */
export function startTimeOf(pid: number): StartTime | undefined {
  if (!IS_LINUX) return undefined;
  try {
    return statOf(pid, bytesOfProcFile(`/proc/${pid}/stat`)).startTime;
  } catch {
    return undefined;
  }
}

/** One process as the system shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  /** cpu time used so far, ms. */
  readonly cpuMs: number;
  /** Resident bytes. */
  readonly memory: number;
}

/** Every process of the machine. Linux reads /proc (some ms); elsewhere `ps` is asked. */
export async function processTable(): Promise<ProcessEntry[]> {
  if (IS_LINUX) return freshStats();
  const text = await output('ps', ['-axo', 'pid=,ppid=,pgid=,time=,rss=']);
  return text.split('\n').flatMap(line => {
    const [pid, ppid, pgid, time, rss] = line.trim().split(/\s+/);
    if (!pid || !ppid || !pgid || !time || !rss) return [];
    return [{ pid: +pid, ppid: +ppid, pgid: +pgid, cpuMs: clockTime(time), memory: +rss * 1024 }];
  });
}

interface Stat extends ProcessEntry {
  readonly state: string;
  readonly startTime: StartTime;
}

/** Kernel ticks a second as /proc shows them: 100 on every Linux that Node runs on (USER_HZ). */
const TICK_MS = 10;
/** Linux on arm64 and others may have larger pages; rss is then read too low, nothing else depends on it. */
const PAGE_BYTES = 4096;

function readStats(): Stat[] {
  const stats: Stat[] = [];
  for (const entry of readdirSync('/proc')) {
    const first = entry.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    let bytes: Buffer;
    try {
      bytes = bytesOfProcFile(`/proc/${entry}/stat`);
    } catch {
      continue; // it ended meanwhile
    }
    stats.push(statOf(Number(entry), bytes));
  }
  return stats;
}

/** Read as bytes: as text, the 50 fields of each of some hundred processes are a heap of garbage at every look. */
function statOf(pid: number, bytes: Buffer): Stat {
  // pid (command, which may hold anything) state ppid pgrp …
  const state = bytes.lastIndexOf(PARENTHESIS) + 2;
  const stat = { pid, state: String.fromCharCode(bytes[state]!), ppid: 0, pgid: 0, cpuMs: 0, startTime: 0, memory: 0 };
  for (let at = state + 2, field = 3, value = 0; field < 24 && at <= bytes.length; at++) {
    const digit = (bytes[at] ?? SPACE) - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      continue;
    }
    if (bytes[at] === MINUS) continue;
    field++;
    if (field === 4) stat.ppid = value;
    else if (field === 5) stat.pgid = value;
    else if (field === 14 || field === 15) stat.cpuMs += value * TICK_MS;
    else if (field === 22) stat.startTime = value;
    else if (field === 24) stat.memory = value * PAGE_BYTES;
    value = 0;
  }
  return stat;
}

const [PARENTHESIS, SPACE, ZERO, MINUS] = [...') 0-'].map(each => each.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
/** `[[dd-]hh:]mm:ss[.cc]` of ps, in ms. */
function clockTime(text: string): number {
  const [days, rest] = text.includes('-') ? (text.split('-') as [string, string]) : ['0', text];
  const seconds = rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}

/** Who holds a port, as far as the system tells. */
export interface PortHolder {
  /** Undefined where the process belongs to another user. */
  readonly pid: number | undefined;
  /** Its command line, shortened. */
  readonly command: string | undefined;
}

/**
 * Who listens on a TCP port at an address that `host` or loopback reaches; undefined: nobody. Nothing is bound, so a service
 * that starts at the same moment is not disturbed.
 */
export async function portHolder(port: number, host: string): Promise<PortHolder | undefined> {
  if (!IS_LINUX) return portHolderByConnecting(port, host);
  if (await isSurelyFree(port, host)) return undefined;
  const inodes = listeningInodes(port, host);
  if (inodes.size === 0) return undefined;
  const pid = inodeOwner(inodes);
  return { pid, command: pid === undefined ? undefined : commandLine(pid) };
}

/**
 * A free port refuses connections at once; the kernel's tables of connections take 10 to 20 ms to read, which every launch
 * would wait for, one after the other. A port of all addresses may be held at any single one: that only the tables tell.
 */
async function isSurelyFree(port: number, host: string): Promise<boolean> {
  if (host === '0.0.0.0' || host === '::' || (isIP(host) === 0 && host !== 'localhost')) return false;
  const addresses = new Set(['127.0.0.1', '::1', ...(host === 'localhost' ? [] : [host])]);
  const answers = await Promise.all([...addresses].map(address => isFree(port, address, CONNECT_TIMEOUT_MS)));
  return answers.every(isSure => isSure);
}

/** Whether anybody listens on a TCP port of this machine: at loopback only, or (also) at all its addresses. Linux. */
export function listensAt(port: number): 'nowhere' | 'loopback' | 'everywhere' {
  const addresses = listeners(port).map(({ address }) => address);
  if (addresses.some(isEveryAddress)) return 'everywhere';
  return addresses.some(address => isReached(address, '127.0.0.1')) ? 'loopback' : 'nowhere';
}

/** Inodes of the sockets that listen on `port`. */
function listeningInodes(port: number, host: string): Set<string> {
  return new Set(listeners(port).flatMap(({ address, inode }) => (isReached(address, host) ? inode : [])));
}

/** The sockets that listen on `port`, by /proc/net/tcp and tcp6; addresses as there. */
function listeners(port: number): { readonly address: string; readonly inode: string }[] {
  const found: { address: string; inode: string }[] = [];
  const wantedPort = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = textOfProcFile(table);
    } catch {
      continue; // no IPv6
    }
    for (const line of text.split('\n')) {
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
      const fields = line.trim().split(/\s+/);
      const [address, localPort] = (fields[1] ?? '').split(':');
      if (localPort !== wantedPort || fields[3] !== '0A' || !address) continue;
      found.push({ address, inode: fields[9]! });
    }
  }
  return found;
}

const isEveryAddress = (address: string) => /^0+$/.test(address);

/** Whether a listener at this address (hexadecimal, host byte order) stands in the way of one at `host`. */
function isReached(address: string, host: string): boolean {
  if (isEveryAddress(address) || host === '0.0.0.0' || host === '::') return true;
  if (address === '0100007F' || address === '00000000000000000000000001000000') return true; // 127.0.0.1, ::1
  if (address.startsWith('0000000000000000FFFF0000')) return isReached(address.slice(24), host); // IPv4 in IPv6
  if (address.length === 32) return address === hexOfIPv6(host);
  const bytes = address.length === 8 ? [6, 4, 2, 0].map(i => Number.parseInt(address.slice(i, i + 2), 16)) : [];
  return bytes.join('.') === host;
}

/** As /proc/net/tcp6 has it, four words in host byte order; undefined: it is no plain IPv6 address. */
function hexOfIPv6(host: string): string | undefined {
  if (isIP(host) !== 6 || host.includes('.')) return undefined;
  const [head = '', tail] = host.split('%')[0]!.split('::');
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':'));
  const begin = groupsOf(head);
  const end = groupsOf(tail ?? '');
  const groups = [...begin, ...Array<string>(8 - begin.length - end.length).fill('0'), ...end];
  const bytes = groups.map(group => group.padStart(4, '0')).join('');
  return (bytes.match(/.{8}/g) ?? [])
    .map(word => (word.match(/../g) ?? []).reverse().join(''))
    .join('')
    .toUpperCase();
}

function inodeOwner(inodes: ReadonlySet<string>): number | undefined {
  for (const entry of readdirSync('/proc')) {
    const first = entry.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    if (linksOf(`/proc/${entry}/fd`).some(link => link.startsWith('socket:[') && inodes.has(link.slice(8, -1))))
      return Number(entry);
  }
  return undefined;
}

/** Where the entries of a directory point to. A busy process closes some while they are read. */
function linksOf(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return []; // another user's process, or it ended meanwhile
  }
  return names.flatMap(name => {
    try {
      return [readlinkSync(`${directory}/${name}`)];
    } catch {
      return [];
    }
  });
}

const LONGEST_COMMAND = 80;

function commandLine(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return text.length > LONGEST_COMMAND ? `${text.slice(0, LONGEST_COMMAND - 1)}…` : text;
  } catch {
    return undefined;
  }
}

async function portHolderByConnecting(port: number, host: string): Promise<PortHolder | undefined> {
  const answers = await connects(port, host, CONNECT_TIMEOUT_MS);
  if (!answers) return undefined;
  const text = await output('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']).catch(() => '');
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  return { pid: pid === undefined ? undefined : Number(pid), command: /^c(.+)$/m.exec(text)?.[1] };
}

function output(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

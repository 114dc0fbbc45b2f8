/** Names who holds a port, in a way that helps to free it: a service of this system, of another fuge, a container, a process. */
import { readdirSync, readFileSync } from 'node:fs';
import { MARK } from './runners/owner.js';
import type { PortHolder } from './runners/process-group.js';

export interface NamedHolder {
  /** `pid 12 (node web.js): it is "web" of this system`. */
  readonly who: string;
  /** What frees the port. */
  readonly hint: string;
}

/** @param ownerId Of the fuge that asks, see {@link Owner.id}. */
export function nameHolder({ pid, command }: PortHolder, port: number, ownerId?: string): NamedHolder {
  const publisher = pid === undefined || command?.includes('docker-proxy') ? publisherOf(port) : undefined;
  if (publisher !== undefined) {
    const proxy = `docker-proxy (pid ${publisher})`;
    if (isLeftBehind(publisher))
      return {
        who: `${proxy}, which Docker left behind for a container that it forgot`,
        hint: `end it (sudo kill ${publisher})`,
      };
    return {
      who: `${proxy}: a container publishes it`,
      hint: `stop the container (docker ps --filter publish=${port} shows it)`,
    };
  }
  if (pid === undefined) return { who: 'a process of another user', hint: 'end it' };
  const who = `pid ${pid}${command ? ` (${command})` : ''}`;
  const mark = markOf(pid);
  if (!mark) return { who, hint: 'end it' };
  if (mark.owner === ownerId) return { who: `${who}: it is "${mark.service}" of this system`, hint: 'stop it' };
  return {
    who: `${who}: it is "${mark.service}" of another fuge`,
    hint: 'stop it there, start with --port-offset auto',
  };
}

/** Whose process it is, if a fuge started it and the system tells. */
function markOf(pid: number): { readonly owner: string; readonly service: string } | undefined {
  const [, owner, service] =
    new RegExp(`(?:^|\\0)${MARK}=([^:\\0]+):([^\\0]*):[^:\\0]*(?:\\0|$)`).exec(textOf(pid, 'environ')) ?? [];
  return owner === undefined || service === undefined ? undefined : { owner, service };
}

/** The process by which Docker publishes a container's port; everybody may read its command line. */
function publisherOf(port: number): number | undefined {
  const isIt = (words: readonly string[]) =>
    /(^|\/)docker-proxy$/.test(words[0] ?? '') &&
    words[words.indexOf('-host-port') + 1] === String(port) &&
    words[words.indexOf('-proto') + 1] === 'tcp';
  const pids = processes();
  return pids.find(pid => isIt(textOf(pid, 'cmdline').split('\0')));
}

/**
 * Whether it outlived the engine that started it. An engine that is restarted in the middle of a container's start leaves
 * the proxy behind for good (Docker 20.10 with live-restore): there is no container to stop then, and none is shown.
 */
function isLeftBehind(publisher: number): boolean {
  const [, parent] = /^PPid:\s+(\d+)$/m.exec(textOf(publisher, 'status')) ?? [];
  // Where the engine is a machine's first process, as in a container, its children are no orphans.
  return parent === '1' && !textOf(1, 'comm').includes('docker');
}

function processes(): number[] {
  try {
    return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? Number(name) : []));
  } catch {
    return []; // not Linux
  }
}

function textOf(pid: number, file: 'environ' | 'cmdline' | 'status' | 'comm'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // another user's, it has ended, or the system is not Linux
  }
}

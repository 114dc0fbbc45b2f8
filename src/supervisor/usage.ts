/** cpu and memory of whole process trees. */
import type { Usage } from '../control.js';
import { type ProcessEntry, processTable } from './runners/process-group.js';

interface Sample {
  readonly cpuMs: number;
  readonly at: number;
}

/** Remembers the last reading, so that the next one tells the share of cpu since then. */
export class UsageMeter {
  #before = new Map<number, Sample>();

  /** @param leaders Process group leader of each running service, and when it was launched (Unix time, ms). */
  async measure(
    leaders: ReadonlyMap<string, { readonly pid: number; readonly startedAt: number }>,
  ): Promise<Map<string, Usage>> {
    const now = Date.now();
    const table = await processTable();
    const usages = new Map<string, Usage>();
    const samples = new Map<number, Sample>();
    for (const [name, { pid: leader, startedAt }] of leaders) {
      const tree = treeOf(leader, table);
      const cpuMs = sum(tree, entry => entry.cpuMs);
      const before = this.#before.get(leader);
      samples.set(leader, { cpuMs, at: now });
      const elapsed = now - (before?.at ?? startedAt);
      usages.set(name, {
        cpu: elapsed > 0 ? Math.max(0, cpuMs - (before?.cpuMs ?? 0)) / elapsed : 0,
        memory: sum(tree, entry => entry.memory),
        processes: tree.length,
      });
    }
    this.#before = samples;
    return usages;
  }
}

/** The leader, everything in its group, and their descendants in other groups. */
function treeOf(leader: number, table: readonly ProcessEntry[]): ProcessEntry[] {
  const members = new Set(table.filter(entry => entry.pgid === leader).map(entry => entry.pid));
  for (let size = -1; size !== members.size; ) {
    size = members.size;
    for (const entry of table) if (members.has(entry.ppid)) members.add(entry.pid);
  }
  return table.filter(entry => members.has(entry.pid));
}

function sum(entries: readonly ProcessEntry[], of: (entry: ProcessEntry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}

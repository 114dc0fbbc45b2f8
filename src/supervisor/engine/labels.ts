/** The labels by which what fuge made in an engine is known: whose it is, and whether its owner still lives. */
import type { Registration } from '../registry.js';

export const LABEL = {
  /** The owner's id, see runners/owner.ts. */
  owner: 'io.fuge.owner',
  /** With the pid in the id, what tells the owner from a later process of that number; empty: unknown. */
  ownerStart: 'io.fuge.owner-start',
  /** Where that pid means something. */
  machine: 'io.fuge.machine',
  system: 'io.fuge.system',
  /** Absolute path, without links. */
  systemFile: 'io.fuge.system-file',
  service: 'io.fuge.service',
  /** What the container was made from, see config-hash.ts. */
  configHash: 'io.fuge.config-hash',
  /** `true`: a stop leaves it. */
  keep: 'io.fuge.keep',
  /** What asks it to end, for whoever sweeps it. */
  stopSignal: 'io.fuge.stop-signal',
  /** s between its stop signal and SIGKILL. */
  stopGrace: 'io.fuge.stop-grace',
} as const;

export type Labels = Readonly<Record<string, string>>;

/** What everything that one owner makes for a system is labelled with. */
export function ownerLabels(owner: Registration): Labels {
  return {
    [LABEL.owner]: owner.id,
    [LABEL.ownerStart]: owner.startTime ?? '',
    [LABEL.machine]: owner.machine,
    [LABEL.system]: owner.systemName,
    [LABEL.systemFile]: owner.systemFile ?? '',
  };
}

/** Whose it is; undefined: fuge did not make it. */
export function ownerOf(labels: Labels): Registration | undefined {
  const id = labels[LABEL.owner];
  const pid = Number(id?.split('-')[0]);
  if (id === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return {
    id,
    pid,
    startTime: labels[LABEL.ownerStart] || null,
    machine: labels[LABEL.machine] ?? '',
    systemFile: labels[LABEL.systemFile] || null,
    systemName: labels[LABEL.system] ?? '',
    socket: null,
    since: 0,
  };
}

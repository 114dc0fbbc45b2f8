/**
 * Finds out that a service writes into the folder it is watched in: pure, over the saves that restart it.
 *
 * A service that writes its own files does so at the same moment of each run; a person saves at irregular times. It is
 * suspected when four restarts in a row, each of a run that a save had launched, were set off by the same file, either
 * all within a second of the launch or all at nearly the same time after it (spread below a fifth, within ten seconds).
 *
 * A script can save as regularly as that, and what it saves is source, which services hardly ever write (a compiler that
 * runs at each start does): source alone is suspected after twelve restarts, all within a second of the launch.
 */

export interface SelfWriteState {
  /** ms from launch to save, the newest last. */
  readonly offsets: readonly number[];
  /** Files that every one of these saves had. */
  readonly files: readonly string[];
}

export const noSelfWrites: SelfWriteState = { offsets: [], files: [] };

const IN_A_ROW = 4;
const SOURCES_IN_A_ROW = 12;
const SOURCE = /\.([cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kt|scala|cs|php|exs?|clj)$/;
const SOON_MS = 1000;
const LATEST_MS = 10_000;
const LARGEST_SPREAD = 0.2;

/** Called for each save that ends a run which a save had launched. */
export function observe(
  state: SelfWriteState,
  save: { readonly sinceLaunchMs: number; readonly files: readonly string[] },
): { readonly state: SelfWriteState; readonly suspect: readonly string[] | undefined } {
  if (save.sinceLaunchMs > LATEST_MS) return { state: noSelfWrites, suspect: undefined };
  const common = state.offsets.length === 0 ? save.files : state.files.filter(file => save.files.includes(file));
  if (common.length === 0) return { state: { offsets: [save.sinceLaunchMs], files: save.files }, suspect: undefined };
  const offsets = [...state.offsets, save.sinceLaunchMs].slice(-SOURCES_IN_A_ROW);
  const isSuspect = common.every(file => SOURCE.test(file))
    ? offsets.length === SOURCES_IN_A_ROW && isSoon(offsets)
    : offsets.length >= IN_A_ROW && isRegular(offsets.slice(-IN_A_ROW));
  return { state: { offsets, files: common }, suspect: isSuspect ? common : undefined };
}

const isSoon = (offsets: readonly number[]): boolean => Math.max(...offsets) <= SOON_MS;

function isRegular(offsets: readonly number[]): boolean {
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  return isSoon(offsets) || most - least <= LARGEST_SPREAD * most;
}

/** What `fuge run` leaves for others to read: a report, and a directory with the logs. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Supervisor } from '../../index.js';
import type { ServiceResult } from './results.js';

/** `summary.json`. Fields are added, never changed. */
export interface RunSummary {
  readonly version: 1;
  /** The version of fuge. */
  readonly fuge: string;
  readonly system: string;
  /** Absolute path of the system file. */
  readonly file: string;
  /** Another fuge ran the system already. */
  readonly reused: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ms, with start and command. */
  readonly tookMs: number;
  /** `not ready`: the command was not run. `interrupted`: by a signal. */
  readonly outcome: 'passed' | 'failed' | 'not ready' | 'interrupted';
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly services: readonly ServiceResult[];
}

/** Makes the directories that will be written to, before anything is started. Gives what is wrong. */
export async function prepare(report: string | undefined, artifacts: string | undefined): Promise<string | undefined> {
  for (const directory of [report && dirname(report), artifacts])
    if (directory !== undefined && directory !== '')
      try {
        await mkdir(directory, { recursive: true });
      } catch (error) {
        return `${directory} can't be made: ${(error as Error).message}`;
      }
  return undefined;
}

/** Gives what could not be written. */
export async function writeReport(file: string, content: string): Promise<string | undefined> {
  try {
    await writeFile(file, content);
    return undefined;
  } catch (error) {
    return `${file} can't be written: ${(error as Error).message}`;
  }
}

/** Where the logs of services are, as long as the supervisor can be asked. */
export async function logFilesOf(
  supervisor: Supervisor,
  services: readonly ServiceResult[],
): Promise<readonly string[]> {
  const files = await Promise.all(services.map(({ name }) => supervisor.logFiles(name).catch(() => [])));
  return files.flat();
}

/** Copies the logs and writes `summary.json`. Gives what could not be written. */
export async function saveArtifacts(
  directory: string,
  summary: RunSummary,
  logs: readonly string[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const log of logs)
    await copyFile(log, join(directory, basename(log))).catch((error: NodeJS.ErrnoException) => {
      // A service that never printed has none.
      if (error.code !== 'ENOENT') problems.push(`${log} can't be copied to ${directory}: ${error.message}`);
    });
  const problem = await writeReport(join(directory, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
  return problem === undefined ? problems : [...problems, problem];
}

/** Runs all checks at the same time, none longer than its time. */
import { directories } from './checks/directories.js';
import { disk } from './checks/disk.js';
import { engine } from './checks/engine.js';
import { files } from './checks/files.js';
import { leftovers } from './checks/leftovers.js';
import { node } from './checks/node.js';
import { ports } from './checks/ports.js';
import { programs } from './checks/programs.js';
import { running } from './checks/running.js';
import { systemFile } from './checks/system-file.js';
import { terminal } from './checks/terminal.js';
import { watches } from './checks/watches.js';
import type { Check, Finding, Patient } from './finding.js';

/** ms that a check may take. */
export const LIMIT_MS = 2000;

/** In the order of what is told. */
export const CHECKS: readonly Check[] = [
  ...[node, systemFile, running, programs, ports, engine],
  ...[watches, files, disk, directories, leftovers, terminal],
];

/** Findings in the order of the checks. Never throws: a check that fails, or does not end in time, says so. */
export async function examine(
  patient: Patient,
  checks: readonly Check[] = CHECKS,
  limitMs: number = LIMIT_MS,
): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map(check => runWithin(check, patient, limitMs)));
  return found.flat();
}

async function runWithin(check: Check, patient: Patient, limitMs: number): Promise<Finding[]> {
  const { name, subject } = check;
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>(resolve => {
    timer = setTimeout(() => {
      end.abort();
      resolve([
        {
          check: name,
          status: 'warning',
          message: `${subject}: no answer within ${limitMs / 1000} s, so nothing is known`,
        },
      ]);
    }, limitMs);
  });
  const done = (async () => (await check.run(patient, end.signal)).map(told => ({ check: name, ...told })))().catch(
    (error: unknown): Finding[] => [
      {
        check: name,
        status: 'warning',
        message: `${subject}: could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
      },
    ],
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

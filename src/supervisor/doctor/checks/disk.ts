/** Room for log files, and whether they can be written. */
import { access, constants, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { type Check, ok, problem, shellWord, warning } from '../finding.js';

const MEGABYTE = 1024 ** 2;
const LITTLE_MB = 1024;
const TOO_LITTLE_MB = 100;

export const disk: Check = {
  name: 'disk',
  subject: 'the disk of the log files',
  async run({ system }) {
    if (!system) return [];
    const { logDirectory } = system;
    const there = await nearest(logDirectory);
    const isWritable = await access(there, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!isWritable)
      return [
        problem(
          `log files can't be written to ${logDirectory}: ${there} is not writable`,
          `ls -ld ${shellWord(there)}`,
        ),
      ];
    const { bavail, bsize } = await statfs(there);
    const free = Math.floor((Number(bavail) * Number(bsize)) / MEGABYTE);
    const said = `${free >= 10_240 ? `${Math.floor(free / 1024)} GB` : `${free} MB`} are free for log files in ${logDirectory}`;
    if (free >= LITTLE_MB) return [ok(said)];
    return [
      free < TOO_LITTLE_MB
        ? problem(`only ${said}`, `df -h ${shellWord(there)}`)
        : warning(`only ${said}`, `df -h ${shellWord(there)}`),
    ];
  },
};

/** The directory, or the one above that is there. */
async function nearest(directory: string): Promise<string> {
  for (let at = directory; ; at = path.dirname(at)) {
    if (await stat(at).catch(() => undefined)) return at;
    if (at === path.dirname(at)) return at;
  }
}

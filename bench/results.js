// What has been measured, kept as data: one entry a row, replaced as a whole by its next measurement.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './harness.js';

const FILE = join(root, 'bench', 'results.json');

/** `{ row: { about: { date, machine, node, load, runs, seconds, command, peers }, results } }` */
export const readResults = () => JSON.parse(readFileSync(FILE, 'utf8'));

/** Keeps what a row has measured, and every other row as it is. */
export function keepResults(row, measured) {
  const all = { ...readResults(), [row]: measured };
  const text = Object.keys(all)
    .sort()
    .map(name => {
      const { about, results } = all[name];
      const lines = results.map(result => `      ${JSON.stringify(result)}`).join(',\n');
      return `  ${JSON.stringify(name)}: {\n    "about": ${JSON.stringify(about)},\n    "results": [\n${lines}\n    ]\n  }`;
    })
    .join(',\n');
  writeFileSync(`${FILE}.new`, `{\n${text}\n}\n`);
  renameSync(`${FILE}.new`, FILE);
}

export function machine() {
  const [cpu] = cpus();
  return {
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown cpu'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
    node: process.version,
    load: Number(loadavg()[0].toFixed(1)),
  };
}

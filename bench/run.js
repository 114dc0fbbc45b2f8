// npm run bench [row …] [-- --runs N] [--write] [--json] [--long]: measures fuge against its peers in one run, as ratios.
// With --write what was measured replaces these rows in bench/results.json, and docs/benchmarks.md is made of all of it.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLong, peersMet, root } from './harness.js';
import { lineOf, writePage } from './page.js';
import { keepResults, machine } from './results.js';

const words = process.argv.slice(2);
const runs = words.includes('--runs') ? Number(words[words.indexOf('--runs') + 1]) : 7;
const known = readdirSync(join(root, 'bench', 'rows')).map(file => file.replace(/\.js$/, ''));
const asked = words.filter((word, i) => !word.startsWith('--') && words[i - 1] !== '--runs');
const unknown = asked.filter(row => !known.includes(row));
if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  console.error(`rows are ${known.join(', ')}; --runs takes a whole number from 1`);
  process.exit(2);
}

execFileSync(process.execPath, [join(root, 'scripts', 'build.js')], { stdio: 'inherit' });
const isJson = words.includes('--json');
const rows = asked.length > 0 ? asked : known;
const began = performance.now();
const failed = [];
for (const row of rows) {
  const rowBegan = performance.now();
  const { default: measure } = await import(`./rows/${row}.js`);
  peersMet.clear();
  const about = { date: new Date().toISOString().slice(0, 10), ...machine(), runs };
  let results;
  try {
    results = await measure(runs);
  } catch (error) {
    console.error(`failed: ${row}: ${error.stack}`);
    failed.push(row);
    continue;
  }
  const seconds = Math.round((performance.now() - rowBegan) / 1000);
  for (const result of results) console.log(isJson ? JSON.stringify({ row, ...result }) : lineOf({ row, ...result }));
  if (!isJson) console.log(`${row}: ${seconds} s\n`);
  if (words.includes('--write') && results.length > 0) {
    const command = `npm run bench -- ${row}${runs === 7 ? '' : ` --runs ${runs}`}${isLong ? ' --long' : ''}`;
    const peers = Object.fromEntries(peersMet);
    keepResults(row, { about: { ...about, seconds, command, peers }, results });
    await writePage();
  }
}
if (!isJson) console.log(`${rows.length} rows in ${Math.round((performance.now() - began) / 1000)} s`);
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);

// Runs our parsers over recorded cases of the reference implementations and prints how many pass:
//   npm run conformance -- [folder] [--decisions]
// With --decisions it lists what the services with "build" of real Compose projects would run here.
// Cases that the reference gets wrong itself ("quirk") are not counted. Known failures are listed in conformance/known.json
// with their reason; any other failure makes the exit code 1.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
const given = process.argv.slice(2).filter(word => word !== '--decisions');
const folder = path.resolve(given[0] ?? path.join(here, '../../shared/conformance'));
if (!existsSync(folder)) {
  console.log(`No conformance cases: ${folder} does not exist. Give their folder: npm run conformance -- FOLDER`);
  process.exit(0);
}
const { counterparts } = await import('./conformance/counterparts.js');
const known = JSON.parse(readFileSync(path.join(here, 'conformance/known.json'), 'utf8'));

const rows = [];
const failures = [];
for (const file of readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .sort()) {
  const cases = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const name = path.basename(file, '.json');
  const counterpart = counterparts[name];
  if (!counterpart) {
    rows.push([name, '', '', cases.length, 'not built yet']);
    continue;
  }
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let excused = 0;
  for (const one of cases) {
    if (one.quirk) {
      skipped++;
      continue;
    }
    const problem = judge(one, counterpart);
    if (problem === undefined) passed++;
    else if (known[one.id]) excused++;
    else {
      failed++;
      failures.push(`${name} ${one.id}: ${problem}`);
    }
  }
  rows.push([name, passed, failed, skipped, excused ? `${excused} known` : '']);
}

console.log(`${'file'.padEnd(22)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}`);
for (const [name, passed, failed, skipped, remark] of rows)
  console.log(
    `${name.padEnd(22)}${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}  ${remark}`.trimEnd(),
  );
if (existsSync(path.join(folder, 'projects_realworld.json')) && existsSync(path.join(folder, 'dockerfile.json'))) {
  const { decisions } = await import('./conformance/decisions.js');
  const decided = await decisions(folder);
  failures.push(...decided.failures);
  const containers = decided.lines.filter(line => line.endsWith(' container')).length;
  console.log(
    `services with "build": ${decided.lines.length - containers} run from their source, ${containers} are built as containers (--decisions lists them)`,
  );
  if (process.argv.includes('--decisions')) for (const line of decided.lines) console.log(line);
}
for (const failure of failures) console.log(failure);
process.exit(failures.length > 0 ? 1 : 0);

/** What is wrong with our answer, or undefined. A counterpart throws where the input is an error. */
function judge(one, counterpart) {
  let actual;
  try {
    actual = counterpart.run(one);
  } catch (error) {
    if ('error' in one) return undefined;
    return `unexpected error: ${error.message}`;
  }
  if ('error' in one) return `expected an error (${one.error}), got ${JSON.stringify(actual)}`;
  const expected = counterpart.expected ? counterpart.expected(one) : one.expected;
  if (isDeepStrictEqual(plain(actual), plain(expected))) return undefined;
  return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}

function plain(value) {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

// Random systems, random commands, a random death of fuge, then a look from outside at what is left:
// `npm run chaos -- [--rounds 30] [--seed N] [--round K] [--jobs 2] [--containers] [--json] [--keep] [--story] [--fuge bin/fuge.js]`.
// With --containers some services are containers, of an engine made for it; in CI they are wherever one can be made.
// The seed decides everything that is done; it is printed, and the same seed does the same again. Exit code 1 if a round failed.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ChaosEngine } from './chaos/containers.js';
import { planRound } from './chaos/plan.js';
import { createRandom } from './chaos/random.js';
import { playRound } from './chaos/round.js';
import { whyNoEngine } from './engine/machine.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    seed: { type: 'string' },
    round: { type: 'string' },
    containers: { type: 'boolean', default: Boolean(process.env.CI) && whyNoEngine() === undefined },
    jobs: { type: 'string', default: String(Math.min(2, os.cpus().length)) },
    json: { type: 'boolean', default: false },
    story: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    fuge: { type: 'string', default: fileURLToPath(new URL('../bin/fuge.js', import.meta.url)) },
  },
});
if (process.platform !== 'linux') {
  console.error('The chaos run looks into /proc: it needs Linux.');
  process.exit(1);
}

const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const only = values.round === undefined ? undefined : Number(values.round);
const numbers = only === undefined ? Array.from({ length: Number(values.rounds) }, (_, i) => i + 1) : [only];
const { KEYS } = await import(path.join(path.dirname(path.resolve(values.fuge)), '../dist/config/keys.js'));
const keys = new Set(KEYS.map(({ key }) => key));
const folder = mkdtempSync(path.join(os.tmpdir(), 'fuge-chaos-'));
const say = values.json ? () => {} : text => console.log(text);

const { containers } = values;
if (containers && whyNoEngine()) {
  console.error(`No container engine can be made here: ${whyNoEngine()}.`);
  process.exit(1);
}
say(`seed ${seed}, ${numbers.length} rounds${containers ? ', with containers' : ''}`);
const began = performance.now();
const results = [];
const waiting = [...numbers];
await Promise.all(
  Array.from({ length: Math.min(numbers.length, Number(values.jobs)) }, async () => {
    // One for each, so that a round may restart its own.
    const engine = containers ? await ChaosEngine.open() : undefined;
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const plan = planRound(createRandom(`${seed}/${number}`), keys, containers);
      const result = await playRound(plan, { number, fuge: path.resolve(values.fuge), folder, engine });
      results.push(result);
      say(describe(result));
      if (values.story || result.problems.length > 0)
        say(
          `${story(result)}\n  again: npm run chaos -- --seed ${seed} --round ${number}${containers ? ' --containers' : ''}`,
        );
    }
    await engine?.close();
  }),
);

const failed = results.filter(({ problems }) => problems.length > 0);
if (failed.length === 0 && !values.keep) rmSync(folder, { recursive: true, force: true });
const seconds = (performance.now() - began) / 1000;
if (values.json) {
  console.log(
    JSON.stringify({
      seed,
      rounds: results.length,
      seconds: Math.round(seconds),
      failed: failed.map(({ number, death, problems, events, output }) => ({
        number,
        death,
        problems,
        events,
        output,
      })),
      cleanMs: cleanTimes(),
    }),
  );
} else {
  say(`\n${results.length} rounds in ${seconds.toFixed(0)} s, ${failed.length} failed (seed ${seed})`);
  for (const [death, { rounds, median, slowest }] of Object.entries(cleanTimes()))
    say(`  ${death.padEnd(24)} ${String(rounds).padStart(4)} rounds, clean after ${median} ms (slowest ${slowest})`);
  if (failed.length > 0) say(`  folders kept: ${folder}`);
}
process.exit(failed.length > 0 ? 1 : 0);

function describe({ number, services, death, isTerminal, cleanMs, tookMs, problems }) {
  const mark = problems.length === 0 ? 'ok  ' : 'FAIL';
  const where = isTerminal ? 'terminal' : 'pipe';
  return `${mark} ${String(number).padStart(3)}  ${String(services).padStart(2)} services  ${where.padEnd(8)}  ${death.padEnd(24)} clean after ${String(cleanMs).padStart(5)} ms, whole ${(tookMs / 1000).toFixed(1)} s`;
}

function story({ problems, events, systemFile, output, folder: own }) {
  const indent = text => text.replace(/^/gm, '    ');
  return [
    ...problems.map(problem => `  problem: ${problem}`),
    '  what was done:',
    indent(events.join('\n')),
    '  the system:',
    indent(systemFile),
    '  the end of what fuge said:',
    indent(output),
    `  folder: ${own}`,
  ].join('\n');
}

/** For every kind of death: ms until nothing was left, from the outside. */
function cleanTimes() {
  const byDeath = {};
  for (const { death, cleanMs } of results) {
    byDeath[death] ??= [];
    byDeath[death].push(cleanMs);
  }
  const entries = Object.entries(byDeath).map(([death, times]) => {
    times.sort((a, b) => a - b);
    return [death, { rounds: times.length, median: times[times.length >> 1], slowest: times.at(-1) }];
  });
  return Object.fromEntries(entries.sort());
}

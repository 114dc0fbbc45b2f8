// npm run bench [row …] [-- --runs N] [--write] [--json]: measures fuge against its peers in one run, as ratios.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine, root } from './harness.js';

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
const results = [];
for (const row of asked.length > 0 ? asked : known) {
  const { default: measure } = await import(`./rows/${row}.js`);
  for (const result of await measure(runs)) {
    results.push({ row, ...result });
    if (words.includes('--json')) console.log(JSON.stringify({ row, ...result }));
    else
      console.log(
        `${result.what}\n  ours ${result.ours}\n  ${result.theirs}\n  ratio ${result.ratio} ${result.goal}${result.note && `\n  ${result.note}`}`,
      );
  }
}
if (words.includes('--write')) writeFileSync(join(root, 'docs', 'benchmarks.md'), page());

function page() {
  const table = results.map(
    ({ what, ours, theirs, ratio, goal, note }) => `| ${what} | ${ours} | ${theirs} | ${ratio} | ${goal} | ${note} |`,
  );
  return `# Benchmarks

Measured on ${new Date().toISOString().slice(0, 10)}: ${machine()}. Medians of at least ${runs} interleaved runs, in brackets the
least and the most. Only the ratios mean something elsewhere. To repeat: \`npm run bench\`, or one row: \`npm run bench -- save\`.

| what | fuge | against | ratio | goal | |
| --- | --- | --- | --- | --- | --- |
${table.join('\n')}
`;
}

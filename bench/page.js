// Makes docs/benchmarks.md and its plots of what has been measured: `node bench/page.js`; with --check it only says
// whether they are what the data gives.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './harness.js';
import { drawPlot } from './plot.js';
import { PLOTS } from './plots.js';
import { readResults } from './results.js';

/** What users wait for comes first; rows that are not named here follow. */
const ORDER =
  'save warm start50 stop50 hundred prompt ps version lines lines20 memory idle watching growth signals dashboard dns containers container-logs execa'.split(
    ' ',
  );

const round = value =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2).replace(/\.00$/, '');
const cell = text => String(text ?? '').replaceAll('|', '\\|');

function taken({ median, least, most, text }, unit) {
  if (text !== undefined) return text;
  return `${round(median)} ${unit}${least === most ? '' : ` (${round(least)}–${round(most)})`}`;
}

const verdict = met => (met === undefined ? '' : met ? 'yes' : '**no**');

/** One line of a result as the terminal shows it. */
export function lineOf({ what, unit, ours, theirs, ratio, goal, met, note }) {
  const held = goal === undefined ? '' : `, goal ${goal}: ${met ? 'yes' : 'NO'}`;
  return [
    what,
    `  ${ours.name}: ${taken(ours, unit)}`,
    theirs && `  ${theirs.name}: ${taken(theirs, unit)}`,
    (ratio !== undefined || held) && `  ${ratio === undefined ? 'measured' : `ratio ${ratio}`}${held}`,
    note && `  ${note}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** All files that the data gives, by their path below the repository. */
export async function makePages() {
  const data = readResults();
  const files = readdirSync(join(root, 'bench', 'rows')).map(file => file.replace(/\.js$/, ''));
  const names = [...ORDER.filter(row => files.includes(row)), ...files.filter(row => !ORDER.includes(row))];
  const rows = [];
  for (const name of names) {
    const { title, limitedBy } = await import(`./rows/${name}.js`);
    if (!title || !limitedBy) throw new Error(`bench/rows/${name}.js exports no title or does not say what limits it`);
    rows.push({ name, title, limitedBy, ...data[name] });
  }
  const plots = PLOTS.map(plot => ({ ...plot, points: pointsOf(rows, plot) })).filter(
    ({ points }) => points.length > 0,
  );
  const pages = { 'docs/benchmarks.md': pageOf(rows, plots) };
  for (const plot of plots) pages[`docs/${plot.file}`] = drawPlot(plot);
  return pages;
}

export async function writePage() {
  for (const [file, text] of Object.entries(await makePages())) writeFileSync(join(root, file), text);
}

const pointsOf = (rows, plot) =>
  rows.flatMap(({ results = [] }) =>
    results
      .filter(({ at }) => at?.plot === plot.name)
      .map(({ at, ours: { median, least, most } }) => ({ ...at, y: median, least, most })),
  );

/** What most rows have in common, which is said once. */
function commonOf(rows) {
  const counts = new Map();
  for (const { about } of rows) {
    const key = JSON.stringify([about.date, about.machine, about.node, about.runs]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [[most]] = [...counts].sort((a, b) => b[1] - a[1]);
  const [date, machine, node, runs] = JSON.parse(most);
  return { date, machine, node, runs };
}

function pageOf(rows, plots) {
  const measured = rows.filter(({ results }) => results);
  const common = commonOf(measured);
  const loads = measured.map(({ about }) => about.load);
  const peers = new Map(measured.flatMap(({ about }) => Object.entries(about.peers ?? {})).sort());
  const held = measured.flatMap(({ results }) => results.filter(({ met }) => met !== undefined));
  const missed = measured.flatMap(({ title, results }) =>
    results
      .filter(({ met }) => met === false)
      .map(
        ({ what, unit, ours, theirs, ratio, goal }) =>
          `- [${title}](#${anchorOf(title)}): ${what}${theirs ? ` against ${theirs.name}` : ''}: ${ratio ?? taken(ours, unit)}, where ${goal} is the goal`,
      ),
  );
  const unmeasured = rows.filter(({ results }) => !results);
  return `${[
    '# Benchmarks',
    `<!-- Made of bench/results.json by bench/page.js; \`npm run bench -- --write\` measures and writes both. -->`,
    `fuge against what you would take instead, measured in one run and in turns: contenders are interleaved, the order is reversed
every other round, mostly after one that does not count. Every figure is a median, in brackets the least and the most. **Only the
ratios mean something elsewhere**: a ratio is fuge's median through the other's, so below 1 fuge is faster or smaller.`,
    `- date: ${common.date}
- machine: ${common.machine}, Node ${common.node}; load when a row began: ${span(loads)}
- runs: ${common.runs} or more of each contender, where a row does not say otherwise${
      peers.size === 0
        ? ''
        : `\n- peers: ${[...peers].map(([name, version]) => `${name === 'fuge' ? 'fuge 2:' : name} ${version}`.trim()).join(', ')}`
    }
- to repeat: \`npm run bench\`, or one row, as \`npm run bench -- save\`; \`--runs N\`, \`--write\`. Peers of npm are installed on first use
  beside the dependencies; what else is not installed is left out and named.`,
    `${held.length - missed.length} of ${held.length} goals are met.${missed.length === 0 ? '' : ` These are not:`}`,
    missed.join('\n'),
    ...measured.map(row => sectionOf(row, common, plots)),
    unmeasured.length === 0 ? '' : '## Not measured yet',
    unmeasured.map(({ name, title }) => `- ${title}: \`npm run bench -- ${name}\``).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')}\n`;
}

const span = values =>
  Math.min(...values) === Math.max(...values) ? `${values[0]}` : `${Math.min(...values)} to ${Math.max(...values)}`;

/** What GitHub makes of a heading. */
const anchorOf = heading =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function sectionOf({ title, limitedBy, about, results }, common, plots) {
  const differs = [
    about.date !== common.date && `on ${about.date}`,
    about.machine !== common.machine && `on ${about.machine}`,
    about.node !== common.node && `with Node ${about.node}`,
    about.runs !== common.runs && `with ${about.runs} run${about.runs === 1 ? '' : 's'}`,
  ].filter(Boolean);
  const lines = results.filter(({ at }) => at === undefined);
  return [
    `## ${title}`,
    differs.length === 0 ? '' : `*Measured ${differs.join(', ')}.*`,
    ...plots
      .filter(({ points }) => points.length > 0 && results.some(({ at }) => points.some(point => same(point, at))))
      .map(plot => `![${plot.title}](${plot.file})\n\n${pivotOf(plot)}`),
    lines.length === 0 ? '' : tableOf(lines, about.runs),
    notesOf(lines),
    `Limited by ${limitedBy}. \`${about.command}\`${about.seconds === undefined ? '' : `, ${about.seconds} s`}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const same = (point, at) => at !== undefined && point.plot === at.plot && point.line === at.line && point.x === at.x;

/** What is the same as in the line above is not repeated. */
function tableOf(lines, runs) {
  let above = [];
  const body = lines.map(({ what, unit, ours, theirs, ratio, goal, met }) => {
    const few = ours.values !== undefined && ours.values.length < runs ? `, ${ours.values.length} runs` : '';
    const first = [
      what,
      `${ours.name === 'fuge' || what.includes(ours.name) ? '' : `${ours.name}: `}${taken(ours, unit)}${few}`,
    ];
    const isSame = first.every((text, i) => text === above[i]);
    above = first;
    const against = theirs ? `${theirs.name}: ${taken(theirs, unit)}` : '';
    return `| ${[...(isSame ? ['', ''] : first), against, ratio === undefined ? '' : ratio.toFixed(2), goal, verdict(met)].map(cell).join(' | ')} |`;
  });
  return ['| what | fuge | against | ratio | goal | met |', '| --- | --- | --- | --- | --- | --- |', ...body].join(
    '\n',
  );
}

const notesOf = lines => {
  const notes = new Map();
  for (const { what, theirs, note, limitedBy } of lines) {
    if (note) notes.set(note, [what, theirs?.name]);
    if (limitedBy) notes.set(`limited by ${limitedBy}`, [what]);
  }
  const isOne = new Set(lines.map(({ what }) => what)).size === 1;
  return [...notes]
    .map(([note, [what, name]]) => `- ${isOne ? (name ? `against ${name}: ` : '') : `${what}: `}${note}`)
    .join('\n');
};

/** The points of a plot as a table: a line for each place of the axis. */
function pivotOf({ panels, x, points }) {
  const lines = panels.flatMap(panel => panel.lines.map(line => ({ ...line, unit: panel.unit })));
  const places = [...new Set(points.map(point => point.x))].sort((a, b) => a - b);
  const body = places.map(place => {
    const cells = lines.map(({ name }) => {
      const point = points.find(point => point.line === name && point.x === place);
      return point ? `${round(point.y)} (${round(point.least)}–${round(point.most)})` : '';
    });
    return `| ${[place.toLocaleString('en'), ...cells].map(cell).join(' | ')} |`;
  });
  const head = [x.title, ...lines.map(({ name, unit }) => `${name}, ${unit}`)];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...body].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) await writePage();
  else
    for (const [file, text] of Object.entries(await makePages())) {
      if (existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8') === text) continue;
      console.error(`${file} is not what bench/results.json gives: node bench/page.js writes it`);
      process.exitCode = 1;
    }
}

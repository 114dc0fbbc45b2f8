/** Texts of help: the list of commands by what people want to do, and one command with its forms and examples. */
import { takesFile, usageOf } from '../operands.js';
import { usageOfFlag } from '../parse.js';
import type { Topic, Verb } from '../verb.js';
import type { Paint } from './paint.js';
import { cutToWidth, padToWidth, widthOf, wrapText } from './width.js';

export interface HelpStyle {
  readonly paint: Paint;
  /** Columns to fit into; undefined: nothing is cut. */
  readonly width: number | undefined;
  /** At the prompt (`start all`) or on the command line (`fuge ps`). */
  readonly shell: boolean;
}

/** In the order of help, with their headings. */
export const TOPICS: readonly (readonly [Topic, string])[] = [
  ['begin', 'Begin'],
  ['see', 'See'],
  ['run', 'Run'],
  ['watch', 'Watch'],
  ['logs', 'Logs'],
  ['code', 'Code'],
  ['leave', 'Leave'],
];

/** Where nothing is cut, lines that would be wider than this go without their example. */
const WIDEST_LINE = 120;

/** All commands, one line each with an example. */
export function renderHelp(verbs: readonly Verb[], style: HelpStyle): string {
  const { paint, shell } = style;
  const offered = verbs.filter(verb => verb.where.includes(shell ? 'shell' : 'argv'));
  const usages = new Map(offered.map(verb => [verb, [usageOf(verb), ...(verb.aliases ?? [])].join(', ')]));
  const left = Math.max(...[...usages.values()].map(widthOf));
  const lines: string[] = [];
  if (!shell)
    lines.push(
      `${paint.bold('fuge')} runs a system of microservices: one YAML file, one prompt.`,
      '',
      ...commandLineUsage(paint),
    );
  for (const [topic, title] of TOPICS) {
    const among = offered.filter(verb => verb.topic === topic);
    if (among.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(paint.bold(title));
    for (const verb of among) lines.push(commandLine(verb, usages.get(verb)!, left, style));
  }
  lines.push('', ...(shell ? promptNotes(paint) : commandLineNotes(paint)));
  return lines.join('\n');
}

/** One command: its forms, what it does, flags and examples. */
export function renderVerbHelp(verb: Verb, style: HelpStyle): string {
  const { paint } = style;
  // At the prompt `help check` still explains a command of the command line.
  const shell = style.shell ? verb.where.includes('shell') : !verb.where.includes('argv');
  const prefix = shell ? '' : 'fuge ';
  const width = Math.min(style.width ?? 100, 100);
  const flags = verb.flags.filter(flag => !(shell && flag.argvOnly));
  const forms = [verb.name, ...(verb.aliases ?? [])].map(name => {
    // What stands behind the dashes comes last.
    const [usage = '', command] = usageOf(verb).replace(verb.name, name).split(' -- ');
    const file = shell || !takesFile(verb) ? '' : ' [file]';
    return `  ${prefix}${usage}${flags.length > 0 ? ' [flags]' : ''}${file}${command === undefined ? '' : ` -- ${command}`}`;
  });
  const lines = [...forms, '', ...wrapText(capitalise(`${verb.summary}.`), width)];
  if (verb.details !== undefined) lines.push('', ...wrapText(verb.details, width));
  if (shell && !style.shell) lines.push('', 'It works at the prompt of "fuge shell".');
  if (verb.operands.some(operand => operand.kind === 'services'))
    lines.push('', ...wrapText('Services are given as names, groups, patterns with * and ?, or "all".', width));
  if (flags.length > 0)
    lines.push(
      '',
      paint.bold('Flags'),
      ...pairs(
        flags.map(flag => [usageOfFlag(flag), flag.summary]),
        style,
      ),
    );
  lines.push(
    '',
    paint.bold('Examples'),
    ...pairs(
      verb.examples.map(({ line, says }) => [`${prefix}${line}`, says]),
      style,
    ),
  );
  return lines.join('\n');
}

function commandLine(verb: Verb, usage: string, left: number, { paint, width, shell }: HelpStyle): string {
  const example = verb.examples.at(-1)!.line;
  const shown = `  ${padToWidth(usage, left)}  `;
  const summary = width === undefined ? verb.summary : cutToWidth(verb.summary, Math.max(10, width - widthOf(shown)));
  const room = (width ?? WIDEST_LINE) - widthOf(shown) - widthOf(summary);
  const hint = `   ${shell ? '' : 'fuge '}${example}`;
  const isUseful = example !== verb.name && widthOf(hint) <= room;
  return `  ${paint.cyan(usage)}${' '.repeat(left - widthOf(usage))}  ${summary}${isUseful ? paint.dim(hint) : ''}`;
}

function commandLineUsage(paint: Paint): string[] {
  return [
    `  ${paint.cyan('fuge shell [file] --start')}   opens the prompt and starts everything`,
    `  ${paint.cyan('fuge <command> … [file]')}     does one thing and ends`,
  ];
}

function commandLineNotes(paint: Paint): string[] {
  return [
    'The file is fuge.yml, fuge.yaml, system.yml or fuge/fuge.yml, here or above;',
    'or the last operand, or what follows -f.',
    `${paint.cyan('fuge help <command>')} explains one. start, stop and the like work on what runs.`,
  ];
}

function promptNotes(paint: Paint): string[] {
  return [
    'Services are names, groups, patterns (api-*) or "all", any number of them.',
    `Anything else goes to the system's shell; ${paint.cyan('!')} forces that: !ps aux.`,
    `${paint.cyan('help <command>')} explains one.`,
  ];
}

/** What stands on the right is never cut: it goes on below itself. */
function pairs(rows: readonly (readonly [string, string])[], { paint, width }: HelpStyle): string[] {
  const left = Math.max(...rows.map(([key]) => widthOf(key)));
  return rows.flatMap(([key, text]) => {
    const [first = '', ...others] = width === undefined ? [text] : wrapText(text, Math.max(10, width - left - 4));
    const begin = `  ${paint.cyan(key)}${' '.repeat(left - widthOf(key))}  ${first}`;
    return [begin, ...others.map(line => `${' '.repeat(left + 4)}${line}`)];
  });
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

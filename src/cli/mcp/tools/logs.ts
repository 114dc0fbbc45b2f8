/** Tools that read what services have printed. */
import { LogReader, readRecord } from '../../../index.js';
import { createPaint } from '../../render/paint.js';
import { renderRecord } from '../../render/record.js';
import { makeSafe } from '../../terminal/safe-text.js';
import { grep } from '../../verbs/grep.js';
import { logs } from '../../verbs/logs.js';
import {
  type ChoiceGiven,
  choiceArguments,
  choiceFlags,
  objectOf,
  servicesArgument,
  servicesOfWords,
} from '../arguments.js';
import { LINES_BUDGET, newestWithin, shortenLine } from '../bounds.js';
import { JSON_FLAG, said } from '../said.js';
import { defineTool, Refusal, type Tool } from '../tool.js';

const DEFAULT_LINES = 100;
const MOST_LINES = 1000;

const paint = createPaint(false);

interface Entry {
  readonly service: string;
  readonly at: number | null;
  readonly run: number | null;
  readonly stream: string | null;
  readonly text: string;
  readonly level: string | null;
}

/** A line for reading: a structured record in words, no escape codes. */
export function readable(text: string): string {
  const record = readRecord(text);
  return shortenLine((record && renderRecord(record, paint)) ?? makeSafe(text, false));
}

export const instant = (at: number | null | undefined) =>
  at === null || at === undefined ? null : new Date(at).toISOString();

/** The pattern as a regular expression. */
function patternOf(source: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(source, ignoreCase ? 'i' : '');
  } catch (error) {
    throw new Refusal(`"${source}" is no regular expression: ${(error as Error).message}`);
  }
}

const ignoreCase = { type: 'boolean', description: 'Upper and lower case are the same. Default: false.' } as const;
const limit = {
  type: 'integer',
  minimum: 1,
  maximum: MOST_LINES,
  description: `At most so many lines. Default: ${DEFAULT_LINES}.`,
} as const;

interface LogsGiven extends ChoiceGiven {
  readonly services?: readonly string[];
  readonly grep?: string;
  readonly ignore_case?: boolean;
  readonly limit?: number;
  readonly raw?: boolean;
}

const logsTool = defineTool<LogsGiven>({
  name: 'logs',
  title: 'Newest log lines',
  description:
    'Shows the newest lines that services have printed, merged by time, chosen by service, time, level and pattern. Structured records (JSON, logfmt) are shown as "LEVEL message  field=value"; with raw as they were written. What was left out is said. Where nothing runs, the log files are read. `grep` reaches further back.',
  input: objectOf({
    services: servicesArgument('all'),
    ...choiceArguments,
    grep: { type: 'string', minLength: 1, description: 'Only lines that match this JavaScript regular expression.' },
    ignore_case: ignoreCase,
    limit: { ...limit, description: `The newest so many lines. Default: ${DEFAULT_LINES}.` },
    raw: { type: 'boolean', description: 'Records as they were written. Default: false.' },
  }),
  on: 'either',
  effect: 'reads',
  async run(call, given) {
    const services = servicesOfWords(call, given.services);
    const most = given.limit ?? DEFAULT_LINES;
    const pattern = given.grep === undefined ? undefined : patternOf(given.grep, given.ignore_case === true);
    const choice = choiceFlags(given);
    const isChosen = pattern !== undefined || choice.size > 0;
    // One more tells whether there are more.
    const lines = String(isChosen ? Number.MAX_SAFE_INTEGER : most + 1);
    const result = await said(call, logs, { services, flags: [...JSON_FLAG, ['lines', lines], ...choice] });
    if (result.code === 2) throw new Refusal(result.text.replace(/--(since|until|level)\b/g, '$1'));
    const all = (result.rows as readonly Entry[]).filter(({ text }) => pattern?.test(text) ?? true);
    // Log files are told service by service.
    const sorted = call.isRunning ? all : [...all].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
    const chosen = sorted.slice(-most).map(({ service, at, run, stream, level, text }) => ({
      service,
      at: instant(at),
      level,
      stream,
      run,
      text: given.raw ? shortenLine(text) : readable(text),
    }));
    const told = newestWithin(chosen, entry => Buffer.byteLength(JSON.stringify(entry)), LINES_BUDGET);
    const older = all.length - told.length;
    const notes = [
      ...(call.isRunning ? [] : ['nothing runs this system now: this is from the log files']),
      ...(result.text === '' ? [] : [result.text]),
      ...(older > 0
        ? [
            `${isChosen ? `${older} older lines` : 'older lines'} left out${told.length < chosen.length ? ' (64 KB at most)' : ''}: narrow services, since, until, level or grep${told.length < chosen.length ? '' : ', or raise limit'}`,
          ]
        : []),
      ...(told.length === 0 && result.text === '' ? ['no line fits'] : []),
    ];
    const isSingle = services.length === 1;
    const shown = told.map(
      ({ service, at, stream, text }) =>
        `${at ?? ''}${at === null ? '' : ' '}${isSingle ? '' : `${service} `}${stream === 'stderr' ? '!' : '|'} ${text}`,
    );
    return {
      text: [...notes, ...shown].join('\n'),
      data: { isRunning: call.isRunning, lines: told, leftOut: older, notes },
    };
  },
});

interface GrepGiven extends ChoiceGiven {
  readonly pattern: string;
  readonly services?: readonly string[];
  readonly ignore_case?: boolean;
  readonly limit?: number;
}

const grepTool = defineTool<GrepGiven>({
  name: 'grep',
  title: 'Search the log files',
  description:
    'Searches the log files of services, older runs too, for a JavaScript regular expression, and gives the newest matches of each with service, file and line number.',
  input: objectOf(
    {
      pattern: { type: 'string', minLength: 1, description: 'A JavaScript regular expression.' },
      services: servicesArgument('all'),
      ignore_case: ignoreCase,
      ...choiceArguments,
      limit: { ...limit, description: `The newest so many matches. Default: ${DEFAULT_LINES}.` },
    },
    ['pattern'],
  ),
  on: 'either',
  effect: 'reads',
  async run(call, given) {
    const services = servicesOfWords(call, given.services);
    patternOf(given.pattern, given.ignore_case === true);
    const flags = [...JSON_FLAG, ...(given.ignore_case ? [['ignore-case', true] as const] : []), ...choiceFlags(given)];
    const result = await said(call, grep, { services, words: [given.pattern], flags });
    if (result.code === 2) throw new Refusal(result.text.replace(/--(since|until|level)\b/g, '$1'));
    const rows = result.rows as readonly { service: string; file: string; line: number; text: string }[];
    const reader = new LogReader();
    const counts = new Map<string, number>();
    for (const { service } of rows) counts.set(service, (counts.get(service) ?? 0) + 1);
    // Lines of files need not say when they came, so that each service gets its share.
    const share = Math.ceil((given.limit ?? DEFAULT_LINES) / Math.max(1, counts.size));
    const newest = [...counts.keys()].flatMap(name => rows.filter(({ service }) => service === name).slice(-share));
    const most = newest.map(({ text, ...place }) => {
      const { time, level } = reader.read(text);
      return { ...place, at: instant(time), level: level ?? null, text: readable(text) };
    });
    const told = newestWithin(most, match => Buffer.byteLength(JSON.stringify(match)), LINES_BUDGET);
    const leftOut = rows.length - told.length;
    const head = rows.length === 0 ? `no line of ${services.join(', ')} matches` : `${rows.length} matches`;
    const notes = [
      ...(result.text === '' ? [] : [result.text]),
      ...(leftOut > 0 ? [`${leftOut} of them left out: narrow the pattern, services or since`] : []),
    ];
    return {
      text: [head, ...notes, ...told.map(({ service, line, text }) => `${service}:${line}: ${text}`)].join('\n'),
      data: { matches: told, total: rows.length, totals: Object.fromEntries(counts), leftOut, notes },
    };
  },
});

export const logTools: readonly Tool[] = [logsTool, grepTool];

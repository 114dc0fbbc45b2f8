/**
 * How grave a log line is: the levels, what each logger calls them, and where plain text names one clearly.
 *
 * Rules for plain text: only the head of a line is looked at (times, numbers, brackets, a logger's name before ` - `). A
 * level is a known word in brackets, in capitals, or followed by a colon. An error's own first line (`TypeError: …`,
 * `Traceback …`, `panic: …`), a Node warning and npm's marks have one too. That a line came by standard error says nothing:
 * many programs log everything there.
 */

/** From the least to the gravest. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

const WORDS: Readonly<Record<Level, string>> = {
  trace: 'trace trc trce silly finest finer vrb',
  debug: 'debug dbg dbug verbose fine http',
  info: 'info inf information informational notice log success',
  warn: 'warn wrn warning',
  error: 'error err severe fail failure',
  fatal: 'fatal ftl critical crit alert emergency emerg panic dpanic',
};
const LEVEL_OF = new Map(LEVELS.flatMap(level => WORDS[level].split(' ').map(word => [word, level] as const)));

/** Characters of a plain line that are looked at. */
const HEAD = 200;
/** Pieces of a head before its level: more are prose. */
const MOST_PIECES = 16;
const COLOURS = /\x1b\[[\d;:]*m/g;

const BRACKETED = /[[(<|]\s*([A-Za-z]{3,13})\s*[\])>|]/y;
const CAPITALS =
  /(TRACE|TRC|DEBUG|DBG|VERBOSE|VRB|INFO|INF|NOTICE|LOG|WARN|WARNING|WRN|ERROR|ERR|SEVERE|FATAL|FTL|CRITICAL|CRIT|ALERT|EMERG|PANIC)(?=[\s:\]|)!-]|$)/y;
const BEFORE_COLON =
  /(trace|trce|debug|dbug|info|warn|warning|error|err|fail|fatal|crit|critical|panic|Trace|Debug|Info|Warn|Warning|Error|Fatal|Critical):(?=\s|$)/y;
/** What may stand before a level. */
const PIECE =
  /\s+|#?\d[\d:.,/TZ+-]*(?=[\s\])|]|$)|\[(?=\d)|[\]|-]|\[[^[\]]{1,60}\]|\([^()]{1,60}\)|(?:AM|PM|UTC|GMT|[A-Z]{2,4}T|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?=[\s,])|[DIWEFA],(?= \[)|[\w.$/-]{1,60} - /y;

/** Lines that name their level in a way of their own. */
const MARKS: readonly (readonly [RegExp, Level])[] = [
  [
    /^(?:Uncaught |Unhandled [\w ]{1,20}: )?(?:[\w$]{1,60}\.){0,12}[\w$]{0,60}(?:Error|Exception)(?: \[[^\]]{1,60}\])?(?::|$)/,
    'error',
  ],
  [/^(?:Traceback \(most recent call last\):|Exception in thread )/, 'error'],
  [/^(?:panic: |fatal error: |thread '[^']*' panicked at )/, 'fatal'],
  [/^(?:\(node:\d+\) )?(?:\[\w+\] )?[A-Za-z]{0,40}Warning: /, 'warn'],
  [/^npm (?:ERR!|error)(?: |$)/, 'error'],
  [/^npm (?:WARN|warn)(?: |$)/, 'warn'],
  // klog, the logger of Kubernetes: `E1121 10:00:00.123456       1 main.go:10] …`.
  [/^F\d{4} \d\d:\d\d:\d\d\.\d/, 'fatal'],
  [/^E\d{4} \d\d:\d\d:\d\d\.\d/, 'error'],
  [/^W\d{4} \d\d:\d\d:\d\d\.\d/, 'warn'],
  [/^I\d{4} \d\d:\d\d:\d\d\.\d/, 'info'],
];

/** Whether `level` is as grave as `least`, or graver. */
export function isAtLeast(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/**
 * The level that a record's value means: a word of any logger, in any case, or a number: pino's and bunyan's 10 (trace) to
 * 60 (fatal), where one between counts as the next lower; below 10 syslog's 0 (emergency) to 7 (debug).
 */
export function readLevel(value: unknown): Level | undefined {
  if (typeof value === 'number') return levelOfNumber(value);
  if (typeof value !== 'string' || value.length > 60) return undefined;
  const word = value.replace(COLOURS, '').trim().toLowerCase();
  if (/^\d{1,2}$/.test(word)) return levelOfNumber(Number(word));
  // Go's slog writes levels between its own as `INFO+2`.
  return LEVEL_OF.get(word.replace(/[+-]\d+$/, ''));
}

/** The level that a line of plain text clearly has; undefined: none. */
export function levelOfText(line: string): Level | undefined {
  let text = line.length > HEAD ? line.slice(0, HEAD) : line;
  if (text.includes('\x1b')) text = text.replace(COLOURS, '');
  for (const [mark, level] of MARKS) if (mark.test(text)) return level;
  let at = 0;
  for (let pieces = 0; pieces < MOST_PIECES && at < text.length; pieces++) {
    const bracketed = matchAt(BRACKETED, text, at);
    const level = LEVEL_OF.get(
      (bracketed ?? matchAt(CAPITALS, text, at) ?? matchAt(BEFORE_COLON, text, at) ?? '').toLowerCase(),
    );
    if (level !== undefined) return level;
    PIECE.lastIndex = at;
    if (!PIECE.test(text)) return undefined;
    at = PIECE.lastIndex;
  }
  return undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[1];
}

function levelOfNumber(value: number): Level | undefined {
  if (!Number.isInteger(value) || value < 0 || value > 100) return undefined;
  if (value >= 10) return LEVELS[Math.min(Math.floor(value / 10), 6) - 1];
  return (['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'] as const)[value];
}

/** `logs`: the newest lines of services, by time, level and number; follows them; without a running system from the log files. */
import type { Supervisor } from '../../index.js';
import {
  type Choice,
  Chooser,
  choiceText,
  chooseFromFiles,
  isTimeless,
  LogReaders,
  readChoice,
  timelessText,
} from '../log-choice.js';
import { count } from '../render/duration.js';
import { describeLogEntry, type LogEntryStyle, renderLogEntry } from '../render/log-entry.js';
import type { VerbImplementation } from '../verb.js';
import { follow } from './follow.js';

const DEFAULT_LINES = 50;

export const logs: VerbImplementation = {
  async run(context, input) {
    const { out, system, supervisor } = context;
    const { services, flags } = input;
    const refuse = (message: string) => {
      out.complain(message);
      return 2;
    };
    const given = flags.get('lines');
    if (given !== undefined && !/^\d+$/.test(String(given)))
      return refuse(`-n needs a number of lines, not "${String(given)}"`);
    const read = readChoice(flags);
    if (read.kind === 'problem') return refuse(read.message);
    const { choice } = read;
    const isFollowing = flags.has('follow');
    if (isFollowing && choice.until !== undefined)
      return refuse('-f shows what comes from now on, --until ends before: only one of them can be given');
    // A time asks for all that was printed then.
    const isTimed = choice.since !== undefined || choice.until !== undefined;
    const limit = given === undefined ? (isTimed ? Number.POSITIVE_INFINITY : DEFAULT_LINES) : Number(given);
    const style = (hasTimes: boolean): LogEntryStyle => ({
      paint: out.paint,
      system,
      services,
      isRaw: flags.has('raw'),
      isHarmless: !out.isTerminal && !context.shell,
      hasInstants: flags.has('timestamps'),
      hasTimes,
    });
    const { isRunning } = context;
    if (isFollowing) {
      if (isRunning) return follow(context, input, { choice, limit, style: style(true) });
      out.complain(`nothing runs ${system.name}, so there are no lines to follow ("fuge logs" shows the log files)`);
      return 1;
    }

    const choosers = isRunning
      ? [await chooseKept(supervisor, services, choice, limit)]
      : await Promise.all(services.map(service => chooseFiled(supervisor, service, choice, limit)));
    const timeless = services.filter((_, i) => isTimed && choosers[i] && isTimeless(choosers[i]));
    if (timeless.length > 0) out.complain(timelessText(timeless));
    const chosen = choosers.flatMap(({ chosen }) => chosen);
    const total = choosers.reduce((sum, { total }) => sum + total, 0);
    const unlevelled = choosers.reduce((sum, { unlevelled }) => sum + unlevelled, 0);
    const who = services.join(', ');
    if (flags.has('json')) for (const entry of chosen) out.json(describeLogEntry(entry));
    else if (chosen.length > 0) {
      const its = style(chosen.some(({ at }) => at !== undefined));
      for (const entry of chosen) out.print(renderLogEntry(entry, its));
    } else if (limit > 0 && total === 0) out.print(`nothing has been printed by ${who}`);
    else if (limit > 0) out.complain(nothingChosen(total, who, choiceText(flags), choice.level && unlevelled));
    return timeless.length > 0 && timeless.length === services.length ? 1 : 0;
  },
};

/** Whether every line is chosen: the newest are then the last ones. */
const isWide = ({ since, until, level }: Choice) => since === undefined && until === undefined && level === undefined;

/** What memory has, merged by time. */
async function chooseKept(
  supervisor: Supervisor,
  services: readonly string[],
  choice: Choice,
  limit: number,
): Promise<Chooser> {
  const newest = isWide(choice) && Number.isFinite(limit) ? limit : undefined;
  const readers = new LogReaders();
  const kept = await Promise.all(
    services.map(async service => (await supervisor.lines(service, newest)).map(line => ({ service, ...line }))),
  );
  const chooser = new Chooser(choice, limit);
  for (const line of kept.flat().sort((a, b) => a.at - b.at)) chooser.take(readers.read(line));
  return chooser;
}

/** Lines of files need not say when they came: services stay apart, each with so many lines. */
async function chooseFiled(supervisor: Supervisor, service: string, choice: Choice, limit: number): Promise<Chooser> {
  const chooser = new Chooser(choice, limit);
  await chooseFromFiles(chooser, service, await supervisor.logFiles(service), isWide(choice) ? limit : undefined);
  return chooser;
}

function nothingChosen(total: number, who: string, choice: string, unlevelled: number | undefined): string {
  const all = count(total, 'line');
  if (!unlevelled) return `none of the ${all} of ${who} fits ${choice}`;
  if (unlevelled === total) return `none of the ${all} of ${who} has a level`;
  return `none of the ${all} of ${who} fits ${choice} (${unlevelled} without a level)`;
}

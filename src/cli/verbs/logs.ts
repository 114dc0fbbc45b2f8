/** `logs`: the newest lines of services, by time; without a running system from the log files. */
import type { Line } from '../../index.js';
import { newestLines } from '../log-files.js';
import { formatClock } from '../render/duration.js';
import { padToWidth, widthOf } from '../render/width.js';
import { makeSafe } from '../terminal/safe-text.js';
import type { Context, VerbImplementation } from '../verb.js';

const DEFAULT_LINES = 50;

type Shown = Pick<Line, 'text'> & Partial<Line> & { readonly service: string };

export const logs: VerbImplementation = {
  async run(context, { services, flags }) {
    const { out, system } = context;
    const given = flags.get('lines') ?? String(DEFAULT_LINES);
    const limit = Number(given);
    if (!/^\d+$/.test(String(given))) {
      out.complain(`-n needs a number of lines, not "${String(given)}"`);
      return 2;
    }
    const lines = context.shell
      ? await keptLines(context, services, limit)
      : await filedLines(context, services, limit);
    if (flags.has('json')) {
      for (const line of lines) out.json(line);
      return 0;
    }
    if (lines.length === 0) out.print(`nothing has been printed by ${services.join(', ')}`);
    const names = [...system.services.keys()];
    const width = Math.max(...services.map(widthOf));
    for (const { service, text, at, stream } of lines) {
      const time = at === undefined ? '' : `${out.paint.dim(formatClock(at))} `;
      const name =
        services.length === 1 ? '' : `${out.paint.service(names.indexOf(service), padToWidth(service, width))} `;
      // As in the prompt's own lines: it is no failure, and is told apart without colours.
      const bar = stream === 'stderr' ? out.paint.bold('!') : out.paint.dim('│');
      out.print(`${time}${name}${bar} ${makeSafe(text, out.paint.enabled)}`);
    }
    return 0;
  },
};

async function keptLines({ supervisor }: Context, services: readonly string[], limit: number): Promise<Shown[]> {
  const kept = services.map(async service =>
    (await supervisor.lines(service, limit)).map(line => ({ service, ...line })),
  );
  const all = (await Promise.all(kept)).flat();
  all.sort((a, b) => a.at - b.at);
  return limit === 0 ? [] : all.slice(-limit);
}

async function filedLines({ supervisor }: Context, services: readonly string[], limit: number): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const service of services) {
    const own: string[] = [];
    for (const file of [...(await supervisor.logFiles(service))].reverse()) {
      if (own.length >= limit) break;
      own.unshift(...(await newestLines(file, limit - own.length)));
    }
    shown.push(...own.map(text => ({ service, text })));
  }
  return shown;
}

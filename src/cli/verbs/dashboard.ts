/** `dashboard`: the whole system on one screen, in the terminal that the prompt lends. */
import { CommandLine } from '../dashboard/command-line.js';
import { colourDepthOf, refusalOf } from '../dashboard/term.js';
import { shortenPath } from '../output.js';
import { History, historyFile } from '../shell/history.js';
import type { Context, LentTerminal, VerbImplementation } from '../verb.js';

/** How a command line opens it, which the table of commands can't say. */
export interface DashboardCall {
  /** Leaving it stops the system, which is asked for. */
  readonly asksBeforeLeaving?: boolean;
  /** Run as soon as it is open: `start all`. */
  readonly first?: string;
}

export const dashboard: VerbImplementation = { run: context => openDashboard(context) };

export async function openDashboard(context: Context, call: DashboardCall = {}): Promise<number> {
  const endHush = context.live?.hush({ events: true });
  try {
    return await context.lendTerminal(async terminal => {
      const refusal = refusalOf(process.env, terminal.isInteractive && terminal.stdin !== undefined);
      if (refusal === undefined) return show(context, call, terminal as Interactive);
      context.out.complain(refusal);
      return 2;
    });
  } finally {
    endHush?.();
  }
}

type Interactive = LentTerminal & { readonly stdin: import('node:tty').ReadStream };

async function show(context: Context, call: DashboardCall, { stdin, stdout }: Interactive): Promise<number> {
  const [{ Dashboard }, { initial, update, frameOf }, { verbs }] = await Promise.all([
    import('../dashboard/run.js'),
    import('../dashboard/model.js'),
    import('../verbs.js'),
  ]);
  const { supervisor, signal } = context;
  const history = new History(historyFile(process.env));
  const commandLine: CommandLine = new CommandLine({
    context,
    verbs,
    env: process.env,
    lendTerminal: program => shown.lendTerminal(program),
    leave: () => shown.leave(),
  });
  const shown = new Dashboard({
    model: initial(
      { columns: stdout.columns, rows: stdout.rows },
      { hasColours: colourDepthOf(process.env) > 0, path: shortenPath, history: history.load().reverse() },
    ),
    update,
    frameOf,
    supervisor,
    signal,
    stdin,
    stdout: stdout as import('node:tty').WriteStream,
    env: process.env,
    runLine: (line, out, ends) => commandLine.run(line, out, ends),
    remember: line => history.add(line),
    complete: line => commandLine.complete(line),
    ...call,
  });
  await shown.run();
  return 0;
}

/** Asks the tools for coding agents without a client, over a supervisor that the test brings. */
import { type Answered, answer } from '../../src/cli/mcp/answer.js';
import type { Opened, Reach } from '../../src/cli/mcp/connection.js';
import { Refusal } from '../../src/cli/mcp/tool.js';
import { tools } from '../../src/cli/mcp/tools.js';
import type { LoadResult, Supervisor } from '../../src/index.js';

export interface AskOptions {
  /** Default: it runs. */
  readonly isRunning?: boolean;
  readonly isRevealing?: boolean;
  readonly load?: () => Promise<LoadResult>;
  readonly startInBackground?: Reach['startInBackground'];
  /** Settles when the system has gone. */
  readonly lost?: Promise<string>;
  readonly seenSecrets?: Set<string>;
}

export function reachOf(supervisor: Supervisor | undefined, options: AskOptions = {}): Reach {
  const { isRunning = true, lost = new Promise<string>(() => {}) } = options;
  const refused = async () => {
    throw new Refusal('nothing runs it');
  };
  return {
    file: async () => supervisor?.system.file,
    open: async (on): Promise<Opened> => {
      if (!supervisor || (on === 'running' && !isRunning)) return refused();
      return { supervisor, isRunning, lost, done: async () => {} };
    },
    load: options.load ?? (async () => ({ system: supervisor?.system, diagnostics: [] })),
    startInBackground: options.startInBackground ?? refused,
  };
}

/** One call of a tool. */
export function ask(
  name: string,
  given: Readonly<Record<string, unknown>>,
  supervisor: Supervisor | undefined,
  options: AskOptions = {},
): Promise<Answered> {
  const tool = tools.find(each => each.name === name);
  if (!tool) throw new Error(`no tool is called ${name}`);
  const { isRevealing = false, seenSecrets = new Set<string>() } = options;
  const signal = new AbortController().signal;
  return answer(tool, given, { reach: reachOf(supervisor, options), isRevealing, seenSecrets, signal });
}

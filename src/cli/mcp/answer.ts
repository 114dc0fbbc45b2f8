/** Answers one call of a tool: opens what it works on, runs it, hides secrets, bounds what is told. Nothing is thrown. */
import { formatDiagnostic } from '../../index.js';
import { boundData, boundText } from './bounds.js';
import type { Opened, Reach } from './connection.js';
import { Secrets, secretsOf } from './secrets.js';
import { type Answer, Refusal, type Tool } from './tool.js';

export interface Answered extends Answer {
  readonly isError: boolean;
}

export interface AnswerOptions {
  readonly reach: Reach;
  readonly isRevealing: boolean;
  /** Secret values that services had so far: their old lines still tell the old ones. */
  readonly seenSecrets: Set<string>;
  readonly signal: AbortSignal;
}

const refused = (text: string): Answered => ({ text: boundText(text), data: {}, isError: true });

export async function answer(
  tool: Tool,
  given: Readonly<Record<string, unknown>>,
  options: AnswerOptions,
): Promise<Answered> {
  const { reach, isRevealing, signal } = options;
  let opened: Opened | undefined;
  try {
    opened = tool.on === 'none' ? undefined : await reach.open(tool.on);
    const of = opened;
    const file = of?.supervisor.system.file ?? (await reach.file());
    const supervisor = () => {
      if (!of) throw new Error(`${tool.name} works on no system`);
      return of.supervisor;
    };
    const running = tool.run(
      {
        get supervisor() {
          return supervisor();
        },
        get system() {
          return supervisor().system;
        },
        isRunning: of?.isRunning ?? false,
        isRevealing,
        signal,
        file,
        load: () => reach.load(),
        startInBackground: (services, timeout) => reach.startInBackground(services, timeout),
      },
      given,
    );
    const masked = async () => {
      const told = await running;
      const secrets = await knownSecrets(of, options);
      const { text, data } = secrets ? secrets.maskAll(told) : told;
      return { text: boundText(text), data: boundData(data), isError: false };
    };
    if (!of) return await masked();
    const lost = of.lost.then(text => {
      throw new Refusal(text);
    });
    return await Promise.race([masked(), lost]);
  } catch (error) {
    if (error instanceof Refusal) return refused(new Secrets([]).mask(error.message));
    // The fuge that runs the system refused, or has gone.
    if (typeof error === 'object' && error !== null && 'severity' in error && 'code' in error)
      return refused(new Secrets([]).mask(formatDiagnostic(error as Parameters<typeof formatDiagnostic>[0])));
    return refused(`${tool.name} has failed by a bug of fuge: ${(error as Error).message}`);
  } finally {
    await opened?.done().catch(() => {});
  }
}

/** Undefined: nothing is to be hidden. */
async function knownSecrets(
  opened: Opened | undefined,
  { reach, isRevealing, seenSecrets }: AnswerOptions,
): Promise<Secrets | undefined> {
  if (isRevealing) return undefined;
  // A tool that works on no system may tell of one all the same: its file, what it printed as it started.
  const own = opened ? undefined : await reach.open('either').catch(() => undefined);
  const supervisor = (opened ?? own)?.supervisor;
  // Of a system that has just been stopped nothing can be asked any more.
  if (supervisor) for (const value of await secretsOf(supervisor)) seenSecrets.add(value);
  await own?.done();
  return new Secrets(seenSecrets);
}

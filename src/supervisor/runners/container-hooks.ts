/** Commands that are run inside a container after its start and before its end (Compose's post_start and pre_stop). */
import type { ContainerHook } from '../../container.js';
import type { Diagnostic } from '../../diagnostic.js';
import type { StreamName } from '../../event.js';
import type { ContainerService } from '../../system.js';
import { type Engine, EngineError } from '../engine/engine.js';
import { openExec } from '../engine/exec.js';

export type HookKey = 'post_start' | 'pre_stop';

interface HookRun {
  /** Undefined, and so with {@link container}: there is nothing to run them in. */
  readonly engine: Engine | undefined;
  readonly container: string | undefined;
  readonly service: ContainerService;
  readonly hooks: readonly ContainerHook[];
  readonly key: HookKey;
  output(stream: StreamName, chunk: Buffer): void;
}

/** One after the other, their output among the container's; gives what is wrong with the first that fails. */
export async function runContainerHooks(run: HookRun): Promise<Diagnostic | undefined> {
  const { engine, container, service, hooks, key, output } = run;
  if (!engine || container === undefined) return undefined;
  for (const { argv, user, workingDir, privileged, environment } of hooks) {
    const problem = (how: string): Diagnostic => ({
      severity: 'error',
      code: 'hook-failed',
      message: `${key} of "${service.name}" ${how}: ${argv.join(' ')}`,
      at: service.origins[key] ?? service.at,
    });
    try {
      const session = await openExec(engine, container, argv, {
        terminal: undefined,
        ...(user !== undefined && { user }),
        ...(workingDir !== undefined && { workingDir }),
        privileged,
        environment,
        onOutput: (stream, chunk) => output(stream, Buffer.from(chunk)),
      });
      session.end();
      const exit = await session.exit;
      if (exit.reason !== 'code' || exit.code !== 0)
        return problem(exit.reason === 'code' ? `ended with code ${exit.code}` : 'was not run to its end');
    } catch (error) {
      return problem(error instanceof EngineError ? `can't be run (${error.message})` : "can't be run");
    }
  }
  return undefined;
}

/** Opens the container engine: finds where it may be, and takes the first that answers. */
import type { Diagnostic } from '../../diagnostic.js';
import { DockerCredentials } from './credentials.js';
import { connectEngine } from './docker.js';
import { type Engine, EngineError } from './engine.js';
import { noEngine, unreachableEngine } from './engine-problem.js';
import { findEngine, surroundingsOf } from './find.js';

/** There is no engine, or none that can be used. */
export class EngineUnavailable extends EngineError {
  readonly problem: Diagnostic;

  constructor(problem: Diagnostic) {
    super(problem.message, { code: problem.code });
    this.problem = problem;
  }
}

/**
 * @param setting `container_engine_url`; undefined: look around.
 * @param environment fuge's own.
 * @throws EngineUnavailable
 */
export async function openEngine(
  setting: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Engine> {
  const surroundings = surroundingsOf(environment);
  const search = findEngine(setting, surroundings);
  if (search.problem) throw new EngineUnavailable(search.problem);
  const { addresses, source, looked } = search;
  const problems: Diagnostic[] = [];
  for (const address of addresses) {
    try {
      return await connectEngine(address, new DockerCredentials(environment));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      problems.push(unreachableEngine(address, error, { source, platform: surroundings.platform }));
    }
  }
  // Of several that do not answer, the one that might is the one to be told of: a socket that nobody has removed says little.
  const told = problems.find(({ code }) => code !== 'engine-not-running') ?? problems[0];
  throw new EngineUnavailable(told ?? noEngine(looked, surroundings.home));
}

/** `status`: branch and changes of each service's repository, a line each. */
import { git } from '../git.js';
import { count } from '../render/duration.js';
import type { Context, VerbImplementation } from '../verb.js';
import { type Repository, repositoriesOf } from './repositories.js';

interface Standing {
  readonly branch: string;
  /** Commits that the upstream lacks, and that it has more. */
  readonly ahead: number;
  readonly behind: number;
  /** As `git status --short` shows them. */
  readonly changes: readonly string[];
}

export const status: VerbImplementation = {
  async run(context, { services, named, flags }) {
    const { system, out } = context;
    const repositories = repositoriesOf(system, services);
    if (repositories.length === 0) {
      if (!flags.has('json')) out.print('no service has a repository_url');
      return named ? 1 : 0;
    }
    let hasFailed = false;
    for (const repository of repositories) {
      const label = repository.services.join(', ');
      const standing = await standingOf(repository, context);
      if (typeof standing === 'string') {
        hasFailed = true;
        out.complain(`${label}: ${standing}`);
      } else if (flags.has('json'))
        out.json({ services: repository.services, directory: repository.directory, ...standing });
      else print(context, label, standing);
    }
    return hasFailed ? 1 : 0;
  },
};

function print({ out }: Context, label: string, { branch, ahead, behind, changes }: Standing): void {
  const { paint } = out;
  const parts = [
    changes.length === 0 ? paint.green('clean') : paint.yellow(count(changes.length, 'change')),
    ahead > 0 ? `${ahead} ahead` : '',
    behind > 0 ? `${behind} behind` : '',
  ].filter(part => part !== '');
  out.print(`${paint.bold(label)}  ${branch}  ${parts.join(', ')}`);
  for (const change of changes) out.print(`  ${change}`);
}

/** How it stands, or why that can't be told. */
async function standingOf(
  { directory, isMissing }: Repository,
  { signal, shell }: Context,
): Promise<Standing | string> {
  if (isMissing) return `${directory} does not exist ("${shell ? '' : 'fuge '}pull" clones it)`;
  const { code, text } = await git(['status', '--short', '--branch'], directory, signal);
  if (code !== 0) return text;
  const [head = '', ...changes] = text.split('\n');
  const branch = /^## (?:No commits yet on )?(.+?)(?:\.\.\.|$)/.exec(head)?.[1] ?? head;
  return {
    branch,
    ahead: Number(/ahead (\d+)/.exec(head)?.[1] ?? 0),
    behind: Number(/behind (\d+)/.exec(head)?.[1] ?? 0),
    changes,
  };
}

/** `pull`: brings the repositories of services up to date, and clones those that are missing. */
import { git } from '../git.js';
import { shortenPath } from '../output.js';
import { maskUrls } from '../render/secrets.js';
import type { VerbImplementation } from '../verb.js';
import { repositoriesOf } from './repositories.js';

export const pull: VerbImplementation = {
  async run({ system, out, signal, shell }, { services, named }) {
    const repositories = repositoriesOf(system, services);
    const covered = new Set(repositories.flatMap(repository => repository.services));
    for (const name of services.filter(each => !covered.has(each))) {
      const isContainer = system.services.get(name)?.type === 'container';
      if (isContainer) out.print(`${name}: pulling images is not supported yet`);
      else if (named) out.print(`${name}: it has no repository_url`);
    }
    if (repositories.length === 0) {
      if (!named) out.print('no service has a repository_url');
      return named ? 1 : 0;
    }
    const failed: string[] = [];
    const cloned: string[] = [];
    for (const { services: names, directory, url, isMissing } of repositories) {
      if (signal.aborted) break;
      const label = names.join(', ');
      out.print(out.paint.bold(`${label}: ${isMissing ? 'cloning' : 'pulling'} ${maskUrls(url)}`));
      // git makes the missing directories itself; it only needs some place to run in.
      const { code, text } = isMissing
        ? await git(['clone', '--quiet', '--', url, directory], '/', signal)
        : await git(['pull', '--quiet'], directory, signal);
      if (text !== '') out.print(maskUrls(text).replace(/^/gm, '  '));
      if (code !== 0) failed.push(label);
      else if (isMissing) cloned.push(shortenPath(directory));
    }
    if (cloned.length > 0) out.print(`cloned ${cloned.join(', ')}${shell ? ': "reload" takes it in' : ''}`);
    if (failed.length > 0) out.complain(`failed: ${failed.join('; ')}`);
    return failed.length > 0 ? 1 : 0;
  },
};

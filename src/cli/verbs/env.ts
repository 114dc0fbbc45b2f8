/** `env`: the environment of the next start, each variable with where it comes from. */
import type { EnvironmentVariable } from '../../index.js';
import { shortenPath } from '../output.js';
import { maskValue } from '../render/secrets.js';
import type { Output, VerbImplementation } from '../verb.js';

export const env: VerbImplementation = {
  async run({ supervisor, system, out }, { services, flags }) {
    for (const name of services) {
      if (system.services.get(name)?.type === 'external') {
        out.complain(`${name} runs elsewhere: fuge gives it no environment`);
        continue;
      }
      const { variables, problems } = await supervisor.environment(name);
      const shown = flags.has('all') ? variables : variables.filter(variable => variable.source !== 'process');
      if (flags.has('json'))
        for (const variable of shown) out.json({ service: name, ...describe(variable, flags.has('reveal')) });
      else {
        if (services.length > 1) out.print(out.paint.bold(name));
        printVariables(out, shown, flags.has('reveal'));
        for (const problem of problems) out.diagnose(problem);
      }
    }
    return 0;
  },
};

/** Lines `NAME=value  source`. */
export function printVariables(out: Output, variables: readonly EnvironmentVariable[], isRevealed: boolean): void {
  if (variables.length === 0) out.print('  nothing beside what fuge itself was given');
  for (const variable of variables) {
    const { name, value, source, at } = describe(variable, isRevealed);
    const from = at === null ? source : `${source} ${at}`;
    out.print(`  ${name}=${value.replaceAll('\n', '\\n')}  ${out.paint.dim(from)}`);
  }
}

/** What `--json` says of a variable. */
export function describe({ name, value, source, at }: EnvironmentVariable, isRevealed: boolean) {
  const place = at && (at.line === undefined ? shortenPath(at.file) : `${shortenPath(at.file)}:${at.line}`);
  return {
    name,
    value: isRevealed ? value : maskValue(name, value),
    source,
    at: place ?? null,
  };
}

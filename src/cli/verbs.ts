/** The table of all commands: the prompt, the command line, help, completion and the reference are made from it. */
import { takesFile } from './operands.js';
import type { Flag, Verb } from './verb.js';
import { begin } from './verbs/topics/begin.js';
import { code } from './verbs/topics/code.js';
import { common } from './verbs/topics/flags.js';
import { leave } from './verbs/topics/leave.js';
import { logs } from './verbs/topics/logs.js';
import { outside } from './verbs/topics/outside.js';
import { run } from './verbs/topics/run.js';
import { see } from './verbs/topics/see.js';
import { setUp } from './verbs/topics/set-up.js';
import { watch } from './verbs/topics/watch.js';

/** In the order of help. */
export const verbs: readonly Verb[] = [
  ...begin,
  ...setUp,
  ...see,
  ...outside,
  ...run,
  ...watch,
  ...logs,
  ...code,
  ...leave,
].map(verb =>
  verb.where.includes('argv') && takesFile(verb) ? { ...verb, flags: [...verb.flags, ...commonTo(verb)] } : verb,
);

/** A letter that the command's own flag has is not taken twice: `logs -f` follows. */
function commonTo(verb: Verb): readonly Flag[] {
  const taken = new Set(verb.flags.flatMap(({ short }) => short ?? []));
  return common.map(flag => {
    const { short, ...others } = flag;
    return short !== undefined && taken.has(short) ? others : flag;
  });
}

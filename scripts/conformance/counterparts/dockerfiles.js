// Dockerfiles and the words in them.
import { parseDockerfile } from '../../../dist/config/compose/dockerfile-instructions.js';
import { readStages } from '../../../dist/config/compose/dockerfile-stages.js';
import { expandDockerfileWord } from '../../../dist/config/compose/dockerfile-words.js';
import { lookupIn, takeFrom } from '../cases.js';

export const dockerfile_words = {
  run: one => takeFrom(expandDockerfileWord(one.input, lookupIn(one.env), one.escape), 'text'),
};

export const dockerfile = {
  run: one => {
    const parsed = parseDockerfile(one.input);
    if (parsed.problem !== undefined) throw new Error(`line ${parsed.line}: ${parsed.problem}`);
    const bases = parsed.instructions.filter(({ cmd }) => cmd === 'from').map(({ args }) => args[0]);
    const stages = takeFrom(readStages(one.input), 'stages').map(({ name, cmd, entrypoint }, index) => ({
      name: name ?? null,
      // The cases have it as written.
      base: bases[index],
      cmd: cmd ?? null,
      entrypoint: entrypoint ?? null,
    }));
    const last = stages.at(-1);
    return {
      instructions: parsed.instructions.map(plainInstruction),
      escape: parsed.escape,
      stages,
      final: last ? { cmd: last.cmd, entrypoint: last.entrypoint } : null,
    };
  },
  expected: one => ({
    instructions: one.expected,
    escape: one.escape,
    stages: one.derived_stages,
    final: one.derived_final,
  }),
};

const KNOWN = new Set(
  'add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell stopsignal user volume workdir'.split(
    ' ',
  ),
);

/** As the cases write it: without what is empty, what ONBUILD puts off as a child without
 * lines, and one empty argument for an instruction that nobody knows. */
function plainInstruction({ cmd, args, json, flags, heredocs = [], onbuild, line = 0, endLine = 0 }) {
  return {
    cmd,
    args: KNOWN.has(cmd) ? args : [''],
    json,
    ...(flags.length > 0 && { flags }),
    ...(heredocs.length > 0 && { heredocs: heredocs.map(({ content }) => content) }),
    ...(onbuild && { child: plainInstruction(onbuild) }),
    line,
    end_line: endLine,
  };
}

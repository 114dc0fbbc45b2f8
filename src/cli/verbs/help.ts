/** `help`: all commands, or one. */
import { findVerb } from '../operands.js';
import { renderHelp, renderVerbHelp } from '../render/help.js';
import type { VerbImplementation } from '../verb.js';
import { verbs } from '../verbs.js';

export const help: VerbImplementation = {
  async run({ out, shell }, { words }) {
    const style = { paint: out.paint, width: out.isTerminal ? out.width : undefined, shell };
    const verb = words[0] === undefined ? undefined : findVerb(words[0], verbs);
    out.print(verb ? renderVerbHelp(verb, style) : renderHelp(verbs, style));
    return 0;
  },
};

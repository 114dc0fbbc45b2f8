/** `exit`, `quit`: the shell stops the system after this command. */
import type { VerbImplementation } from '../verb.js';

export const exit: VerbImplementation = {
  async run(context) {
    context.leave();
    return 0;
  },
};

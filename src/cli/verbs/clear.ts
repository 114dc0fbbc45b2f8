/** `clear`: an empty screen. */
import type { VerbImplementation } from '../verb.js';

export const clear: VerbImplementation = {
  async run({ out }) {
    out.clear();
    return 0;
  },
};

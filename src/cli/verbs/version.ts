/** `version`. */
import type { VerbImplementation } from '../verb.js';
import { versionText } from '../version.js';

export const version: VerbImplementation = {
  async run({ out }) {
    out.print(versionText());
    return 0;
  },
};

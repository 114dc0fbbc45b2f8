/** `schema`: the JSON Schema of a system file, for editors. */
import { systemSchema } from '../../index.js';
import type { VerbImplementation } from '../verb.js';

export const schema: VerbImplementation = {
  async run({ out }) {
    out.print(JSON.stringify(await systemSchema(), null, 2));
    return 0;
  },
};

/** `attach <service>`: types into a service that has a terminal. Without a service the command line opens a prompt instead. */
import { typeInto } from '../type-into.js';
import type { VerbImplementation } from '../verb.js';

export const attach: VerbImplementation = {
  async run(context, { services, named }) {
    if (named) return typeInto(context, services[0]!);
    context.out.complain('attach needs a service that has a terminal: "attach repl"');
    return 2;
  },
};

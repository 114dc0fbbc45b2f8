/** `tail` and `untail`: whether the lines of services are shown. */
import type { VerbImplementation } from '../verb.js';

const setting = (on: boolean): VerbImplementation => ({
  async run({ supervisor, out }, { services }) {
    await supervisor.tail(services, on);
    out.print(`${on ? 'showing' : 'hiding'} the lines of ${services.join(', ')}`);
    return 0;
  },
});

export const tail = setting(true);
export const untail = setting(false);

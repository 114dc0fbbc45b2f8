/** `tail` and `untail`: whether the lines of services are shown. */
import type { VerbImplementation } from '../verb.js';

const setting = (on: boolean): VerbImplementation => ({
  async run({ supervisor, out, live }, { services, flags }) {
    await supervisor.tail(services, on);
    const isRaw = flags.has('raw');
    if (on) live?.showRaw(services, isRaw);
    const how = isRaw ? ' as they are written' : '';
    out.print(`${on ? 'showing' : 'hiding'} the lines of ${services.join(', ')}${how}`);
    return 0;
  },
});

export const tail = setting(true);
export const untail = setting(false);

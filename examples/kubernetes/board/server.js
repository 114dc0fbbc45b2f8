// Shows the departures. The timetable is found by its SRV record, anew for every request.
import { byDns } from '../common/lookup.js';
import { ask, serve } from '../common/serve.js';

serve({
  '/': async () => {
    const departures = await ask(`${await byDns('timetable')}/`);
    const rows = departures.map(
      ({ at, train, to, platform }) => `${at}  ${train.padEnd(6)} ${to.padEnd(12)} platform ${platform}\n`,
    );
    return rows.join('');
  },
});

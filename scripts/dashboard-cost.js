// What the dashboard's model costs by itself, without a terminal: node scripts/build.js && node scripts/dashboard-cost.js
//
// A flood of 20,400 lines a second as 34 events of 600 lines, a frame after each; then searches in 100,000 lines, and in
// 100,000 lines of each of twelve services (as many as fit into what is kept in all).

import { LogStore } from '../dist/cli/dashboard/log-store.js';
import { frameOf, initial, update } from '../dist/cli/dashboard/model.js';

const EVENTS_A_SECOND = 34;
const LINES = 600;
const SECONDS = 10;
const names = Array.from({ length: 12 }, (_, index) => `service-${index}`);
const service = name => ({
  name,
  type: 'node',
  groups: ['default'],
  ports: [],
  tail: true,
  profiles: [],
  dependsOn: [],
});
const status = name => ({
  ...service(name),
  phase: { id: 'ready', run: 1 },
  since: 0,
  restarts: 0,
  crashes: 0,
  waitingFor: [],
  watching: 'on',
});
const system = { name: 'shop', services: new Map(names.map(name => [name, service(name)])), profiles: [] };

const KINDS = {
  plain: n => `GET /customers/${n} 200 ${n % 90} ms from somewhere over the rainbow, agent=curl`,
  coloured: n => `\x1b[32mGET\x1b[39m /customers/${n} \x1b[1m200\x1b[22m ${n % 90} ms from somewhere over the rainbow`,
  records: n =>
    JSON.stringify({ level: 30, time: 1_700_000_000_000 + n, msg: 'request completed', url: `/customers/${n}` }),
};

const took = work => {
  const began = performance.now();
  work();
  return performance.now() - began;
};
const batch = (kind, first, count) => Array.from({ length: count }, (_, index) => KINDS[kind](first + index));
const spread = times => {
  const sorted = [...times].sort((a, b) => a - b);
  return `median ${sorted[sorted.length >> 1].toFixed(2)} ms, most ${sorted.at(-1).toFixed(1)} ms`;
};

for (const kind of Object.keys(KINDS)) {
  let model = initial({ columns: 200, rows: 60 });
  const tell = message => {
    model = update(model, message).model;
  };
  tell({ type: 'system', system, statuses: names.map(status) });
  const [updates, frames] = [[], []];
  for (let turn = 0; turn < EVENTS_A_SECOND * SECONDS; turn++) {
    const lines = batch(kind, turn * LINES, LINES);
    const event = { type: 'lines', at: turn, service: names[turn % 3], run: 1, stream: 'stdout', lines, shown: 0 };
    const text = lines.join('\n');
    updates.push(took(() => tell({ type: 'event', event: { ...event, text } })));
    frames.push(took(() => frameOf(model, 0)));
  }
  const share = times => `${(times.reduce((sum, ms) => sum + ms, 0) / SECONDS / 10).toFixed(1)} % of a core`;
  console.log(`${kind}, ${EVENTS_A_SECOND * LINES} lines a second`);
  console.log(`  update   ${share(updates)}, an event of ${LINES} lines ${spread(updates)}`);
  console.log(`  frameOf  ${share(frames)}, a frame of 200x60 ${spread(frames)}`);
  for (const services of [names.slice(0, 1), names]) {
    const store = new LogStore();
    for (let lines = 0; lines < 100_000; lines += 250)
      for (const name of services) store.append(name, 1, 1, 'stdout', batch(kind, lines, 250));
    const choice = { services, filter: '', isInverted: false, level: undefined, search: '' };
    const searches = ['customers/9999', 'RAINBOW', '2', 'cust.*99', '(9|8)7', '^get', 'nowhere'];
    let kept = 0;
    const all = took(() => {
      kept = store.view(choice).length;
    });
    const times = searches.map(search => took(() => store.view({ ...choice, search })));
    console.log(
      `  ${kept} lines, ${(store.bytes / 2 ** 20).toFixed(0)} MB: listed in ${all.toFixed(1)} ms, searched in ${spread(times)}`,
    );
  }
}

// Makes docs/dashboard.svg from the real thing: opens the example in a terminal of its own (tmux), asks the services for
// something, breaks one of them, and draws what is on the screen. `npm run screenshot`.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { drawScreen } from './screenshot-svg.js';
import { root, ScreenshotTerminal } from './screenshot-terminal.js';

const columns = 130;
const terminal = new ScreenshotTerminal();
const { directory } = terminal;

try {
  terminal.open({
    columns,
    rows: 30,
    environment: [`XDG_RUNTIME_DIR=${directory}/run`, `XDG_STATE_HOME=${directory}/state`],
    command: [process.execPath, path.join(root, 'bin/fuge.js'), 'up', '--ui', 'examples/system/fuge.yml'],
  });
  await terminal.waitFor(/4 of 4 ready/, 'started system');
  await terminal.waitFor(/(registered with the gateway[\s\S]*){3}/, 'registered services');
  for (const customer of [1, 2, 3]) {
    await fetch(`http://127.0.0.1:3000/customers/${customer}`).then(answer => answer.text());
    await pause(150);
  }
  terminal.edit('customers/customers.js', text => text.replace('const customers', 'cnst customers'));
  await terminal.waitFor(/customers +✗ crashed/, 'crash');
  // Until what was said is gone, and the processor has calmed down.
  await terminal.waitFor(/\? help/, 'keys');
  await pause(1500);

  const title = 'fuge up --ui examples/system/fuge.yml';
  writeFileSync(path.join(root, 'docs/dashboard.svg'), drawScreen(terminal.capture('-e'), { title, columns }));
  terminal.press('q');
  await terminal.waitFor(/and leave\?/, 'question');
  terminal.press('y');
  await terminal.ended();
  console.log('docs/dashboard.svg');
} finally {
  terminal.close();
}

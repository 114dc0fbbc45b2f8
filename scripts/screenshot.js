// Makes docs/screen.svg from the real thing: runs the example in a terminal of its own (tmux), saves a file, breaks and
// mends a service, and draws what is on the screen. `npm run screenshot`.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { drawScreen } from './screenshot-svg.js';
import { root, ScreenshotTerminal } from './screenshot-terminal.js';

const columns = 112;
const terminal = new ScreenshotTerminal();
const { directory } = terminal;

try {
  writeFileSync(path.join(directory, 'fuge'), `#!/bin/sh\nexec '${process.execPath}' '${root}bin/fuge.js' "$@"\n`, {
    mode: 0o755,
  });
  terminal.open({
    columns,
    rows: 40,
    environment: ['PS1=$ ', `PATH=${directory}:${process.env.PATH}`],
    command: ['sh'],
  });
  await terminal.waitFor(/\$/, 'prompt of the shell');
  await terminal.type('fuge shell examples/system/fuge.yml', /fuge> *\n*$/, 'prompt');
  await terminal.type('start all', /4 ready/, 'started system');
  await terminal.waitFor(/(registered with the gateway[\s\S]*){3}/, 'registered services');

  terminal.edit('customers/customers.js', text => text.replace('const customers', 'cnst customers'));
  await terminal.waitFor(/Unexpected identifier 'customers'/, 'crash');
  await terminal.waitFor(/customers +✗|crashed/, 'crash line');
  terminal.edit('customers/customers.js', text => text.replace('cnst customers', 'const customers'));
  await terminal.waitFor(/(registered with the gateway[\s\S]*){4}/, 'revived service');
  await terminal.type('ps', /NAME[\s\S]*fuge> *\n*$/, 'table');
  await pause(300); // the prompt is drawn after the table

  const screen = terminal.capture('-e', '-S', '-200');
  const title = 'fuge shell examples/system/fuge.yml';
  writeFileSync(path.join(root, 'docs/screen.svg'), drawScreen(screen, { title, columns }));
  await terminal.type('exit', /all stopped/, 'clean end');
  console.log('docs/screen.svg');
} finally {
  terminal.close();
}

// Makes docs/dashboard.svg from the real thing: opens the example in a terminal of its own (tmux), asks the services for
// something, breaks one of them, and draws what is on the screen. `npm run screenshot`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drawScreen } from './screenshot-svg.js';

const COLUMNS = 130;
const ROWS = 30;
const root = fileURLToPath(new URL('..', import.meta.url));
const socket = `fuge-screenshot-dashboard-${process.pid}`;
// A copy, so that the files that are saved here are not the repository's.
const directory = mkdtempSync(path.join(os.tmpdir(), 'fuge-screenshot-'));
cpSync(path.join(root, 'examples'), path.join(directory, 'examples'), { recursive: true });
rmSync(path.join(directory, 'examples/system/log'), { recursive: true, force: true });

function tmux(...args) {
  const { status, stdout, stderr } = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
  return stdout;
}

const capture = (...flags) => tmux('capture-pane', '-p', ...flags, '-t', 'fuge');
const press = key => tmux('send-keys', '-t', 'fuge', key);

async function waitFor(pattern, what) {
  const until = Date.now() + 20_000;
  while (!pattern.test(capture())) {
    if (Date.now() > until) throw new Error(`no ${what} after 20 s:\n${capture()}`);
    await pause(50);
  }
}

function edit(file, change) {
  const full = path.join(directory, 'examples/system', file);
  writeFileSync(full, change(readFileSync(full, 'utf8')));
}

try {
  const size = ['-x', String(COLUMNS), '-y', String(ROWS)];
  const env = ['TERM=xterm-256color', `XDG_RUNTIME_DIR=${directory}/run`, `XDG_STATE_HOME=${directory}/state`];
  const command = [process.execPath, path.join(root, 'bin/fuge.js'), 'up', '--ui', 'examples/system/fuge.yml'];
  tmux('new-session', '-d', '-s', 'fuge', ...size, '-c', directory, 'env', '-u', 'NO_COLOR', ...env, ...command);
  await waitFor(/4 of 4 ready/, 'started system');
  await waitFor(/(registered with the gateway[\s\S]*){3}/, 'registered services');
  for (const customer of [1, 2, 3]) {
    await fetch(`http://127.0.0.1:3000/customers/${customer}`).then(answer => answer.text());
    await pause(150);
  }
  edit('customers/customers.js', text => text.replace('const customers', 'cnst customers'));
  await waitFor(/customers +✗ crashed/, 'crash');
  // Until what was said is gone, and the processor has calmed down.
  await waitFor(/\? help/, 'keys');
  await pause(1500);

  const title = 'fuge up --ui examples/system/fuge.yml';
  writeFileSync(path.join(root, 'docs/dashboard.svg'), drawScreen(capture('-e'), { title, columns: COLUMNS }));
  press('q');
  await waitFor(/and leave\?/, 'question');
  press('y');
  const until = Date.now() + 20_000;
  while (spawnSync('tmux', ['-L', socket, 'has-session']).status === 0 && Date.now() < until) await pause(50);
  console.log('docs/dashboard.svg');
} finally {
  spawnSync('tmux', ['-L', socket, 'kill-server']);
  rmSync(directory, { recursive: true, force: true });
}

// Makes docs/screen.svg from the real thing: runs the example in a terminal of its own (tmux), saves a file, breaks and
// mends a service, and draws what is on the screen. `npm run screenshot`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drawScreen } from './screenshot-svg.js';

const COLUMNS = 112;
const ROWS = 40;
const root = fileURLToPath(new URL('..', import.meta.url));
const socket = `fuge-screenshot-${process.pid}`;
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

async function waitFor(pattern, what) {
  const until = Date.now() + 20_000;
  while (!pattern.test(capture())) {
    if (Date.now() > until) throw new Error(`no ${what} after 20 s:\n${capture()}`);
    await pause(50);
  }
}

async function type(line, pattern, what) {
  tmux('send-keys', '-t', 'fuge', '-l', line);
  tmux('send-keys', '-t', 'fuge', 'Enter');
  await waitFor(pattern, what);
}

function edit(file, change) {
  const full = path.join(directory, 'examples/system', file);
  writeFileSync(full, change(readFileSync(full, 'utf8')));
}

try {
  const size = ['-x', String(COLUMNS), '-y', String(ROWS)];
  const env = ['TERM=xterm-256color', 'PS1=$ ', `PATH=${directory}:${process.env.PATH}`];
  writeFileSync(path.join(directory, 'fuge'), `#!/bin/sh\nexec '${process.execPath}' '${root}bin/fuge.js' "$@"\n`, {
    mode: 0o755,
  });
  tmux('new-session', '-d', '-s', 'fuge', ...size, '-c', directory, 'env', '-u', 'NO_COLOR', ...env, 'sh');
  await waitFor(/\$/, 'prompt of the shell');
  await type('fuge shell examples/system/fuge.yml', /fuge> *\n*$/, 'prompt');
  await type('start all', /4 ready/, 'started system');
  await waitFor(/(registered with the gateway[\s\S]*){3}/, 'registered services');

  edit('customers/customers.js', text => text.replace('const customers', 'cnst customers'));
  await waitFor(/Unexpected identifier 'customers'/, 'crash');
  await waitFor(/customers +✗|crashed/, 'crash line');
  edit('customers/customers.js', text => text.replace('cnst customers', 'const customers'));
  await waitFor(/(registered with the gateway[\s\S]*){4}/, 'revived service');
  await type('ps', /NAME[\s\S]*fuge> *\n*$/, 'table');
  await pause(300); // the prompt is drawn after the table

  const screen = capture('-e', '-S', '-200');
  const title = 'fuge shell examples/system/fuge.yml';
  writeFileSync(path.join(root, 'docs/screen.svg'), drawScreen(screen, { title, columns: COLUMNS }));
  tmux('send-keys', '-t', 'fuge', '-l', 'exit');
  tmux('send-keys', '-t', 'fuge', 'Enter');
  await waitFor(/all stopped/, 'clean end');
  console.log('docs/screen.svg');
} finally {
  spawnSync('tmux', ['-L', socket, 'kill-server']);
  rmSync(directory, { recursive: true, force: true });
}

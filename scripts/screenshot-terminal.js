// A terminal of its own (tmux) in a copy of the examples, for the pictures in the documentation.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export class ScreenshotTerminal {
  /** The copy: files that are saved here are not the repository's. */
  directory = mkdtempSync(path.join(os.tmpdir(), 'fuge-screenshot-'));
  #socket = `fuge-screenshot-${process.pid}`;

  constructor() {
    cpSync(path.join(root, 'examples'), path.join(this.directory, 'examples'), { recursive: true });
    rmSync(path.join(this.directory, 'examples/system/log'), { recursive: true, force: true });
  }

  open({ columns, rows, environment, command }) {
    const size = ['-x', String(columns), '-y', String(rows)];
    const env = ['env', '-u', 'NO_COLOR', 'TERM=xterm-256color', ...environment];
    this.#tmux('new-session', '-d', '-s', 'fuge', ...size, '-c', this.directory, ...env, ...command);
  }

  capture(...flags) {
    return this.#tmux('capture-pane', '-p', ...flags, '-t', 'fuge');
  }

  press(key) {
    this.#tmux('send-keys', '-t', 'fuge', key);
  }

  async waitFor(pattern, what) {
    const until = Date.now() + 20_000;
    while (!pattern.test(this.capture())) {
      if (Date.now() > until) throw new Error(`no ${what} after 20 s:\n${this.capture()}`);
      await pause(50);
    }
  }

  async type(line, pattern, what) {
    this.#tmux('send-keys', '-t', 'fuge', '-l', line);
    this.press('Enter');
    await this.waitFor(pattern, what);
  }

  /** Saves a file of examples/system. */
  edit(file, change) {
    const full = path.join(this.directory, 'examples/system', file);
    writeFileSync(full, change(readFileSync(full, 'utf8')));
  }

  /** Settles when what runs in it has ended. */
  async ended() {
    const until = Date.now() + 20_000;
    while (spawnSync('tmux', ['-L', this.#socket, 'has-session']).status === 0 && Date.now() < until) await pause(50);
  }

  close() {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
    rmSync(this.directory, { recursive: true, force: true });
  }

  #tmux(...args) {
    const all = ['-L', this.#socket, '-f', '/dev/null', ...args];
    const { status, stdout, stderr } = spawnSync('tmux', all, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}

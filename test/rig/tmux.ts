/** A real terminal to type into and look at: tmux, on a server of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux) console.warn('tmux is missing: the tests of the prompt in a real terminal are skipped');

const fuge = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));
let servers = 0;

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Of fuge; undefined: the variable is not set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Fuge runs as a job of its own: when it stops, `CODE=` says so, and Enter brings it back. */
  readonly isJob?: boolean;
}

export class Terminal {
  readonly #pidFile: string;
  readonly #socket = `fuge-test-${process.pid}-${++servers}`;

  /** Runs fuge in `folder`; when it has ended, the screen says `CODE=<exit code>`. */
  constructor(folder: string, args: readonly string[], size: TerminalOptions = {}) {
    // What the terminal's own shell is must not matter, so fuge is told one.
    this.#pidFile = join(folder, 'fuge.pid');
    const variables = Object.entries(size.env ?? {}).map(([name, value]) =>
      value === undefined ? `unset ${name}; ` : `export ${name}="${value}"; `,
    );
    const run = `${variables.join('')}echo $$ > fuge.pid; exec "${process.execPath}" "${fuge}" ${args.join(' ')}`;
    const job = size.isJob ? ['set -m; ', '; read _; fg; echo CODE=$?'] : ['', ''];
    const command = `cd '${folder}'; ${job[0]}sh -c '${run}'; echo CODE=$?${job[1]}; sleep 600`;
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      String(size.columns ?? 80),
      '-y',
      String(size.rows ?? 24),
      '-e',
      `XDG_STATE_HOME=${folder}/state`,
      '-e',
      'SHELL=/bin/sh',
      '-e',
      'NO_COLOR=1',
      command,
      ';',
      'set',
      '-s',
      'set-clipboard',
      'on',
    ); // prettier-ignore
    onTestFinished(async () => {
      this.close();
      await this.#hasEnded();
    });
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** Keys by tmux's names: `Enter`, `C-c`, `Left` … */
  press(...keys: string[]): void {
    for (const key of keys) this.#tmux('send-keys', key);
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  enter(line: string): void {
    this.type(line);
    this.press('Enter');
  }

  /** The rows of the screen, without blanks at their ends. */
  rows(): string[] {
    return this.#tmux('capture-pane', '-p')
      .split('\n')
      .map(row => row.trimEnd());
  }

  /** The screen's text; what tmux has wrapped is joined. */
  text(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-S', '-500');
  }

  /** The rows with their colours, as SGR sequences. */
  coloured(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** How the terminal is set: what a program must leave as it was. */
  modes(): { screen: 'main' | 'alternate'; cursor: boolean; mouse: boolean; keyboard: 'raw' | 'by line' } {
    const [alternate, cursor, mouse, device] = this.#tmux(
      'display',
      '-p',
      '#{alternate_on},#{cursor_flag},#{mouse_any_flag},#{pane_tty}',
    )
      .trim()
      .split(',');
    const settings = execFileSync('stty', ['-a', '-F', device!], { encoding: 'utf8' });
    return {
      screen: alternate === '1' ? 'alternate' : 'main',
      cursor: cursor === '1',
      mouse: mouse === '1',
      keyboard: /(?<!-)\bicanon\b/.test(settings) ? 'by line' : 'raw',
    };
  }

  /** What was copied to the terminal's clipboard. */
  clipboard(): string {
    return this.#tmux('show-buffer');
  }

  /** Sends what tmux would make of the mouse or of a paste: characters as they come. */
  send(sequence: string): void {
    this.#tmux('send-keys', '-H', ...Array.from(Buffer.from(sequence), byte => byte.toString(16)));
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Of the fuge in it. */
  get pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'));
  }

  async waits(look: () => void): Promise<void> {
    await vi.waitFor(look, { timeout: 20_000, interval: 50 });
  }

  /** The last row with anything in it. */
  lastRow(): string {
    return this.rows().findLast(row => row !== '') ?? '';
  }

  cursor(): { column: number; row: number } {
    const [column, row] = this.#tmux('display', '-p', '#{cursor_x},#{cursor_y}').trim().split(',').map(Number);
    return { column: column!, row: row! };
  }

  async sees(pattern: RegExp): Promise<void> {
    await vi.waitFor(
      () => {
        const text = this.text();
        if (!pattern.test(text)) throw new Error(`no ${pattern} on the screen:\n${text}`);
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  /** Waits until the last row is this. */
  async ends(row: string): Promise<void> {
    await vi.waitFor(
      () => {
        if (this.lastRow() !== row) throw new Error(`the last row is not "${row}":\n${this.rows().join('\n')}`);
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  /** Settles when fuge is gone: until then it may still write into the folder. */
  async #hasEnded(): Promise<void> {
    const pid = Number(readFileSync(this.#pidFile, 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 20_000, interval: 20 });
  }

  /** Closes the window, as one does with the mouse. */
  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
  }
}

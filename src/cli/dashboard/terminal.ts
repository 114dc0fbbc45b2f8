/**
 * Takes the terminal for the dashboard and gives it back as it was: alternate screen, cursor, mouse, paste, title, raw
 * mode. Giving it back is synchronous and works twice, so that every way out can do it.
 */
import type { ReadStream, WriteStream } from 'node:tty';

const ENTER = [
  '\x1b[?1049h', // the alternate screen
  '\x1b[?25l', // no cursor
  '\x1b[?2004h', // brackets around what is pasted
  '\x1b[?1l\x1b>', // keys as they are
  '\x1b[0m\x1b[r\x1b[2J',
].join('');
const LEAVE = [
  '\x1b[0m\x1b[r', // whatever was going on
  '\x1b[?2026l',
  '\x1b[?2004l',
  '\x1b[?25h',
  '\x1b[?1049l',
].join('');
const MOUSE_ON = '\x1b[?1000h\x1b[?1006h';
const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l';

export class DashboardTerminal {
  readonly #stdin: ReadStream;
  readonly #stdout: WriteStream;
  readonly #title: string;
  #isOurs = false;
  #mouse = true;
  readonly #leaveAtExit = () => this.leave();

  constructor(stdin: ReadStream, stdout: WriteStream, title: string) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#title = title.replace(/[\x00-\x1f\x7f-\x9f]/g, '');
  }

  get isOurs(): boolean {
    return this.#isOurs;
  }

  enter(): void {
    if (this.#isOurs) return;
    this.#isOurs = true;
    process.on('exit', this.#leaveAtExit);
    this.#stdin.setRawMode(true);
    this.#stdin.resume();
    // The title is kept on the terminal's own stack.
    this.#write(`${ENTER}\x1b[22;0t\x1b]2;${this.#title}\x07${this.#mouse ? MOUSE_ON : ''}`);
  }

  /** Never throws: a terminal that has gone needs nothing. */
  leave(): void {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    process.off('exit', this.#leaveAtExit);
    this.#write(`${MOUSE_OFF}\x1b[23;0t${LEAVE}`);
    try {
      this.#stdin.setRawMode(false);
    } catch {
      // closed
    }
  }

  /** Says that any key goes on, on the screen that was given back, and waits for one. */
  async waitForKey(signal: AbortSignal): Promise<void> {
    const stdin = this.#stdin;
    if (this.#isOurs || signal.aborted || stdin.readableEnded) return;
    this.#write('\r\n\x1b[2many key goes back to the dashboard\x1b[22m');
    stdin.setRawMode(true);
    stdin.resume();
    await new Promise<void>(resolve => {
      const done = () => {
        stdin.off('data', done).off('end', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      stdin.on('data', done).on('end', done);
      signal.addEventListener('abort', done);
    });
    this.#write('\r\x1b[K');
    stdin.setRawMode(false);
  }

  /** Whether clicks and the wheel come to us; else the terminal's own selection works. */
  setMouse(isOurs: boolean): void {
    this.#mouse = isOurs;
    if (this.#isOurs) this.#write(isOurs ? MOUSE_ON : MOUSE_OFF);
  }

  #write(text: string): void {
    try {
      this.#stdout.write(text);
    } catch {
      // closed
    }
  }
}

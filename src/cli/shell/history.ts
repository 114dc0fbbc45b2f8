/** The lines typed before, kept between runs in the user's state directory. Secrets and repeats are left out. */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lines that are kept. */
const LIMIT = 1000;
/** The file is cut back to {@link LIMIT} when it has grown by this many. */
const SLACK = 200;

const ASSIGNMENT = /(?:^|[\s'"])([A-Za-z_]\w*)=\S/g;
const SECRET = /pass|secret|token|credential|private|auth|api_?key|access_?key|(?:^|_)key$|(?:^|_)pw$/i;

/** `$XDG_STATE_HOME/fuge/history`, by default below ~/.local/state. */
export function historyFile(env: NodeJS.ProcessEnv): string {
  const state = env.XDG_STATE_HOME;
  const base = state?.startsWith('/') ? state : join(env.HOME ?? homedir(), '.local', 'state');
  return join(base, 'fuge', 'history');
}

/** Whether a line sets a variable whose name looks secret. */
export function isSecret(line: string): boolean {
  return [...line.matchAll(ASSIGNMENT)].some(([, name]) => SECRET.test(name!));
}

export class History {
  readonly #file: string;
  #last: string | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Newest first, as readline wants it. A file that can't be read is an empty history. */
  load(): string[] {
    let lines: string[] = [];
    try {
      lines = readFileSync(this.#file, 'utf8')
        .split('\n')
        .filter(line => line.trim() !== '');
    } catch {
      return [];
    }
    const kept = lines.slice(-LIMIT);
    this.#last = kept.at(-1);
    if (lines.length > LIMIT + SLACK) this.#rewrite(kept);
    return kept.reverse();
  }

  /** Adds a line at once, so that it survives whatever way fuge ends. A full disk costs the history only. */
  add(line: string): void {
    const typed = line.trim();
    if (typed === '' || typed === this.#last || typed.includes('\n') || isSecret(typed)) return;
    this.#last = typed;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      appendFileSync(this.#file, `${typed}\n`, { mode: 0o600 });
    } catch {
      // Nothing that a user at a prompt wants to hear about.
    }
  }

  #rewrite(lines: readonly string[]): void {
    const temporary = `${this.#file}.${process.pid}`;
    try {
      writeFileSync(temporary, `${lines.join('\n')}\n`, { mode: 0o600 });
      chmodSync(temporary, 0o600);
      renameSync(temporary, this.#file);
    } catch {
      // The next start tries again.
    }
  }
}

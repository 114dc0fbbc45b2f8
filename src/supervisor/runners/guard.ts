/**
 * Ends what fuge started when fuge itself is killed: a small `sh` in a session of its own that reads from a pipe.
 *
 * Nothing within Node survives SIGKILL. The pipe does the telling: it closes when fuge is gone, whatever ended it. The
 * guard is told of every process group; at the end of the pipe it sends SIGTERM, waits a moment, sends SIGKILL, removes
 * fuge's registration and socket and ends by itself. On Linux it also finds processes that left their group, by the mark in their
 * environment. Containers are the engine's processes: a small program of ours asks it to end them. A guard that is killed
 * alone is replaced.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How long, in tenths of a second, what is left has between SIGTERM and SIGKILL. */
const GRACE_TENTHS = 10;
/** Of guards that end sooner than this after their start, ms, some are replaced at once, further ones after as long. */
const SHORT_LIFE_MS = 1000;
const SHORT_LIVES = 3;

/** Ends the containers of a killed fuge: `node <this> <address of the engine> <id of the owner>`. */
const SWEEPER = fileURLToPath(new URL('../engine/sweep-after-death.js', import.meta.url));
/** By these an engine is reached: certificates, keys of ssh, the programs for it. */
const ENGINE_VARIABLES = /^(DOCKER_|SSH_AUTH_SOCK$|HOME$)/;

// dash and busybox reject `kill -TERM -- -PGID`, so the sign stands alone. `kill -0` fails when the group is empty.
// SIGKILL reaches a whole group at once, but those that left it one by one: one may fork meanwhile, so it is repeated.
const SCRIPT = `
trap '' HUP INT TERM QUIT PIPE TSTP TTIN TTOU USR1 USR2 ALRM
groups=' ' files= node= sweeper= engine=
while read -r verb what; do
  case $verb in
    +) groups="$groups$what " ;;
    -) case $groups in *" $what "*) groups="\${groups%%" $what "*} \${groups#*" $what "}" ;; esac ;;
    file) files="$files$what
" ;;
    node) node=$what ;;
    sweeper) sweeper=$what ;;
    engine) engine=$what ;;
    bye) exit 0 ;;
  esac
done
marked() {
  [ -d /proc/self ] && grep -lsz "^$mark" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
}
strike() {
  for group in $groups; do kill "-$1" "-$group" 2>/dev/null; done
  for pid in $(marked); do kill "-$1" "$pid" 2>/dev/null; done
}
isAnyLeft() {
  for group in $groups; do kill -0 "-$group" 2>/dev/null && return 0; done
  [ -n "$(marked)" ]
}
forget() {
  wait
  printf '%s' "$files" | while IFS= read -r each; do rm -f "$each"; done
  exit 0
}
mark=$1 tenths=$2 id=$3
[ -z "$engine" ] || "$node" "$sweeper" "$engine" "$id" &
strike TERM
while [ "$tenths" -gt 0 ]; do
  isAnyLeft || forget
  sleep 0.1
  tenths=$((tenths - 1))
done
for _ in 1 2 3 4 5; do
  strike KILL
  sleep 0.05
  [ -n "$(marked)" ] || forget
done
`;

export class Guard {
  readonly #mark: string;
  readonly #id: string;
  readonly #groups = new Set<number>();
  readonly #files = new Set<string>();
  #engine: string | undefined;
  #child: ChildProcess | undefined;
  #startedAt = 0;
  /** Guards in a row that lived for a short time only. */
  #shortLives = 0;
  #isClosed = false;

  /**
   * @param mark The beginning of the entry, `NAME=…`, that every service has in its environment.
   * @param id The owner's, which the labels of containers name.
   */
  constructor(mark: string, id: string) {
    this.#mark = mark;
    this.#id = id;
  }

  /** Takes a process group under guard. */
  protect(pgid: number): void {
    this.#groups.add(pgid);
    if (this.#child) this.#tell(`+ ${pgid}`);
    else this.#start();
  }

  /** The group is gone; its number may soon be somebody else's. */
  release(pgid: number): void {
    if (this.#groups.delete(pgid)) this.#tell(`- ${pgid}`);
  }

  isProtected(pgid: number): boolean {
    return this.#groups.has(pgid);
  }

  /** This file is to go when all that fuge started is gone. */
  removeAtEnd(file: string): void {
    if (file.includes('\n')) return;
    this.#files.add(file);
    if (this.#child) this.#tell(`file ${file}`);
    else this.#start();
  }

  /** The engine at this address runs containers of ours. */
  guardContainers(engine: string): void {
    if (engine.includes('\n')) return;
    this.#engine = engine;
    if (this.#child) this.#tellEngine(engine);
    else this.#start();
  }

  /** Nothing is left to guard. */
  close(): void {
    this.#isClosed = true;
    this.#tell('bye');
    this.#child?.stdin?.end();
    this.#child = undefined;
  }

  #tell(line: string): void {
    this.#child?.stdin?.write(`${line}\n`);
  }

  #tellEngine(engine: string): void {
    this.#tell(`node ${process.execPath}`);
    this.#tell(`sweeper ${SWEEPER}`);
    this.#tell(`engine ${engine}`);
  }

  #start(): void {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'fuge-guard', this.#mark, String(GRACE_TENTHS), this.#id], {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      // Its environment holds no mark: it must not strike itself.
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => ENGINE_VARIABLES.test(name))),
        PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
      },
    });
    this.#child = child;
    this.#startedAt = performance.now();
    child.on('error', () => {}); // no /bin/sh: what is left is cleared by the next start of fuge
    child.stdin?.on('error', () => {}); // it was killed; its exit is told as well
    child.once('exit', () => this.#replace(child));
    child.unref();
    (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    for (const file of this.#files) this.#tell(`file ${file}`);
    for (const pgid of this.#groups) this.#tell(`+ ${pgid}`);
    if (this.#engine !== undefined) this.#tellEngine(this.#engine);
  }

  /** Somebody killed the guard. */
  #replace(child: ChildProcess): void {
    if (this.#child !== child) return;
    const start = () => {
      if (this.#child !== child) return;
      this.#child = undefined;
      if (!this.#isClosed) this.#start();
    };
    this.#shortLives = performance.now() - this.#startedAt < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    if (this.#shortLives <= SHORT_LIVES) start();
    else setTimeout(start, SHORT_LIFE_MS).unref();
  }
}

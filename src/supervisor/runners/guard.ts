/**
 * Ends what fuge started when fuge itself is killed: a small `sh` in a session of its own that reads from a pipe.
 *
 * Nothing within Node survives SIGKILL. The pipe does the telling: it closes when fuge is gone, whatever ended it. The
 * guard is told of every process group; at the end of the pipe it sends SIGTERM, waits a moment, sends SIGKILL, and
 * ends by itself. On Linux it also finds processes that left their group, by the mark in their environment.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** How long, in tenths of a second, what is left has between SIGTERM and SIGKILL. */
const GRACE_TENTHS = 10;

// dash and busybox reject `kill -TERM -- -PGID`, so the sign stands alone. `kill -0` fails when the group is empty.
const SCRIPT = `
trap '' HUP INT TERM QUIT PIPE TSTP
groups=' '
while read -r verb id; do
  case $verb in
    +) groups="$groups$id " ;;
    -) case $groups in *" $id "*) groups="\${groups%%" $id "*} \${groups#*" $id "}" ;; esac ;;
    bye) exit 0 ;;
  esac
done
marked() {
  [ -d /proc/self ] && grep -lsz "^$1" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
}
strike() {
  for group in $groups; do kill "-$1" "-$group" 2>/dev/null; done
  for pid in $(marked "$mark"); do [ "$pid" = $$ ] || kill "-$1" "$pid" 2>/dev/null; done
}
mark=$1 tenths=$2
strike TERM
while [ "$tenths" -gt 0 ]; do
  left=
  for group in $groups; do kill -0 "-$group" 2>/dev/null && left=1; done
  [ -n "$left" ] || [ -n "$(marked "$mark")" ] || exit 0
  sleep 0.1
  tenths=$((tenths - 1))
done
strike KILL
`;

export class Guard {
  readonly #mark: string;
  #child: ChildProcess | undefined;

  /** @param mark The beginning of the entry, `NAME=…`, that every service has in its environment. */
  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Takes a process group under guard. */
  protect(pgid: number): void {
    this.#tell(`+ ${pgid}`);
  }

  /** The group is gone; its number may soon be somebody else's. */
  release(pgid: number): void {
    this.#tell(`- ${pgid}`);
  }

  /** Nothing is left to guard. */
  close(): void {
    if (!this.#child) return;
    this.#tell('bye');
    this.#child.stdin?.end();
    this.#child = undefined;
  }

  #tell(line: string): void {
    this.#child ??= this.#start();
    this.#child.stdin?.write(`${line}\n`);
  }

  #start(): ChildProcess {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'fuge-guard', this.#mark, String(GRACE_TENTHS)], {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      // Its environment holds no mark: it must not strike itself.
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    });
    child.on('error', () => {});
    child.stdin?.on('error', () => {}); // it was killed; the next start of fuge clears what is left then
    child.unref();
    (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    return child;
  }
}

// What can be seen from outside: processes, ports, sockets, files. Linux only.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

/** The living processes of this machine: pid, parent, command line, environment (null-separated, empty where unreadable). */
export function processes() {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        .split('\0')
        .join(' ')
        .replace(/\btrap '' HUP[\s\S]*(?=fuge-guard)/, '… ')
        .trim();
      let environment = '';
      try {
        environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      } catch {
        // somebody else's
      }
      return [{ pid: Number(name), parent: Number(parent), group: Number(group), state, command, environment }];
    } catch {
      return [];
    }
  });
}

/** Those that a fuge with this entry in its environment has started, however deep, and its guards. */
export function kinOf(entry, fugePids) {
  const isGuard = command => fugePids.some(pid => command.includes(`fuge-guard FUGE_RUN=${pid}-`));
  return processes().filter(
    ({ environment, command }) => `\0${environment}\0`.includes(`\0${entry}\0`) || isGuard(command),
  );
}

/** Whether the port can be listened on. */
export function isFree(port) {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Paths below a folder, relative, with a slash after directories. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(file => {
      try {
        return statSync(path.join(folder, file)).isDirectory() ? `${file}/` : file;
      } catch {
        return file; // a socket or a broken link counts as well
      }
    })
    .sort();
}

/** Unix sockets with a name below a folder. */
export function socketsBelow(folder) {
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .flatMap(line => (line.includes(` ${folder}/`) ? [line.slice(line.indexOf(` ${folder}/`) + 1)] : []));
}

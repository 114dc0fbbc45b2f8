// Images made of what is on this machine, so that nothing is fetched: busybox, Node and Redis, each with the libraries it needs.
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { ask } from './api.js';
import { tarOf } from './tar.js';

/**
 * @typedef {object} ImageRecipe
 * @property {Readonly<Record<string, import('./tar.js').TarEntry>>} files What it consists of.
 * @property {readonly string[]} [instructions] As in a Dockerfile: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR.
 */

/**
 * Makes an image of one layer; its name may have a tag. Settles with its id.
 *
 * @param {string} socket
 * @param {string} name
 * @param {ImageRecipe} recipe
 * @returns {Promise<string>}
 */
export async function makeImage(socket, name, { files, instructions = [] }) {
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const query = new URLSearchParams({
    fromSrc: '-',
    repo: hasTag ? name.slice(0, colon) : name,
    tag: hasTag ? name.slice(colon + 1) : 'latest',
  });
  for (const instruction of instructions) if (!isForBuilds(instruction)) query.append('changes', instruction);
  const answer = await ask(socket, 'POST', `/images/create?${query}`, { tar: tarOf(files) });
  const { status: id } = Array.isArray(answer) ? answer.at(-1) : answer;
  const others = instructions.filter(isForBuilds);
  if (others.length === 0) return id;
  const tar = tarOf({ Dockerfile: [`FROM ${id}`, ...others, ''].join('\n') });
  await ask(socket, 'POST', `/build?t=${name}`, { tar });
  return (await ask(socket, 'GET', `/images/${name}/json`)).Id;
}

/** What an import does not take. */
const isForBuilds = (/** @type {string} */ instruction) => /^(STOPSIGNAL|SHELL) /i.test(instruction);

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What every image has: a shell with the usual commands, somebody to be, and a place for temporary files. */
export function busyboxFiles() {
  const busybox = realpathSync('/bin/busybox');
  const commands = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  return {
    'bin/busybox': { from: busybox, mode: 0o755 },
    ...Object.fromEntries(commands.filter(name => name !== 'busybox').map(name => [`bin/${name}`, { to: 'busybox' }])),
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
    'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
    'root/': '',
    'tmp/': { mode: 0o1777 },
  };
}

/**
 * A program of this machine with every library it is linked to, where it lies here.
 *
 * @param {string} program Absolute path.
 * @param {string} [as] Another path in the image.
 */
export function programFiles(program, as = program) {
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' });
  const libraries = [...linked.matchAll(/(?:^\s*|=> )(\/\S+) \(0x/gm)].map(match => /** @type {string} */ (match[1]));
  return Object.fromEntries([
    [as.slice(1), { from: realpathSync(program), mode: 0o755 }],
    ...libraries.map(library => [library.slice(1), { from: realpathSync(library), mode: 0o755 }]),
  ]);
}

/** @returns {ImageRecipe} */
export const busybox = () => ({ files: busyboxFiles(), instructions: [`ENV ${PATH}`, 'CMD ["sh"]'] });

/** The Node that runs this, for services in containers. @returns {ImageRecipe} */
export function node() {
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  return {
    files: {
      ...busyboxFiles(),
      ...programFiles(realpathSync(process.execPath), '/usr/local/bin/node'),
      ...(existsSync(certificates) ? { [certificates.slice(1)]: { from: certificates } } : {}),
    },
    instructions: [`ENV ${PATH}`, 'CMD ["node"]'],
  };
}

const REDIS_SERVER = '/usr/bin/redis-server';

/** Debian's Redis, used like the image of that name: from other containers too, without a password. @returns {ImageRecipe} */
export function redis() {
  return {
    files: {
      ...busyboxFiles(),
      ...programFiles(REDIS_SERVER, '/usr/local/bin/redis-server'),
      ...programFiles('/usr/bin/redis-cli', '/usr/local/bin/redis-cli'),
      'usr/local/bin/docker-entrypoint.sh': {
        mode: 0o755,
        text: `#!/bin/sh
if [ "\${1#-}" != "$1" ]; then set -- redis-server "$@"; fi
if [ "$1" = redis-server ]; then
  shift
  set -- redis-server --protected-mode no "$@"
fi
exec "$@"
`,
      },
      'data/': '',
    },
    instructions: [
      `ENV ${PATH}`,
      'VOLUME /data',
      'WORKDIR /data',
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'EXPOSE 6379',
      'CMD ["redis-server"]',
    ],
  };
}

/** A container that lives as `script` says. @param {string} script @param {readonly string[]} [instructions] @returns {ImageRecipe} */
export const living = (script, instructions = []) => ({
  files: { ...busyboxFiles(), live: { text: `#!/bin/sh\n${script}\n`, mode: 0o755 } },
  instructions: [`ENV ${PATH}`, ...instructions, 'CMD ["/live"]'],
});

/** Becomes healthy when /tmp/healthy exists. */
export const probed = () =>
  living("trap 'exit 0' TERM\necho up\nwhile :; do sleep 1 & wait $!; done", [
    'HEALTHCHECK --interval=100ms --timeout=5s --retries=2 CMD test -e /tmp/healthy || { echo not yet; exit 1; }',
  ]);

/** Ends with 0 by its STOPSIGNAL, SIGUSR1, and by nothing else. */
export const signalled = () =>
  living("trap 'echo TERM' TERM\ntrap 'echo USR1; exit 0' USR1\necho up\nwhile :; do sleep 1 & wait $!; done", [
    'STOPSIGNAL SIGUSR1',
  ]);

/** Ends by SIGKILL only. */
export const stubborn = () => living("trap 'echo no' TERM INT HUP\necho up\nwhile :; do sleep 1 & wait $!; done");

/** Prints as fast as it can. */
export const flooding = () => living('exec yes a flood of lines that nobody reads');

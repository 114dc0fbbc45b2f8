/** Says why there is no container engine to be had, and how to get one. */
import type { Diagnostic } from '../../diagnostic.js';
import type { EngineAddress } from './address.js';
import type { EngineError } from './engine.js';

const NAME_IT = 'name its address with DOCKER_HOST or container_engine_url';

/** Bytes; macOS takes four less. */
const LONGEST_SOCKET_PATH = 107;

/** Nothing listens in any usual place. */
export function noEngine(looked: readonly string[], home: string): Diagnostic {
  const places = looked.map(place => (place.startsWith(`${home}/`) ? `~${place.slice(home.length)}` : place));
  return {
    severity: 'error',
    code: 'no-engine',
    message: `no container engine was found (looked for ${places.join(', ')})`,
    hint: `install and start Docker (https://docs.docker.com/get-docker) or Podman, or ${NAME_IT}`,
  };
}

/** The engine at an address can't be used. */
export function unreachableEngine(
  address: EngineAddress,
  error: EngineError,
  about: {
    /** Who named the address; undefined: it is a usual one. */
    readonly source: string | undefined;
    readonly platform: NodeJS.Platform;
  },
): Diagnostic {
  const { source, platform } = about;
  const at = source === undefined ? address.url : `${address.url} (${source})`;
  const said = error.message.trim().replace(/\.$/, '');
  const check = source === undefined ? NAME_IT : `check ${source}`;
  const problem = (code: string, message: string, hint: string): Diagnostic => ({
    severity: 'error',
    code,
    message,
    hint,
  });
  const isSocket = address.kind === 'socket';
  const start =
    platform === 'linux' && isSocket
      ? 'start it, for instance with `sudo systemctl start docker`'
      : isSocket
        ? 'start it, for instance Docker Desktop'
        : 'start it';

  // A longer path is cut by the system, which then says that there is nothing.
  if (isSocket && platform !== 'win32' && Buffer.byteLength(address.path) > LONGEST_SOCKET_PATH)
    return problem(
      'engine-address',
      `the path of the socket is too long: ${at}`,
      `it may have ${LONGEST_SOCKET_PATH} bytes`,
    );
  switch (error.code) {
    case 'ENOENT':
      return problem(
        'engine-not-running',
        `the container engine does not run: there is nothing at ${at}`,
        `${start}, or ${check}`,
      );
    case 'ECONNREFUSED':
      return problem(
        'engine-not-running',
        `the container engine does not run: nobody answers at ${at}`,
        `${start}, or ${check}`,
      );
    case 'ENOTSOCK':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return problem('engine-address', `there is no socket of a container engine at ${at} (${error.code})`, check);
    case 'EACCES':
    case 'EPERM':
      return problem(
        'engine-permission',
        `you may not use the container engine at ${at}`,
        platform === 'linux'
          ? 'for Docker, `sudo usermod -aG docker $USER` and log in again; or run it rootless'
          : 'start fuge as a user who may',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return problem('engine-unreachable', `the container engine at ${at} can't be reached (${error.code})`, check);
    case 'ETIMEDOUT':
      return problem(
        'engine-unreachable',
        `the container engine at ${at} does not answer`,
        `see whether it hangs, or ${check}`,
      );
    case 'TOO_OLD':
      return problem('engine-too-old', `the container engine at ${at} is too old: ${said}`, 'install a newer one');
    case 'NOT_AN_ENGINE':
      return problem('engine-address', `what answers at ${at} is no container engine`, check);
    case 'SSH':
      return problem(
        'engine-unreachable',
        `the container engine at ${at} can't be reached by ssh: ${lastLine(said)}`,
        sshHint(address),
      );
  }
  if (error.status !== undefined) return refused(at, error.status, said, check, problem);
  if (/HPE_|Parse Error/.test(`${error.code} ${said}`))
    return problem('engine-address', `what answers at ${at} is no container engine`, check);
  if (/wrong version number/i.test(said))
    return problem('engine-tls', `the container engine at ${at} speaks no TLS`, check);
  if (isAboutTls(error))
    return problem(
      'engine-tls',
      `the container engine at ${at} is not trusted, or does not trust us: ${said}`,
      'check DOCKER_TLS_VERIFY, and the ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH',
    );
  return problem('engine-unreachable', `the container engine at ${at} can't be reached: ${said}`, check);
}

function refused(
  at: string,
  status: number,
  said: string,
  check: string,
  problem: (code: string, message: string, hint: string) => Diagnostic,
): Diagnostic {
  if (/HTTP request to an HTTPS server/i.test(said))
    return problem(
      'engine-tls',
      `the container engine at ${at} wants TLS`,
      'write https:// in place of tcp://, or set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH',
    );
  if (status === 401 || status === 403)
    return problem('engine-permission', `you may not use the container engine at ${at}: ${said}`, check);
  // Its own trouble, as with a virtual machine that is just starting.
  if (status >= 500)
    return problem(
      'engine-unreachable',
      `the container engine at ${at} is in trouble: ${said}`,
      'see its log, or start it anew',
    );
  return problem('engine-address', `what answers at ${at} is no container engine (status ${status})`, check);
}

function isAboutTls({ code = '', message }: EngineError): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_OSSL)/.test(code) ||
    /\bSSL\b|\bTLS\b|certificate|\bPEM\b/i.test(message)
  );
}

function sshHint(address: EngineAddress): string {
  if (address.kind !== 'ssh') return NAME_IT;
  const target = `${address.user === undefined ? '' : `${address.user}@`}${address.host}`;
  const port = address.port === undefined ? '' : `-p ${address.port} `;
  return `\`ssh ${port}${target} docker version\` must work without a question`;
}

function lastLine(text: string): string {
  return text.split('\n').at(-1)!.trim();
}

/** Where a container engine listens, and the ways to write that: those of DOCKER_HOST, and what fuge 2 took for `container_engine_url`. */

/** Of files, as text. */
export interface EngineTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** False: whoever answers is believed. */
  readonly verifies: boolean;
}

export type EngineAddress = {
  /** For people and for the guard: `unix:///var/run/docker.sock`. */
  readonly url: string;
} & (
  | {
      /** A unix socket, or a named pipe on Windows. */
      readonly kind: 'socket';
      readonly path: string;
    }
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly port: number;
      /** Before each path: ``, or `/docker` without a final slash. */
      readonly prefix: string;
      /** Undefined: in plain text. */
      readonly tls: EngineTls | undefined;
    }
  | {
      /** `docker system dial-stdio` over there, started by the ssh of this machine. */
      readonly kind: 'ssh';
      readonly host: string;
      readonly user: string | undefined;
      readonly port: number | undefined;
      /** The engine's socket over there; undefined: the usual one. */
      readonly path: string | undefined;
    }
);

/** The ports of an engine where none is named: in plain text, and with TLS. */
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

export const ADDRESS_FORMS =
  'unix:///PATH, tcp://HOST:PORT, http://HOST:PORT, https://HOST:PORT, ssh://USER@HOST or npipe:////./pipe/NAME';

/** What an address needs of the user's settings. */
export interface AddressContext {
  /** For `~`. */
  readonly home: string;
  /** How `tcp:` is spoken; undefined: in plain text. `https:` is always TLS. */
  readonly tls: EngineTls | undefined;
}

/** Undefined: it is none of {@link ADDRESS_FORMS}, nor a path, nor `HOST:PORT`. */
export function parseEngineAddress(text: string, { home, tls }: AddressContext): EngineAddress | undefined {
  const written = text.trim();
  if (/^\\\\\.\\pipe\\/.test(written)) return pipeAt(written.replaceAll('\\', '/'));
  if (written.startsWith('//./pipe/')) return pipeAt(written);
  if (/^[/~]/.test(written)) return socketAt(written, home);
  const [, scheme, rest = ''] = /^([a-z]+):\/\/(.*)$/i.exec(written) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'unix':
      return socketAt(rest, home);
    case 'npipe':
      return rest.startsWith('//./pipe/') ? pipeAt(rest) : undefined;
    case 'tcp':
      return httpAt(rest, tls ? TLS_PORT : PLAIN_PORT, tls);
    case 'http':
      return httpAt(rest, 80, undefined);
    case 'https':
      return httpAt(rest, 443, tls ?? { ca: undefined, cert: undefined, key: undefined, verifies: true });
    case 'ssh':
      return sshAt(rest);
    case undefined:
      // A host alone might be anything that was mistyped.
      return /^[^/\s@]+:\d+(\/.*)?$/.test(written) ? httpAt(written, PLAIN_PORT, tls) : undefined;
    default:
      return undefined;
  }
}

function socketAt(written: string, home: string): EngineAddress | undefined {
  const path = written.replace(/^~(?=\/)/, home);
  return path.startsWith('/') && path !== '/' ? { kind: 'socket', url: `unix://${path}`, path } : undefined;
}

function pipeAt(path: string): EngineAddress {
  return { kind: 'socket', url: `npipe://${path}`, path };
}

function httpAt(rest: string, usualPort: number, tls: EngineTls | undefined): EngineAddress | undefined {
  // Of a scheme that leaves out no port and takes any host.
  const url = parseUrl(`tcp://${rest}`);
  if (!url?.hostname || url.username || url.search || url.hash) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port ? Number(url.port) : usualPort;
  const prefix = url.pathname.replace(/\/+$/, '');
  const shown = `${tls ? 'https' : 'tcp'}://${url.hostname}:${port}${prefix}`;
  return { kind: 'http', url: shown, host, port, prefix, tls };
}

function sshAt(rest: string): EngineAddress | undefined {
  const url = parseUrl(`ssh://${rest}`);
  // The path goes through a shell over there. A password can't be given to ssh.
  if (!url?.hostname || url.password || url.search || url.hash || !/^[\w./-]*$/.test(url.pathname)) return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  return {
    kind: 'ssh',
    url: `ssh://${rest}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    user: decodeURIComponent(url.username) || undefined,
    port: url.port ? Number(url.port) : undefined,
    path: path || undefined,
  };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

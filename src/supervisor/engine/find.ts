/**
 * Finds where the container engine listens. The first of these that is set decides: `container_engine_url`; DOCKER_HOST;
 * DOCKER_CONTEXT; the current context of the docker command. Else every usual socket that is there is tried, Docker's own first.
 * Source: the documentation of the docker command, and of each engine for its socket.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Diagnostic } from '../../diagnostic.js';
import { ADDRESS_FORMS, type EngineAddress, type EngineTls, parseEngineAddress } from './address.js';

/** What is looked at; tests bring their own. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Undefined where there are no user ids. */
  readonly userId: number | undefined;
  /** Undefined: it can't be read. */
  read(file: string): string | undefined;
  isSocket(file: string): boolean;
}

export function surroundingsOf(environment: Readonly<Record<string, string | undefined>>): Surroundings {
  return {
    environment,
    platform: process.platform,
    home: environment.HOME || homedir(),
    userId: process.getuid?.(),
    read: file => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return undefined;
      }
    },
    isSocket: file => {
      try {
        return statSync(file).isSocket();
      } catch {
        return false;
      }
    },
  };
}

export type EngineSearch =
  | {
      /** To be tried one after the other; none: there is no engine on this machine. */
      readonly addresses: readonly EngineAddress[];
      /** Who said so: `container_engine_url`, `DOCKER_HOST`, `the docker context "x"`; undefined: nobody, they are the usual ones. */
      readonly source: string | undefined;
      /** Every usual place that was looked at. */
      readonly looked: readonly string[];
      readonly problem?: undefined;
    }
  | { readonly problem: Diagnostic };

/** @param setting `container_engine_url`. */
export function findEngine(setting: string | undefined, surroundings: Surroundings): EngineSearch {
  const { environment } = surroundings;
  if (setting) return said(setting, 'container_engine_url', surroundings);
  if (environment.DOCKER_HOST) return said(environment.DOCKER_HOST, 'DOCKER_HOST', surroundings);
  const context = environment.DOCKER_CONTEXT || currentContext(surroundings);
  if (context && context !== 'default') return ofContext(context, surroundings);
  const places = usualPlaces(surroundings);
  return {
    addresses: places.filter(isThere(surroundings)).map(place => {
      const scheme = place.startsWith('//./') ? 'npipe' : 'unix';
      return { kind: 'socket', url: `${scheme}://${place}`, path: place };
    }),
    source: undefined,
    looked: places,
  };
}

function said(text: string, source: string, surroundings: Surroundings): EngineSearch {
  const tls = tlsOf(surroundings);
  if (typeof tls === 'string')
    return { problem: problem('engine-tls', tls, 'docker makes ca.pem, cert.pem and key.pem there') };
  const address = parseEngineAddress(text, { home: surroundings.home, tls });
  if (address) return { addresses: [address], source, looked: [] };
  return {
    problem: problem(
      'engine-address',
      `${source} is no address of a container engine: "${text}"`,
      `write ${ADDRESS_FORMS}`,
    ),
  };
}

/** As the docker command does: any value turns it on. A text says what is wrong. */
function tlsOf({ environment, home, read }: Surroundings): EngineTls | string | undefined {
  const { DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH } = environment;
  if (!DOCKER_TLS_VERIFY && !DOCKER_TLS) return undefined;
  const folder = DOCKER_CERT_PATH || path.join(home, '.docker');
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map(name => read(path.join(folder, name)));
  if (DOCKER_CERT_PATH && DOCKER_TLS_VERIFY && ca === undefined)
    return `DOCKER_CERT_PATH names "${folder}", where no ca.pem can be read`;
  return { ca, cert, key, verifies: Boolean(DOCKER_TLS_VERIFY) };
}

/** Where the docker command has its settings. */
export function dockerFolder({ environment, home }: Pick<Surroundings, 'environment' | 'home'>): string {
  return environment.DOCKER_CONFIG || path.join(home, '.docker');
}

function currentContext(surroundings: Surroundings): string | undefined {
  const config = parse<{ currentContext?: unknown }>(
    surroundings.read(path.join(dockerFolder(surroundings), 'config.json')),
  );
  return typeof config?.currentContext === 'string' ? config.currentContext : undefined;
}

interface ContextJson {
  Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

function ofContext(name: string, surroundings: Surroundings): EngineSearch {
  const { home, read } = surroundings;
  const source = `the docker context "${name}"`;
  const id = createHash('sha256').update(name).digest('hex');
  const store = path.join(dockerFolder(surroundings), 'contexts');
  const endpoint = parse<ContextJson>(read(path.join(store, 'meta', id, 'meta.json')))?.Endpoints?.docker;
  if (!endpoint?.Host) {
    const hint = '`docker context ls` shows those there are; choose one with `docker context use NAME`';
    return { problem: problem('engine-context', `there is no docker context "${name}"`, hint) };
  }
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map(file =>
    read(path.join(store, 'tls', id, 'docker', file)),
  );
  const skips = endpoint.SkipTLSVerify === true;
  const tls = ca !== undefined || cert !== undefined || skips ? { ca, cert, key, verifies: !skips } : undefined;
  const address = parseEngineAddress(endpoint.Host, { home, tls });
  if (address) return { addresses: [address], source, looked: [] };
  return {
    problem: problem(
      'engine-address',
      `${source} has no address that is known here: "${endpoint.Host}"`,
      `known are ${ADDRESS_FORMS}`,
    ),
  };
}

/** Where engines listen when nobody has said otherwise. */
function usualPlaces({ environment, platform, home, userId }: Surroundings): string[] {
  if (platform === 'win32')
    return ['docker_engine', 'dockerDesktopLinuxEngine', 'podman-machine-default'].map(name => `//./pipe/${name}`);
  const runtime = environment.XDG_RUNTIME_DIR || (userId === undefined ? undefined : `/run/user/${userId}`);
  const ofUser = (file: string) => (platform === 'linux' && runtime ? [path.posix.join(runtime, file)] : []);
  const atHome = (file: string) => path.posix.join(home, file);
  const onMac = (...files: string[]) => (platform === 'darwin' ? files : []);
  return [
    '/var/run/docker.sock',
    ...ofUser('docker.sock'), // Docker, rootless
    atHome('.docker/run/docker.sock'), // Docker Desktop
    atHome('.docker/desktop/docker.sock'), // the same, on Linux
    atHome('.orbstack/run/docker.sock'),
    atHome('.colima/default/docker.sock'),
    atHome('.rd/docker.sock'), // Rancher Desktop
    ...ofUser('podman/podman.sock'),
    ...(platform === 'linux' ? ['/run/podman/podman.sock'] : []),
    ...onMac(
      path.posix.join(environment.TMPDIR || '/tmp', 'podman/podman-machine-default-api.sock'),
      atHome('.local/share/containers/podman/machine/podman.sock'),
    ),
  ];
}

/** Whether a named pipe is there is only known by opening it. */
function isThere({ isSocket }: Surroundings): (place: string) => boolean {
  return place => place.startsWith('//./') || isSocket(place);
}

function parse<T>(text: string | undefined): T | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function problem(code: string, message: string, hint: string): Diagnostic {
  return { severity: 'error', code, message, hint };
}

/**
 * Finds what to log in to a registry with: in the docker command's config.json, or in the keychain that it names
 * (`docker-credential-NAME get`). Nothing of it is kept, shown or logged.
 *
 * For a registry: `credHelpers` before `credsStore` before `auths`. Source: the documentation of `docker login`.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { RegistryCredentials } from './docker.js';
import { dockerFolder } from './find.js';
import { DOCKER_HUB, parseImageReference } from './image-reference.js';

/** Docker Hub's name in the docker command's files. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';
/** A keychain may ask the user for leave, ms. */
const KEYCHAIN_MS = 30_000;
/** In place of a user name: the secret is an identity token. */
const TOKEN_USER = '<token>';

interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredLogin>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface StoredLogin {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** As the engine takes it. */
export type Login =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string }
  | { readonly registrytoken: string; readonly serveraddress: string };

/** Runs a keychain's program with an input; rejects when it fails or can't be run. */
export type RunKeychain = (program: string, action: 'get' | 'list', input: string) => Promise<string>;

export class DockerCredentials implements RegistryCredentials {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #runKeychain: RunKeychain;
  /** Ten services of one registry ask once, not ten times at the same moment. */
  readonly #underWay = new Map<string, Promise<Login | undefined>>();

  constructor(
    environment: Readonly<Record<string, string | undefined>>,
    runKeychain: RunKeychain = keychainOf(environment),
  ) {
    this.#environment = environment;
    this.#runKeychain = runKeychain;
  }

  async forImage(image: string): Promise<string | undefined> {
    const registry = parseImageReference(image)?.registry;
    if (registry === undefined) return undefined;
    const login = await this.#login(keyOf(registry));
    return login && encode(login);
  }

  async forBuild(): Promise<string | undefined> {
    const config = await this.#config();
    const names = new Set([...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})]);
    if (config.credsStore) {
      const listed = await this.#runKeychain(config.credsStore, 'list', '').catch(() => '{}');
      for (const name of Object.keys(parseObject(listed))) names.add(name);
    }
    const logins: Record<string, Login> = {};
    await Promise.all(
      [...names].map(async name => {
        const key = keyOf(hostOf(name));
        const login = await this.#login(key);
        if (login) logins[key] = login;
      }),
    );
    return Object.keys(logins).length > 0 ? encode(logins) : undefined;
  }

  #login(key: string): Promise<Login | undefined> {
    let login = this.#underWay.get(key);
    if (!login) {
      login = this.#find(key).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, login);
    }
    return login;
  }

  async #find(key: string): Promise<Login | undefined> {
    const config = await this.#config();
    const keychain = config.credHelpers?.[key] ?? config.credHelpers?.[hostOf(key)] ?? config.credsStore;
    if (keychain) {
      // Without it the image may be public: the registry decides.
      const said = await this.#runKeychain(keychain, 'get', key).catch(() => undefined);
      const login = said === undefined ? undefined : fromKeychain(parseObject(said), key);
      if (login) return login;
    }
    const auths = config.auths ?? {};
    const stored = auths[key] ?? Object.entries(auths).find(([name]) => keyOf(hostOf(name)) === key)?.[1];
    return stored && fromFile(stored, key);
  }

  async #config(): Promise<DockerConfig> {
    const environment = this.#environment;
    const file = path.join(dockerFolder({ environment, home: environment.HOME || homedir() }), 'config.json');
    // Read each time: `docker login` in another window is enough.
    return parseObject(await readFile(file, 'utf8').catch(() => '{}')) as DockerConfig;
  }
}

/** The name of a registry in config.json. */
function keyOf(registry: string): string {
  return registry === DOCKER_HUB || registry === 'index.docker.io' || registry === 'registry-1.docker.io'
    ? DOCKER_HUB_KEY
    : registry;
}

/** Older logins have a scheme and a path: `https://ghcr.io/v1/`. */
function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, '').split('/')[0]!;
}

function fromKeychain(said: Readonly<Record<string, unknown>>, serveraddress: string): Login | undefined {
  const { Username, Secret } = said;
  if (typeof Username !== 'string' || typeof Secret !== 'string') return undefined;
  if (Username === TOKEN_USER) return { identitytoken: Secret, serveraddress };
  return { username: Username, password: Secret, serveraddress };
}

function fromFile(stored: StoredLogin, serveraddress: string): Login | undefined {
  if (stored.identitytoken) return { identitytoken: stored.identitytoken, serveraddress };
  if (stored.registrytoken) return { registrytoken: stored.registrytoken, serveraddress };
  if (stored.username && stored.password !== undefined)
    return { username: stored.username, password: stored.password, serveraddress };
  const text = Buffer.from(stored.auth ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  // Some logins end in zero bytes.
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, ''), serveraddress };
}

/** Base64 for URLs, with padding: what the engine expects. */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function keychainOf(environment: Readonly<Record<string, string | undefined>>): RunKeychain {
  return (name, action, input) =>
    new Promise((resolve, reject) => {
      // A name is part of a program's name, and no path.
      if (!/^[\w.-]+$/.test(name)) return reject(new Error('no name of a keychain'));
      const child = execFile(
        `docker-credential-${name}`,
        [action],
        { env: environment as NodeJS.ProcessEnv, timeout: KEYCHAIN_MS, windowsHide: true },
        // The error would show its output.
        (error, stdout) => (error ? reject(new Error('the keychain has nothing')) : resolve(stdout)),
      );
      child.stdin?.on('error', () => {}); // it may end without reading
      child.stdin?.end(input);
    });
}

/** Asks a container engine over HTTP: the connection, one request, its answer or its refusal. Knows nothing of containers. */
import { type Agent, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { inspect } from 'node:util';
import type { EngineAddress } from './address.js';
import { EngineError } from './engine.js';
import { sshAgent } from './ssh-connection.js';

export interface EngineRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** With a slash at the front, without the version. */
  readonly path: string;
  /** What is undefined is left out; lists are repeated; other objects are JSON. */
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  /** A tar, in place of {@link body}. */
  readonly upload?: NodeJS.ReadableStream;
  /** Base64 of the JSON that the engine logs in with: X-Registry-Auth, X-Registry-Config. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** What is used of dockerode: its one way to ask anything. Its types leave it open. */
interface Modem {
  dial(options: object, done: (error: unknown, result: unknown) => void): void;
}

const SUCCESS: Readonly<Record<number, true>> = { 200: true, 201: true, 202: true, 204: true, 304: true };

export class EngineApi {
  readonly #modem: Modem;
  readonly #agent: Agent;
  readonly #prefix: string;
  readonly #open = new Set<Readable>();
  /** `1.41`; undefined: the engine's own choice. */
  version: string | undefined;

  private constructor(modem: Modem, agent: Agent, prefix: string) {
    this.#modem = modem;
    this.#agent = agent;
    this.#prefix = prefix;
  }

  static async open(address: EngineAddress): Promise<EngineApi> {
    const { default: Docker } = await import('dockerode');
    const agent = tellsLittle(agentOf(address));
    const docker = withoutEnvironment(
      () =>
        new Docker({
          agent,
          // Named even where undefined: what is not named is looked up in the environment.
          host: address.kind === 'socket' ? undefined : address.host,
          port: address.kind === 'http' ? address.port : undefined,
          socketPath: address.kind === 'socket' ? address.path : undefined,
          protocol: address.kind === 'http' && address.tls ? 'https' : 'http',
        } as ConstructorParameters<typeof Docker>[0]),
    );
    return new EngineApi(docker.modem as Modem, agent, address.kind === 'http' ? address.prefix : '');
  }

  /** The answer's head has come; the caller reads its body, or destroys it. */
  ask(request: EngineRequest): Promise<IncomingMessage> {
    return this.#dial(request, false) as Promise<IncomingMessage>;
  }

  /** Undefined: the answer is empty. */
  async askJson<T>(request: EngineRequest): Promise<T> {
    const response = await this.ask(request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (error) {
      throw request.signal?.aborted ? request.signal.reason : engineError(error);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    try {
      return (text.trim() === '' ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new EngineError(`what answered is no container engine: ${firstLine(text)}`, { code: 'NOT_AN_ENGINE' });
    }
  }

  /** The connection itself, for both directions. */
  hijack(request: EngineRequest): Promise<Socket> {
    return this.#dial(request, true) as Promise<Socket>;
  }

  /** Ends also every stream that was opened here. */
  close(): void {
    for (const stream of this.#open) stream.destroy();
    this.#agent.destroy();
  }

  async #dial(request: EngineRequest, hijack: boolean): Promise<Readable> {
    const { signal } = request;
    signal?.throwIfAborted();
    const query = Object.fromEntries(Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined));
    const stream = await new Promise<Readable>((resolve, reject) => {
      this.#modem.dial(
        {
          path: `${this.#prefix}${this.version === undefined ? '' : `/v${this.version}`}${request.path}?`,
          method: request.method ?? 'GET',
          options: { _query: query, _body: request.body ?? {} },
          ...(request.headers && { headers: { ...request.headers } }),
          ...(request.upload && { file: request.upload }),
          ...(signal && { abortSignal: signal }),
          hijack,
          // Whatever the answer is, its body is read here: a connection that breaks within it is noticed then.
          isStream: true,
          statusCodes: SUCCESS,
        },
        (error, result) => {
          if (error) reject(signal?.aborted ? signal.reason : engineError(error));
          else resolve(result as Readable);
        },
      );
    });
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    stream.on('error', () => {}); // whoever reads it hears of it; nobody may fall over it
    return stream;
  }
}

/** Makes an error of dockerode, or of the connection, one of ours. */
export function engineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { message, statusCode, code } = error as { message?: string; statusCode?: number; code?: string };
  if (statusCode === undefined) return new EngineError(message || code || String(error), { code: code ?? 'UNKNOWN' });
  // dockerode: `(HTTP code 404) unexpected - No such image: x `
  const [, words] = /^\(HTTP code \d+\) \S+ - ([\s\S]*?)\s*$/.exec(message ?? '') ?? [];
  const said = words && words !== '[object Object]' ? words : `it answered with status ${statusCode}`;
  return new EngineError(said, { status: statusCode });
}

function agentOf(address: EngineAddress): Agent {
  if (address.kind === 'ssh') return sshAgent(address);
  // A connection for each request: one that was kept may be dead by the time it is used again, and a new one costs little.
  if (address.kind === 'socket' || !address.tls) return new HttpAgent({ keepAlive: false });
  const { ca, cert, key, verifies } = address.tls;
  return new HttpsAgent({
    keepAlive: false,
    rejectUnauthorized: verifies,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  });
}

/**
 * docker-modem describes every request for its debug output, down to the last socket of its agent and whether or not somebody
 * wants to read it: 30 to 60 ms of computing for each request, unless the agent says what it is.
 */
function tellsLittle(agent: Agent): Agent {
  return Object.defineProperty(agent, inspect.custom, { value: () => 'agent' });
}

/** dockerode reads DOCKER_HOST and the files of DOCKER_CERT_PATH, and throws when they are bad, even where it is told an address. */
function withoutEnvironment<T>(make: () => T): T {
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    return make();
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!.slice(0, 100);
}

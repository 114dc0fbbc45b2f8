// Asks a Docker engine over its Unix socket: the few words of its API that tests, benchmarks and chaos need, by node:http alone.
import http from 'node:http';

/** What an engine answered that was no success. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status HTTP status; 200 where a stream began well and told of an error later.
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * One request. JSON is parsed; a stream of JSON lines becomes a list, and an error in it is thrown; all else is a Buffer.
 *
 * @param {string} socket
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, tar?: AsyncIterable<Buffer> | undefined, headers?: Record<string, string> }} [options] `body` is sent as JSON.
 * @returns {Promise<any>}
 */
export async function ask(socket, method, path, { body, tar, headers = {} } = {}) {
  const response = await request(socket, method, path, { body, tar, headers });
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const status = response.statusCode ?? 0;
  const isJson = response.headers['content-type']?.startsWith('application/json');
  const parsed = isJson ? parse(bytes.toString()) : bytes;
  if (status >= 400) throw new Refusal(parsed?.message ?? bytes.toString(), status);
  const failed = Array.isArray(parsed) && parsed.find(each => each?.error !== undefined);
  if (failed) throw new Refusal(failed.error, status);
  return parsed;
}

/**
 * @param {string} socket
 * @param {string} method
 * @param {string} path
 * @param {{ body: unknown, tar: AsyncIterable<Buffer> | undefined, headers: Record<string, string> }} options
 * @returns {Promise<http.IncomingMessage>}
 */
function request(socket, method, path, { body, tar, headers = {} }) {
  return new Promise((resolve, reject) => {
    const type = tar ? 'application/x-tar' : 'application/json';
    // No agent: a connection that an engine's end leaves half open must not serve the next one.
    const outgoing = http.request(
      {
        socketPath: socket,
        method,
        path,
        agent: false,
        headers: { ...(body || tar ? { 'content-type': type } : {}), ...headers },
      },
      resolve,
    );
    outgoing.once('error', reject);
    if (tar) void send(tar, outgoing).catch(error => outgoing.destroy(error));
    else outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/**
 * @param {AsyncIterable<Buffer>} chunks
 * @param {http.ClientRequest} outgoing
 */
async function send(chunks, outgoing) {
  for await (const chunk of chunks)
    if (!outgoing.write(chunk)) await new Promise(resolve => outgoing.once('drain', resolve));
  outgoing.end();
}

/** @param {string} text One JSON value, or several below each other. */
function parse(text) {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  if (lines.length === 0) return undefined;
  try {
    return lines.length === 1 ? JSON.parse(text) : lines.map(line => JSON.parse(line));
  } catch {
    return JSON.parse(text);
  }
}

/**
 * What a container without a terminal has printed so far.
 *
 * @param {string} socket
 * @param {string} id
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export async function printedBy(socket, id) {
  const bytes = await ask(socket, 'GET', `/containers/${id}/logs?stdout=1&stderr=1`);
  const streams = { 1: /** @type {Buffer[]} */ ([]), 2: /** @type {Buffer[]} */ ([]) };
  // A frame: stream, three zeros, length in four bytes, payload.
  for (let at = 0; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    streams[/** @type {1 | 2} */ (bytes[at])].push(bytes.subarray(at + 8, end));
    at = end;
  }
  return { stdout: Buffer.concat(streams[1]).toString(), stderr: Buffer.concat(streams[2]).toString() };
}

/** How the labels of fuge's containers, networks and volumes begin. */
const OURS = 'io.fuge.';
const isOurs = (/** @type {{ Labels?: Record<string, string> | null }} */ { Labels }) =>
  Object.keys(Labels ?? {}).some(label => label.startsWith(OURS));

/**
 * What fuge has left in an engine, in words; nothing but volumes may stay.
 *
 * @param {string} socket
 * @returns {Promise<string[]>}
 */
export async function leftIn(socket) {
  const containers = await ask(socket, 'GET', '/containers/json?all=1');
  const networks = await ask(socket, 'GET', '/networks');
  return [
    ...containers
      .filter(isOurs)
      .map((/** @type {any} */ each) => `container ${each.Names[0]?.slice(1)} (${each.State})`),
    ...networks.filter(isOurs).map((/** @type {any} */ each) => `network ${each.Name}`),
  ];
}

/**
 * A running container that is nobody's business but its own, and a look at whether it still is as it was.
 *
 * @param {string} socket
 * @param {string} image One that has a shell.
 */
export async function makeForeign(socket, image) {
  const labels = { 'com.example.owner': 'somebody else' };
  const network = await ask(socket, 'POST', '/networks/create', {
    body: { Name: `foreign-${process.pid}-${Math.random().toString(36).slice(2)}`, Labels: labels },
  });
  const { Id: id } = await ask(socket, 'POST', '/containers/create', {
    body: { Image: image, Cmd: ['sleep', '1000000'], Labels: labels, HostConfig: { NetworkMode: network.Id } },
  });
  await ask(socket, 'POST', `/containers/${id}/start`);
  const look = async () => {
    const { State, Name, Config, NetworkSettings } = await ask(socket, 'GET', `/containers/${id}/json`);
    const { Id } = await ask(socket, 'GET', `/networks/${network.Id}`);
    return JSON.stringify({ State, Name, labels: Config.Labels, networks: NetworkSettings.Networks, Id });
  };
  const before = await look();
  return {
    id,
    /** Whether container and network are as they were made, and run since then. */
    isUntouched: async () => (await look().catch(error => String(error))) === before,
    remove: async () => {
      await ask(socket, 'DELETE', `/containers/${id}?force=1&v=1`);
      await ask(socket, 'DELETE', `/networks/${network.Id}`);
    },
  };
}

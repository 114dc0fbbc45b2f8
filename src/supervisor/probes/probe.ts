/** One look at a service: whether an HTTP path answers, a port accepts, a command succeeds. */
import type { Probe, Service } from '../../system.js';
import { acceptsConnections } from '../ports.js';
import { keepsConnections } from '../runners/connects.js';

/** What a look came to; `problem` is a short sentence without a full stop. */
export type Look = { readonly healthy: true } | { readonly healthy: false; readonly problem: string };

/** Runs a command of the service; a parameter, since that needs its environment. Gives its exit code, or what happened. */
export type RunProbeCommand = (probe: Probe & { kind: 'exec' }, signal: AbortSignal) => Promise<number | string>;

/** Looks once. Never throws; never takes much longer than `probe.timeoutMs`. `log` probes look at lines, not here. */
export async function lookAt(
  service: Service,
  probe: Exclude<Probe, { kind: 'log' }>,
  run: RunProbeCommand,
): Promise<Look> {
  switch (probe.kind) {
    case 'tcp':
      return (await accepts(service, probe))
        ? { healthy: true }
        : { healthy: false, problem: `port ${probe.port} does not accept connections` };
    case 'http':
      return lookAtHttp(addressOf(service, probe.port), probe);
    case 'exec': {
      const signal = AbortSignal.timeout(probe.timeoutMs);
      const result = await run(probe, signal);
      if (result === 0) return { healthy: true };
      const how = signal.aborted
        ? `took longer than ${probe.timeoutMs} ms`
        : `ended with ${typeof result === 'number' ? `code ${result}` : result}`;
      return { healthy: false, problem: `"${probe.command.source}" ${how}` };
    }
  }
}

function accepts(service: Service, { port, timeoutMs }: Probe & { kind: 'tcp' }): Promise<boolean> {
  const address = addressOf(service, port);
  if (service.type === 'container') return keepsConnections(port, address, timeoutMs);
  return acceptsConnections(port, address, timeoutMs);
}

/** Where a port is reached from here. */
function addressOf(service: Service, port: number): string {
  const published = service.ports.find(each => each.host === port)?.hostAddress;
  if (published === undefined) return service.host;
  if (published === '0.0.0.0') return '127.0.0.1';
  return published === '::' ? '::1' : published;
}

async function lookAtHttp(host: string, probe: Probe & { kind: 'http' }): Promise<Look> {
  const first = await get(host, probe);
  if (first.isRefused && (host === '127.0.0.1' || host === 'localhost')) {
    // A service that listens on `localhost` may be on ::1 only.
    const second = await get('::1', probe);
    if (!second.isRefused) return second.look;
  }
  return first.look;
}

function get(host: string, probe: Probe & { kind: 'http' }): Promise<{ look: Look; isRefused: boolean }> {
  // Imported as a module it brings all of undici (Node 22 and later: 10 ms and 3 MB, for systems without such a probe, too).
  const { request } = process.getBuiltinModule('node:http');
  const { port, path, status, timeoutMs } = probe;
  const where = `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  return new Promise(resolve => {
    const settle = (problem?: string, isRefused = false) => {
      clearTimeout(timer);
      resolve({ look: problem === undefined ? { healthy: true } : { healthy: false, problem }, isRefused });
    };
    const headers = { 'user-agent': 'fuge', connection: 'close' };
    const asked = request({ host, port, path, agent: false, headers }, response => {
      response.destroy(); // the status is all that counts; a body may never end
      const code = response.statusCode ?? 0;
      const [least, most] = status;
      settle(code >= least && code <= most ? undefined : `${where} answers ${code}`);
    });
    const timer = setTimeout(() => {
      asked.destroy();
      settle(`${where} does not answer within ${timeoutMs} ms`);
    }, timeoutMs);
    asked.once('error', (error: NodeJS.ErrnoException) => {
      const isRefused = error.code === 'ECONNREFUSED' || error.code === 'EADDRNOTAVAIL';
      settle(isRefused ? `${where} refuses connections` : `${where}: ${error.message}`, isRefused);
    });
    asked.end();
  });
}

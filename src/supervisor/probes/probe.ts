/** One look at a service: whether an HTTP path answers, a port accepts, a command succeeds. */
import { request } from 'node:http';
import type { Probe, Service } from '../../system.js';
import { acceptsConnections } from '../ports.js';

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
      return (await acceptsConnections(probe.port, service.host, probe.timeoutMs))
        ? { healthy: true }
        : { healthy: false, problem: `port ${probe.port} does not accept connections` };
    case 'http':
      return lookAtHttp(service.host, probe);
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

async function lookAtHttp(host: string, probe: Probe & { kind: 'http' }): Promise<Look> {
  const first = await get(host, probe);
  // A service that listens on `localhost` may be on ::1 only.
  if (first.healthy || !('refused' in first) || (host !== '127.0.0.1' && host !== 'localhost')) return first;
  const second = await get('::1', probe);
  return 'refused' in second ? first : second;
}

function get(
  host: string,
  probe: Probe & { kind: 'http' },
): Promise<Look | { healthy: false; problem: string; refused: true }> {
  const { port, path, status, timeoutMs } = probe;
  const where = `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  return new Promise(resolve => {
    const asked = request(
      { host, port, path, agent: false, headers: { 'user-agent': 'fuge', connection: 'close' } },
      response => {
        response.destroy(); // the status is all that counts; a body may never end
        clearTimeout(timer);
        const code = response.statusCode ?? 0;
        const [least, most] = status;
        resolve(
          code >= least && code <= most ? { healthy: true } : { healthy: false, problem: `${where} answers ${code}` },
        );
      },
    );
    const timer = setTimeout(() => {
      asked.destroy();
      resolve({ healthy: false, problem: `${where} does not answer within ${timeoutMs} ms` });
    }, timeoutMs);
    asked.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const isRefused = error.code === 'ECONNREFUSED' || error.code === 'EADDRNOTAVAIL';
      const problem = isRefused ? `${where} refuses connections` : `${where}: ${error.message}`;
      resolve({ healthy: false, problem, ...(isRefused && { refused: true as const }) });
    });
    asked.end();
  });
}

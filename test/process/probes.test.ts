// Looks at real ports, servers and commands.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lookAt } from '../../src/supervisor/probes/probe.js';
import type { Probe } from '../../src/system.js';
import { comesTo, freePort, openSystem, prints } from '../rig/open-system.js';
import { processService } from '../rig/system.js';

const timing = { intervalMs: 50, timeoutMs: 200, retries: 2, startPeriodMs: 0 };
const service = processService('web');
const never = async () => 'not asked';

async function serve(answer: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(answer).listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const http = (port: number, status: readonly [number, number] = [200, 399]): Probe & { kind: 'http' } => ({
  kind: 'http',
  path: '/health',
  port,
  status,
  ...timing,
});

describe('http', () => {
  test('takes a status in its range', async () => {
    const port = await serve((request, response) => response.writeHead(request.url === '/health' ? 204 : 500).end());
    expect(await lookAt(service, http(port), never)).toEqual({ healthy: true });
    expect(await lookAt(service, http(port, [200, 200]), never)).toEqual({
      healthy: false,
      problem: `http://127.0.0.1:${port}/health answers 204`,
    });
  });

  test('does not wait for a body that never ends', async () => {
    const port = await serve((_request, response) => void response.writeHead(200).write('x'));
    expect(await lookAt(service, http(port), never)).toEqual({ healthy: true });
  });

  test('gives up on a server that does not answer', async () => {
    const port = await serve(() => {});
    expect(await lookAt(service, http(port), never)).toEqual({
      healthy: false,
      problem: `http://127.0.0.1:${port}/health does not answer within 200 ms`,
    });
  });

  test('says who refuses', async () => {
    const port = await freePort();
    expect(await lookAt(service, http(port), never)).toEqual({
      healthy: false,
      problem: `http://127.0.0.1:${port}/health refuses connections`,
    });
  });

  test('finds a server that listens on ::1 only', async () => {
    const port = await serve((_request, response) => response.end(), '::1');
    expect(await lookAt(service, http(port), never)).toEqual({ healthy: true });
    expect(await lookAt(service, { kind: 'tcp', port, ...timing }, never)).toEqual({ healthy: true });
  });
});

const server = (more = '') => `const http = require('http'); let ok = true;
  http.createServer((request, response) => {
    if (request.url === '/break') ok = false;
    response.writeHead(ok ? 200 : 503).end();
  }).listen(process.env.PORT); ${more}`;

test('a service is ready, unhealthy and ready again as its probe says', async () => {
  const port = await freePort();
  const { supervisor, until } = await openSystem({
    'fuge.yml': `web:\n  type: node\n  run: web.js\n  monitor: false\n  ports: [main=${port}]\n  ready: {http: /, interval: 20ms, retries: 1}\n`,
    'web.js': server(),
  });
  expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
  await fetch(`http://127.0.0.1:${port}/break`);
  expect(await until(comesTo('web', 'unhealthy'))).toMatchObject({
    phase: { problem: `http://127.0.0.1:${port}/ answers 503` },
  });
});

test('a service that fails its liveness is restarted, whatever its restart policy', async () => {
  const port = await freePort();
  const { supervisor, until } = await openSystem({
    'fuge.yml': `web:\n  type: node\n  run: web.js\n  monitor: false\n  ports: [main=${port}]\n  live: {http: /, interval: 20ms, retries: 2}\n`,
    'web.js': server(),
  });
  await supervisor.start(['web']);
  await fetch(`http://127.0.0.1:${port}/break`);
  await until(event => event.type === 'launched' && event.run === 2);
  expect(supervisor.status('web')?.lastExit).toEqual({
    reason: 'unresponsive',
    problem: `http://127.0.0.1:${port}/ answers 503`,
  });
});

test('commands run as probes with the environment of the service, and a hanging one is ended', async () => {
  const { supervisor, until, events } = await openSystem({
    'fuge.yml': `fuge_global:
  monitor: false
  environment: [FILE=up]
web:
  type: process
  run: sh -c 'sleep 0.1; touch $$FILE; exec sleep 1000'
  ready: {exec: sh -c 'test -f $$FILE', interval: 20ms}
slow: {type: process, run: sleep 1000, ready: {exec: sleep 1000, timeout: 50ms}}
`,
  });
  void supervisor.start(['web', 'slow']);
  await until(comesTo('web', 'ready'));
  expect(supervisor.status('slow')?.phase.id).toBe('starting');
  expect(events.filter(event => event.type === 'lines')).toEqual([]);
});

test('a log line opens the way for those that wait, complete or not', async () => {
  const { supervisor, printed } = await openSystem({
    'fuge.yml': `fuge_global:
  monitor: false
db:
  type: node
  run: db.js
  ready: {log: 'ready\\?'}
web:
  type: process
  run: echo after
  depends_on: [db]
`,
    'db.js': `process.stdout.write('are you ready?'); setInterval(() => {}, 1e9);`,
  });
  await supervisor.start(['web']);
  expect(printed('web')).toEqual(['after']);
});

test('hooks run around a run with its environment, and a failing prerun fails the launch', async () => {
  const { supervisor, until, events } = await openSystem({
    'fuge.yml': `fuge_global:
  monitor: false
  environment: [WHO=me]
web:
  type: process
  run: sh -c 'echo run'
  prerun: sh -c 'echo before $$WHO'
  on_exit: sh -c 'echo after $$WHO'
bad:
  type: process
  run: sleep 1000
  prerun: sh -c 'exit 3'
eager:
  type: process
  run: sleep 1000
  on_ready: sh -c 'echo seeded'
`,
  });
  const outcomes = await supervisor.start(['web', 'bad', 'eager']);
  await until(comesTo('web', 'completed'));
  await until(prints('eager', 'seeded'));
  const lines = events.flatMap(event => (event.type === 'lines' && event.service === 'web' ? event.lines : []));
  expect(lines).toEqual(['before me', 'run', 'after me']);
  expect(outcomes[1]).toMatchObject({
    result: 'failed',
    problem: { code: 'prerun-failed', message: 'prerun of "bad" ended with code 3: sh -c \'exit 3\'' },
  });
});

test('a service that listens on another port than it declares is told so, once', async () => {
  const [declared, actual] = [await freePort(), await freePort()];
  const { supervisor, events, until } = await openSystem({
    'fuge.yml': `fuge_global: {monitor: false}
web:
  type: node
  run: web.cjs
  ports: [http=${declared}]
`,
    'web.cjs': `
      const { createServer } = require('node:http');
      createServer().listen(${actual}, '127.0.0.1');
      process.once('SIGUSR1', () => createServer().listen(${declared}, '127.0.0.1'));
    `,
  });
  const started = supervisor.start(['web']);
  await until(event => event.type === 'notice');
  process.kill(supervisor.status('web')!.run!.pid!, 'SIGUSR1');
  expect(await started).toMatchObject([{ result: 'ready' }]);
  expect(events.flatMap(event => (event.type === 'notice' ? [event.diagnostic] : []))).toMatchObject([
    {
      severity: 'warning',
      code: 'other-port',
      message: `"web" declares port ${declared}, but listens on ${actual}`,
      at: { line: 5, column: 11 },
      hint: `declare ${actual}, or let it listen where its PORT says (${declared})`,
    },
  ]);
});

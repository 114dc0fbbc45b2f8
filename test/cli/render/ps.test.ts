// The table of ps, exact, at several widths.
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../src/cli/render/paint.js';
import { renderPs } from '../../../src/cli/render/ps.js';
import type { ServiceStatus, Usage } from '../../../src/index.js';
import type { Service } from '../../../src/system.js';
import { statusOf } from '../../rig/fake-supervisor.js';
import { externalService, nodeService, port, processService, systemOf } from '../../rig/system.js';

const now = 1_000_000;
const services: readonly Service[] = [
  nodeService('gateway', { groups: ['web'] }),
  nodeService('customers'),
  processService('seed', { once: true }),
  nodeService('orders'),
  externalService('mail'),
];
const statuses: readonly ServiceStatus[] = [
  statusOf('gateway', {
    groups: ['web'],
    phase: { id: 'ready', run: 1 },
    run: { id: 1, pid: 4120, container: undefined, startedAt: now - 12_000 },
    ports: [port('main=3000')],
  }),
  statusOf('customers', {
    phase: { id: 'backoff', exit: { reason: 'code', code: 1 }, retryAt: now + 3500 },
    restarts: 3,
    crashes: 3,
    ports: [port('main=3001'), port('dns=53/udp')],
    error: {
      message: 'ReferenceError: prt is not defined',
      at: { file: `${process.cwd()}/customers/server.js`, line: 14, column: 9 },
    },
  }),
  statusOf('seed', { type: 'process', phase: { id: 'completed', exit: { reason: 'code', code: 0 } }, watching: 'off' }),
  statusOf('orders', {
    phase: { id: 'waiting', gates: ['dependencies'] },
    waitingFor: ['customers', 'seed'],
    watching: 'paused',
    tail: false,
  }),
  statusOf('mail', { type: 'external', host: 'mail.example', ports: [port('smtp=25')] }),
];
const names = new Set(services.map(({ name }) => name));
const usage = new Map<string, Usage>([['gateway', { cpu: 0.003, memory: 48 * 1024 * 1024, processes: 1 }]]);
const render = (width: number | undefined) =>
  renderPs(statuses, usage, {
    paint: createPaint(false),
    width,
    now,
    services: systemOf(services).services,
    active: names,
  });

describe('ps', () => {
  it('in a pipe shows everything, notes behind their rows', () => {
    expect(render(undefined)).toEqual([
      'NAME       TYPE      GROUP    STATE                         PID  PORTS        UP    RST   CPU    MEM  WATCH   TAIL',
      'gateway    node      web      ready                        4120  3000         12 s    0  0.3%  48 MB  yes     yes',
      'customers  node      default  crashed, code 1, 3rd time       -  3001,53/udp  -       3     -      -  yes     yes   retry in 4 s; ReferenceError: prt is not defined (customers/server.js:14:9)',
      'seed       task      default  completed                       -  -            -       0     -      -  no      yes',
      'orders     node      default  waiting for customers, seed     -  -            -       0     -      -  paused  no',
      'mail       external  default  runs elsewhere                  -  25           -       0     -      -  -       -',
    ]);
  });

  it('in a terminal of 110 columns leaves out what ranks lowest, notes stand below', () => {
    expect(render(110)).toEqual([
      'NAME       TYPE      GROUP    STATE                         PID  PORTS        UP    RST   CPU    MEM  WATCH',
      'gateway    node      web      ready                        4120  3000         12 s    0  0.3%  48 MB  yes',
      'customers  node      default  crashed, code 1, 3rd time       -  3001,53/udp  -       3     -      -  yes',
      '  retry in 4 s; ReferenceError: prt is not defined (customers/server.js:14:9)',
      'seed       task      default  completed                       -  -            -       0     -      -  no',
      'orders     node      default  waiting for customers, seed     -  -            -       0     -      -  paused',
      'mail       external  default  runs elsewhere                  -  25           -       0     -      -  -',
    ]);
  });

  it('at 60 columns keeps names, states and what fits', () => {
    expect(render(60)).toEqual([
      'NAME       STATE                        PORTS        UP',
      'gateway    ready                        3000         12 s',
      'customers  crashed, code 1, 3rd time    3001,53/udp  -',
      '  retry in 4 s; ReferenceError: prt is not defined (custome…',
      'seed       completed                    -            -',
      'orders     waiting for customers, seed  -            -',
      'mail       runs elsewhere               25           -',
    ]);
  });

  it.each([20, 33, 47, 60, 80, 95, 110, 139, 140, 200])('never wraps at %i columns', width => {
    for (const line of render(width)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('a narrow screen passes over columns that say the same everywhere', () => {
    const same = [statusOf('a'), statusOf('b')];
    const system = systemOf([nodeService('a'), nodeService('b')]);
    const lines = renderPs(same, new Map(), {
      paint: createPaint(false),
      width: 120,
      now,
      services: system.services,
      active: new Set(['a', 'b']),
    });
    expect(lines).toEqual([
      'NAME  STATE    PID  PORTS  UP  RST  CPU  MEM  WATCH  TAIL',
      'a     stopped    -  -      -     0    -    -  yes    yes',
      'b     stopped    -  -      -     0    -    -  yes    yes',
    ]);
  });

  it('names have the colour of their service, states theirs', () => {
    const lines = renderPs(statuses.slice(0, 1), usage, {
      paint: createPaint(true),
      width: undefined,
      now,
      services: systemOf(services).services,
      active: names,
    });
    expect(lines[1]).toContain('\x1b[1m\x1b[36mgateway\x1b[39m\x1b[22m');
    expect(lines[1]).toContain('\x1b[32mready\x1b[39m');
  });

  it('says of a service that takes no part why "start all" leaves it out', () => {
    const system = systemOf([nodeService('a', { profiles: ['dev', 'load'] })]);
    const options = {
      paint: createPaint(false),
      width: undefined,
      now,
      services: system.services,
      active: new Set<string>(),
    };
    const lines = renderPs([statusOf('a')], new Map(), options);
    expect(lines[1]).toMatch(/ {2}not in "all": profile dev or load is not chosen$/);
    const running = statusOf('a', { phase: { id: 'ready', run: 1 } });
    expect(renderPs([running], new Map(), options)[1]).not.toContain('profile');
  });

  it("what a program says can't break the table", () => {
    const exit = { reason: 'code', code: 1 } as const;
    const evil = statusOf('a', { phase: { id: 'failed', exit }, error: { message: 'x\x1b[2Jy\r\nz' } });
    const system = systemOf([nodeService('a')]);
    const lines = renderPs([evil], new Map(), {
      paint: createPaint(false),
      width: 200,
      now,
      services: system.services,
      active: new Set(['a', 'b']),
    });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/ {2}x \[2Jy z$/);
  });
});

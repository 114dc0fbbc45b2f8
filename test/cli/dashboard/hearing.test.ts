// What the dashboard makes of events: banners, marks, unread errors, health.
import { describe, expect, it } from 'vitest';
import { initial } from '../../../src/cli/dashboard/model.js';
import { statusOf } from '../../rig/fake-supervisor.js';
import { nodeService, systemOf } from '../../rig/system.js';
import { CRASHED, Desk, NOW, READY, running, shop } from './shop.js';

const logs = (desk: Desk) => desk.rows('logs');
const unread = (desk: Desk) => Object.fromEntries(desk.model.unread);

describe('logs', () => {
  it('hold a crash as a banner with its code and cause', () => {
    const desk = new Desk(120, 24).choose('orders').print('orders', 'fine');
    desk.crash('orders', {
      error: { message: 'ReferenceError: prt is not defined', at: { file: '/shop/o.js', line: 14 } },
    });
    expect(logs(desk)).toEqual([
      '│ fine',
      '✗ crashed: exit code 1, next try in 4.0 s',
      '  ReferenceError: prt is not defined',
      '  at /shop/o.js:14',
    ]);
    const banner = desk.frame().panes.find(({ id }) => id === 'logs')!.rows[1]!;
    expect(banner.every(({ style }) => style.foreground === 1 && style.bold)).toBe(true);
  });

  it('hold a restart with the files that caused it, and that it is ready', () => {
    const desk = new Desk(120, 24).choose('orders');
    const cause = { type: 'files', files: ['src/a.js', 'src/b.js', 'src/c.js'] } as const;
    const base = { type: 'phase', at: NOW, service: 'orders', restarts: 1 } as const;
    const stopping = { id: 'stopping', run: 1, forced: false } as const;
    desk.happen({ ...base, phase: stopping, previous: READY, cause }, { phase: stopping });
    desk.happen(
      {
        ...base,
        phase: { id: 'ready', run: 2 },
        previous: { id: 'starting', run: 2 },
        cause: { type: 'probe' },
        tookMs: 110,
      },
      { phase: { id: 'ready', run: 2 } },
    );
    expect(logs(desk)).toEqual(['↻ restarting: src/a.js saved (+2 more)', '✓ ready in 0.11 s']);
  });

  it('say how many lines were missed', () => {
    const desk = new Desk().choose('orders').happen({ type: 'missed', at: NOW, service: 'orders', lines: 1200 });
    expect(logs(desk)).toEqual(['… 1200 lines missed']);
  });

  it('hold notices about the system among those of all', () => {
    const diagnostic = { severity: 'warning', code: 'no-engine', message: 'Docker does not answer' } as const;
    const desk = new Desk(120, 24).happen({ type: 'notice', at: NOW, diagnostic });
    expect(logs(desk)).toEqual(['fuge     ! warning no-engine: Docker does not answer']);
    expect(logs(desk.choose('orders'))).toEqual(['nothing was printed yet']);
  });

  it('show records for people, stacks below them', () => {
    const desk = new Desk(120, 24).choose('orders');
    desk.print(
      'orders',
      '{"level":50,"time":1700000000000,"msg":"broken","id":7,"err":{"stack":"Error: x\\n    at y"}}',
    );
    expect(logs(desk)).toEqual(['│ ERROR broken  id=7', '    Error: x', '        at y']);
  });

  it('hold what failed before anybody looked', () => {
    const status = statusOf('orders', {
      phase: { id: 'failed', exit: { reason: 'code', code: 3 } },
      since: 2,
      crashes: 1,
    });
    const line = (at: number, text: string) => ({ at, run: 1, stream: 'stderr' as const, text });
    const system = systemOf([nodeService('orders')]);
    const model = initial({ columns: 80, rows: 24 });
    const desk = Object.assign(new Desk(), { model }).tell({ type: 'system', system, statuses: [status] });
    desk.happen({ type: 'backlog', at: 3, service: 'orders', lines: [line(1, 'before'), line(3, 'after')] });
    expect(logs(desk.choose('orders'))).toEqual(['! before', '✗ crashed, code 3', '! after']);
  });

  it('tell standard error and the output of commands apart', () => {
    const desk = new Desk(120, 24).choose('orders');
    const base = { type: 'lines', at: NOW, service: 'orders', run: 1, shown: 0 } as const;
    desk.happen({ ...base, stream: 'stderr', lines: ['listening'] });
    desk.happen({ ...base, stream: 'stdout', lines: ['compiled'], command: 'build' });
    expect(logs(desk)).toEqual(['! listening', '│ build compiled']);
  });

  it('end with a question that has no newline yet', () => {
    const desk = new Desk().choose('orders').print('orders', 'hello');
    desk.happen({ type: 'partial', at: NOW, service: 'orders', run: 1, stream: 'stdout', text: 'Name? ' });
    expect(logs(desk)).toEqual(['│ hello', '│ Name?']);
    expect(logs(desk.print('orders', 'Name? me'))).toEqual(['│ hello', '│ Name? me']);
  });

  it('begin with what was kept before, by time', () => {
    const line = (at: number, text: string) => ({ at, run: 1, stream: 'stdout' as const, text });
    const desk = new Desk();
    desk.happen({ type: 'backlog', at: NOW, service: 'gateway', lines: [line(1, 'one'), line(3, 'three')] });
    desk.happen({ type: 'backlog', at: NOW, service: 'orders', lines: [line(2, 'two')] });
    expect(logs(desk).map(row => row.replace(/^.* /, ''))).toEqual(['one', 'two', 'three']);
  });
});

describe('unread errors', () => {
  it('are counted until the service is looked at', () => {
    const desk = new Desk().print('orders', 'ERROR a', 'fine', 'ERROR b').crash('orders');
    expect(unread(desk)).toEqual({ orders: 3 });
    expect(desk.rows('services').find(row => row.includes('orders'))).toMatch(/!3$/);
    expect(unread(desk.choose('orders'))).toEqual({});
    expect(unread(desk.print('orders', 'ERROR c'))).toEqual({});
    expect(unread(desk.choose('gateway').print('orders', 'ERROR d'))).toEqual({ orders: 1 });
  });

  it('of a pinned service are seen', () => {
    const desk = new Desk().choose('orders').press('p').choose('gateway').print('orders', 'ERROR a');
    expect(unread(desk)).toEqual({});
  });

  it('beyond 99 are many', () => {
    const desk = new Desk().print('orders', ...Array.from({ length: 120 }, () => 'ERROR a'));
    expect(desk.rows('services').find(row => row.includes('orders'))).toMatch(/!…$/);
  });
});

describe('the header', () => {
  it.each([
    ['all is well', {}, '4 of 4 ready'],
    ['one crashed', { orders: CRASHED }, '3 of 4 ready, orders crashed 20 s ago'],
    ['one is starting', { orders: { id: 'starting', run: 2 } }, '3 of 4 ready, 1 on the way'],
    ['one waits', { orders: { id: 'waiting', gates: [] } }, '3 of 4 ready, 1 on the way'],
    [
      'one is unhealthy',
      { orders: { id: 'unhealthy', run: 1, problem: '503' } },
      '3 of 4 ready, orders unhealthy 20 s ago',
    ],
    [
      'many failed',
      { orders: CRASHED, gateway: CRASHED, search: CRASHED },
      '1 of 4 ready, gateway crashed 20 s ago, orders crashed 20 s ago, 1 more failed',
    ],
    [
      'nothing runs',
      { orders: { id: 'stopped' }, gateway: { id: 'stopped' }, search: { id: 'stopped' }, payments: { id: 'stopped' } },
      'nothing runs',
    ],
  ] as const)('where %s', (_title, phases, said) => {
    const desk = new Desk(120, 24);
    const known: Readonly<Record<string, (typeof running)[number]['phase']>> = phases;
    const statuses = running.map(status => ({ ...status, phase: known[status.name] ?? status.phase }));
    desk.now = NOW + 20_000;
    expect(desk.tell({ type: 'system', system: shop, statuses }).header).toBe(` fuge shop  ${said}`);
  });

  it('does not count what is not available', () => {
    const desk = new Desk();
    const statuses = running.map(status =>
      status.name === 'orders' ? { ...status, unavailable: 'no Docker' } : status,
    );
    expect(desk.tell({ type: 'system', system: shop, statuses }).header).toBe(' fuge shop  3 of 3 ready');
  });

  it('is green only if all are ready, red only for what failed', () => {
    const colours = (desk: Desk) =>
      desk
        .frame()
        .panes[0]!.rows[0]!.flatMap(({ style }) => (style.foreground === undefined ? [] : [style.foreground]));
    expect(colours(new Desk())).toEqual([2]);
    expect(colours(new Desk(120).crash('orders'))).toEqual([1]);
  });

  it('tells of a failure for a minute, even where the service runs again', () => {
    const desk = new Desk().crash('orders');
    const ready = { id: 'ready', run: 2 } as const;
    const base = { type: 'phase', at: NOW + 5000, service: 'orders', restarts: 1, cause: { type: 'probe' } } as const;
    desk.happen({ ...base, phase: ready, previous: { id: 'starting', run: 2 } }, { phase: ready, since: NOW + 5000 });
    desk.now = NOW + 8000;
    expect(desk.header).toBe(' fuge shop  4 of 4 ready, orders failed 8 s ago');
    desk.now = NOW + 60_000;
    expect(desk.header).toBe(' fuge shop  4 of 4 ready');
  });

  it('says whom it waits for while the system stops', () => {
    const run = { id: 1, pid: 7, container: undefined, startedAt: NOW };
    const statuses = running.map(status => (status.name === 'orders' ? { ...status, run } : status));
    const desk = new Desk().tell({ type: 'system', system: shop, statuses }).happen({ type: 'closing', at: NOW });
    expect(desk.header).toBe(' fuge shop  stopping … waiting for orders');
  });
});

describe('a reload', () => {
  it('leaves what is gone, and keeps what is there with its lines', () => {
    const desk = new Desk().print('gateway', 'kept').choose('gateway').press('c').choose('orders');
    const system = systemOf([nodeService('gateway'), nodeService('new')], { name: 'shop' });
    desk.tell({ type: 'system', system, statuses: [statusOf('gateway'), statusOf('new')] });
    expect(desk.model.cursor).toBeUndefined();
    expect([...desk.model.marked]).toEqual(['gateway']);
    expect(desk.rows('services')).toEqual(['  all services', '■+gateway', '■ new']);
    expect(desk.rows('logs')).toEqual(['│ kept']);
  });
});

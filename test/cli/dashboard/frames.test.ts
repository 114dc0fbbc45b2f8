// What stands on the screen, at many sizes.
import { describe, expect, it } from 'vitest';
import { KEYS } from '../../../src/cli/dashboard/keys.js';
import { Desk, faultsOf, NOW } from './shop.js';

/** A desk with something of everything. */
function busyDesk(columns: number, rows: number): Desk {
  const desk = new Desk(columns, rows);
  for (let line = 0; line < 40; line++) desk.print(line % 2 === 0 ? 'gateway' : 'orders', `line ${line}`);
  desk.print(
    'orders',
    `\x1b[31m漢字 👨‍👩‍👧 ${'x'.repeat(300)}`,
    '{"level":50,"msg":"broken","time":1700000000000}',
    '\tb\rc',
  );
  desk.crash('payments', { error: { message: 'ReferenceError: prt is not defined' } });
  desk.tell({ type: 'usage', usage: new Map([['gateway', { cpu: 0.031, memory: 48 * 1024 * 1024, processes: 1 }]]) });
  desk.now = NOW + 20_000;
  return desk;
}

describe('a frame', () => {
  it('of 80 by 24 has the services on the left, the logs on the right, health above and keys below', () => {
    const desk = busyDesk(80, 24);
    const places = desk.frame().panes.map(({ id, place }) => [id, place]);
    expect(places).toEqual([
      ['header', { left: 0, top: 0, width: 80, height: 1 }],
      ['services', { left: 0, top: 1, width: 36, height: 22 }],
      ['logs', { left: 36, top: 1, width: 44, height: 22 }],
      ['status', { left: 0, top: 23, width: 80, height: 1 }],
    ]);
    expect(desk.header).toBe(' fuge shop  3 of 4 ready, payments crashed 20 s ago');
    expect(desk.rows('services')).toEqual([
      '  all services',
      'web',
      '✓ gateway      3.1%  48 MB',
      '✓ search',
      'core',
      '✓ orders                        !1',
      '✗ payments                  ↻1  !1',
      '○ mail',
    ]);
    expect(desk.rows('logs').slice(-3)).toEqual([
      'orders   │         bc',
      'payments ✗ crashed: exit code 1, next try…',
      'payments   ReferenceError: prt is not def…',
    ]);
    expect(desk.status).toBe('? help  s start  x stop  r restart  space pause  / search  f filter  e errors');
  });

  it('of 60 by 20 has the services above the logs', () => {
    const places = busyDesk(60, 20)
      .frame()
      .panes.map(({ id, place }) => [id, place]);
    expect(places).toEqual([
      ['header', { left: 0, top: 0, width: 60, height: 1 }],
      ['services', { left: 0, top: 1, width: 60, height: 7 }],
      ['logs', { left: 0, top: 8, width: 60, height: 11 }],
      ['status', { left: 0, top: 19, width: 60, height: 1 }],
    ]);
  });

  it('of a single cell is there', () => {
    const { panes } = new Desk(1, 1).frame();
    expect(panes.map(({ id, place }) => [id, place])).toEqual([['status', { left: 0, top: 0, width: 1, height: 1 }]]);
  });

  it('of 300 by 100 gives what is left to the logs', () => {
    const places = busyDesk(300, 100)
      .frame()
      .panes.map(({ id, place }) => [id, place.width, place.height]);
    expect(places).toEqual([
      ['header', 300, 1],
      ['services', 36, 98],
      ['logs', 264, 98],
      ['status', 300, 1],
    ]);
  });

  it('of no size at all is empty', () => {
    const desk = busyDesk(80, 24).tell({ type: 'resize', columns: 0, rows: 0 });
    expect(desk.frame()).toEqual({ columns: 0, rows: 0, panes: [] });
  });

  it('keeps its own rules at every size, whatever is open', () => {
    for (const [columns, rows] of sizes()) {
      const desk = busyDesk(80, 24).tell({ type: 'resize', columns, rows });
      expect(faultsOf(desk.frame()), `${columns}x${rows}`).toEqual([]);
      for (const keys of [['p'], ['W', 'T'], ['tab', 'k'], ['?'], ['escape', ':', 'a', 'b'], ['escape', 'z'], ['K']])
        expect(faultsOf(desk.press(...keys).frame()), `${columns}x${rows} after ${keys}`).toEqual([]);
    }
  });

  it('keeps its own rules through any keys in any order', () => {
    const names = KEYS.flatMap(({ keys }) => keys);
    const next = randomNumbers(7);
    const desk = busyDesk(80, 24);
    const all = sizes();
    for (let turn = 0; turn < 1500; turn++) {
      if (turn % 10 === 0) {
        const [columns, rows] = all[next(all.length)]!;
        desk.tell({ type: 'resize', columns, rows });
        desk.tell({ type: 'mouse', action: 'click', column: next(columns + 2), row: next(rows + 2) });
      }
      desk.print(['gateway', 'orders', 'payments'][next(3)]!, `line ${turn} ${'é漢x'.repeat(next(60))}`);
      const key = next(6) === 0 ? 'escape' : names[next(names.length)]!;
      expect(faultsOf(desk.press(key).frame()), `turn ${turn}, key ${key}`).toEqual([]);
    }
  });

  it('shows which service is chosen, with the focus by its whole row, else by its name', () => {
    const inverse = (desk: Desk) =>
      desk
        .frame()
        .panes.find(({ id }) => id === 'services')!
        .rows.flatMap(row => row.filter(({ style }) => style.inverse).map(({ text }) => text))
        .join('');
    const desk = new Desk().choose('orders');
    expect(inverse(desk)).toBe('✓ orders'.padEnd(34));
    expect(inverse(desk.press('tab'))).toBe('orders');
  });

  it('has no colours where there are none, and reads the same', () => {
    const [plain, coloured] = [new Desk(80, 24, { hasColours: false }), new Desk(80, 24)];
    for (const desk of [plain, coloured]) desk.print('orders', '\x1b[31mred\x1b[0m').crash('payments');
    const styles = plain.frame().panes.flatMap(pane => pane.rows.flat().map(({ style }) => style));
    expect(styles.filter(({ foreground, background }) => foreground !== undefined || background !== undefined)).toEqual(
      [],
    );
    for (const id of ['header', 'services', 'logs', 'status'] as const)
      expect(plain.rows(id)).toEqual(coloured.rows(id));
  });
});

function sizes(): [number, number][] {
  const some = [1, 2, 3, 4, 5, 8, 13, 30, 69, 70, 71, 80, 200];
  return some.flatMap(columns => [1, 2, 3, 4, 5, 6, 7, 10, 24, 50].map((rows): [number, number] => [columns, rows]));
}

/** The same numbers at every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

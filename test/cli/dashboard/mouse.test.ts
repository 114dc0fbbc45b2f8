// The mouse: a click chooses what is there, the wheel scrolls what it is over.
import { describe, expect, it } from 'vitest';
import { Desk, NOW } from './shop.js';

const click = (column: number, row: number) => ({ type: 'mouse', action: 'click', column, row }) as const;
const wheel = (direction: 'up' | 'down', column: number, row: number) =>
  ({ type: 'mouse', action: `wheel ${direction}`, column, row }) as const;

/** Services are in columns 0 to 35 from row 2 on, the logs beside them. */
const printed = () => new Desk().print('gateway', ...Array.from({ length: 100 }, (_, index) => `line ${index + 1}`));
const last = (desk: Desk) => desk.rows('logs').at(-1)?.replace(/^.*│ /, '');

describe('a click', () => {
  it('chooses the service, as it stands below its group', () => {
    expect(new Desk().tell(click(4, 4)).model.cursor).toBe('gateway');
    expect(new Desk().tell(click(4, 7)).model.cursor).toBe('orders');
    expect(new Desk().choose('orders').tell(click(4, 2)).model.cursor).toBeUndefined();
  });

  it('on a heading, the border or nothing changes no choice', () => {
    for (const [column, row] of [
      [4, 3],
      [4, 1],
      [4, 20],
      [4, 0],
      [4, 23],
    ] as const)
      expect(new Desk().choose('orders').tell(click(column, row)).model.cursor).toBe('orders');
  });

  it('on a line makes it stand out, and holds it', () => {
    const desk = printed().tell(click(50, 5));
    expect([desk.model.focus, desk.model.logs.selected]).toEqual(['logs', 83]);
    expect(desk.press('y').lastEffect).toEqual({ type: 'copy', text: 'line 84' });
    const before = desk.rows('logs');
    expect(desk.print('gateway', 'new').rows('logs')).toEqual(before);
    expect(desk.tell(click(50, 5)).model.logs.selected).toBeUndefined();
  });

  it('does nothing while something is asked or shown above', () => {
    expect(new Desk().press('?').tell(click(4, 4)).model.cursor).toBeUndefined();
    expect(new Desk().choose('orders').press('K').tell(click(4, 4)).model.confirm).toBeDefined();
  });
});

describe('the wheel', () => {
  it('scrolls the logs by three rows, wherever the focus is', () => {
    const desk = printed().tell(wheel('up', 50, 5), wheel('up', 50, 5));
    expect([desk.model.focus, last(desk)]).toEqual(['services', 'line 94']);
    expect(last(desk.tell(wheel('down', 50, 5)))).toBe('line 97');
    expect(desk.tell(wheel('down', 50, 5)).model.logs.bottom).toBeUndefined();
  });

  it('over the services goes from one to the next', () => {
    expect(new Desk().tell(wheel('down', 4, 5), wheel('down', 4, 5)).model.cursor).toBe('search');
  });

  it('over an answer scrolls it', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `fact ${index}`);
    const desk = new Desk().tell({ type: 'overlay', title: 'facts', lines }, wheel('down', 4, 5));
    expect(desk.rows('overlay')[0]).toBe('fact 3');
  });
});

describe('scrolling', () => {
  it('stays at its line while old lines go and new ones come', () => {
    const desk = printed().press('space');
    for (let batch = 0; batch < 120; batch++)
      desk.print('orders', ...Array.from({ length: 1000 }, (_, index) => `flood ${index}`));
    expect(last(desk)).toBe('line 100');
    expect(desk.title('logs')).toMatch(/^all · paused, \d{6} below$/);
  });

  it('shows the oldest lines that are kept where those that were looked at are gone', () => {
    const desk = new Desk().choose('orders').print('orders', 'first').press('space');
    for (let batch = 0; batch < 150; batch++)
      desk.print('orders', ...Array.from({ length: 1000 }, (_, index) => `flood ${batch * 1000 + index}`));
    const rows = desk.rows('logs').map(row => Number(row.replace('│ flood ', '')));
    expect(rows).toHaveLength(20);
    expect(rows).toEqual(rows.map((_, index) => rows[0]! + index));
    expect(rows[0]).toBeGreaterThan(40_000);
    expect(desk.press('tab', 'j').rows('logs')[0]).toBe(`│ flood ${rows[0]! + 1}`);
  });

  it('goes through the rows of a wrapped line that is taller than the pane', () => {
    const text = Array.from({ length: 1000 }, (_, index) => `<${index}>`).join('');
    const desk = new Desk().choose('orders').print('orders', 'before', text, 'after').press('W', 'tab');
    const seen = new Set<string>();
    for (let times = 0; times < 140; times++) for (const row of desk.press('k').rows('logs')) seen.add(row);
    expect(desk.rows('logs')[0]).toBe('│ before');
    expect(seen.size).toBeGreaterThan(120);
    for (let times = 0; times < 140; times++) desk.press('j');
    expect([last(desk), desk.model.logs.bottom]).toEqual(['after', undefined]);
  });

  it('of a resize keeps the last line', () => {
    const desk = printed().press('pageup');
    const before = last(desk);
    expect(last(desk.tell({ type: 'resize', columns: 200, rows: 10 }))).toBe(before);
    expect(last(desk.tell({ type: 'resize', columns: 75, rows: 50 }))).toBe(before);
  });

  it('a tick changes ages, nothing else', () => {
    const desk = printed().crash('orders');
    const before = desk.rows('logs');
    desk.now = NOW + 65_000;
    desk.tell({ type: 'tick', now: desk.now });
    expect(desk.header).toBe(' fuge shop  3 of 4 ready, orders crashed 1 min 5 s ago');
    expect(desk.rows('logs')).toEqual(before);
  });
});

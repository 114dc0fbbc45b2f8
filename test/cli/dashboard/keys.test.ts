// What each key of the table does. The last test holds that none of them is without one.
import { afterAll, describe, expect, it } from 'vitest';
import { KEYS } from '../../../src/cli/dashboard/keys.js';
import { containerService, systemOf } from '../../rig/system.js';
import { Desk, NOW, running, shop } from './shop.js';

const tested = new Set<string>();

/** A test of keys that do the same. */
function key(names: readonly string[], title: string, test: (name: string) => void): void {
  for (const name of names) {
    tested.add(name);
    it(`${name} ${title}`, () => test(name));
  }
}

/** Gateway has printed line 1 to 100. */
function printed(columns = 80, rows = 24): Desk {
  return new Desk(columns, rows).print('gateway', ...Array.from({ length: 100 }, (_, index) => `line ${index + 1}`));
}

const shownLines = (desk: Desk) => desk.rows('logs').map(row => row.replace(/^\S*\s*[│!] /, ''));
const order = (name: string, ...services: string[]) => ({ type: 'order', order: name, services });
const ALL = ['gateway', 'search', 'orders', 'payments', 'mail'];

describe('orders', () => {
  key(['s'], 'starts the chosen service', name => {
    expect(new Desk().choose('orders').press(name).effects).toEqual([order('start', 'orders')]);
  });
  key(['s'], 'starts all where all are chosen', name => {
    expect(new Desk().press(name).effects).toEqual([order('start', ...ALL)]);
  });
  key(['x'], 'stops the chosen service', name => {
    expect(new Desk().choose('orders').press(name).effects).toEqual([order('stop', 'orders')]);
  });
  key(['x'], 'asks before it stops all', name => {
    const desk = new Desk().press(name);
    expect(desk.effects).toEqual([]);
    expect(desk.status).toBe('stop 5 services? y yes  any other key no');
    expect(desk.press('y').effects).toEqual([order('stop', ...ALL)]);
  });
  key(['r'], 'restarts the chosen service', name => {
    expect(new Desk().choose('search').press(name).effects).toEqual([order('restart', 'search')]);
  });
  key(['K'], 'kills after a yes', name => {
    const desk = new Desk().choose('orders').press(name);
    expect(desk.effects).toEqual([]);
    expect(desk.status).toBe('kill orders? y yes  any other key no');
    expect(desk.press('y').effects).toEqual([order('kill', 'orders')]);
    expect(desk.status).toMatch(/^\? help/);
  });
  key(['K'], 'kills nothing after anything else', name => {
    for (const no of ['n', 'escape', 'enter', 'K', 'q']) {
      const desk = new Desk().choose('orders').press(name, no);
      expect(desk.effects).toEqual([]);
      expect(desk.model.confirm).toBeUndefined();
    }
  });
  key(['d'], 'starts with the inspector', name => {
    expect(new Desk().choose('orders').press(name).effects).toEqual([order('debug', 'orders')]);
  });
  key(['w'], 'ends watching, and begins it where it is off', name => {
    const desk = new Desk().choose('orders').press(name);
    expect(desk.lastEffect).toEqual(order('unwatch', 'orders'));
    desk.happen({ type: 'watch', at: NOW, service: 'orders', watching: 'off' }, { watching: 'off' });
    expect(desk.press(name).lastEffect).toEqual(order('watch', 'orders'));
  });
  key(['t'], 'takes a service out of the merged lines, and back into them', name => {
    const desk = new Desk().print('orders', 'of orders').print('gateway', 'of gateway');
    expect(desk.choose('orders').press(name).lastEffect).toEqual(order('untail', 'orders'));
    desk.happen({ type: 'tail', at: NOW, service: 'orders', tail: false }, { tail: false }).press('a');
    expect(shownLines(desk)).toEqual(['of gateway']);
    expect(desk.choose('orders').press(name).lastEffect).toEqual(order('tail', 'orders'));
    desk.happen({ type: 'tail', at: NOW, service: 'orders', tail: true }, { tail: true }).press('a');
    expect(shownLines(desk)).toEqual(['of orders', 'of gateway']);
  });
  key(['c'], 'marks services, which orders and logs are then about', name => {
    const desk = new Desk().print('gateway', 'of gateway').print('search', 'of search').print('orders', 'of orders');
    desk.choose('gateway').press(name, name);
    expect(desk.model.cursor).toBe('orders');
    expect(desk.rows('services').slice(2, 4)).toEqual(['✓+gateway', '✓+search']);
    expect(desk.title('logs')).toBe('gateway, search');
    expect(shownLines(desk)).toEqual(['of gateway', 'of search']);
    expect(desk.press('r').lastEffect).toEqual(order('restart', 'gateway', 'search'));
    desk.choose('gateway').press(name);
    expect([...desk.model.marked]).toEqual(['search']);
  });
  key(['a'], 'goes back to all services', name => {
    const desk = new Desk().choose('orders').press('c', name);
    expect(desk.model.marked.size).toBe(0);
    expect(desk.title('logs')).toBe('all');
  });
});

describe('facts', () => {
  key(['i'], 'asks for info', name => {
    expect(new Desk().choose('orders').press(name).effects).toEqual([
      { type: 'overlay', what: 'info', services: ['orders'] },
    ]);
  });
  key(['v'], 'asks for the environment', name => {
    expect(new Desk().choose('orders').press(name).effects).toEqual([
      { type: 'overlay', what: 'environment', services: ['orders'] },
    ]);
  });
  key(['D'], 'asks for the graph', name => {
    expect(new Desk().press(name).effects).toEqual([{ type: 'overlay', what: 'graph', services: ALL }]);
  });
  key(['?', 'f1'], 'shows the keys, and escape closes them', name => {
    const desk = new Desk(100, 90).press(name);
    expect(desk.title('overlay')).toBe('keys');
    const rows = desk.rows('overlay').join('\n');
    for (const { help } of KEYS) expect(rows).toContain(help);
    expect(desk.press('escape').rows('overlay')).toEqual([]);
  });
  it('those on a small screen can be scrolled to their end', () => {
    const desk = new Desk(80, 24).press('?');
    expect(desk.rows('overlay').at(-1)).toMatch(/^↓ \d+ more rows, escape closes$/);
    expect(desk.press('G').rows('overlay').at(-1)).toBe('escape closes');
    expect(desk.press('g', 'j').rows('overlay')[0]).toMatch(/^ {2}enter/);
  });
});

describe('moving', () => {
  key(['down', 'j'], 'chooses the next service', name => {
    expect(new Desk().press(name, name).model.cursor).toBe('search');
  });
  key(['up', 'k'], 'chooses the one before', name => {
    const desk = new Desk().press('down', 'down', name);
    expect(desk.model.cursor).toBe('gateway');
    expect(desk.press(name, name).model.cursor).toBeUndefined();
  });
  key(['down', 'j'], 'scrolls the logs down, and follows at their end', name => {
    const desk = printed().press('tab', 'up', 'up', name);
    expect(shownLines(desk).at(-1)).toBe('line 99');
    expect(desk.press(name).model.logs.bottom).toBeUndefined();
  });
  key(['up', 'k'], 'scrolls the logs up', name => {
    expect(shownLines(printed().press('tab', name, name)).at(-1)).toBe('line 98');
  });
  key(['enter'], 'goes to the logs', name => {
    expect(new Desk().choose('orders').press(name).model.focus).toBe('logs');
  });
  key(['enter'], 'types into a service that has a terminal', name => {
    const system = systemOf([containerService('psql', { tty: true })]);
    const desk = new Desk().tell({ type: 'system', system, statuses: [] }).choose('psql').press(name);
    expect(desk.effects).toEqual([{ type: 'attach', service: 'psql' }]);
  });
  key(['tab'], 'goes through the panes', name => {
    const desk = new Desk().press('p');
    const seen = Array.from({ length: 4 }, () => desk.press(name).model.focus);
    expect(seen).toEqual(['logs', 'pinned', 'services', 'logs']);
    expect(
      desk
        .frame()
        .panes.filter(({ hasFocus }) => hasFocus)
        .map(({ id }) => id),
    ).toEqual(['logs']);
  });
  key(['S-tab'], 'goes through them backwards', name => {
    expect(new Desk().press(name).model.focus).toBe('logs');
    expect(new Desk().press('p', name).model.focus).toBe('pinned');
  });
  key(['right'], 'goes to the logs, and further right in long lines', name => {
    const desk = new Desk()
      .choose('gateway')
      .print('gateway', `${'-'.repeat(16)}the rest`)
      .press(name);
    expect(desk.model.focus).toBe('logs');
    expect(shownLines(desk.press(name))).toEqual(['the rest']);
  });
  key(['left'], 'goes back left, and then to the services', name => {
    const desk = new Desk().press('right', 'right', name);
    expect([desk.model.logs.shift, desk.model.focus]).toEqual([0, 'logs']);
    expect(desk.press(name).model.focus).toBe('services');
  });
  key(['pageup', 'C-b'], 'shows the page before', name => {
    const desk = printed();
    const first = shownLines(desk)[0];
    expect(shownLines(desk.press(name)).at(-1)).toBe(first);
  });
  key(['pagedown', 'C-f'], 'shows the next page', name => {
    const desk = printed().press('pageup', 'pageup');
    const last = shownLines(desk).at(-1);
    expect(shownLines(desk.press(name))[0]).toBe(last);
  });
  key(['C-u'], 'goes up by half a page', name => {
    expect(shownLines(printed(80, 24).press(name)).at(-1)).toBe('line 91');
  });
  key(['C-d'], 'goes down by half a page', name => {
    expect(shownLines(printed(80, 24).press('C-u', 'C-u', name)).at(-1)).toBe('line 91');
  });
  key(['g', 'home'], 'goes to the top', name => {
    const desk = printed().press('tab', name);
    expect(shownLines(desk)[0]).toBe('line 1');
    expect(shownLines(desk.press('j'))[0]).toBe('line 2');
    expect(new Desk().choose('orders').press(name).model.cursor).toBeUndefined();
  });
  key(['G', 'end'], 'goes to the bottom, and follows', name => {
    const desk = printed().press('tab', 'g', name).print('gateway', 'new');
    expect(shownLines(desk).at(-1)).toBe('new');
    expect(new Desk().press(name).model.cursor).toBe('mail');
  });
  key(['escape'], 'takes away the search, the marks, then the filter', name => {
    const desk = new Desk().choose('gateway').press('c', 'e', '/').type('x').press('enter');
    const left = () => [desk.model.logs.search, desk.model.marked.size, desk.model.logs.level];
    desk.now += 2000;
    desk.tell({ type: 'tick', now: desk.now });
    expect(left()).toEqual(['x', 1, 'error']);
    desk.press(name);
    expect(left()).toEqual(['', 1, 'error']);
    desk.press(name);
    expect(left()).toEqual(['', 0, 'error']);
    desk.press(name);
    expect(left()).toEqual(['', 0, undefined]);
  });
});

describe('logs', () => {
  key(['space'], 'pauses: new lines do not move what is seen, and are counted', name => {
    const desk = printed().press(name);
    const before = desk.rows('logs');
    expect(desk.title('logs')).toBe('all · paused');
    expect(desk.status).toContain(' space follow ');
    desk.print('gateway', 'new 1', 'new 2').print('orders', 'new 3');
    expect(desk.rows('logs')).toEqual(before);
    expect(desk.title('logs')).toBe('all · paused, 3 below');
    expect(shownLines(desk.press(name)).at(-1)).toBe('new 3');
    expect(desk.title('logs')).toBe('all');
  });
  key(['/'], 'searches while it is typed, and marks the newest hit', name => {
    const desk = printed().press(name).type('line 3');
    expect(desk.status).toBe('/line 3');
    expect(desk.frame().cursor).toEqual({ column: 7, row: 23 });
    expect(desk.title('logs')).toBe('all · paused, 52 below · /line 3 11/11');
    expect(shownLines(desk)).toContain('line 39');
    desk.press('enter');
    expect(desk.model.typing).toBeUndefined();
    const selected = desk
      .frame()
      .panes.find(({ id }) => id === 'logs')!
      .rows.find(row => row.every(({ style }) => style.inverse));
    expect(
      selected
        ?.map(({ text }) => text)
        .join('')
        .trimEnd(),
    ).toBe('gateway  │ line 39');
  });
  key(['/'], 'goes back to what was seen on escape', name => {
    const desk = printed();
    const before = desk.rows('logs');
    expect(desk.press(name).type('line 3').press('escape').rows('logs')).toEqual(before);
  });
  key(['/'], 'says that nothing matches', name => {
    expect(printed().press(name).type('nowhere').press('enter').status).toBe('nothing matches nowhere');
  });
  key(['n', 'N'], 'says that there is no search', name => {
    expect(new Desk().press(name).status).toBe('nothing is searched for: / begins a search');
  });
  key(['N'], 'goes to earlier hits, around the begin', name => {
    const desk = printed().press('/').type('line 1$|line 50$|line 100').press('enter');
    const selected = () => desk.model.logs.selected! + 1;
    const seen = [selected()];
    for (let times = 0; times < 3; times++) {
      desk.press(name);
      seen.push(selected());
      expect(shownLines(desk)).toContain(`line ${selected()}`);
    }
    expect(seen).toEqual([100, 50, 1, 100]);
  });
  key(['n'], 'goes to later hits, around the end', name => {
    const desk = printed().press('/').type('line 1$|line 50$|line 100').press('enter');
    const seen = Array.from({ length: 3 }, () => desk.press(name).model.logs.selected! + 1);
    expect(seen).toEqual([1, 50, 100]);
  });
  key(['f'], 'shows only what matches, new lines too', name => {
    const desk = printed().press(name).type('LINE 7').press('enter');
    expect(desk.rows('logs')).toEqual(['no such line: escape shows all']);
    desk.press(name, 'C-u').type('line 7').press('enter');
    expect(shownLines(desk)).toEqual(['line 7', ...Array.from({ length: 10 }, (_, index) => `line 7${index}`)]);
    expect(shownLines(desk.print('gateway', 'line 8', 'Line 7!')).at(-1)).toBe('Line 7!');
    expect(desk.title('logs')).toBe('all · only line 7');
  });
  key(['&'], 'turns the filter around', name => {
    const desk = printed().press('f').type('line').press('enter').print('orders', 'other');
    expect(shownLines(desk.press(name))).toEqual(['other']);
    expect(desk.title('logs')).toBe('all · without line');
    expect(shownLines(desk.press(name))).not.toContain('other');
  });
  key(['e'], 'shows errors with their stacks and crashes, then all again', name => {
    const desk = new Desk()
      .print('orders', 'fine', 'Error: broken', '    at orders.js:1', 'fine again')
      .crash('orders');
    expect(shownLines(desk.press(name)).slice(0, 2)).toEqual(['Error: broken', '    at orders.js:1']);
    expect(desk.rows('logs')[2]).toMatch(/^orders +✗ crashed: exit code 1/);
    expect(desk.title('logs')).toBe('all · errors');
    expect(shownLines(desk.press(name))).toContain('fine again');
  });
  key(['l'], 'goes through the levels', name => {
    const desk = new Desk().print('orders', 'plain', 'DEBUG a', 'INFO b', 'WARN c', 'ERROR d');
    const seen = Array.from({ length: 5 }, () => shownLines(desk.press(name)).length);
    expect(seen).toEqual([4, 3, 2, 1, 5]);
  });
  key(['y'], 'copies what is on the screen, without colours', name => {
    const desk = new Desk().print('orders', '\x1b[31mred\x1b[0m', 'two').press(name);
    expect(desk.effects).toEqual([{ type: 'copy', text: 'red\ntwo' }]);
    expect(desk.status).toBe('copied 2 lines');
  });
  key(['y'], 'copies the line that stands out', name => {
    const desk = printed().press('/').type('line 50').press('enter', name);
    expect(desk.effects).toEqual([{ type: 'copy', text: 'line 50' }]);
    expect(desk.status).toBe('copied the line');
  });
});

describe('looks', () => {
  key(['p'], 'pins the logs in a second pane, which keeps them', name => {
    const desk = new Desk().print('gateway', 'of gateway').print('orders', 'of orders').choose('gateway').press(name);
    desk.choose('orders');
    expect([desk.title('logs'), desk.title('pinned')]).toEqual(['orders', 'gateway · pinned']);
    expect([desk.rows('logs'), desk.rows('pinned')]).toEqual([['│ of orders'], ['│ of gateway']]);
    expect(desk.press(name).rows('pinned')).toEqual([]);
  });
  key(['z'], 'zooms the logs, and back', name => {
    const desk = new Desk().press(name);
    expect(desk.frame().panes.map(({ id, place }) => [id, place.width])).toEqual([
      ['header', 80],
      ['logs', 80],
      ['status', 80],
    ]);
    expect(desk.press(name).frame().panes).toHaveLength(4);
  });
  key(['W'], 'wraps long lines, and cuts them', name => {
    const desk = new Desk().choose('orders').print('orders', 'x'.repeat(50));
    expect(desk.rows('logs')).toEqual([`│ ${'x'.repeat(39)}…`]);
    expect(desk.press(name).rows('logs')).toEqual([`│ ${'x'.repeat(40)}`, `  ${'x'.repeat(10)}`]);
    expect(desk.press(name).rows('logs')).toHaveLength(1);
  });
  key(['T'], 'shows times, and none', name => {
    const desk = new Desk().choose('orders').print('orders', 'now');
    expect(desk.press(name).rows('logs')[0]).toMatch(/^\d\d:\d\d:\d\d │ now$/);
    expect(desk.press(name).rows('logs')).toEqual(['│ now']);
  });
  key(['m'], 'gives the mouse to the terminal, and takes it back', name => {
    const desk = new Desk().press(name);
    expect(desk.lastEffect).toEqual({ type: 'mouse', isOurs: false });
    expect(desk.header).toMatch(/the terminal has the mouse \(m\)$/);
    expect(desk.press(name).lastEffect).toEqual({ type: 'mouse', isOurs: true });
  });
});

describe('the rest', () => {
  key([':'], 'runs a command of the shell', name => {
    const desk = new Desk().press(name).type('restart orders');
    expect(desk.status).toBe(': restart orders');
    expect(desk.press('enter').effects).toEqual([{ type: 'command', line: 'restart orders' }]);
  });
  key(['q', 'C-c'], 'leaves', name => {
    expect(new Desk().press(name).effects).toEqual([{ type: 'leave' }]);
  });
  it('keys that mean nothing do nothing', () => {
    const desk = new Desk();
    const before = desk.model;
    expect(desk.press('ö', 'f12').model).toBe(before);
  });
  it('a system without services is no problem for any key', () => {
    for (const { keys } of KEYS)
      for (const name of keys) {
        const desk = new Desk().tell({ type: 'system', system: systemOf([]), statuses: [] }).press(name);
        expect(desk.effects.filter(({ type }) => type === 'order')).toEqual([]);
      }
    expect(running).toHaveLength(shop.services.size);
  });
});

afterAll(() => {
  const names = KEYS.flatMap(({ keys }) => keys);
  expect([...tested].sort()).toEqual([...names].sort());
  expect(new Set(names).size).toBe(names.length);
});

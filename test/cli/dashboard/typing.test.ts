// Lines that are typed at the bottom: editing, history, completion, answers.
import { describe, expect, it } from 'vitest';
import { Desk, NOW } from './shop.js';

const typed = (desk: Desk) => [desk.model.typing?.text, desk.model.typing?.at];

describe('a typed line', () => {
  it.each([
    [['left'], 'one two', 6],
    [['home'], 'one two', 0],
    [['home', 'right'], 'one two', 1],
    [['home', 'left'], 'one two', 0],
    [['home', 'end', 'right'], 'one two', 7],
    [['C-a', 'C-f', 'C-b', 'C-e'], 'one two', 7],
    [['backspace'], 'one tw', 6],
    [['home', 'delete'], 'ne two', 0],
    [['home', 'C-d'], 'ne two', 0],
    [['left', 'left', 'left', 'C-u'], 'two', 0],
    [['left', 'left', 'left', 'C-k'], 'one ', 4],
    [['C-w'], 'one ', 4],
    [['C-w', 'C-w'], '', 0],
    [['home', 'X'], 'Xone two', 1],
    [['é', '漢', '👍'], 'one twoé漢👍', 11],
    [['👍', 'backspace'], 'one two', 7],
    [['f5', 'pageup', 'insert'], 'one two', 7],
  ])('after %j', (keys, text, at) => {
    expect(
      typed(
        new Desk()
          .press(':')
          .type('one two')
          .press(...keys),
      ),
    ).toEqual([text, at]);
  });

  it('takes what is pasted as one line, and carries nothing out', () => {
    const desk = new Desk().press(':').type('a').press('left').tell({ type: 'paste', text: 'x\r\ny\x1b[z' });
    expect(typed(desk)).toEqual(['x y[za', 5]);
    expect(desk.effects).toEqual([]);
  });

  it('is not there for what is pasted without it', () => {
    const desk = new Desk().tell({ type: 'paste', text: 'xxq' });
    expect(desk.effects).toEqual([]);
  });

  it('ends by escape, Ctrl-C, and by taking away more than there is', () => {
    for (const keys of [['escape'], ['C-c'], ['backspace', 'backspace']])
      expect(
        new Desk()
          .press(':')
          .type('a')
          .press(...keys).model.typing,
      ).toBeUndefined();
  });

  it('keeps its cursor on the screen, however long it gets', () => {
    const desk = new Desk(20, 10).press(':').type('0123456789012345678901234567');
    expect(desk.status).toBe('9012345678901234567');
    expect(desk.frame().cursor).toEqual({ column: 19, row: 9 });
    expect(desk.press('home').frame().cursor).toEqual({ column: 2, row: 9 });
  });

  it('of nothing asks for nothing', () => {
    expect(new Desk().press(':').type('  ').press('enter').effects).toEqual([]);
  });
});

describe('the history', () => {
  it('goes back and forth, to what was typed in the end', () => {
    const desk = new Desk(80, 24, { history: ['first', 'second'] }).press(':').type('own');
    const seen = ['up', 'up', 'up', 'down', 'C-p', 'C-n', 'down'].map(key => desk.press(key).model.typing?.text);
    expect(seen).toEqual(['second', 'first', 'first', 'second', 'first', 'second', 'own']);
  });

  it('grows by what is carried out, each line once', () => {
    const desk = new Desk(80, 24, { history: ['ps', 'start all'] }).press(':').type('ps').press('enter');
    expect(desk.model.history).toEqual(['start all', 'ps']);
  });

  it('is not that of searches', () => {
    const desk = new Desk(80, 24, { history: ['ps'] }).press('/').type('x').press('up');
    expect(typed(desk)).toEqual(['x', 1]);
    expect(desk.press('enter').model.history).toEqual(['ps']);
  });
});

describe('completion', () => {
  it('is asked for by tab, and shows what could follow', () => {
    const desk = new Desk().press(':').type('start o').press('tab');
    expect(desk.effects).toEqual([{ type: 'complete', line: 'start o' }]);
    desk.tell({ type: 'completed', asked: 'start o', line: 'start or', candidates: ['orders', 'orange'] });
    expect(desk.status).toBe(': start or   orders  orange');
    expect(desk.type('d').status).toBe(': start ord');
  });

  it('keeps what stands behind the cursor', () => {
    const desk = new Desk().press(':').type('st o').press('left', 'left', 'tab');
    desk.tell({ type: 'completed', asked: 'st', line: 'start', candidates: [] });
    expect(typed(desk)).toEqual(['start o', 5]);
  });

  it('that comes too late is passed over', () => {
    const desk = new Desk().press(':').type('st').press('tab').type('op');
    desk.tell({ type: 'completed', asked: 'st', line: 'start ', candidates: [] });
    expect(typed(desk)).toEqual(['stop', 4]);
    expect(
      desk.press('escape').tell({ type: 'completed', asked: 'stop', line: 'x', candidates: [] }).model.typing,
    ).toBeUndefined();
  });

  it('is for commands only', () => {
    expect(new Desk().press('/').type('a').press('tab').effects).toEqual([]);
  });
});

describe('an answer', () => {
  it('of one line stands in the last row for a while', () => {
    const desk = new Desk().tell({ type: 'said', text: '4 ready in 0.32 s\n', isProblem: false });
    expect(desk.status).toBe('4 ready in 0.32 s');
    desk.now = NOW + 9000;
    expect(desk.status).toMatch(/^\? help/);
  });

  it('that is a problem is red', () => {
    const desk = new Desk().tell({ type: 'said', text: 'no service is called "x"', isProblem: true });
    const status = desk.frame().panes.find(({ id }) => id === 'status')!;
    expect(status.rows[0]![0]!.style).toEqual({ foreground: 1 });
  });

  it('of several lines lies above all until it is closed', () => {
    const desk = new Desk().tell({ type: 'said', text: 'one\ntwo\n', isProblem: false });
    expect([desk.title('overlay'), desk.rows('overlay')]).toEqual(['answer', ['one', 'two', 'escape closes']]);
    expect(desk.press('q').effects).toEqual([]);
    expect(desk.rows('overlay')).toEqual([]);
  });

  it('to i, v and D keeps its colours', () => {
    const desk = new Desk().tell({ type: 'overlay', title: 'orders', lines: ['\x1b[1mpid\x1b[22m 7'] });
    const overlay = desk.frame().panes.at(-1)!;
    expect(overlay.rows[0]).toEqual([
      { text: 'pid', style: { bold: true } },
      { text: ' 7', style: {} },
    ]);
  });
});

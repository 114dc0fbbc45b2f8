// Every key of the dashboard in a real terminal: keys in, text out. The last test holds that no key is without one.
import { describe, expect, it } from 'vitest';
import { KEYS } from '../../src/cli/dashboard/keys.js';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const API = `
  for (let i = 1; i <= 60; i++) console.log('request ' + i + ' of many');
  console.log('ERROR: the cache is cold');
  console.log('a long line ' + '.'.repeat(200) + ' and its end');
  setInterval(() => {}, 1000);
`;
const WORKER = `
  console.log('worker waits for jobs');
  setInterval(() => {}, 1000);
`;
const SYSTEM = `
fuge_global:
  monitor: false
api:
  type: node
  path: api
  run: index.cjs
worker:
  type: node
  path: worker
  run: index.cjs
  environment: [COLOUR=blue]
`;

/** Names of keys as tmux sends them. */
const TMUX: Readonly<Record<string, string>> = {
  space: 'Space',
  enter: 'Enter',
  escape: 'Escape',
  tab: 'Tab',
  'S-tab': 'BTab',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  pageup: 'PageUp',
  pagedown: 'PageDown',
  home: 'Home',
  end: 'End',
  f1: 'F1',
};

const pressed = new Set<string>();

class Desk {
  readonly terminal: Terminal;

  constructor() {
    const folder = temporaryFolder({ 'api/index.cjs': API, 'worker/index.cjs': WORKER, 'fuge.yml': SYSTEM });
    this.terminal = new Terminal(folder, ['dashboard', 'fuge.yml'], { columns: 100, rows: 20 });
  }

  press(...keys: string[]): void {
    for (const key of keys) {
      pressed.add(key);
      this.terminal.press(TMUX[key] ?? key);
    }
  }

  get text(): string {
    return this.terminal.rows().join('\n');
  }

  /** Waits until all of these are on the screen. */
  async sees(...patterns: readonly RegExp[]): Promise<void> {
    await this.terminal.waits(() => {
      for (const pattern of patterns) expect(this.text).toMatch(pattern);
    });
  }

  async lacks(pattern: RegExp): Promise<void> {
    await this.terminal.waits(() => expect(this.text).not.toMatch(pattern));
  }

  /** Both services run, and api is chosen. */
  async start(): Promise<void> {
    await this.sees(/all services/);
    this.press('s');
    await this.sees(/2 of 2 ready/);
    this.press('down');
    await this.sees(/┌ api ─/, /a long line/);
  }
}

async function open(): Promise<Desk> {
  const desk = new Desk();
  await desk.start();
  return desk;
}

describe.skipIf(!hasTmux)('a key of the dashboard', () => {
  it('moves from service to service', async () => {
    const desk = await open();
    for (const [key, title] of [
      ['j', /┌ worker ─/],
      ['k', /┌ api ─/],
      ['up', /┌ all ─/],
      ['end', /┌ worker ─/],
      ['home', /┌ all ─/],
      ['G', /┌ worker ─/],
      ['g', /┌ all ─/],
      ['down', /┌ api ─/],
      ['a', /┌ all ─/],
    ] as const) {
      desk.press(key);
      await desk.sees(title);
    }
    desk.press('j', 'c', 'c');
    await desk.sees(/┌ api, worker ─/);
    desk.press('escape');
    await desk.sees(/┌ worker ─/);
  });

  it('gives orders', async () => {
    const desk = await open();
    desk.press('x');
    await desk.sees(/1 of 2 ready/, /■ api/, /■ stopped/);
    desk.press('s');
    await desk.sees(/2 of 2 ready/);
    desk.press('r');
    await desk.sees(/↻1/, /2 of 2 ready/);
    desk.press('K');
    await desk.sees(/kill api\?/);
    desk.press('y');
    await desk.sees(/■ api/);
    desk.press('d');
    await desk.sees(/api: inspector on 127\.0\.0\.1:\d+/, /2 of 2 ready/);
    desk.press('w');
    await desk.sees(/watched: api/);
    desk.press('w');
    await desk.sees(/watched no more: api/);
    desk.press('t');
    await desk.sees(/shown only by themselves: api/);
    desk.press('a');
    await desk.sees(/worker waits for jobs/);
    await desk.lacks(/request \d+ of many/);
    desk.press('x');
    await desk.sees(/stop 2 services\?/);
    desk.press('n');
    await desk.lacks(/stop 2 services\?/);
    await desk.sees(/2 of 2 ready/);
  });

  it('shows more about services, and takes it away', async () => {
    const desk = await open();
    for (const [key, patterns] of [
      ['?', [/┌ keys ─/, /more rows, escape closes/]],
      ['f1', [/┌ keys ─/]],
      ['i', [/┌ api ─/, /state +ready/, /log files/]],
      ['v', [/┌ environment of api ─/, /SERVICE_HOST|PORT/]],
      ['D', [/┌ what needs what ─/]],
    ] as const) {
      desk.press(key);
      await desk.sees(...patterns, /escape closes/);
      desk.press('escape');
      await desk.lacks(/escape closes/);
    }
  });

  it('moves in the logs', async () => {
    const desk = await open();
    desk.press('enter', 'g');
    await desk.sees(/paused, \d+ below/, /request 1 of/);
    desk.press('pagedown');
    await desk.lacks(/request 1 of/);
    desk.press('pageup');
    await desk.sees(/request 1 of/);
    desk.press('C-d');
    await desk.lacks(/request 1 of/);
    desk.press('C-u');
    await desk.sees(/request 1 of/);
    desk.press('C-f');
    await desk.lacks(/request 1 of/);
    desk.press('C-b');
    await desk.sees(/request 1 of/);
    desk.press('j', 'j');
    await desk.lacks(/request 1 of/);
    desk.press('G');
    await desk.sees(/a long line/);
    await desk.lacks(/paused/);
    desk.press('space');
    await desk.sees(/paused/);
    desk.press('space');
    await desk.lacks(/paused/);
    for (let i = 0; i < 11; i++) desk.press('right');
    await desk.sees(/and its end/);
    for (let i = 0; i < 12; i++) desk.press('left');
    await desk.lacks(/and its end/);
    // The focus has come back to the services.
    desk.press('tab', 'S-tab', 'j');
    await desk.sees(/┌ worker ─/);
  });

  it('searches and filters', async () => {
    const desk = await open();
    desk.press('/');
    desk.terminal.type('request 1\\d ');
    await desk.sees(/^\/request 1/m, /request 19 of many/);
    desk.press('enter');
    await desk.sees(/· \/request 1\\d +10\/10/);
    desk.press('N');
    await desk.sees(/ 9\/10/);
    desk.press('n');
    await desk.sees(/ 10\/10/);
    desk.press('escape', 'escape', 'escape');
    await desk.lacks(/\/10/);
    // A search pauses.
    desk.press('space');
    await desk.lacks(/paused/);
    desk.press('f');
    desk.terminal.type('request 7');
    desk.press('enter');
    await desk.sees(/only request 7/, /request 7 of many/);
    await desk.lacks(/request 60/);
    desk.press('&');
    await desk.sees(/without request 7/, /request 60/);
    await desk.lacks(/request 7 of/);
    desk.press('escape', 'escape');
    await desk.lacks(/without/);
    desk.press('e');
    await desk.sees(/· errors/, /cache is cold/);
    await desk.lacks(/request \d+ of many/);
    desk.press('e');
    await desk.sees(/request 60/);
    desk.press('l', 'l', 'l');
    await desk.sees(/warn and graver/);
  });

  it('changes how the logs look', async () => {
    const desk = await open();
    desk.press('W');
    await desk.sees(/and its end/);
    desk.press('W');
    await desk.lacks(/and its end/);
    desk.press('T');
    await desk.sees(/\d\d:\d\d:\d\d.* request 60/);
    desk.press('T');
    await desk.lacks(/\d\d:\d\d:\d\d.* request 60/);
    desk.press('p');
    await desk.sees(/api · pinned/);
    desk.press('p');
    await desk.lacks(/pinned/);
    desk.press('z');
    await desk.lacks(/all services/);
    desk.press('z');
    await desk.sees(/all services/);
  });

  it('copies to the clipboard', async () => {
    const desk = await open();
    desk.press('f');
    desk.terminal.type('request 7');
    desk.press('enter', 'y');
    await desk.sees(/copied the line/);
    expect(desk.terminal.clipboard()).toBe('request 7 of many');
  });

  it('leaves the mouse to the terminal, and takes it back', async () => {
    const desk = await open();
    expect(desk.terminal.modes().mouse).toBe(true);
    desk.press('m');
    await desk.terminal.waits(() => expect(desk.terminal.modes().mouse).toBe(false));
    desk.press('m');
    await desk.terminal.waits(() => expect(desk.terminal.modes().mouse).toBe(true));
  });

  it('runs commands, and completes them', async () => {
    const desk = await open();
    desk.press(':');
    desk.terminal.type('sto');
    desk.terminal.press('Tab');
    await desk.sees(/^: stop$/m);
    desk.terminal.type('wor');
    desk.terminal.press('Tab', 'Enter');
    await desk.sees(/1 of 2 ready/, /■ worker/);
    desk.press(':');
    desk.terminal.type('ps');
    desk.terminal.press('Enter');
    await desk.sees(/┌ ps ─/, /NAME +STATE|NAME +TYPE/, /worker +stopped|worker +node +stopped/);
    desk.press('escape', ':');
    desk.terminal.type('frobnicate');
    desk.terminal.press('Enter');
    await desk.sees(/frobnicate/);
    desk.press('escape', ':');
    desk.terminal.type('!echo one; echo two');
    desk.terminal.press('Enter');
    await desk.sees(/│one +│/, /│two +│/);
  });

  it.each(['q', 'C-c'])('asks before it stops what runs: %s', async key => {
    const desk = await open();
    desk.press(key);
    await desk.sees(/Stop 2 services and leave\?/);
    desk.press('n');
    await desk.lacks(/and leave\?/);
    desk.press(key);
    await desk.sees(/Stop 2 services and leave\?/);
    desk.press('y');
    await desk.sees(/all stopped in/, /CODE=0/);
    expect(desk.terminal.modes()).toEqual({ screen: 'main', cursor: true, mouse: false, keyboard: 'by line' });
  });

  it('is tested here, whichever of the table it is', () => {
    expect(KEYS.flatMap(({ keys }) => keys).filter(key => !pressed.has(key))).toEqual([]);
  });
});

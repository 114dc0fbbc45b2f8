/**
 * Every key of the dashboard, in one table: the help, the last row and what happens are made from it. What is typed on a line
 * is in typing.ts; the answers to a question and the keys of an overlay are in model.ts.
 */
import type { Level } from '../../index.js';
import * as look from './looking.js';
import type { Effect, Step } from './message.js';
import * as order from './ordering.js';
import { type Model, paneOf, type Typing, withPane } from './state.js';
import { beginTyping } from './typing.js';

export type Topic = 'Move' | 'Services' | 'Logs' | 'Look' | 'Leave';

export interface Key {
  /** The first one is shown in the last row. */
  readonly keys: readonly [string, ...string[]];
  readonly topic: Topic;
  /** For the help: what it does, in a few words. */
  readonly help: string;
  /** In the last row; undefined: it is not shown there. */
  readonly hint?: string | ((model: Model) => string);
  /** Only with the focus there; default: everywhere. */
  readonly where?: 'services' | 'logs';
  readonly press: (model: Model) => Step<Model>;
}

const step = (model: Model, ...effects: Effect[]): Step<Model> => ({ model, effects });
const LEVELS_SHOWN: readonly (Level | undefined)[] = [undefined, 'debug', 'info', 'warn', 'error'];

export const KEYS: readonly Key[] = [
  // The order is that of the last row.
  { keys: ['?', 'f1'], topic: 'Look', help: 'these keys', hint: 'help', press: model => step(look.withHelp(model)) },
  { keys: ['s'], topic: 'Services', help: 'start', hint: 'start', press: model => order.give(model, 'start') },
  { keys: ['x'], topic: 'Services', help: 'stop', hint: 'stop', press: model => order.give(model, 'stop') },
  { keys: ['r'], topic: 'Services', help: 'restart', hint: 'restart', press: model => order.give(model, 'restart') },
  {
    keys: ['space'],
    topic: 'Logs',
    help: 'pause, and follow again',
    hint: model => (paneOf(model).bottom === undefined ? 'pause' : 'follow'),
    press: model => step(look.togglePause(model)),
  },
  { keys: ['/'], topic: 'Logs', help: 'search (regular expression)', hint: 'search', press: typing('search') },
  {
    keys: ['n'],
    topic: 'Logs',
    help: 'next hit, later',
    press: model => step(look.toHit(model, true)),
  },
  {
    keys: ['N'],
    topic: 'Logs',
    help: 'next hit, earlier',
    press: model => step(look.toHit(model, false)),
  },
  { keys: ['f'], topic: 'Logs', help: 'show only lines that match', hint: 'filter', press: typing('filter') },
  {
    keys: ['&'],
    topic: 'Logs',
    help: 'turn the filter around',
    press: model => step(withPane(model, { isInverted: !paneOf(model).isInverted })),
  },
  {
    keys: ['e'],
    topic: 'Logs',
    help: 'errors only, and all again',
    hint: 'errors',
    press: model => step(withPane(model, { level: paneOf(model).level === 'error' ? undefined : 'error' })),
  },
  {
    keys: ['l'],
    topic: 'Logs',
    help: 'level: all, debug, info, warn, error',
    press: model => {
      const next = LEVELS_SHOWN.indexOf(paneOf(model).level) + 1;
      return step(withPane(model, { level: LEVELS_SHOWN[next % LEVELS_SHOWN.length] }));
    },
  },
  {
    keys: ['enter'],
    topic: 'Move',
    help: 'to the logs of the service; types into one that has a terminal',
    hint: 'logs',
    where: 'services',
    press: model => {
      const terminal = order.terminalOf(model);
      return terminal === undefined
        ? step({ ...model, focus: 'logs' })
        : step(model, { type: 'attach', service: terminal });
    },
  },
  {
    keys: ['q', 'C-c'],
    topic: 'Leave',
    help: 'back to where it was opened',
    hint: 'back',
    press: model => step(model, { type: 'leave' }),
  },
  { keys: ['tab'], topic: 'Move', help: 'to the next pane', press: model => step(look.focusNext(model, 1)) },
  { keys: ['S-tab'], topic: 'Move', help: 'to the pane before', press: model => step(look.focusNext(model, -1)) },
  { keys: ['down', 'j'], topic: 'Move', help: 'down', press: model => step(look.move(model, 1)) },
  { keys: ['up', 'k'], topic: 'Move', help: 'up', press: model => step(look.move(model, -1)) },
  {
    keys: ['right'],
    topic: 'Move',
    help: 'to the logs; there: further right in long lines',
    press: model => step(look.sideways(model, 1)),
  },
  { keys: ['left'], topic: 'Move', help: 'back left', press: model => step(look.sideways(model, -1)) },
  { keys: ['pagedown', 'C-f'], topic: 'Move', help: 'a page down', press: model => step(look.page(model, 1)) },
  { keys: ['pageup', 'C-b'], topic: 'Move', help: 'a page up', press: model => step(look.page(model, -1)) },
  { keys: ['C-d'], topic: 'Move', help: 'half a page down', press: model => step(look.page(model, 0.5)) },
  { keys: ['C-u'], topic: 'Move', help: 'half a page up', press: model => step(look.page(model, -0.5)) },
  { keys: ['g', 'home'], topic: 'Move', help: 'to the top', press: model => step(look.toTop(model)) },
  {
    keys: ['G', 'end'],
    topic: 'Move',
    help: 'to the bottom; logs follow again',
    press: model => step(look.toBottom(model)),
  },
  {
    keys: ['escape'],
    topic: 'Move',
    help: 'takes away one after the other: search, selection, marks, filter',
    press: model => step(look.takeAway(model)),
  },
  {
    keys: ['K'],
    topic: 'Services',
    help: 'kill at once (asks first)',
    press: model => order.give(model, 'kill'),
  },
  { keys: ['d'], topic: 'Services', help: "start with Node's inspector", press: model => order.give(model, 'debug') },
  { keys: ['w'], topic: 'Services', help: 'watch its files, or no more', press: order.toggleWatch },
  { keys: ['t'], topic: 'Services', help: 'show its lines among all, or no more', press: order.toggleTail },
  {
    keys: ['c'],
    topic: 'Services',
    help: 'mark: keys and logs are about all marked ones',
    press: model => step(look.mark(model)),
  },
  {
    keys: ['a'],
    topic: 'Services',
    help: 'all services: no marks, logs of all',
    press: model => step(look.chooseAll(model)),
  },
  {
    keys: [':'],
    topic: 'Services',
    help: 'any command of the shell (tab completes)',
    hint: 'command',
    press: typing('command'),
  },
  { keys: ['i'], topic: 'Look', help: 'info about the service', hint: 'info', press: order.ask('info') },
  { keys: ['v'], topic: 'Look', help: 'its environment', press: order.ask('environment') },
  { keys: ['D'], topic: 'Look', help: 'the graph of dependencies', press: order.ask('graph') },
  {
    keys: ['p'],
    topic: 'Look',
    help: 'pin these logs in a second pane, or unpin',
    hint: 'pin',
    press: model => step(look.togglePin(model)),
  },
  {
    keys: ['z'],
    topic: 'Look',
    help: 'zoom: only the logs',
    hint: 'zoom',
    press: model => step(look.toggleZoom(model)),
  },
  {
    keys: ['W'],
    topic: 'Look',
    help: 'wrap long lines, or cut them',
    press: model => step({ ...model, wraps: !model.wraps }),
  },
  { keys: ['T'], topic: 'Look', help: 'times, or none', press: model => step({ ...model, hasTimes: !model.hasTimes }) },
  {
    keys: ['y'],
    topic: 'Logs',
    help: 'copy the selected line, or what is on the screen',
    hint: 'copy',
    press: look.copy,
  },
  {
    keys: ['m'],
    topic: 'Look',
    help: 'leave the mouse to the terminal, so that its own selection works',
    press: model => step({ ...model, isMouseOurs: !model.isMouseOurs }, { type: 'mouse', isOurs: !model.isMouseOurs }),
  },
];

const BY_KEY = new Map(KEYS.flatMap(key => key.keys.map(name => [name, key] as const)));

/** What a key does; undefined: nothing. */
export function findKey(name: string, model: Model): Key | undefined {
  const key = BY_KEY.get(name);
  return key && worksNow(key, model) ? key : undefined;
}

export function worksNow({ where }: Key, { focus }: Model): boolean {
  return where === undefined || (where === 'services') === (focus === 'services');
}

const NAMES: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  'S-tab': 'Shift-Tab',
  f1: 'F1',
};

/** A key as people read it. */
export function keyText(key: string): string {
  return NAMES[key] ?? (key.startsWith('C-') ? `Ctrl-${key.slice(2).toUpperCase()}` : key);
}

function typing(what: Typing['what']) {
  return (model: Model) => step(beginTyping(model, what));
}

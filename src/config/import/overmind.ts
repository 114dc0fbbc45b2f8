/** Settings that overmind reads from `.overmind.env`: ports, copies, restarts and signals of the processes of a Procfile. */
import { constants } from 'node:os';
import { parseDotenv } from '../../dotenv.js';
import type { Report } from '../report.js';
import type { Source } from '../source.js';
import { LEFT_OUT } from './context.js';

export interface Formation {
  /** The first port, and how far one is from the next. */
  readonly port: number | undefined;
  readonly step: number | undefined;
  readonly noPort: boolean;
  readonly timeoutSeconds: number | undefined;
  readonly ignored: ReadonlySet<string>;
  /** How many copies of a process run. */
  formation(name: string): number;
  restarts(name: string): boolean;
  /** The signal that stops it. */
  signals(name: string): string | undefined;
}

export const NO_SETTINGS: Formation = {
  port: undefined,
  step: undefined,
  noPort: false,
  timeoutSeconds: undefined,
  ignored: new Set(),
  formation: () => 1,
  restarts: () => false,
  signals: () => undefined,
};

/** Speak of overmind itself, its terminal or where it is found. */
const OWN =
  /^OVERMIND_(SOCKET|TITLE|TMUX_CONFIG|NETWORK|COLORS|PROCFILE|ROOT|SHOW_TIMESTAMPS|PROCESSES|FORMATION_PORT_STEP|ENV|SKIP_ENV|SHELL|DAEMONIZE)$/;
const READ = /^OVERMIND_(PORT|PORT_STEP|NO_PORT|TIMEOUT|IGNORED_PROCESSES|FORMATION|AUTO_RESTART|STOP_SIGNALS)$/;
const MOST_COPIES = 50;

export function readOvermind(source: Source, report: Report): Formation {
  const { values, entries } = parseDotenv(source.text);
  for (const { name, line } of entries) {
    if (!name.startsWith('OVERMIND_') || OWN.test(name) || READ.test(name)) continue;
    const start = source.offset(line, 1);
    const hint = /CAN_DIE|ANY_CAN_DIE/.test(name)
      ? 'with fuge, one that ends never takes the others with it'
      : undefined;
    report.warn(
      LEFT_OUT,
      `${name} has no counterpart; it is left out`,
      { source, start, end: start + name.length },
      { hint },
    );
  }
  const get = (name: string) => values.get(`OVERMIND_${name}`) ?? '';
  const number = (name: string) => (/^\d+$/.test(get(name)) ? Number(get(name)) : undefined);
  const list = (name: string) =>
    get(name)
      .split(',')
      .map(one => one.trim())
      .filter(one => one !== '');
  const pairs = (name: string) => new Map(list(name).map(one => one.split('=', 2) as [string, string]));
  const formation = pairs('FORMATION');
  const signals = pairs('STOP_SIGNALS');
  const restarts = new Set(list('AUTO_RESTART'));
  return {
    port: number('PORT'),
    step: number('PORT_STEP'),
    noPort: /^(1|true|yes)$/i.test(get('NO_PORT')),
    timeoutSeconds: number('TIMEOUT'),
    ignored: new Set(list('IGNORED_PROCESSES')),
    formation(name) {
      const count = Number(formation.get(name) ?? formation.get('all') ?? 1);
      return Number.isInteger(count) ? Math.min(MOST_COPIES, Math.max(0, count)) : 1;
    },
    restarts: name => restarts.has(name) || restarts.has('all'),
    signals(name) {
      const given = signals.get(name);
      const signal = given === undefined ? undefined : `SIG${given.toUpperCase().replace(/^SIG/, '')}`;
      return signal !== undefined && Object.hasOwn(constants.signals, signal) ? signal : undefined;
    },
  };
}

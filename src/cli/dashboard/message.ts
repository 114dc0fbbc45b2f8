/** What the model of the dashboard hears, and what it asks for. */
import type { Event, ServiceStatus, System, Usage } from '../../index.js';

export type Message =
  /** At the begin and after a reload. */
  | { readonly type: 'system'; readonly system: System; readonly statuses: readonly ServiceStatus[] }
  /** Something happened; `status` is that of its service afterwards. */
  | { readonly type: 'event'; readonly event: Event; readonly status?: ServiceStatus }
  | { readonly type: 'usage'; readonly usage: ReadonlyMap<string, Usage> }
  /**
   * A key: printable ones as they are (`j`, `?`, `é`), others by name: `up`, `down`, `left`, `right`, `enter`, `escape`,
   * `tab`, `S-tab`, `backspace`, `delete`, `home`, `end`, `pageup`, `pagedown`, `space`, `C-c`, `C-d` …
   */
  | { readonly type: 'key'; readonly key: string }
  /** Text that was pasted while something is typed. */
  | { readonly type: 'paste'; readonly text: string }
  | {
      readonly type: 'mouse';
      readonly action: 'click' | 'wheel up' | 'wheel down';
      readonly column: number;
      readonly row: number;
    }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** What a command of the command line said. */
  | { readonly type: 'said'; readonly text: string; readonly isProblem: boolean }
  /**
   * Answers `complete`: what the line becomes, and what could follow where that is more than one thing. Passed over when
   * something else was typed meanwhile.
   */
  | {
      readonly type: 'completed';
      readonly asked: string;
      readonly line: string;
      readonly candidates: readonly string[];
    }
  /** Facts for an overlay that was asked for: `info`, the environment, the dependency graph; lines may hold SGR colours. */
  | { readonly type: 'overlay'; readonly title: string; readonly lines: readonly string[] }
  /** Time goes on: once a second, for ages and countdowns. */
  | { readonly type: 'tick'; readonly now: number };

export type Effect =
  | {
      readonly type: 'order';
      readonly order: 'start' | 'stop' | 'restart' | 'kill' | 'debug' | 'watch' | 'unwatch' | 'tail' | 'untail';
      readonly services: readonly string[];
    }
  /** A line of the command line: any command of the shell. The model keeps it in its own history; keep it for the next time. */
  | { readonly type: 'command'; readonly line: string }
  /** Completion of the line that is typed (up to its cursor): answered by `completed`. */
  | { readonly type: 'complete'; readonly line: string }
  | { readonly type: 'overlay'; readonly what: 'info' | 'environment' | 'graph'; readonly services: readonly string[] }
  /** To the clipboard, by OSC 52. */
  | { readonly type: 'copy'; readonly text: string }
  /** Gives the mouse to the terminal, or takes it back. */
  | { readonly type: 'mouse'; readonly isOurs: boolean }
  /** What is typed from now on goes to this service's pseudo-terminal, until the keys that end it. */
  | { readonly type: 'attach'; readonly service: string }
  /** Back to where it was opened. */
  | { readonly type: 'leave' };

export interface Step<Model> {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

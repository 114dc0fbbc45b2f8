/** What is shown while a system is up for one command: everything while it starts, then only trouble. */
import type { Event, Supervisor } from '../../index.js';
import { shortenPath } from '../output.js';
import { EventText } from '../render/events.js';
import { LogLines } from '../render/log-lines.js';
import type { Output } from '../verb.js';

export interface Telling {
  /** The command has the terminal from now on. */
  onlyTrouble(): void;
  end(): void;
}

export function tellWhatHappens(supervisor: Supervisor, out: Output, showsLogs: boolean): Telling {
  const text = new EventText(supervisor, { paint: out.paint, diagnosticStyle: { path: shortenPath } });
  const lines = new LogLines(supervisor, out.paint);
  let isQuiet = false;
  const hear = (event: Event) => {
    if (event.type === 'lines') {
      const said = lines.lines(event, 0, false);
      if (said !== '') out.print(said);
      return;
    }
    const sentence = text.sentence(event);
    if (sentence !== undefined && (!isQuiet || isTrouble(event))) out.print(sentence);
  };
  const end = supervisor.subscribe(hear, { lines: showsLogs });
  return {
    onlyTrouble: () => {
      isQuiet = true;
    },
    end,
  };
}

function isTrouble(event: Event): boolean {
  if (event.type === 'phase') return ['failed', 'backoff', 'unhealthy'].includes(event.phase.id);
  return event.type === 'notice' && event.diagnostic.severity === 'error';
}

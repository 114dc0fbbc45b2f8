/** Stops the system and says, while that lasts, what it waits for. */
import type { CloseOptions, ServiceStatus, Supervisor, System } from '../../index.js';
import { formatTook } from '../render/duration.js';
import type { Writer } from '../terminal/writer.js';

/** ms after which the line says whom it waits for, and between two lines where there is no terminal. */
const SAY_AFTER = 1000;
const SAY_EVERY_PLAIN = 5000;
/** Names that the line holds. */
const NAMES = 3;

const isBusy = ({ phase }: ServiceStatus) => !['stopped', 'completed', 'failed'].includes(phase.id);

export async function stopSystem(supervisor: Supervisor, writer: Writer, options: CloseOptions = {}): Promise<void> {
  const began = Date.now();
  const busy = supervisor.statuses().filter(isBusy).length;
  if (busy === 0) return supervisor.close(options);
  const head = `stopping ${busy} ${busy === 1 ? 'service' : 'services'} …`;
  let saidAt = began;
  if (writer.isTerminal) writer.setStatus(head);
  else writer.print(head);
  const timer = setInterval(() => {
    const now = Date.now();
    const waiting = waitingText(supervisor.statuses(), supervisor.system, now, writer.isTerminal);
    if (waiting === '' || now - began < SAY_AFTER) return;
    if (writer.isTerminal) return writer.setStatus(`${head} ${waiting}`, waiting);
    if (now - saidAt < SAY_EVERY_PLAIN) return;
    saidAt = now;
    writer.print(waiting);
  }, 250);
  try {
    await supervisor.close(options);
  } finally {
    clearInterval(timer);
    writer.setStatus('');
  }
  writer.print(`${busy === 1 ? 'stopped' : 'all stopped'} in ${formatTook(Date.now() - began)}`);
}

/** `waiting for payments (SIGTERM 3 s ago, SIGKILL in 7 s; Ctrl-C: now)`. Empty if nothing is waited for. */
export function waitingText(
  statuses: readonly ServiceStatus[],
  system: System,
  now: number,
  hasKeyboard: boolean,
): string {
  const busy = statuses.filter(isBusy);
  const [first] = busy;
  if (first === undefined) return '';
  const names = busy.slice(0, NAMES).map(status => status.name);
  const more = busy.length > NAMES ? ` and ${busy.length - NAMES} more` : '';
  const details = timesOf(first, system, now);
  const hint = hasKeyboard && !(first.phase.id === 'stopping' && first.phase.forced) ? ['Ctrl-C: now'] : [];
  const inside = [...(details === '' ? [] : [details]), ...hint].join('; ');
  return `waiting for ${names.join(', ')}${more}${inside === '' ? '' : ` (${inside})`}`;
}

function timesOf({ name, phase, since }: ServiceStatus, system: System, now: number): string {
  if (phase.id !== 'stopping') return '';
  const ago = `${Math.floor((now - since) / 1000)} s ago`;
  if (phase.forced) return `SIGKILL sent, stopping since ${ago}`;
  const service = system.services.get(name);
  if (!service || !('stop' in service)) return ago;
  const { signal, graceMs } = service.stop;
  return `${signal} ${ago}, SIGKILL in ${Math.max(0, Math.ceil((since + graceMs - now) / 1000))} s`;
}

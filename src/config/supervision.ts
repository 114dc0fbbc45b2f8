/** Keys of one section that contradict each other in how a service is supervised. */
import { earlyOption } from '../node-options.js';
import type { Command } from '../system.js';
import type { Reader } from './reader.js';
import type { Section } from './section.js';

/** fuge 2's keys and ours say the same thing. */
export function reportTwoRestarts(section: Section, what: string, reader: Reader): void {
  const ours = section.entry('restart');
  for (const key of ['restart_on_error', 'max_restarts'] as const) {
    const theirs = section.entry(key);
    if (!ours || !theirs) continue;
    reader.report.error('two-restarts', `${what} says both "restart" and "${key}"`, theirs.keyNode, {
      related: [{ message: '"restart" stands here', at: ours.keyNode }],
      hint: `say it in "restart" alone: restart: {when: on-failure, max: 5}`,
    });
  }
}

/** Whether it is kept warm: that needs a Node process which can wait before it comes to user code. */
export function isKeptWarm(section: Section, what: string, command: Command | undefined, reader: Reader): boolean {
  if (section.get('warm') !== true) return false;
  const option = command?.kind === 'argv' ? earlyOption(command.argv) : undefined;
  const why =
    section.get('tty') === true
      ? 'with "tty: true" its terminal comes with its launch'
      : command?.kind === 'shell'
        ? 'a shell starts it, not fuge'
        : option && `${option} takes effect before a process can wait`;
  if (!why) return true;
  reader.report.warn('misplaced-key', `"warm" of ${what} has no effect: ${why}`, section.entry('warm')!.keyNode);
  return false;
}

/** A task is ready by its success, and over when it ends: what speaks of something that stays up means nothing to it. */
export function reportTaskKeys(
  section: Section,
  isWrittenTask: boolean,
  isOnce: boolean,
  what: string,
  reader: Reader,
): void {
  const { report } = reader;
  if (isWrittenTask && !isOnce)
    report.error('task-not-once', `${what} is a task, but says "once: false"`, section.entry('once')?.value, {
      hint: 'leave "once" out, or write "type: process"',
    });
  if (!isOnce) return;
  for (const key of ['ready', 'live'] as const) {
    const entry = section.entry(key);
    if (!entry) continue;
    const why = key === 'ready' ? 'is ready when it has succeeded' : 'is over when it ends';
    report.warn('misplaced-key', `"${key}" of ${what} has no effect: a task ${why}`, entry.keyNode);
    section.drop(key);
  }
  if (section.get('restart')?.when === 'always')
    report.error(
      'endless-task',
      `${what} runs to its end, but "restart" starts it again each time, so it never completes`,
      section.entry('restart')?.value,
      { hint: 'a task that fails is tried again by "restart: on-failure"' },
    );
}

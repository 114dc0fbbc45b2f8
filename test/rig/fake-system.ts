/** A supervisor over fake runs, fake files and time by hand. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Event } from '../../src/event.js';
import { EngineError } from '../../src/supervisor/engine/engine.js';
import { createSupervisor, type SupervisorOptions } from '../../src/supervisor/supervisor.js';
import type { Service, System } from '../../src/system.js';
import { FakeRunner, FakeWatcher } from './fake-runner.js';
import { ManualClock } from './manual-clock.js';
import { temporaryFolder } from './open-system.js';
import { systemOf } from './system.js';

export function openFakeSystem(
  services: readonly Service[],
  more: Partial<System> = {},
  options: Pick<SupervisorOptions, 'load' | 'reloadsOnSave'> = {},
) {
  const folder = temporaryFolder();
  const clock = new ManualClock();
  const runner = new FakeRunner();
  const watcher = new FakeWatcher();
  /** Services whose ports do not answer. */
  const silent = new Set<string>();
  const fixed = { logDirectory: join(folder, 'log') };
  const supervisor = createSupervisor(systemOf(services, { ...fixed, ...more }), {
    ...options,
    clock,
    runner,
    watcher: watcher.make,
    engine: async () => {
      throw new EngineError('there is none', { code: 'ENOENT' });
    },
    environment: { XDG_STATE_HOME: folder },
    isPortTaken: async () => false,
    look: async service => (silent.has(service.name) ? { healthy: false, problem: 'no answer' } : { healthy: true }),
  });
  const events: Event[] = [];
  supervisor.subscribe(event => events.push(event));
  onTestFinished(() => supervisor.close({ force: true }));
  return {
    supervisor,
    clock,
    runner,
    watcher,
    silent,
    events,
    /** Another version of the system, as a reload would bring it. */
    next: (services: readonly Service[], other: Partial<System> = more) => systemOf(services, { ...fixed, ...other }),
    /** `service phase` of every change, in order. */
    phases: () => events.flatMap(event => (event.type === 'phase' ? [`${event.service} ${event.phase.id}`] : [])),
    phase: (service: string) => supervisor.status(service)?.phase.id,
    notices: () => events.flatMap(event => (event.type === 'notice' ? [event.diagnostic] : [])),
    clear: () => void events.splice(0),
  };
}

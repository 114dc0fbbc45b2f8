/** The whole system: order, groups, reload, close. */
import type { Supervisor } from '../control.js';
import type { System } from '../system.js';

export type SupervisorOptions = Record<never, never>;

export function createSupervisor(_system: System, _options: SupervisorOptions = {}): Supervisor {
  throw new Error('not yet');
}

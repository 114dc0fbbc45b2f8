/**
 * Applies a system file that was saved, for those who want that by itself.
 *
 * - One with errors changes nothing; what is wrong with it is told once for each save.
 * - What changed restarts, what was removed stops, as with every reload.
 * - An added service is started where all others that take part were started and none was stopped; else it only appears.
 */
import type { Diagnostic } from '../diagnostic.js';
import type { Changes } from '../event.js';
import { activeServices } from '../graph.js';
import type { System } from '../system.js';

export interface SaveHost {
  system(): System;
  isClosing(): boolean;
  reread(): Promise<{ readonly system: System | undefined; readonly diagnostics: readonly Diagnostic[] }>;
  replace(system: System): Promise<Changes>;
  /** Whether it is wanted to run. */
  isUp(service: string): boolean;
  isAvailable(service: string): boolean;
  start(services: readonly string[]): Promise<unknown>;
  notice(diagnostic: Diagnostic): void;
}

export async function applySave(host: SaveHost): Promise<void> {
  if (host.isClosing()) return;
  const { system, diagnostics } = await host.reread();
  for (const diagnostic of diagnostics) host.notice(diagnostic);
  if (host.isClosing()) return;
  if (!system) return host.notice(LEFT_AS_IT_WAS);
  const { added } = await host.replace(system);
  const active = activeServices(host.system());
  const fresh = active.filter(name => added.includes(name));
  const others = active.filter(name => !added.includes(name) && host.isAvailable(name));
  // The outcome is told by events; a next save does not wait for it.
  if (fresh.length > 0 && others.length > 0 && others.every(name => host.isUp(name))) void host.start(fresh);
}

const LEFT_AS_IT_WAS: Diagnostic = {
  severity: 'error',
  code: 'not-applied',
  message: 'the system file has errors: everything goes on as it was',
};

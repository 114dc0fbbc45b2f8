// Saves of the system file that are applied by themselves.
import { describe, expect, test, vi } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic.js';
import { SETTLED_MS } from '../../src/supervisor/health.js';
import type { Service, System } from '../../src/system.js';
import { openFakeSystem } from '../rig/fake-system.js';
import { processService } from '../rig/system.js';

const [a, b, c] = [processService('a'), processService('b'), processService('c')];
const mistake: Diagnostic = { severity: 'error', code: 'unknown-key', message: 'no key is called "prots"' };

async function open(started: readonly string[], services: readonly Service[] = [a, b]) {
  let next: { system: System | undefined; diagnostics: readonly Diagnostic[] } = { system: undefined, diagnostics: [] };
  const system = openFakeSystem(services, {}, { load: async () => next, reloadsOnSave: true });
  void system.supervisor.start(started);
  await system.clock.advance(SETTLED_MS);
  system.clear();
  return {
    ...system,
    /** The file is saved with these services, or with a mistake. */
    save: async (services: readonly Service[] | undefined) => {
      next = services
        ? { system: system.next(services), diagnostics: [] }
        : { system: undefined, diagnostics: [mistake] };
      system.watcher.saveFile('/shop/fuge.yml');
      await system.clock.advance(1000);
    },
  };
}

describe('a save of the system file', () => {
  test('is applied: what changed restarts, what was removed stops', async () => {
    const { save, runner, supervisor, events, clock } = await open(['a', 'b']);
    await save([{ ...a, cwd: '/elsewhere' }]);
    // The log file of what is removed is a real one, which is closed in its own time.
    await vi.waitFor(async () => {
      await clock.advance(10);
      expect(runner.launches).toEqual(['a#1', 'b#1', 'a#2']);
    });
    expect(supervisor.statuses().map(({ name }) => name)).toEqual(['a']);
    expect(events[0]).toMatchObject({ type: 'system-file-changed', isApplied: true });
    const changes = { added: [], removed: ['b'], changed: ['a'] };
    expect(events.find(({ type }) => type === 'reloaded')).toMatchObject({ changes, isBySave: true });
  });

  test('with errors changes nothing, and says so once for each save', async () => {
    const { save, notices, runner, supervisor } = await open(['a']);
    const before = supervisor.system;
    const said = [
      mistake,
      { code: 'not-applied', message: 'the system file has errors: everything goes on as it was' },
    ];
    await save(undefined);
    expect(notices()).toMatchObject(said);
    await save(undefined);
    expect(notices()).toMatchObject([...said, ...said]);
    expect(supervisor.system).toBe(before);
    expect(runner.launches).toEqual(['a#1']);
  });

  test('starts what it adds where all others were started', async () => {
    const { save, runner } = await open(['a', 'b']);
    await save([a, b, c]);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'c#1']);
  });

  test('lets what it adds appear only where the user chose what runs', async () => {
    const { save, phase } = await open(['a']);
    await save([a, b, c]);
    expect(phase('c')).toBe('stopped');
  });

  test('does not start what it adds to a profile that is not chosen', async () => {
    const { save, phase } = await open(['a', 'b']);
    await save([a, b, { ...c, profiles: ['extra'] }]);
    expect(phase('c')).toBe('stopped');
  });

  test('restarts no service whose folder it lies in', async () => {
    const watched = processService('a', { watch: { enabled: true, roots: ['/shop'], excludes: [], gitignore: true } });
    const { runner, watcher, clock } = await open(['a'], [watched]);
    watcher.save('a', 'fuge.yml');
    await clock.advance(SETTLED_MS);
    watcher.save('a', 'server.js');
    await clock.advance(SETTLED_MS);
    // Of two saves the second one was one.
    expect(runner.launches).toEqual(['a#1', 'a#2']);
  });

  test('is noticed before anything was started', async () => {
    const { save, supervisor, phase } = await open([]);
    await save([a, c]);
    expect(supervisor.statuses().map(({ name }) => name)).toEqual(['a', 'c']);
    expect(phase('c')).toBe('stopped');
  });
});

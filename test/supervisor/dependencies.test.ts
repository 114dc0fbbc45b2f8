import { describe, expect, test } from 'vitest';
import type { Exit, Phase } from '../../src/event.js';
import { blockersOf, isHopeless, type Standing } from '../../src/supervisor/dependencies.js';
import { initial } from '../../src/supervisor/machine.js';
import type { Dependency, Service } from '../../src/system.js';

const success: Exit = { reason: 'code', code: 0 };
const failure: Exit = { reason: 'code', code: 1 };
const phases = {
  stopped: { id: 'stopped' },
  waiting: { id: 'waiting', gates: ['dependencies'] },
  starting: { id: 'starting', run: 1 },
  ready: { id: 'ready', run: 1 },
  unhealthy: { id: 'unhealthy', run: 1, problem: 'slow' },
  stopping: { id: 'stopping', run: 1, forced: false },
  backoff: { id: 'backoff', exit: failure, retryAt: 0 },
  completed: { id: 'completed', exit: success },
  failed: { id: 'failed', exit: failure },
} satisfies Record<string, Phase>;
type PhaseName = keyof typeof phases;

const service = (name: string, dependsOn: readonly Partial<Dependency>[] = [], once = false) =>
  ({
    name,
    type: 'process',
    once,
    dependsOn: dependsOn.map(each => ({ condition: 'ready', required: true, restart: false, at: undefined, ...each })),
  }) as unknown as Service;

function standings(
  states: Record<string, { phase: PhaseName; service?: Service; unavailable?: true; elsewhere?: true }>,
) {
  return (name: string): Standing | undefined => {
    const found = states[name];
    if (!found) return undefined;
    const want = found.phase === 'stopped' ? 'down' : 'up';
    return {
      service: found.service ?? service(name),
      state: { ...initial, want, phase: phases[found.phase] },
      isElsewhere: found.elsewhere ?? false,
      lacksEngine: false,
      isUnavailable: found.unavailable ?? false,
    };
  };
}

const web = (dependency: Partial<Dependency>) => service('web', [{ service: 'db', ...dependency }]);

describe('a service waits', () => {
  test.each<[Dependency['condition'], PhaseName[]]>([
    ['started', ['starting', 'ready', 'unhealthy', 'completed']],
    ['ready', ['ready']],
    ['completed', ['completed']],
  ])('until what it needs is %s', (condition, there) => {
    const open = (Object.keys(phases) as PhaseName[]).filter(
      phase => blockersOf(web({ condition }), standings({ db: { phase } })).length === 0,
    );
    expect(open).toEqual(there);
  });

  test('for a task that it needs ready until the task succeeded', () => {
    const task = service('db', [], true);
    expect(blockersOf(web({}), standings({ db: { phase: 'starting', service: task } }))).toEqual(['db']);
    expect(blockersOf(web({}), standings({ db: { phase: 'completed', service: task } }))).toEqual([]);
  });

  test('for nothing that runs elsewhere', () => {
    expect(blockersOf(web({}), standings({ db: { phase: 'stopped', elsewhere: true } }))).toEqual([]);
  });

  test('for something optional only while it may still come', () => {
    const optional = web({ required: false });
    for (const phase of ['stopped', 'failed'] as const)
      expect(blockersOf(optional, standings({ db: { phase } }))).toEqual([]);
    expect(blockersOf(optional, standings({ db: { phase: 'waiting', unavailable: true } }))).toEqual([]);
    for (const phase of ['starting', 'backoff', 'waiting'] as const)
      expect(blockersOf(optional, standings({ db: { phase } }))).toEqual(['db']);
  });
});

describe('waiting is hopeless', () => {
  test.each<[PhaseName, boolean]>([
    ['failed', true],
    ['stopped', true],
    ['completed', true],
    ['starting', false],
    ['backoff', false],
    ['stopping', false],
    ['waiting', false],
  ])('for something that is %s: %s', (phase, expected) => {
    expect(isHopeless(web({}), standings({ db: { phase } }))).toBe(expected);
  });

  test('for something that waits hopelessly itself', () => {
    const db = service('db', [{ service: 'disk' }]);
    expect(isHopeless(web({}), standings({ db: { phase: 'waiting', service: db }, disk: { phase: 'failed' } }))).toBe(
      true,
    );
    expect(isHopeless(web({}), standings({ db: { phase: 'waiting', service: db }, disk: { phase: 'starting' } }))).toBe(
      false,
    );
  });

  test('for something that can not be started here', () => {
    expect(isHopeless(web({}), standings({ db: { phase: 'stopped', unavailable: true } }))).toBe(true);
  });
});

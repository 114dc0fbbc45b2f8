// Commands that start and stop services: what they ask for, what they say in the end, which exit code they give.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/index.js';
import type { Service } from '../../../src/system.js';
import { FakeSupervisor } from '../../rig/fake-supervisor.js';
import { containerService, externalService, nodeService, port, processService, systemOf } from '../../rig/system.js';
import { type } from '../../rig/verb.js';

const needs = (...names: string[]) => ({
  dependsOn: names.map(service => ({
    service,
    condition: 'ready' as const,
    required: true,
    restart: false,
    at: undefined,
  })),
});

/** A supervisor whose starts come to what the test says. */
class Staged extends FakeSupervisor {
  outcomes: readonly Outcome[] = [];

  constructor(...services: Service[]) {
    super(systemOf(services));
  }
  async #come(action: string, names: readonly string[]) {
    this.calls.push(`${action} ${names.join(' ')}`);
    return this.outcomes.length > 0
      ? this.outcomes
      : names.map(service => ({ service, result: 'ready' as const, tookMs: 320 }));
  }
  override start(names: readonly string[], options: { debug?: boolean } = {}) {
    return this.#come(options.debug ? 'debug' : 'start', names);
  }
  override restart(names: readonly string[]) {
    return this.#come('restart', names);
  }
}

const ready = (service: string, tookMs = 320): Outcome => ({ service, result: 'ready', tookMs });
const crashed = (service: string): Outcome => ({
  service,
  result: 'failed',
  tookMs: 100,
  problem: { severity: 'error', code: 'crashed', message: `"${service}" exited with code 1` },
});
const up = (supervisor: FakeSupervisor, ...names: string[]) => {
  for (const name of names)
    supervisor.set(name, {
      phase: { id: 'ready', run: 1 },
      run: { id: 1, pid: 10, container: undefined, startedAt: 0 },
    });
};

describe('start', () => {
  it('counts what is ready, and says after how long', async () => {
    const supervisor = new Staged(nodeService('api'), nodeService('web'));
    supervisor.outcomes = [ready('api', 140), ready('web', 320)];
    expect(await type('start all', supervisor)).toMatchObject({ code: 0, text: '2 ready in 0.32 s' });
    expect(supervisor.calls).toEqual(['start api web']);
  });

  it('tells of each failure with its reason and place, of what waits for whom, and of what is not there yet', async () => {
    const supervisor = new Staged(
      nodeService('api'),
      nodeService('db'),
      nodeService('web', needs('db')),
      nodeService('slow', { ports: [port('main=4000')] }),
      nodeService('seed', { once: true }),
      nodeService('ok'),
    );
    const exit = { reason: 'code', code: 1 } as const;
    supervisor.set('api', {
      phase: { id: 'failed', exit },
      crashes: 1,
      error: { message: 'ReferenceError: prt is not defined', at: { file: `${process.cwd()}/api/a.js`, line: 3 } },
    });
    supervisor.set('db', { phase: { id: 'failed', exit }, crashes: 6 });
    supervisor.set('web', { waitingFor: ['db'] });
    supervisor.set('slow', { ports: [port('main=4000')] });
    supervisor.kept.set('db', [
      { at: 1, run: 1, stream: 'stderr', text: 'no space left' },
      { at: 1, run: 1, stream: 'stderr', text: '  ' },
    ]);
    supervisor.outcomes = [
      crashed('api'),
      crashed('db'),
      { service: 'web', result: 'waiting', tookMs: 9, waitingFor: ['ok', 'db'] },
      { service: 'slow', result: 'starting', tookMs: 15_000 },
      { service: 'seed', result: 'completed', tookMs: 500 },
      ready('ok', 200),
    ];
    const { code, text } = await type('start all', supervisor);
    expect(text.split('\n')).toEqual([
      '✗ api crashed, code 1: ReferenceError: prt is not defined (api/a.js:3)',
      '✗ db crashed, code 1, 6th time',
      '    no space left',
      '… web waits for db (crashed, code 1, 6th time); it goes on by itself',
      '… slow is not ready yet: nothing answers on port 4000',
      '1 ready, 1 completed in 0.50 s, 2 failed (api, db), 1 waiting (web), 1 still starting (slow)',
    ]);
    expect(code).toBe(1);
  });

  it('why one never ran comes with its place and its remedy', async () => {
    const supervisor = new Staged(nodeService('api'), nodeService('web'));
    supervisor.outcomes = [
      {
        service: 'api',
        result: 'failed',
        tookMs: 1,
        problem: {
          severity: 'error',
          code: 'port-taken',
          message: 'port 3000 of "api" is taken by pid 812 (node old.js)',
          at: { file: `${process.cwd()}/fuge.yml`, line: 9, column: 7 },
          hint: 'end it, or change the port',
        },
      },
      ready('web'),
    ];
    const { text } = await type('start all', supervisor);
    expect(text.split('\n')).toEqual([
      '✗ port 3000 of "api" is taken by pid 812 (node old.js) (fuge.yml:9:7)',
      '  hint: end it, or change the port',
      '1 ready in 0.32 s, 1 failed (api)',
    ]);
  });

  it('what keeps all of them from starting is told once', async () => {
    const supervisor = new Staged(nodeService('api'), nodeService('web'));
    const problem = { severity: 'error', code: 'already-running', message: 'another fuge runs this system' } as const;
    supervisor.outcomes = ['api', 'web'].map(service => ({ service, result: 'failed', tookMs: 1, problem }));
    const { text } = await type('start all', supervisor);
    expect(text).toBe('✗ another fuge runs this system\n2 failed (api, web)');
  });

  it('of a single service nothing is repeated that was said when it happened', async () => {
    const supervisor = new Staged(nodeService('api'));
    supervisor.outcomes = [crashed('api')];
    expect(await type('start api', supervisor)).toMatchObject({ code: 1, text: '1 failed (api)' });
  });

  it('what can never run here is no failure of the others, what runs elsewhere is only counted', async () => {
    const supervisor = new Staged(nodeService('api'), containerService('redis'), externalService('mail'));
    supervisor.outcomes = [
      ready('api'),
      { service: 'redis', result: 'unavailable', tookMs: 0 },
      { service: 'mail', result: 'unavailable', tookMs: 0 },
    ];
    expect(await type('start all', supervisor)).toMatchObject({
      code: 0,
      text: '1 ready in 0.32 s, 1 not available (redis), 1 elsewhere (mail)',
    });
  });

  it('asked for nothing else, it says why not, and fails', async () => {
    const supervisor = new Staged(containerService('redis'));
    supervisor.set('redis', { unavailable: 'containers are not supported yet' });
    supervisor.outcomes = [{ service: 'redis', result: 'unavailable', tookMs: 0 }];
    expect(await type('start redis', supervisor)).toMatchObject({
      code: 1,
      text: "! redis can't be started here: containers are not supported yet\n1 not available (redis)",
    });
  });

  it('a stop that came in between is told', async () => {
    const supervisor = new Staged(nodeService('api'));
    supervisor.outcomes = [{ service: 'api', result: 'superseded', tookMs: 5 }];
    expect(await type('start api', supervisor)).toMatchObject({ code: 1, text: '1 stopped meanwhile (api)' });
  });

  it('"all" leaves out profiles that are not chosen; a name does not', async () => {
    const supervisor = new Staged(nodeService('api'), nodeService('debugger', { profiles: ['debug'] }));
    await type('start all', supervisor);
    await type('start debugger', supervisor);
    await type('stop all', supervisor);
    expect(supervisor.calls).toEqual(['start api', 'start debugger', 'stop api debugger']);
  });
});

describe('restart', () => {
  it('restarts', async () => {
    const supervisor = new Staged(nodeService('api'));
    expect(await type('restart api', supervisor)).toMatchObject({ code: 0, text: '1 ready in 0.32 s' });
    expect(supervisor.calls).toEqual(['restart api']);
  });
});

describe('debug', () => {
  it('starts with the inspector and says where it is', async () => {
    const supervisor = new Staged(nodeService('api'), processService('worker'));
    supervisor.set('api', { inspectPort: 9230 });
    expect(await type('debug all', supervisor)).toMatchObject({
      code: 0,
      text: [
        'no inspector for worker: only services of type node have one',
        'api: inspector on 127.0.0.1:9230 (chrome://inspect, or "attach" of your editor)',
        '1 ready in 0.32 s',
      ].join('\n'),
    });
    expect(supervisor.calls).toEqual(['debug api']);
  });

  it('starts nothing where nothing has one', async () => {
    const supervisor = new Staged(processService('worker'));
    expect((await type('debug worker', supervisor)).code).toBe(1);
    expect(supervisor.calls).toEqual([]);
  });
});

describe('stop and kill', () => {
  const make = () => new Staged(nodeService('db'), nodeService('api', needs('db')), nodeService('web', needs('api')));

  it.each([
    ['stop', 'stopped'],
    ['kill', 'killed'],
  ])('%s: what ran is counted', async (verb, ended) => {
    const supervisor = make();
    up(supervisor, 'web');
    expect(await type(`${verb} all`, supervisor)).toMatchObject({ code: 0, text: `1 service ${ended} in 0.00 s` });
    expect(supervisor.calls).toEqual([`${verb} db api web`]);
  });

  it.each([
    ['stop db', 'db does not run'],
    ['stop all', 'none of them runs'],
  ])('%s where nothing runs: %s', async (line, text) => {
    expect(await type(line, make())).toMatchObject({ code: 0, text });
  });

  it('what depends on it goes on, and is named', async () => {
    const supervisor = make();
    up(supervisor, 'db', 'api', 'web');
    expect((await type('stop db', supervisor)).text).toBe(
      '1 service stopped in 0.00 s\napi, web depend on that and go on running ("stop db --dependents" ends them, too)',
    );
    up(supervisor, 'db');
    supervisor.set('web', { phase: { id: 'stopped' } });
    expect((await type('kill db', supervisor)).text).toBe(
      '1 service killed in 0.00 s\napi depends on that and goes on running ("kill db --dependents" ends it, too)',
    );
    expect(supervisor.calls).toEqual(['stop db', 'kill db']);
  });

  it.each(['stop', 'kill'])('%s --dependents ends them, too, but not what does not run', async verb => {
    const supervisor = make();
    up(supervisor, 'db', 'web');
    expect((await type(`${verb} db --dependents`, supervisor)).text).toMatch(/^2 services (stopped|killed) in 0.00 s$/);
    expect(supervisor.calls).toEqual([`${verb} db web`]);
  });
});

describe('set', () => {
  it('applies on the next start, and says how to have that now', async () => {
    const supervisor = new Staged(nodeService('api'), nodeService('web'));
    up(supervisor, 'api');
    expect(await type("set all A=1 'B=x y'", supervisor)).toMatchObject({
      code: 0,
      text: 'A, B of api, web apply on the next start: "restart api" applies them now',
    });
    expect(supervisor.calls).toEqual(['set api A=1', 'set api B=x y', 'set web A=1', 'set web B=x y']);
  });

  it('--unset takes one back', async () => {
    const supervisor = new Staged(nodeService('api'));
    expect((await type('set api -u A', supervisor)).text).toBe('A of api applies on the next start');
    expect(supervisor.calls).toEqual(['set api A=undefined']);
  });
});

describe('watch, tail', () => {
  it('watch and unwatch leave out what has no files here', async () => {
    const supervisor = new Staged(nodeService('api'), externalService('mail'));
    expect((await type('watch api mail', supervisor)).text).toBe('watching api\nnothing to watch here for mail');
    expect((await type('unwatch api', supervisor)).text).toBe('no longer watching api');
    expect((await type('watch mail', supervisor)).code).toBe(1);
    expect(supervisor.calls).toEqual(['watch api', 'unwatch api']);
  });

  it('tail and untail show and hide lines', async () => {
    const supervisor = new Staged(nodeService('api'));
    expect((await type('untail api', supervisor)).text).toBe('hiding the lines of api');
    expect(supervisor.status('api')!.tail).toBe(false);
    expect((await type('tail api', supervisor)).text).toBe('showing the lines of api');
    expect(supervisor.status('api')!.tail).toBe(true);
  });
});

describe('reload', () => {
  it('says what was added, removed and changed', async () => {
    const supervisor = new Staged(nodeService('api'));
    const changes = { added: ['a', 'b'], removed: ['old'], changed: ['api'] };
    supervisor.reloadFile = async () => ({ changes, diagnostics: [] });
    expect((await type('reload', supervisor)).text.split('\n')).toEqual([
      'added a, b ("start a b" starts them)',
      'removed old',
      'changed api (restarted where it ran)',
    ]);
  });

  it('a file with errors changes nothing', async () => {
    const supervisor = new Staged(nodeService('api'));
    supervisor.reloadFile = async () => ({
      changes: undefined,
      diagnostics: [{ severity: 'error', code: 'unknown-key', message: 'no key is called "prots"' } as const],
    });
    expect(await type('reload', supervisor)).toMatchObject({
      code: 1,
      text: 'error unknown-key: no key is called "prots"\nthe system file has errors: everything goes on as it was',
    });
  });

  it('nothing has changed', async () => {
    expect((await type('reload', new Staged(nodeService('api')))).text).toBe('nothing has changed');
  });
});

describe('exit, clear', () => {
  it('exit and quit leave', async () => {
    const supervisor = new Staged(nodeService('api'));
    expect(await type('exit', supervisor)).toMatchObject({ code: 0, hasLeft: true });
    expect(await type('quit', supervisor)).toMatchObject({ code: 0, hasLeft: true });
  });

  it('clear empties the screen', async () => {
    expect((await type('clear', new Staged(nodeService('api')))).text).toBe('<cleared>');
  });
});

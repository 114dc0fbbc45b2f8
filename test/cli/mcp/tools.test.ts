// Each tool for coding agents, over a supervisor that runs nothing: what it tells, what it asks for, what it refuses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { offeredTools, tools } from '../../../src/cli/mcp/tools.js';
import type { EnvironmentVariable } from '../../../src/control.js';
import type { Line } from '../../../src/event.js';
import { FakeSupervisor } from '../../rig/fake-supervisor.js';
import { ask } from '../../rig/mcp.js';
import { externalService, nodeService, port, systemOf } from '../../rig/system.js';

class Described extends FakeSupervisor {
  variables: EnvironmentVariable[] = [];
  files: Record<string, string[]> = {};
  override async environment() {
    return { variables: this.variables, problems: [] };
  }
  override async logFiles(name = '') {
    return this.files[name] ?? [];
  }
}

const NOW = Date.UTC(2026, 0, 31, 14, 4, 22);
const line = (ms: number, text: string, more: Partial<Line> = {}): Line => ({
  at: NOW - 60_000 + ms,
  run: 1,
  stream: 'stdout',
  text,
  ...more,
});
const at = (ms: number) => new Date(NOW - 60_000 + ms).toISOString();

const needs = (service: string) => ({
  service,
  condition: 'ready' as const,
  required: true,
  restart: false,
  at: undefined,
});

/** api is needed by web; docs runs elsewhere. */
const make = () => {
  const supervisor = new Described(
    systemOf([
      nodeService('api', {
        cwd: '/shop/api',
        ports: [port('http=8000')],
        at: { file: '/shop/fuge.yml', line: 3, column: 1 },
      }),
      nodeService('web', { dependsOn: [needs('api')] as never, groups: ['front'] }),
      externalService('docs'),
    ]),
  );
  supervisor.set('api', { ports: [port('http=8000')] });
  supervisor.set('docs', { type: 'external' });
  return supervisor;
};

const ready = (run = 1) =>
  ({
    phase: { id: 'ready', run },
    since: NOW - 5000,
    cause: { type: 'user', action: 'start' },
    run: { id: run, pid: 4711, container: undefined, startedAt: NOW - 6000 },
  }) as const;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => void vi.useRealTimers());

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fuge-mcp-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('the table', () => {
  it('offers without control only what changes nothing', () => {
    expect(offeredTools(false).map(({ name }) => name)).toEqual([
      'list_systems',
      'list_services',
      'service_info',
      'graph',
      'environment',
      'check',
      'logs',
      'grep',
      'explain_crash',
      'wait_until_ready',
    ]);
    expect(offeredTools(true)).toEqual(tools);
  });

  it('describes every tool and every argument in sentences', () => {
    const texts = tools.flatMap(({ description, input }) => [
      description,
      ...Object.values(input.properties).map(argument => argument.description),
    ]);
    expect(texts.filter(text => !/^[A-Z].*[.]$/s.test(text))).toEqual([]);
  });

  it('names in `required` only arguments that there are', () => {
    const wrong = tools.filter(({ input }) => (input.required ?? []).some(name => !(name in input.properties)));
    expect(wrong).toEqual([]);
  });
});

describe('list_services', () => {
  it('tells states, reasons, ports and URLs', async () => {
    const supervisor = make();
    supervisor.set('api', {
      phase: { id: 'failed', exit: { reason: 'code', code: 3 } },
      since: NOW - 1000,
      crashes: 1,
      lastExit: { reason: 'code', code: 3 },
      error: { message: 'Error: no', at: { file: '/shop/api/server.js', line: 4, column: 2 } },
    });
    const { text, data, isError } = await ask('list_services', { services: ['api'] }, supervisor);
    expect(isError).toBe(false);
    expect(text.split('\n')).toEqual([
      'system shop (/shop/fuge.yml)',
      'NAME  TYPE  GROUP    STATE            PID  PORTS  UP  RST  CPU  MEM  WATCH  TAIL',
      'api   node  default  crashed, code 3    -  8000   -     0    -    -  yes    yes   Error: no (/shop/api/server.js:4:2)',
    ]);
    expect(data).toEqual({
      system: 'shop',
      file: '/shop/fuge.yml',
      isRunning: true,
      startPage: null,
      inactive: [],
      services: [
        {
          name: 'api',
          type: 'node',
          groups: ['default'],
          state: 'crashed',
          reason: 'code 3; Error: no (/shop/api/server.js:4:2)',
          waitingFor: [],
          since: at(59_000),
          pid: null,
          container: null,
          ports: [{ name: 'http', host: '127.0.0.1', port: 8000, protocol: 'tcp', url: 'http://127.0.0.1:8000' }],
          urlInBrowser: null,
          restarts: 0,
          lastExit: 'code 3',
          error: { message: 'Error: no', file: '/shop/api/server.js', line: 4, column: 2 },
        },
      ],
    });
  });

  it('says that nothing runs where that is so', async () => {
    const { text, data } = await ask('list_services', {}, make(), { isRunning: false });
    expect(text.split('\n')[1]).toBe('nothing runs this system now');
    expect(data.isRunning).toBe(false);
  });

  it('refuses an unknown name, and says which was meant and which there are', async () => {
    expect(await ask('list_services', { services: ['ap'] }, make())).toEqual({
      isError: true,
      text: 'no service or group is called "ap". Did you mean "api"? There are: api, web, docs',
      data: {},
    });
    expect((await ask('list_services', { services: ['x*'] }, make())).text).toBe(
      'no service matches "x*". There are: api, web, docs',
    );
  });
});

describe('service_info', () => {
  it('tells all about one service', async () => {
    const supervisor = make();
    supervisor.set('web', ready());
    const { text, data } = await ask('service_info', { service: 'web' }, supervisor);
    expect(text).toContain('needs       api (ready)');
    expect(data).toMatchObject({
      name: 'web',
      state: 'ready',
      pid: 4711,
      needs: [{ service: 'api', condition: 'ready' }],
    });
  });

  it('takes no group', async () => {
    expect(await ask('service_info', { service: 'all' }, make())).toMatchObject({
      isError: true,
      text: '"all" stands for 3 services: api, web, docs. Name one of them',
    });
  });
});

describe('graph', () => {
  it('tells who needs whom, with states where the system runs', async () => {
    const supervisor = make();
    supervisor.set('api', ready());
    const { text, data } = await ask('graph', { services: ['web'] }, supervisor);
    expect(text).toBe('web     stopped\n└─ api  ready');
    expect(data.services).toEqual([
      { name: 'api', state: 'ready', needs: [] },
      { name: 'web', state: 'stopped', needs: [{ name: 'api', condition: 'ready', required: true, restart: false }] },
    ]);
    expect((await ask('graph', { services: ['web'] }, supervisor, { isRunning: false })).text).toBe('web\n└─ api');
  });

  it('draws Mermaid', async () => {
    expect((await ask('graph', { format: 'mermaid' }, make())).text).toMatch(/^flowchart TD\n/);
  });
});

describe('environment', () => {
  const variables: EnvironmentVariable[] = [
    { name: 'PATH', value: '/bin', source: 'process' },
    { name: 'DB_PASSWORD', value: 'pa55-word', source: 'service' },
    { name: 'DB_URL', value: 'postgres://me:pa55-word@db/', source: 'env_file', at: { file: '/shop/.env', line: 2 } },
  ];

  it('masks secrets and leaves out what was inherited', async () => {
    const supervisor = make();
    supervisor.variables = variables;
    const { text, data } = await ask('environment', { service: 'api' }, supervisor);
    expect(text).toBe('  DB_PASSWORD=••••••  service\n  DB_URL=postgres://me:••••••@db/  env_file /shop/.env:2');
    expect(data).toEqual({
      service: 'api',
      variables: [
        { name: 'DB_PASSWORD', value: '••••••', source: 'service', at: null },
        { name: 'DB_URL', value: 'postgres://me:••••••@db/', source: 'env_file', at: '/shop/.env:2' },
      ],
    });
    expect((await ask('environment', { service: 'api', all: true }, supervisor)).text).toContain('PATH=/bin');
  });

  it('shows them where the server was told to reveal', async () => {
    const supervisor = make();
    supervisor.variables = variables;
    const { text } = await ask('environment', { service: 'api' }, supervisor, { isRevealing: true });
    expect(text).toContain('DB_PASSWORD=pa55-word');
  });
});

describe('check', () => {
  it('reports the problems of the file, though there is no system', async () => {
    const { text, data, isError } = await ask('check', {}, undefined, {
      load: async () => ({
        system: undefined,
        diagnostics: [
          {
            severity: 'error',
            code: 'unknown-key',
            message: 'unknown key "runn"',
            at: { file: '/shop/fuge.yml', line: 4, column: 3 },
            excerpt: '  runn: server.js',
            hint: 'did you mean "run"?',
          },
        ],
      }),
    });
    expect(isError).toBe(false);
    expect(text).toContain('fuge.yml:4:3 error unknown-key: unknown key "runn"');
    expect(data).toMatchObject({
      errors: 1,
      warnings: 0,
      problems: [{ code: 'unknown-key', line: 4, hint: 'did you mean "run"?' }],
    });
  });

  it('says so where there are none', async () => {
    expect(await ask('check', {}, make())).toMatchObject({
      text: '3 services (2 node, 1 external): no problems',
      data: { errors: 0, problems: [] },
    });
  });
});

describe('logs', () => {
  it('merges services by time, and shows records in words', async () => {
    const supervisor = make();
    supervisor.kept.set('api', [
      line(0, '{"level":"warn","time":1769868202000,"msg":"slow","ms":812}'),
      line(20, 'three', { stream: 'stderr' }),
    ]);
    supervisor.kept.set('web', [line(10, '\u001b[31mtwo\u001b[0m')]);
    const { text, data } = await ask('logs', {}, supervisor);
    expect(text.split('\n')).toEqual([
      `${at(0)} api | WARN  slow  ms=812`,
      `${at(10)} web | two`,
      `${at(20)} api ! three`,
    ]);
    expect(data).toEqual({
      isRunning: true,
      leftOut: 0,
      notes: [],
      lines: [
        { service: 'api', at: at(0), level: 'warn', stream: 'stdout', run: 1, text: 'WARN  slow  ms=812' },
        { service: 'web', at: at(10), level: null, stream: 'stdout', run: 1, text: 'two' },
        { service: 'api', at: at(20), level: null, stream: 'stderr', run: 1, text: 'three' },
      ],
    });
  });

  it('chooses by time, level and pattern', async () => {
    const supervisor = make();
    supervisor.kept.set('api', [line(0, 'ERROR old'), line(50_000, 'ERROR new'), line(51_000, 'INFO new')]);
    const texts = async (given: object) =>
      ((await ask('logs', { services: ['api'], ...given }, supervisor)).data.lines as { text: string }[]).map(
        ({ text }) => text,
      );
    expect(await texts({ since: '20s' })).toEqual(['ERROR new', 'INFO new']);
    expect(await texts({ level: 'error' })).toEqual(['ERROR old', 'ERROR new']);
    expect(await texts({ grep: 'NEW$', ignore_case: true })).toEqual(['ERROR new', 'INFO new']);
    expect(await texts({ grep: 'NEW$' })).toEqual([]);
  });

  it('says what the limit has left out', async () => {
    const supervisor = make();
    supervisor.kept.set(
      'api',
      [1, 2, 3, 4].map(ms => line(ms, `ERROR ${ms}`)),
    );
    const { text, data } = await ask('logs', { services: ['api'], level: 'error', limit: 2 }, supervisor);
    expect(data.leftOut).toBe(2);
    expect(text.split('\n')).toEqual([
      '2 older lines left out: narrow services, since, until, level or grep, or raise limit',
      `${at(3)} | ERROR 3`,
      `${at(4)} | ERROR 4`,
    ]);
  });

  it('stays below 64 KB, and shortens very long lines', async () => {
    const supervisor = make();
    supervisor.kept.set(
      'api',
      Array.from({ length: 100 }, (_, i) => line(i, `${i} ${'é'.repeat(5000)}`)),
    );
    const { text, data } = await ask('logs', { services: ['api'] }, supervisor);
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(64 * 1024);
    const lines = data.lines as { text: string }[];
    expect(lines.at(-1)!.text).toMatch(/^99 é+… \(3003 more characters\)$/);
    expect(data.leftOut).toBe(100 - lines.length);
    expect(text).toMatch(/^older lines left out \(64 KB at most\): narrow services, since, until, level or grep\n/);
  });

  it('hides secrets that services print', async () => {
    const supervisor = make();
    supervisor.variables = [{ name: 'API_TOKEN', value: 'tok-12345', source: 'service' }];
    supervisor.kept.set('api', [
      line(0, 'calling with tok-12345'),
      line(1, '{"level":"info","msg":"in","password":"x1y2z3"}'),
    ]);
    const seenSecrets = new Set<string>();
    const read = () => ask('logs', { services: ['api'] }, supervisor, { seenSecrets });
    const { text, data } = await read();
    expect(text).toContain('calling with ••••••');
    expect(`${text}${JSON.stringify(data)}`).not.toMatch(/tok-12345|x1y2z3/);
    // Another value by now: the old lines keep the old one.
    supervisor.variables = [{ name: 'API_TOKEN', value: 'tok-67890', source: 'service' }];
    expect((await read()).text).toContain('calling with ••••••');
  });

  it('reads the log files where nothing runs, and says so', async () => {
    const supervisor = make();
    const folder = folderWith({ 'api.log': 'one\ntwo\n' });
    supervisor.files = { api: [join(folder, 'api.log')] };
    const { text } = await ask('logs', { services: ['api'] }, supervisor, { isRunning: false });
    expect(text).toBe('nothing runs this system now: this is from the log files\n| one\n| two');
  });

  it('refuses what is no time and no pattern', async () => {
    expect((await ask('logs', { since: 'yesterday' }, make())).text).toBe(
      'since needs how long ago (90s, 5m, 1h30m, 2d), a time of day (14:05, 14:05:30) or a date (2026-01-31, 2026-01-31T14:05, 2026-01-31T14:05:30Z), not "yesterday"',
    );
    expect(await ask('logs', { grep: '(' }, make())).toMatchObject({
      isError: true,
      text: '"(" is no regular expression: Invalid regular expression: /(/: Unterminated group',
    });
  });
});

describe('grep', () => {
  it('finds lines in the log files, each service with its share', async () => {
    const supervisor = make();
    const folder = folderWith({ 'api.log': 'hit 1\nmiss\nhit 2\nhit 3\n', 'web.log': 'hit 4\n' });
    supervisor.files = { api: [join(folder, 'api.log')], web: [join(folder, 'web.log')] };
    const { text, data } = await ask('grep', { pattern: '^hit', limit: 2 }, supervisor);
    expect(text.split('\n')).toEqual([
      '4 matches',
      '2 of them left out: narrow the pattern, services or since',
      'api:4: hit 3',
      'web:1: hit 4',
    ]);
    expect(data).toMatchObject({ total: 4, totals: { api: 3, web: 1 }, leftOut: 2 });
  });

  it('says so where nothing matches', async () => {
    const { text, data, isError } = await ask('grep', { pattern: 'x', services: ['api'] }, make());
    expect([isError, text.split('\n')[0], data.total]).toEqual([false, 'no line of api matches', 0]);
  });
});

describe('explain_crash', () => {
  const crashed = () => {
    const supervisor = make();
    supervisor.set('api', {
      phase: { id: 'failed', exit: { reason: 'code', code: 1 } },
      since: NOW - 1000,
      crashes: 2,
      restarts: 1,
      lastExit: { reason: 'code', code: 1 },
      error: {
        message: 'ReferenceError: prt is not defined',
        at: { file: '/shop/api/server.js', line: 14, column: 9 },
      },
    });
    supervisor.set('web', { phase: { id: 'waiting', gates: ['dependencies'] }, waitingFor: ['api'] });
    supervisor.kept.set('api', [
      line(0, 'of the run before'),
      line(10, 'starting', { run: 2 }),
      line(11, 'boom', { run: 2, stream: 'stderr' }),
    ]);
    return supervisor;
  };

  it('tells the exit, the error with its place, the last lines, and what waits for it', async () => {
    const { text, data } = await ask('explain_crash', {}, crashed());
    expect(text.split('\n')).toEqual([
      'api: crashed, code 1, 2nd time',
      '  error: ReferenceError: prt is not defined',
      '    at /shop/api/server.js:14:9',
      '  exit: code 1',
      `  since: ${at(59_000)}`,
      '  restarts: 1',
      '  is waited for by: web',
      '  command: server',
      '  directory: /shop/api',
      '  defined: /shop/fuge.yml:3:1',
      '  last lines:',
      '  | starting',
      '  ! boom',
    ]);
    expect(data.services).toMatchObject([
      {
        service: 'api',
        state: 'crashed',
        exit: 'code 1',
        error: { message: 'ReferenceError: prt is not defined', file: '/shop/api/server.js', line: 14, column: 9 },
        waitForIt: ['web'],
        lastLines: [{ text: 'starting' }, { text: 'boom', stream: 'stderr' }],
      },
    ]);
  });

  it('tells of a service that waits what it waits for', async () => {
    const { data } = await ask('explain_crash', { services: ['web'], lines: 0 }, crashed());
    expect(data.services).toMatchObject([
      {
        service: 'web',
        state: 'waiting',
        waitingFor: [{ service: 'api', state: expect.stringContaining('crashed, code 1') }],
        lastLines: [],
      },
    ]);
  });

  it('shows of a service that runs again what the crashed run said', async () => {
    const supervisor = crashed();
    supervisor.set('api', { ...ready(3) });
    supervisor.kept.set('api', [...supervisor.kept.get('api')!, line(20, 'well again', { run: 3 })]);
    const { data } = await ask('explain_crash', {}, supervisor);
    expect(data.services).toMatchObject([{ state: 'ready', lastLines: [{ text: 'starting' }, { text: 'boom' }] }]);
  });

  it('tells of a service that does not get ready which port is silent', async () => {
    const supervisor = make();
    supervisor.set('api', { phase: { id: 'starting', run: 1 }, since: NOW - 60_000 });
    const { text } = await ask('explain_crash', { services: ['api'] }, supervisor);
    expect(text).toContain(
      '  hint: nothing answers on port 8000 yet: it is ready as soon as it listens there (PORT tells it)',
    );
  });

  it('tells of very long lines as many as fit', async () => {
    const supervisor = crashed();
    supervisor.kept.set(
      'api',
      Array.from({ length: 200 }, (_, i) => line(i, `${i} ${'x'.repeat(3000)}`)),
    );
    const { text, data } = await ask('explain_crash', { lines: 200 }, supervisor);
    const [{ lastLines }] = data.services as [{ lastLines: { text: string }[] }];
    expect(lastLines.length).toBeGreaterThan(10);
    expect(lastLines.at(-1)!.text).toMatch(/^199 x/);
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
  });

  it('tells why a service never ran', async () => {
    const supervisor = make();
    const problem = {
      severity: 'error',
      code: 'no-directory',
      message: 'the directory /shop/api does not exist',
      at: { file: '/shop/fuge.yml', line: 5, column: 9 },
      hint: '"apply" clones it',
    } as const;
    supervisor.set('api', { phase: { id: 'failed', exit: { reason: 'not-started', problem } } });
    const { text } = await ask('explain_crash', {}, supervisor);
    expect(text).toContain('  problem: the directory /shop/api does not exist (/shop/fuge.yml:5:9)\n');
    expect(text).toContain('  hint: "apply" clones it');
  });

  it('says so where nothing is in trouble, and what is not ready yet', async () => {
    const supervisor = make();
    supervisor.set('api', ready());
    supervisor.set('web', { phase: { id: 'starting', run: 1 }, since: NOW - 3000 });
    expect(await ask('explain_crash', {}, supervisor)).toMatchObject({
      text: 'no service is in trouble: 1 ready or completed\nweb starting for 3 s',
      data: { services: [], notReady: ['web starting for 3 s'] },
    });
  });
});

describe('wait_until_ready', () => {
  it('returns at once where all that was started is ready', async () => {
    const supervisor = make();
    supervisor.set('api', ready());
    expect(await ask('wait_until_ready', {}, supervisor)).toMatchObject({
      text: 'ready: api',
      data: { isReady: true, services: [{ name: 'api', isReady: true }] },
    });
  });

  it('returns when the last one becomes ready', async () => {
    const supervisor = make();
    supervisor.set('api', { phase: { id: 'starting', run: 1 } });
    const answered = ask('wait_until_ready', { services: ['api'] }, supervisor);
    await vi.waitFor(() => expect(supervisor.isHeard).toBe(true));
    supervisor.set('api', ready());
    supervisor.emit({ type: 'notice', at: NOW, diagnostic: { severity: 'info', code: 'x', message: 'x' } });
    expect((await answered).data.isReady).toBe(true);
  });

  it('returns as soon as one has failed for good, and says why', async () => {
    const supervisor = make();
    supervisor.set('api', {
      phase: { id: 'failed', exit: { reason: 'code', code: 3 } },
      lastExit: { reason: 'code', code: 3 },
    });
    const { text, data } = await ask('wait_until_ready', { services: ['api'], timeout_seconds: 5 }, supervisor);
    expect(text).toBe('not ready (waited 5 s at most):\n  api crashed: code 3');
    expect(data.isReady).toBe(false);
  });

  it('says so where nothing was started', async () => {
    expect((await ask('wait_until_ready', {}, make())).text).toBe(
      'nothing was started, so there is nothing to wait for',
    );
  });
});

describe('tools that steer', () => {
  it.each([
    ['start', { services: ['web'] }, 'start web'],
    ['start', { services: ['front', 'api'] }, 'start api web'],
    ['restart', { services: ['api'] }, 'restart api'],
    ['stop', { services: ['api'] }, 'stop api'],
    ['stop', { services: ['api'], kill: true }, 'kill api'],
    ['down', {}, 'close'],
  ])('%s %j asks for "%s"', async (tool, given, asked) => {
    const supervisor = make();
    const { isError, data } = await ask(tool, given, supervisor);
    expect([isError, data.isDone]).toEqual([false, true]);
    expect(supervisor.calls).toEqual([asked]);
  });

  it('stop takes what depends on it along where that is wanted', async () => {
    const supervisor = make();
    supervisor.set('api', ready());
    supervisor.set('web', ready());
    await ask('stop', { services: ['api'], dependents: true }, supervisor);
    expect(supervisor.calls).toEqual(['stop api web']);
  });

  it('say how the services stand then', async () => {
    const supervisor = make();
    supervisor.set('api', ready());
    const { data } = await ask('restart', { services: ['api'] }, supervisor);
    expect(data.services).toMatchObject([{ name: 'api', state: 'ready' }]);
  });

  it('reload says what changed', async () => {
    expect(await ask('reload', {}, make())).toMatchObject({ isError: false, data: { isDone: true } });
  });

  it('up starts the system in the background, for so long', async () => {
    const asked: unknown[] = [];
    const startInBackground = async (...all: unknown[]) => {
      asked.push(all);
      return { code: 1, text: 'api crashed' };
    };
    expect(await ask('up', { services: ['api'], timeout_seconds: 9 }, make(), { startInBackground })).toEqual({
      isError: false,
      text: 'api crashed',
      data: { isDone: false, told: 'api crashed' },
    });
    expect(asked).toEqual([[['api'], '9s']]);
  });

  it('are refused where nothing runs', async () => {
    expect(await ask('restart', { services: ['api'] }, make(), { isRunning: false })).toEqual({
      isError: true,
      text: 'nothing runs it',
      data: {},
    });
  });
});

describe('whatever is asked', () => {
  it('is answered when the system goes meanwhile', async () => {
    const supervisor = make();
    supervisor.set('api', { phase: { id: 'starting', run: 1 } });
    const lost = Promise.resolve('the fuge that ran it has gone');
    expect(await ask('wait_until_ready', { services: ['api'] }, supervisor, { lost })).toEqual({
      isError: true,
      text: 'the fuge that ran it has gone',
      data: {},
    });
  });

  it('is answered when fuge refuses it or has a bug', async () => {
    const supervisor = make();
    supervisor.usage = async () => {
      throw { severity: 'error', code: 'busy', message: 'not now', hint: 'later' };
    };
    expect(await ask('list_services', {}, supervisor)).toEqual({
      isError: true,
      text: 'error busy: not now\n  hint: later',
      data: {},
    });
    supervisor.usage = async () => {
      throw new TypeError('x is undefined');
    };
    expect((await ask('list_services', {}, supervisor)).text).toBe(
      'list_services has failed by a bug of fuge: x is undefined',
    );
  });
});

// Commands about what services print: logs, grep, tail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event, Line } from '../../../src/event.js';
import { FakeSupervisor } from '../../rig/fake-supervisor.js';
import { nodeService, systemOf } from '../../rig/system.js';
import { call, type, type VerbOptions } from '../../rig/verb.js';

class Logging extends FakeSupervisor {
  files: Record<string, string[]> = {};
  #tellSubscribed: () => void = () => {};
  /** Settles when somebody listens. */
  readonly subscribed = new Promise<void>(resolve => {
    this.#tellSubscribed = resolve;
  });
  override subscribe(...all: Parameters<FakeSupervisor['subscribe']>) {
    this.#tellSubscribed();
    return super.subscribe(...all);
  }
  override async logFiles(name = '') {
    return this.files[name] ?? [];
  }
}

const AT = new Date(2026, 0, 31, 14, 3, 22).getTime();
const line = (ms: number, text: string, more: Partial<Line> = {}): Line => ({
  at: AT + ms,
  run: 1,
  stream: 'stdout',
  text,
  ...more,
});
const make = (...names: string[]) => new Logging(systemOf(names.map(name => nodeService(name))));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fuge-verbs-'));
  vi.useFakeTimers({ toFake: ['Date'], now: AT + 60_000 });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe('logs', () => {
  it('at the prompt merges what is kept by time', async () => {
    const supervisor = make('api', 'db');
    supervisor.kept.set('api', [line(0, 'one'), line(20, 'three', { stream: 'stderr' })]);
    supervisor.kept.set('db', [line(10, 'two')]);
    expect((await type('logs', supervisor)).text).toBe('14:03:22 api │ one\n14:03:22 db  │ two\n14:03:22 api ! three');
    expect((await type('logs api -n 1', supervisor)).text).toBe('14:03:22 ! three');
  });

  it('reads memory on the command line, too, where the system runs in another terminal', async () => {
    const supervisor = make('api');
    supervisor.kept.set('api', [line(0, 'one')]);
    expect((await call('logs', [], {}, supervisor, { isRunning: true })).text).toBe('14:03:22 │ one');
  });

  it('on the command line reads the newest lines of the files, the older file first', async () => {
    const supervisor = make('api');
    const [old, current] = [join(folder, 'api.log.1'), join(folder, 'api.log')];
    writeFileSync(old, 'one\ntwo\n');
    writeFileSync(current, 'three\n\x1b[2Jfour\n');
    supervisor.files = { api: [old, current] };
    expect((await call('logs', [], { lines: '3' }, supervisor)).text).toBe('│ two\n│ three\n│ four');
    expect((await call('logs', [], { lines: '1', json: true }, supervisor)).json).toEqual([
      {
        service: 'api',
        at: null,
        run: null,
        stream: null,
        text: '\x1b[2Jfour',
        level: null,
        message: null,
        record: null,
      },
    ]);
  });

  it('-n 0 shows nothing', async () => {
    const supervisor = make('api');
    supervisor.kept.set('api', [line(0, 'one')]);
    expect(await type('logs -n 0', supervisor)).toMatchObject({ code: 0, text: '' });
  });

  it('says who has printed nothing', async () => {
    expect(await type('logs', make('api', 'db'))).toMatchObject({
      code: 0,
      text: 'nothing has been printed by api, db',
    });
  });

  it.each(['x', '-1', '1.5'])('-n %s is refused', async number => {
    expect(await call('logs', [], { lines: number }, make('api'))).toMatchObject({
      code: 2,
      text: `-n needs a number of lines, not "${number}"`,
    });
  });

  describe('of structured records', () => {
    const records = () => {
      const supervisor = make('api', 'db');
      supervisor.kept.set('api', [
        line(0, `{"level":30,"time":${AT - 875},"msg":"up","port":3000}`),
        line(1, '{"level":50,"err":{"message":"no","stack":"Error: no\\n    at pay"},"msg":"not paid"}'),
        line(2, '{"just":"JSON"}'),
      ]);
      return supervisor;
    };

    it('shows level, message and fields, and the stack of an error below', async () => {
      expect((await type('logs api', records())).text.split('\n')).toEqual([
        '14:03:22 │ INFO  up  port=3000',
        '14:03:22 │ ERROR not paid',
        '         │   Error: no',
        '         │       at pay',
        '14:03:22 │ {"just":"JSON"}',
      ]);
    });

    it('-t: shows the time of the record, where it has none when it came', async () => {
      expect((await type('logs api -t', records())).text.split('\n')).toEqual([
        '2026-01-31 14:03:21.125 │ INFO  up  port=3000',
        '2026-01-31 14:03:22.001 │ ERROR not paid',
        '                        │   Error: no',
        '                        │       at pay',
        '2026-01-31 14:03:22.002 │ {"just":"JSON"}',
      ]);
    });

    it('--raw: shows them as they were written, of one service with nothing before them', async () => {
      expect((await type('logs api --raw -n 1', records())).text).toBe('{"just":"JSON"}');
      expect((await type('logs --raw -n 1', records())).text).toBe('14:03:22 api │ {"just":"JSON"}');
      expect((await type('logs api --raw -t -n 1', records())).text).toBe('2026-01-31 14:03:22.002 {"just":"JSON"}');
    });

    it('--raw: leaves escape codes in where no terminal is behind', async () => {
      const supervisor = make('api');
      supervisor.kept.set('api', [line(0, '\x1b[31mred\x1b[0m')]);
      const raw = (options: VerbOptions) =>
        call('logs', ['api'], { raw: true }, supervisor, { isRunning: true, ...options });
      expect((await raw({})).text).toBe('\x1b[31mred\x1b[0m');
      expect((await raw({ width: 80 })).text).toBe('red');
    });

    it('--json: tells the record, and its level and message', async () => {
      const said = await call('logs', ['api'], { json: true, lines: '3' }, records(), { isRunning: true });
      expect(said.json).toMatchObject([
        {
          service: 'api',
          at: AT,
          run: 1,
          stream: 'stdout',
          level: 'info',
          message: 'up',
          record: { level: 30, msg: 'up', port: 3000 },
        },
        { level: 'error', message: 'not paid' },
        { text: '{"just":"JSON"}', level: null, message: null, record: null },
      ]);
    });
  });

  describe('--level', () => {
    const levels = () => {
      const supervisor = make('api', 'db');
      supervisor.kept.set('api', [
        line(0, '{"level":30,"msg":"up"}'),
        line(1, 'TypeError: no', { stream: 'stderr' }),
        line(2, 'GET / 200'),
        line(3, '    at pay', { stream: 'stderr' }),
        line(4, 'listening', { stream: 'stderr' }),
        line(5, '[warn] slow'),
      ]);
      return supervisor;
    };

    it('shows that level and above; a stack trace is as grave as its error, a line without a level is left out', async () => {
      expect((await type('logs api --level warn', levels())).text.split('\n')).toEqual([
        '14:03:22 ! TypeError: no',
        '14:03:22 !     at pay',
        '14:03:22 │ [warn] slow',
      ]);
      expect((await type('logs api --level WARNING -n 1', levels())).text).toBe('14:03:22 │ [warn] slow');
    });

    it('says so where none is that grave', async () => {
      expect(await type('logs --level fatal', levels())).toMatchObject({
        code: 0,
        text: 'none of the 6 lines of api, db fits --level fatal (2 without a level)',
      });
      const supervisor = make('api');
      supervisor.kept.set('api', [line(0, 'up')]);
      expect((await type('logs --level info', supervisor)).text).toBe('none of the 1 line of api has a level');
    });

    it.each(['high', '30', ''])('"%s" is refused', async level => {
      expect(await call('logs', [], { level }, levels())).toMatchObject({
        code: 2,
        text: `--level needs one of trace, debug, info, warn, error, fatal, not "${level}"`,
      });
    });
  });

  describe('--since and --until', () => {
    const times = () => {
      const supervisor = make('api');
      supervisor.kept.set(
        'api',
        Array.from({ length: 100 }, (_, i) => line(i * 1000, `${i}`)),
      );
      return supervisor;
    };
    const shown = async (words: string) => (await type(`logs api --raw ${words}`, times())).text.split('\n');

    it('show all lines of that time, or the newest of them', async () => {
      vi.setSystemTime(AT + 99_000);
      expect(await shown('--since 80s')).toEqual(Array.from({ length: 81 }, (_, i) => `${i + 19}`));
      expect(await shown('--since 14:03:30 --until 14:03:32')).toEqual(['8', '9', '10']);
      expect(await shown('--until 2026-01-31T14:03:23')).toEqual(['0', '1']);
      expect(await shown('--since 80s --until 14:04 -n 2')).toEqual(['37', '38']);
    });

    it('say so where nothing was printed then', async () => {
      vi.setSystemTime(AT + 3_600_000);
      expect(await type('logs --since 5m --level warn', times())).toMatchObject({
        code: 0,
        text: 'none of the 100 lines of api has a level',
      });
      expect((await type('logs --since 5m', times())).text).toBe('none of the 100 lines of api fits --since 5m');
    });

    it.each(['since', 'until'])('--%s refuses what is no time, and says what is', async flag => {
      expect(await call('logs', [], { [flag]: 'yesterday' }, times())).toMatchObject({
        code: 2,
        text: `--${flag} needs how long ago (90s, 5m, 1h30m, 2d), a time of day (14:05, 14:05:30) or a date (2026-01-31, 2026-01-31T14:05, 2026-01-31T14:05:30Z), not "yesterday"`,
      });
    });

    it('refuse an end before the beginning', async () => {
      expect(await type('logs --since 5m --until 10m', times())).toMatchObject({
        code: 2,
        text: '--since 5m is later than --until 10m: no line is between them',
      });
    });
  });

  describe('of log files', () => {
    const filed = (files: Record<string, string>) => {
      const supervisor = make(...Object.keys(files));
      for (const [name, text] of Object.entries(files)) {
        const file = join(folder, `${name}.log`);
        writeFileSync(file, text);
        supervisor.files[name] = [file];
      }
      return supervisor;
    };
    const record = (ms: number, msg: string) => `{"level":50,"time":${AT + ms},"msg":"${msg}"}\n`;

    it('takes the time from the line, or from the one before it', async () => {
      const supervisor = filed({ api: `start\n${record(0, 'a')}    at a\n${record(30_000, 'b')}    at b\n` });
      expect((await call('logs', [], {}, supervisor)).text.split('\n')).toEqual([
        '         │ start',
        '14:03:22 │ ERROR a',
        '14:03:22 │     at a',
        '14:03:52 │ ERROR b',
        '14:03:52 │     at b',
      ]);
      expect((await call('logs', [], { since: '40s', level: 'error' }, supervisor)).text.split('\n')).toEqual([
        '14:03:52 │ ERROR b',
        '14:03:52 │     at b',
      ]);
    });

    it('shows so many lines of each service', async () => {
      const supervisor = filed({ api: 'one\ntwo\n', db: 'three\nfour\n' });
      expect((await call('logs', [], { lines: '1' }, supervisor)).text).toBe('api │ two\ndb  │ four');
    });

    it('says of which a time can not be asked', async () => {
      const supervisor = filed({ api: 'up\n', db: record(0, 'a'), web: 'up\n', quiet: '' });
      expect(await call('logs', [], { since: '5m' }, supervisor)).toMatchObject({
        code: 0,
        text: [
          'the log files of api, web do not say when a line was printed: for --since and --until fuge must be running, or the lines carry their time',
          '14:03:22 db    │ ERROR a',
        ].join('\n'),
      });
      expect(await call('logs', ['api'], { since: '5m' }, supervisor)).toMatchObject({
        code: 1,
        text: [
          'the log file of api does not say when a line was printed: for --since and --until fuge must be running, or the lines carry their time',
          'none of the 1 line of api fits --since 5m',
        ].join('\n'),
      });
    });

    it('can not be followed', async () => {
      expect(await call('logs', [], { follow: true }, filed({ api: 'up\n' }))).toMatchObject({
        code: 1,
        text: 'nothing runs shop, so there are no lines to follow ("fuge logs" shows the log files)',
      });
    });
  });

  describe('-f', () => {
    const printed = (service: string, ms: number, ...lines: string[]): Event => ({
      type: 'lines',
      at: AT + ms,
      service,
      run: 1,
      stream: 'stdout',
      lines,
      shown: 0,
    });
    const phase = (service: string, id: 'starting' | 'stopped', type: 'retry' | 'shutdown'): Event => ({
      type: 'phase',
      at: AT,
      service,
      phase: id === 'starting' ? { id, run: 2 } : { id },
      previous: { id: 'ready', run: 1 },
      cause: type === 'retry' ? { type, attempt: 1 } : { type },
      restarts: 1,
    });
    /** Runs it, lets things happen as soon as it listens, interrupts it. */
    const follow = async (
      words: readonly string[],
      flags: Record<string, string | true>,
      supervisor: Logging,
      happen: () => void,
    ) => {
      const abort = new AbortController();
      const options = { isRunning: true, signal: abort.signal };
      const said = call('logs', words, { follow: true, ...flags }, supervisor, options);
      await supervisor.subscribed;
      await Promise.resolve();
      happen();
      abort.abort();
      return said;
    };

    it('begins with the newest lines and goes on until Ctrl-C', async () => {
      const supervisor = make('api', 'db');
      supervisor.kept.set('api', [line(0, 'old'), line(2, 'one')]);
      supervisor.kept.set('db', [line(1, 'two'), line(3, 'three')]);
      const said = await follow([], { lines: '2' }, supervisor, () => {
        supervisor.emit(printed('db', 10, 'four', '{"level":40,"msg":"five"}'));
        supervisor.emit(printed('api', 20, 'six'));
      });
      expect(said.code).toBe(130);
      expect(said.text.split('\n')).toEqual([
        '14:03:22 api │ one',
        '14:03:22 db  │ three',
        '14:03:22 db  │ four',
        '14:03:22 db  │ WARN  five',
        '14:03:22 api │ six',
      ]);
    });

    it('shows the chosen services alone, and their lines of that level', async () => {
      const supervisor = make('api', 'db');
      supervisor.kept.set('api', [line(0, 'ERROR before')]);
      supervisor.kept.set('db', [line(0, 'ERROR other')]);
      const said = await follow(['api'], { level: 'error' }, supervisor, () => {
        supervisor.emit(printed('api', 1, '    at pay', 'fine', 'ERROR no'));
        supervisor.emit(printed('db', 1, 'ERROR other'));
        supervisor.emit({ ...printed('api', 1, 'ERROR of a test'), command: 'test' } as Event);
        supervisor.emit(printed('api', 2, '    at main'));
      });
      expect(said.text.split('\n')).toEqual([
        '14:03:22 │ ERROR before',
        '14:03:22 │     at pay',
        '14:03:22 │ ERROR no',
        '14:03:22 │     at main',
      ]);
    });

    it('tells of restarts, and of lines that were missed', async () => {
      const supervisor = make('api', 'db');
      const said = await follow(['api'], {}, supervisor, () => {
        supervisor.emit(phase('api', 'starting', 'retry'));
        supervisor.emit(phase('db', 'starting', 'retry'));
        supervisor.emit({ type: 'missed', at: AT, service: 'api', lines: 7 });
      });
      expect(said.text.split('\n')).toEqual([
        '14:03:22 api ↻ restarting',
        '… 7 lines of api not shown: they came faster than they were read (its log file has all)',
      ]);
    });

    it('leaves that to the prompt where there is one, whose own lines stop meanwhile', async () => {
      const supervisor = make('api');
      const abort = new AbortController();
      const happened: string[] = [];
      const live = {
        showRaw: () => {},
        hush: () => {
          happened.push('hushed');
          return () => void happened.push('live again');
        },
      };
      const heard = (text: string) => void happened.push(text);
      const said = type('logs api -f', supervisor, { signal: abort.signal, live, heard });
      await supervisor.subscribed;
      await Promise.resolve();
      supervisor.emit(phase('api', 'starting', 'retry'));
      supervisor.emit(printed('api', 0, 'one'));
      abort.abort();
      expect(await said).toMatchObject({ code: 130 });
      expect(happened).toEqual(['hushed', '14:03:22 │ one', 'live again']);
    });

    it('--json: lines and nothing else', async () => {
      const supervisor = make('api');
      supervisor.kept.set('api', [line(0, 'one')]);
      const said = await follow([], { json: true }, supervisor, () => {
        supervisor.emit(phase('api', 'starting', 'retry'));
        supervisor.emit(printed('api', 1, '{"level":40,"msg":"two"}'));
      });
      expect(said).toMatchObject({ text: '', json: [{ text: 'one' }, { service: 'api', at: AT + 1, message: 'two' }] });
    });

    it('follows what a reload adds where no service was named', async () => {
      const supervisor = make('api');
      const said = await follow([], {}, supervisor, () => {
        supervisor.system = systemOf([nodeService('api'), nodeService('later')]);
        supervisor.emit(printed('later', 0, 'one'));
      });
      expect(said.text).toBe('14:03:22 later │ one');
    });

    it('ends where the whole system has been stopped', async () => {
      const supervisor = make('api');
      const said = call('logs', [], { follow: true }, supervisor, { isRunning: true });
      await supervisor.subscribed;
      supervisor.set('api', { phase: { id: 'ready', run: 1 } });
      supervisor.emit({ type: 'closing', at: AT });
      supervisor.emit(printed('api', 0, 'bye'));
      supervisor.set('api', { phase: { id: 'stopped' } });
      supervisor.emit(phase('api', 'stopped', 'shutdown'));
      expect(await said).toMatchObject({ code: 0, text: '14:03:22 │ bye' });
    });

    it.each([
      [true, 0, '14:03:22 │ one'],
      [false, 1, '14:03:22 │ one\nthe fuge that ran shop has gone'],
    ])('ends with the connection to the fuge that runs the system (stopped: %s)', async (wasStopped, code, text) => {
      let end: (wasStopped: boolean) => void = () => {};
      const gone = new Promise<boolean>(resolve => {
        end = resolve;
      });
      const supervisor = Object.assign(make('api'), { gone });
      supervisor.kept.set('api', [line(0, 'one')]);
      const said = call('logs', [], { follow: true }, supervisor, { isRunning: true });
      await supervisor.subscribed;
      end(wasStopped);
      expect(await said).toMatchObject({ code, text });
    });

    it('with --until is refused', async () => {
      expect(await type('logs -f --until 5m', make('api'))).toMatchObject({
        code: 2,
        text: '-f shows what comes from now on, --until ends before: only one of them can be given',
      });
    });
  });
});

describe('tail', () => {
  it('--raw: shows records as they were written, until tail without it', async () => {
    const shown: string[] = [];
    const live = {
      showRaw: (services: readonly string[], isRaw: boolean) => void shown.push(`${services.join(' ')} ${isRaw}`),
      hush: () => () => {},
    };
    expect((await type('tail api --raw', make('api'), { live })).text).toBe(
      'showing the lines of api as they are written',
    );
    expect((await type('tail api', make('api'), { live })).text).toBe('showing the lines of api');
    await type('untail api', make('api'), { live });
    expect(shown).toEqual(['api true', 'api false']);
  });
});

describe('grep', () => {
  const logged = () => {
    const supervisor = make('api', 'db');
    const [old, current] = [join(folder, 'api.log.1'), join(folder, 'api.log')];
    writeFileSync(old, 'Time out: 10:20\n');
    writeFileSync(current, 'fine\ntime out again\n');
    supervisor.files = { api: [old, current] };
    return supervisor;
  };

  it('finds lines whole, older files first', async () => {
    expect(await type('grep -i "time out"', logged())).toMatchObject({
      code: 0,
      text: 'api.1:1: Time out: 10:20\napi:2: time out again',
    });
    expect((await type('grep time api', logged())).text).toBe('api:2: time out again');
  });

  it('--json: one object for each line', async () => {
    expect((await call('grep', ['^time', 'api'], { json: true }, logged())).json).toEqual([
      { service: 'api', file: join(folder, 'api.log'), line: 2, text: 'time out again' },
    ]);
  });

  it('finds nothing: exit code 1', async () => {
    expect(await type('grep nothing', logged())).toMatchObject({ code: 1, text: 'no line of any log matches nothing' });
    expect((await type('grep nothing db', logged())).text).toBe('no line of db matches nothing');
  });

  it('a broken expression is told', async () => {
    expect(await type("grep '('", logged())).toMatchObject({
      code: 2,
      text: '"(" is no regular expression: /(/: Unterminated group',
    });
  });

  describe('by time and level', () => {
    const records = () => {
      const supervisor = make('api', 'db');
      const [api, db] = [join(folder, 'api.log'), join(folder, 'db.log')];
      const record = (ms: number, level: number, msg: string) =>
        `{"level":${level},"time":${AT + ms},"msg":"${msg}"}\n`;
      writeFileSync(
        api,
        `${record(0, 50, 'no')}    at no\n${record(30_000, 30, 'no more')}${record(30_000, 40, 'fine')}`,
      );
      writeFileSync(db, 'no time\n');
      supervisor.files = { api: [api], db: [db] };
      return supervisor;
    };

    it('finds matching lines among the chosen', async () => {
      expect((await type('grep no api --level error', records())).text.split('\n')).toEqual([
        `api:1: {"level":50,"time":${AT},"msg":"no"}`,
        'api:2:     at no',
      ]);
      expect((await type('grep no api --since 40s', records())).text).toBe(
        `api:3: {"level":30,"time":${AT + 30_000},"msg":"no more"}`,
      );
    });

    it('says of which files a time can not be asked', async () => {
      expect((await type('grep fine --since 40s', records())).text.split('\n')).toEqual([
        `api:4: {"level":40,"time":${AT + 30_000},"msg":"fine"}`,
        'the log file of db does not say when a line was printed: for --since and --until fuge must be running, or the lines carry their time',
      ]);
    });

    it('refuses what is no time', async () => {
      expect(await type('grep no --since soon', records())).toMatchObject({ code: 2 });
    });
  });
});

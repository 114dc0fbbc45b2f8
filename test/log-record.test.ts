// Structured log records, in the form in which each logger writes them.
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../src/log-level.js';
import { LogReader, type LogRecord, mayHoldRecords, readRecord } from '../src/log-record.js';

const AT = Date.UTC(2026, 0, 31, 14, 3, 22, 125);
const ISO = '2026-01-31T14:03:22.125Z';
const STACK = 'Error: no\n    at pay (/shop/pay.js:1:2)';

const forms: readonly (readonly [string, unknown, Omit<LogRecord, 'source'>])[] = [
  [
    'pino',
    { level: 30, time: AT, pid: 42, hostname: 'here', name: 'shop', reqId: 7, msg: 'paid' },
    { level: 'info', time: AT, message: 'paid', fields: [['reqId', 7]], stack: undefined },
  ],
  [
    'pino with an error',
    {
      level: 50,
      time: ISO,
      pid: 42,
      hostname: 'here',
      err: { type: 'Error', message: 'no', stack: STACK, code: 'E1' },
      msg: 'not paid',
    },
    { level: 'error', time: AT, message: 'not paid', fields: [['err.code', 'E1']], stack: STACK },
  ],
  [
    'pino with nothing but an error',
    { level: 50, time: AT, pid: 42, hostname: 'here', err: { type: 'Error', message: 'no', stack: STACK } },
    { level: 'error', time: AT, message: 'no', fields: [], stack: STACK },
  ],
  [
    'pino without a message',
    { level: 20, time: AT, pid: 42, hostname: 'here', order: { id: 1 } },
    { level: 'debug', time: AT, message: '', fields: [['order', { id: 1 }]], stack: undefined },
  ],
  [
    'bunyan',
    { name: 'shop', hostname: 'here', pid: 42, level: 40, component: 'db', msg: 'slow', time: ISO, v: 0 },
    { level: 'warn', time: AT, message: 'slow', fields: [['component', 'db']], stack: undefined },
  ],
  [
    'winston',
    { level: 'warn', message: 'slow', timestamp: ISO, name: 'kept' },
    { level: 'warn', time: AT, message: 'slow', fields: [['name', 'kept']], stack: undefined },
  ],
  [
    'winston without a time, in colours, with a stack',
    { level: '\x1b[31merror\x1b[39m', message: 'no', stack: STACK },
    { level: 'error', time: undefined, message: 'no', fields: [], stack: STACK },
  ],
  [
    'zap',
    { level: 'error', ts: AT / 1000, caller: 'pay/pay.go:7', msg: 'no', stacktrace: 'main.pay\n\tpay.go:7' },
    { level: 'error', time: AT, message: 'no', fields: [['caller', 'pay/pay.go:7']], stack: 'main.pay\n\tpay.go:7' },
  ],
  [
    'zerolog',
    { level: 'error', error: 'refused', time: ISO, message: 'no' },
    { level: 'error', time: AT, message: 'no', fields: [['error', 'refused']], stack: undefined },
  ],
  [
    'slog',
    { time: ISO, level: 'DEBUG-4', msg: 'paid', amount: 3 },
    { level: 'debug', time: AT, message: 'paid', fields: [['amount', 3]], stack: undefined },
  ],
  [
    "Serilog's compact form",
    { '@t': ISO, '@mt': 'Paid {Amount} by {@User}', '@l': 'Warning', Amount: 3, User: 'ann', Region: 'eu' },
    { level: 'warn', time: AT, message: 'Paid 3 by ann', fields: [['Region', 'eu']], stack: undefined },
  ],
  [
    "Serilog's compact form without a level and with a hole",
    { '@t': ISO, '@mt': 'Paid {Amount}', '@x': STACK },
    { level: 'info', time: AT, message: 'Paid {Amount}', fields: [], stack: STACK },
  ],
  [
    'Google Cloud',
    { severity: 'NOTICE', message: 'paid', timestamp: { seconds: Math.floor(AT / 1000), nanos: 125e6 } },
    { level: 'info', time: AT, message: 'paid', fields: [], stack: undefined },
  ],
  [
    'logstash',
    { '@timestamp': ISO, '@version': '1', message: 'paid', level: 'INFO', level_value: 20000, thread_name: 'main' },
    { level: 'info', time: AT, message: 'paid', fields: [['thread_name', 'main']], stack: undefined },
  ],
  [
    'ECS',
    { '@timestamp': ISO, 'log.level': 'error', message: 'no', 'ecs.version': '1.2.0', 'error.stack_trace': STACK },
    { level: 'error', time: AT, message: 'no', fields: [], stack: STACK },
  ],
  [
    "Rust's tracing",
    { timestamp: ISO, level: 'INFO', fields: { message: 'paid', amount: 3 }, target: 'shop' },
    {
      level: 'info',
      time: AT,
      message: 'paid',
      fields: [
        ['target', 'shop'],
        ['amount', 3],
      ],
      stack: undefined,
    },
  ],
  [
    'structlog',
    { event: 'paid', level: 'info', timestamp: ISO },
    { level: 'info', time: AT, message: 'paid', fields: [], stack: undefined },
  ],
  [
    'MongoDB',
    { t: { $date: ISO }, s: 'W', c: 'NETWORK', id: 22, ctx: 'conn1', msg: 'slow', attr: { ms: 300 } },
    {
      level: 'warn',
      time: AT,
      message: 'slow',
      fields: [
        ['c', 'NETWORK'],
        ['ctx', 'conn1'],
        ['ms', 300],
      ],
      stack: undefined,
    },
  ],
];

describe('a JSON record', () => {
  it.each(forms)('of %s is recognised', (_name, written, record) => {
    expect(readRecord(JSON.stringify(written))).toEqual({ ...record, source: written });
  });

  it('with a message that is no text is told in JSON', () => {
    expect(readRecord('{"level":"info","message":{"a":1}}')?.message).toBe('{"a":1}');
    expect(readRecord('{"level":"info","message":7}')?.message).toBe('7');
  });

  it('keeps the digits of integers that JavaScript would round', () => {
    const record = readRecord(
      `{"level":30,"time":${AT}000001,"msg":"12345678901234567890","id":12345678901234567890,"n":[-12345678901234567],"f":0.12345678901234567,"ok":1234567890123456}`,
    );
    expect(record).toMatchObject({ time: AT, message: '12345678901234567890' });
    expect(record?.fields).toEqual([
      ['id', '12345678901234567890'],
      ['n', ['-12345678901234567']],
      ['f', 0.12345678901234566],
      ['ok', 1234567890123456],
    ]);
  });

  it('may end with blanks, and may hold a key that objects have anyway', () => {
    expect(readRecord('{"level":30,"msg":"a","__proto__":{"x":1},"toString":2} \r')?.fields).toEqual([
      ['__proto__', { x: 1 }],
      ['toString', 2],
    ]);
  });
});

describe('a logfmt record', () => {
  it('is recognised', () => {
    expect(readRecord(`time=${ISO} level=warn msg="took \\"long\\"" ms=300 path=/a/b empty= user.id=7`)).toEqual({
      level: 'warn',
      time: AT,
      message: 'took "long"',
      fields: [
        ['ms', '300'],
        ['path', '/a/b'],
        ['empty', ''],
        ['user.id', '7'],
      ],
      stack: undefined,
      source: {
        time: ISO,
        level: 'warn',
        msg: 'took "long"',
        ms: '300',
        path: '/a/b',
        empty: '',
        'user.id': '7',
      },
    });
  });

  it('needs no message where it has a time', () => {
    expect(readRecord(`ts=${AT} lvl=info a=1`)).toMatchObject({ level: 'info', time: AT, message: '' });
  });
});

describe('no record is', () => {
  it.each([
    [''],
    ['listening on 3000'],
    ['{'],
    ['{}'],
    ['{ not JSON at all }'],
    ['{"a":1}'],
    ['{"level":30}'],
    ['{"level":"high","message":"a"}'],
    ['{"message":"a","id":1}'],
    ['{"level":5,"score":10}'],
    ['{"level":30,"msg":"cut'],
    ['[{"level":30,"msg":"a"}]'],
    ['a=1 b=2'],
    ['level=high msg=a'],
    ['level=info'],
    ['level=info msg=took too long'],
    ['it says level=info msg=a'],
    ['level=info msg="cut'],
    [`{"level":30,"msg":"${'x'.repeat(70_000)}"}`],
    [`{"level":30,"msg":"a","deep":${'['.repeat(30_000)}`],
  ])('%s', line => {
    expect(readRecord(line)).toBeUndefined();
  });
});

it('a batch of lines is told at a glance to hold no records', () => {
  expect(mayHoldRecords('listening\nGET / 200\n')).toBe(false);
  expect(mayHoldRecords('listening\n{"level":30,"msg":"a"}')).toBe(true);
  expect(mayHoldRecords('listening\nlevel=info msg=a')).toBe(true);
});

describe('lines in their order', () => {
  const levels = (...lines: string[]) => {
    const reader = new LogReader();
    return lines.map(line => reader.read(line).level);
  };

  it('give a stack trace the level of its error', () => {
    expect(
      levels('TypeError: no', '    at pay (/shop/pay.js:1:2)', '', '    at main', '  code: 1', '}', 'Node.js v22'),
    ).toEqual(['error', 'error', 'error', 'error', 'error', 'error', undefined]);
    expect(levels('{"level":40,"msg":"a"}', '  at x', 'Caused by: y', '... 3 more', 'z')).toEqual([
      'warn',
      'warn',
      'warn',
      'warn',
      undefined,
    ]);
    expect(
      levels('panic: no', '', 'goroutine 1 [running]:', 'main.pay()', '\t/shop/pay.go:7', 'exit status 2'),
    ).toEqual(['fatal', 'fatal', 'fatal', 'fatal', 'fatal', undefined]);
  });

  it('give nothing to a line that stands for itself', () => {
    expect(levels('ERROR no', 'listening', '  indented')).toEqual(['error', undefined, undefined]);
    expect(levels('ERROR no', '{"time":1700000000,"msg":"a"}')).toEqual(['error', undefined]);
  });

  it('give a line without a time that of the line before', () => {
    const reader = new LogReader();
    const times = ['a', `{"level":30,"time":${AT},"msg":"b"}`, 'c', '[2026-02-01T00:00:00Z] d', 'e'].map(
      line => reader.read(line).time,
    );
    const next = Date.UTC(2026, 1, 1);
    expect(times).toEqual([undefined, AT, AT, next, next]);
  });

  it('have no time where a date is a word of a sentence', () => {
    expect(new LogReader().read('2026-01-31 was a Saturday').time).toBeUndefined();
  });
});

it('whatever a line holds, it is read without an exception', () => {
  const samples = [
    ...forms.map(([, written]) => JSON.stringify(written)),
    `time=${ISO} level=warn msg="took \\"long\\"" ms=300`,
    `[${ISO} INFO  shop] up`,
    'TypeError: no\u001b[31m',
  ];
  const pieces = [
    '"',
    '{',
    '}',
    '[',
    '\\',
    ':',
    ',',
    '=',
    ' ',
    '\u0000',
    '\ud83d',
    '1e999',
    '99999999999999999999',
    '@t',
  ];
  // A generator of its own, so that a failure comes again.
  let seed = 1;
  const below = (most: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % most;
  };
  const reader = new LogReader();
  for (let i = 0; i < 20_000; i++) {
    let line = samples[below(samples.length)]!;
    for (let changes = below(4); changes > 0; changes--) {
      const at = below(line.length + 1);
      line = line.slice(0, at) + pieces[below(pieces.length)]! + line.slice(at + below(12));
    }
    const { level, time, record } = reader.read(line);
    if (level !== undefined) expect(LEVELS).toContain(level);
    if (time !== undefined) expect(Number.isFinite(time)).toBe(true);
    if (record) expect(typeof record.message).toBe('string');
  }
});

import { expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { LONGEST_LINE } from '../../src/supervisor/lines.js';
import { Output, PARTIAL_AFTER_MS } from '../../src/supervisor/output.js';
import { ManualClock } from '../rig/manual-clock.js';

function open(command?: string) {
  const clock = new ManualClock();
  const events: Event[] = [];
  const filed: Buffer[] = [];
  const kept: string[] = [];
  const sink = {
    file: (bytes: Buffer) => filed.push(Buffer.from(bytes)),
    keep: (_at: number, stream: string, lines: Uint8Array) =>
      kept.push(
        ...Buffer.from(lines)
          .toString()
          .split('\n')
          .map(line => `${stream} ${line}`),
      ),
    emit: (event: Event) => events.push(event),
  };
  const output = new Output({ service: 'web', run: 7, ...(command !== undefined && { command }) }, sink, clock);
  return {
    clock,
    events,
    kept,
    file: () => Buffer.concat(filed).toString('latin1'),
    bytes: (bytes: Buffer) => output.push('stdout', bytes),
    out: (text: string) => output.push('stdout', Buffer.from(text)),
    err: (text: string) => output.push('stderr', Buffer.from(text)),
    end: (name: 'stdout' | 'stderr') => output.end(name),
    said: () => events.map(event => (event.type === 'lines' ? event.lines : event.type === 'partial' && event.text)),
    shown: () => events.flatMap(event => (event.type === 'lines' ? [event.shown] : [])),
  };
}

test('lines are told, kept and filed as they come, with their run and stream', () => {
  const web = open();
  web.out('a\nb\n');
  web.err('c\n');
  const about = { type: 'lines', at: 1_000_000, service: 'web', run: 7, shown: 0 };
  expect(web.events).toEqual([
    { ...about, stream: 'stdout', lines: ['a', 'b'] },
    { ...about, stream: 'stderr', lines: ['c'] },
  ]);
  expect(web.kept).toEqual(['stdout a', 'stdout b', 'stderr c']);
  expect(web.file()).toBe('a\nb\nc\n');
});

test('the lines of a command carry its label', async () => {
  const web = open('test');
  web.out('a\nb');
  await web.clock.advance(PARTIAL_AFTER_MS);
  expect(web.events).toMatchObject([
    { type: 'lines', command: 'test' },
    { type: 'partial', command: 'test' },
  ]);
});

test('a line without its end is shown when it has been quiet for a while, and goes on from there', async () => {
  const web = open();
  web.out('Your name? ');
  await web.clock.advance(PARTIAL_AFTER_MS - 1);
  expect(web.said()).toEqual([]);
  await web.clock.advance(1);
  expect(web.said()).toEqual(['Your name? ']);
  web.out('Ada\nnext\n');
  expect(web.said()).toEqual(['Your name? ', ['Your name? Ada', 'next']]);
  expect(web.shown()).toEqual(['Your name? '.length]);
  expect(web.clock.pending).toBe(0);
});

test('more of an unfinished line is told as what was added', async () => {
  const web = open();
  web.out('one');
  await web.clock.advance(PARTIAL_AFTER_MS);
  web.out(', two');
  await web.clock.advance(PARTIAL_AFTER_MS);
  web.out('\nthree\n');
  expect(web.said()).toEqual(['one', ', two', ['one, two', 'three']]);
  expect(web.shown()).toEqual(['one, two'.length]);
});

test('output that keeps coming is no partial line until it pauses', async () => {
  const web = open();
  for (const part of ['a', 'b', 'c']) {
    web.out(part);
    await web.clock.advance(PARTIAL_AFTER_MS - 1);
  }
  expect(web.said()).toEqual([]);
  await web.clock.advance(1);
  expect(web.said()).toEqual(['abc']);
});

test('a partial line never ends within a character', async () => {
  const web = open();
  const cat = Buffer.from('🐱');
  web.bytes(Buffer.concat([Buffer.from('ok '), cat.subarray(0, 2)]));
  await web.clock.advance(PARTIAL_AFTER_MS);
  expect(web.said()).toEqual(['ok ']);
  web.bytes(cat.subarray(2));
  await web.clock.advance(PARTIAL_AFTER_MS);
  expect(web.said()).toEqual(['ok ', '🐱']);
});

test('a progress bar is told once, when it is done', async () => {
  const web = open();
  for (const percent of [10, 50, 100]) {
    web.out(`\r${percent}%`);
    await web.clock.advance(PARTIAL_AFTER_MS);
  }
  expect(web.said()).toEqual([]);
  web.out('\n');
  expect(web.said()).toEqual([['100%']]);
  expect(web.file()).toBe('\r10%\r50%\r100%\n');
});

test('a line that was shown in part and is overwritten then counts as not shown', async () => {
  const web = open();
  web.out('working …');
  await web.clock.advance(PARTIAL_AFTER_MS);
  web.out('\rdone in 3 s\n');
  expect(web.said()).toEqual(['working …', ['done in 3 s']]);
  expect(web.shown()).toEqual([0]);
});

test('the two streams never mix within a line of the file', () => {
  const web = open();
  web.out('out one, ');
  web.err('err one, ');
  web.out('out two\nout ');
  web.err('err two\n');
  web.out('three\n');
  expect(web.file()).toBe('out one, out two\nerr one, err two\nout three\n');
});

test('an endless line is filed as it comes, and the other stream begins a line of its own', () => {
  const web = open();
  const endless = 'x'.repeat(LONGEST_LINE + 1);
  web.out(endless);
  expect(web.file()).toBe(endless);
  web.err('oh\n');
  web.out('end\n');
  expect(web.file()).toBe(`${endless}\noh\nend\n`);
});

test('the end of a stream gives its last words, in the file exactly as they were', () => {
  const web = open();
  web.out('bye');
  web.end('stdout');
  expect(web.said()).toEqual([['bye']]);
  expect(web.file()).toBe('bye');
  expect(web.clock.pending).toBe(0);
});

test('last words without a newline do not swallow the first line of the other stream', () => {
  const web = open();
  web.out('bye');
  web.end('stdout');
  web.err('crash\n');
  web.end('stderr');
  expect(web.file()).toBe('bye\ncrash\n');
});

test('what is told, kept and filed stays as it was when the memory of a chunk is used for the next one', () => {
  const web = open();
  const memory = Buffer.alloc(64);
  for (const text of ['one\ntw', 'o\nthr', 'ee', '\nföur\nfive\r\n\xff\n', 'end'])
    web.bytes(memory.subarray(0, memory.write(text, 'latin1')));
  memory.fill('!');
  web.end('stdout');
  const lines = ['one', 'two', 'three', 'f\ufffdur', 'five', '\ufffd', 'end'];
  expect(web.said().flat()).toEqual(lines);
  expect(web.kept).toEqual(lines.map(line => `stdout ${line}`));
  expect(web.file()).toBe('one\ntwo\nthree\nf\xf6ur\nfive\r\n\xff\nend');
});

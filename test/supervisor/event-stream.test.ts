import { expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { EventStream } from '../../src/supervisor/event-stream.js';
import { Output } from '../../src/supervisor/output.js';
import { ManualClock } from '../rig/manual-clock.js';

type Lines = Extract<Event, { type: 'lines' }>;

function open() {
  const events = new EventStream();
  const sink = { file: () => {}, keep: () => {}, emit: (event: Event) => events.emit(event) };
  const output = new Output({ service: 'web', run: 1 }, sink, new ManualClock());
  const memory = Buffer.alloc(64);
  return {
    events,
    /** As pipes are read: each time into the same memory. */
    print: (text: string) => output.push('stdout', memory.subarray(0, memory.write(text))),
  };
}

test('lines are whole for who looks at them later, though their memory is used again', () => {
  const { events, print } = open();
  const heard: Lines[] = [];
  events.subscribe(event => heard.push(event as Lines));
  print('one\ntwo\n');
  print('three\n');
  expect(heard.map(({ text }) => text)).toEqual(['one\ntwo', 'three']);
  expect(heard.map(({ lines }) => lines)).toEqual([['one', 'two'], ['three']]);
  expect(heard.map(({ bytes }) => bytes)).toEqual([undefined, undefined]);
});

test('lines of which nobody keeps any are there while they are told, as bytes and as text', () => {
  const { events, print } = open();
  const seen: unknown[] = [];
  const heard: Lines[] = [];
  const hear = (event: Event) => {
    const { bytes, text, lines } = event as Lines;
    seen.push(Buffer.from(bytes ?? []).toString(), text, lines);
    heard.push(event as Lines);
  };
  events.subscribe(hear, false);
  print('one\ntwo\n');
  expect(seen).toEqual(['one\ntwo', 'one\ntwo', ['one', 'two']]);
  expect(heard[0]!.bytes).toBeUndefined();
});

test('lines that nobody keeps and nobody looks at are gone afterwards, which is told', () => {
  const { events, print } = open();
  const heard: Lines[] = [];
  const end = events.subscribe(event => heard.push(event as Lines), false);
  print('one\n');
  expect(() => heard[0]!.text).toThrow('these lines could be looked at while they were told only (keepsLines)');
  const endOther = events.subscribe(() => {});
  print('two\n');
  expect(heard[1]!.text).toBe('two');
  endOther();
  print('three\n');
  expect(() => heard[2]!.lines).toThrow(/keepsLines/);
  end();
  expect(heard).toHaveLength(3);
});

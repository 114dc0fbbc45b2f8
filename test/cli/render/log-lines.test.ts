import { describe, expect, it } from 'vitest';
import { LogLines } from '../../../src/cli/render/log-lines.js';
import { createPaint } from '../../../src/cli/render/paint.js';
import type { Event } from '../../../src/event.js';
import { nodeService, systemOf } from '../../rig/fake-supervisor.js';

const logLines = (colour = false) =>
  new LogLines({ system: systemOf(nodeService('api'), nodeService('payments')) }, createPaint(colour));

const output = (lines: string[], more: Partial<Extract<Event, { type: 'lines' }>> = {}) =>
  ({ type: 'lines', at: 0, service: 'api', run: 1, stream: 'stdout', lines, shown: 0, ...more }) as const;

describe('log lines', () => {
  it('stand behind the padded name', () => {
    const text = logLines();
    expect(text.lines(output(['GET /', 'done']))).toBe('api      │ GET /\napi      │ done');
  });

  it('of standard error are told apart without colour', () => {
    const text = logLines();
    expect(text.lines(output(['oh'], { stream: 'stderr' }))).toBe('api      ! oh');
  });

  it('of a command name it', () => {
    const text = logLines();
    expect(text.lines(output(['5 passed'], { command: 'test' }))).toBe('api      test │ 5 passed');
  });

  it('have the colour of their service', () => {
    const text = logLines(true);
    expect(text.lines(output(['x'], { service: 'payments' }))).toBe('\x1b[35mpayments\x1b[39m \x1b[2m│\x1b[22m x');
  });

  it('cannot harm the terminal', () => {
    const text = logLines();
    expect(text.lines(output(['\x1b[2Ja', '\x1b[31mb\x07', 'c']))).toBe('api      │ a\napi      │ b\napi      │ c');
  });

  it('go on where an unfinished line stopped', () => {
    const text = logLines();
    const partial = { type: 'partial', at: 0, service: 'api', run: 1, stream: 'stdout', text: 'Continue?' } as const;
    expect(text.partial(partial)).toBe('api      │ Continue? …');
    expect(text.lines(output(['Continue? yes', 'next'], { shown: 9 }))).toBe('api      │ …  yes\napi      │ next');
    expect(text.lines(output(['Continue?'], { shown: 9 }))).toBe('');
  });

  it('are whole where unfinished ones are not shown', () => {
    const text = logLines();
    expect(text.lines(output(['Continue? yes'], { shown: 9 }), 0, false)).toBe('api      │ Continue? yes');
  });

  it('that come as a flood are encoded to the same text', () => {
    const text = logLines();
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}\t日本語`);
    const flood = (...more: string[]) => {
      const all = [...lines, ...more];
      return { ...output(all), bytes: Buffer.from(all.join('\n')) };
    };
    expect(Buffer.from(text.flood(flood()) ?? []).toString()).toBe(`${text.lines(flood())}\n`);
    expect(text.flood(flood('\x1b[2J'))).toBeUndefined();
    expect(text.flood(flood('\u0085'))).toBeUndefined();
    expect(text.flood({ ...flood(), shown: 3 })).toBeUndefined();
    expect(text.flood({ ...output(['one']), bytes: Buffer.from('one') })).toBeUndefined();
    expect(text.flood(output(lines))).toBeUndefined();
  });

  it('that are structured records are shown for people, with the name before each line', () => {
    const text = logLines();
    const record = '{"level":50,"msg":"no","err":{"stack":"Error: no\\n    at pay"}}';
    const event = output(['{ no record', record, 'level=warn msg=slow ms=3', 'up\x1b[2J']);
    expect(text.lines(event).split('\n')).toEqual([
      'api      │ { no record',
      'api      │ ERROR no',
      'api      │   Error: no',
      'api      │       at pay',
      'api      │ WARN  slow  ms=3',
      'api      │ up',
    ]);
    const lines = Array.from({ length: 200 }, () => record);
    expect(text.flood({ ...output(lines), bytes: Buffer.from(lines.join('\n')) })).toBeUndefined();
  });

  it('are shown as they were written where that is asked for', () => {
    const system = systemOf(nodeService('api'), nodeService('payments'));
    const text = new LogLines({ system }, createPaint(false), service => service === 'api');
    const record = '{"level":40,"msg":"slow"}';
    expect(text.lines(output([record]))).toBe(`api      │ ${record}`);
    expect(text.lines(output([record], { service: 'payments' }))).toBe('payments │ WARN  slow');
    const lines = Array.from({ length: 200 }, () => record);
    const flood = text.flood({ ...output(lines), bytes: Buffer.from(lines.join('\n')) });
    expect(Buffer.from(flood ?? []).toString()).toBe(`api      │ ${record}\n`.repeat(200));
  });
});

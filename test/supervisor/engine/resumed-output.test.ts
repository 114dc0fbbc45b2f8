import { expect, test } from 'vitest';
import { ResumedOutput } from '../../../src/supervisor/engine/resumed-output.js';

function resumed() {
  const told = { stdout: '', stderr: '' };
  const output = new ResumedOutput((stream, chunk) => {
    told[stream] += chunk.toString();
  });
  return { told, output };
}
const nothing = () => {};

test('a log read again from its begin is told from where the telling broke off', () => {
  const { told, output } = resumed();
  const live = output.live(nothing);
  live.output('stdout', Buffer.from('one\ntw'));
  live.output('stderr', Buffer.from('bad\n'));
  const log = output.replay(nothing);
  log.output('stdout', Buffer.from('one\n'));
  log.output('stderr', Buffer.from('bad\nworse\n'));
  log.output('stdout', Buffer.from('two\nthree\n'));
  expect(told).toEqual({ stdout: 'one\ntwo\nthree\n', stderr: 'bad\nworse\n' });
});

test('lines are counted, however the log is cut into pieces, and also a second time', () => {
  const { told, output } = resumed();
  const whole = Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join('');
  output.live(nothing).output('stdout', Buffer.from(whole.slice(0, 333)));
  for (const [to, size] of [
    [500, 7],
    [whole.length, 1],
  ] as const) {
    const log = output.replay(nothing);
    for (let at = 0; at < to; at += size) log.output('stdout', Buffer.from(whole.slice(at, Math.min(to, at + size))));
  }
  expect(told.stdout).toBe(whole);
});

test('bytes that the log writes in another way do not shift the lines', () => {
  const { told, output } = resumed();
  output.live(nothing).output('stdout', Buffer.from([0xff, 0x0a]));
  output.replay(nothing).output('stdout', Buffer.from('\ufffd\nnext\n'));
  expect(told.stdout.split('\n')).toEqual(['\ufffd', 'next', '']);
});

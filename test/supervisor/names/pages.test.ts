import { describe, expect, it } from 'vitest';
import type { ServiceStatus } from '../../../src/control.js';
import type { Exit } from '../../../src/event.js';
import { downPage, listServices, startPage, unknownPage } from '../../../src/supervisor/names/pages.js';
import { mayAnswer, stateOf } from '../../../src/supervisor/names/state.js';
import { statusOf } from '../../rig/fake-supervisor.js';
import { port, systemOf } from '../../rig/system.js';

const system = systemOf([], { names: { port: 7080 } });
const web = statusOf('web', { ports: [port('http=3000')], phase: { id: 'ready', run: 1 } });
const db = statusOf('db', { type: 'container', ports: [port('db=5432'), port('dns=53/udp')] });
const code: Exit = { reason: 'code', code: 1 };

describe('the start page', () => {
  it('lists every service with its state, and links those that speak HTTP', () => {
    const html = startPage(system, [web, db]);
    expect(html).toContain(
      '<tr><td><a href="http://web.shop.localhost:7080/">web</a></td><td><span class="good">ready</span></td><td class="dim">3000</td></tr>',
    );
    expect(html).toContain(
      '<tr><td>db</td><td><span class="idle">stopped</span></td><td class="dim">5432, 53/udp</td></tr>',
    );
  });

  it('takes nothing from elsewhere', () => {
    expect(startPage(system, [])).not.toMatch(/src=|<link|@import|url\(/);
  });
});

describe('what services say and are called', () => {
  const bad = statusOf('<b>', {
    phase: { id: 'failed', exit: code },
    lastExit: code,
    error: { message: '<script>alert(1)</script>' },
  });

  it('is text, not HTML', () => {
    const html = downPage(
      bad,
      'a "problem"',
      ['<img src=x>', '\u001b[31mred\u001b[0m & \u001b]0;title\u0007blue'],
      '/',
    );
    expect(html).toContain('<h1>&lt;b&gt; <span class="bad">crashed</span></h1>');
    expect(html).toContain('code 1; &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('a &quot;problem&quot;. This page looks again by itself.');
    expect(html).toContain('<pre>&lt;img src=x&gt;\nred &amp; blue</pre>');
    expect(unknownPage('<i>', system, [])).toContain('has the name &lt;i&gt;.');
  });

  it('is told as having been nothing where it was nothing', () => {
    expect(downPage(bad, 'a', [], '/')).toContain('It has printed nothing.');
  });
});

it('tools are told name, state, host, ports and address', () => {
  expect(listServices(system, [web, db])).toEqual([
    {
      name: 'web',
      type: 'node',
      state: 'ready',
      reason: '',
      host: '127.0.0.1',
      ports: [{ name: 'http', port: 3000, protocol: 'tcp' }],
      url: 'http://web.shop.localhost:7080/',
    },
    {
      name: 'db',
      type: 'container',
      state: 'stopped',
      reason: '',
      host: '127.0.0.1',
      ports: [
        { name: 'db', port: 5432, protocol: 'tcp' },
        { name: 'dns', port: 53, protocol: 'udp' },
      ],
      url: null,
    },
  ]);
});

const notStarted: Exit = {
  reason: 'not-started',
  problem: { severity: 'error', code: 'port-taken', message: 'port 1 is taken' },
};
it.each<[string, Partial<ServiceStatus>, answers: boolean]>([
  ['stopped', {}, false],
  ['waiting for db', { phase: { id: 'waiting', gates: ['dependencies'] }, waitingFor: ['db'] }, false],
  ['starting', { phase: { id: 'starting', run: 1 } }, true],
  ['ready', { phase: { id: 'ready', run: 1 } }, true],
  ['unhealthy no answer', { phase: { id: 'unhealthy', run: 1, problem: 'no answer' } }, true],
  ['stopping', { phase: { id: 'stopping', run: 1, forced: false } }, true],
  ['completed', { phase: { id: 'completed', exit: { reason: 'code', code: 0 } } }, false],
  ['failed port 1 is taken', { phase: { id: 'failed', exit: notStarted } }, false],
  [
    'unresponsive no answer',
    { phase: { id: 'failed', exit: { reason: 'unresponsive', problem: 'no answer' } } },
    false,
  ],
  ['crashed SIGSEGV', { phase: { id: 'failed', exit: { reason: 'signal', signal: 'SIGSEGV' } } }, false],
  [
    'crashed code 1; 3 times; it is tried again soon',
    { phase: { id: 'backoff', exit: code, retryAt: 1 }, crashes: 3 },
    false,
  ],
  [
    'crashed out of memory (code 137)',
    { phase: { id: 'failed', exit: { reason: 'code', code: 137, outOfMemory: true } } },
    false,
  ],
  ['runs elsewhere', { type: 'external' }, true],
  ['not available no engine', { unavailable: 'no engine' }, true],
])('a service that is %s', (text, status, answers) => {
  const { word, reason } = stateOf(statusOf('web', status));
  expect(`${word} ${reason}`.trim()).toBe(text);
  expect(mayAnswer(statusOf('web', status))).toBe(answers);
});

// What of the lines of services is shown while nothing else is, and how.
import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../src/cli/shell/screen.js';
import { FakeSupervisor, nodeService, systemOf } from '../../rig/fake-supervisor.js';
import { FakeStream } from '../../rig/fake-terminal.js';

function open() {
  const supervisor = new FakeSupervisor(systemOf(nodeService('api'), nodeService('web')));
  const [stdout, stderr] = [new FakeStream(), new FakeStream()];
  const stream = (fake: FakeStream) => fake as unknown as NodeJS.WriteStream;
  const screen = createScreen({ supervisor, stdout: stream(stdout), stderr: stream(stderr), env: {} });
  const prints = (service: string, line: string, command?: string) => {
    const more = command === undefined ? {} : { command };
    supervisor.emit({ type: 'lines', at: 0, service, run: 1, stream: 'stdout', lines: [line], shown: 0, ...more });
    screen.writer.flush();
    return stdout.take();
  };
  return { screen, prints };
}

const RECORD = '{"level":30,"msg":"up"}';

describe('the live view', () => {
  it('shows records for people, those of chosen services as they were written', () => {
    const { screen, prints } = open();
    expect(prints('api', RECORD)).toBe('api │ INFO  up\n');
    screen.live.showRaw(['api'], true);
    expect(prints('api', RECORD)).toBe(`api │ ${RECORD}\n`);
    expect(prints('web', RECORD)).toBe('web │ INFO  up\n');
    screen.live.showRaw(['api'], false);
    expect(prints('api', RECORD)).toBe('api │ INFO  up\n');
    screen.dispose();
  });

  it('rests while a command shows lines itself; what build and test print goes on', () => {
    const { screen, prints } = open();
    const first = screen.live.hush();
    const second = screen.live.hush();
    expect(prints('api', 'one')).toBe('');
    expect(prints('api', '5 passed', 'test')).toBe('api test │ 5 passed\n');
    first();
    first();
    expect(prints('api', 'two')).toBe('');
    second();
    expect(prints('api', 'three')).toBe('api │ three\n');
    screen.dispose();
  });

  it('shows the lines that a command brings, made safe', () => {
    const { screen, prints } = open();
    screen.out.log('api', ['one\x1b[2J', 'two']);
    expect(prints('api', 'three')).toBe('one\ntwo\napi │ three\n');
    screen.dispose();
  });
});

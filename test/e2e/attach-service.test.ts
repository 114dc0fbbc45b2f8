// `attach <service>`: a real terminal on the terminal of a service.
import { expect, it } from 'vitest';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const FILES = {
  'fuge.yml':
    'fuge_global:\n  monitor: false\nrepl:\n  type: process\n  run: node -i\n  tty: true\nplain:\n  type: process\n  run: cat\n',
};

it.skipIf(!hasTmux)('types into a service until Ctrl-] leaves it, and again, until the service ends', async () => {
  const terminal = new Terminal(temporaryFolder(FILES), ['shell', 'fuge.yml']);
  const shows = (text: string) => terminal.waits(() => expect(terminal.text()).toContain(text));
  await terminal.ends('fuge>');
  terminal.enter('attach plain');
  await shows('"plain" has no terminal that could be typed into');
  expect(terminal.text()).toContain('add "tty: true" to it');
  terminal.enter('attach');
  await shows('attach needs a service that has a terminal: "attach repl"');
  terminal.enter('start repl');
  await shows('Welcome to Node.js');
  await terminal.ends('fuge>');
  terminal.enter('attach repl');
  await shows('typing into repl: Ctrl-] leaves it, and it goes on');
  terminal.enter('[40 + 2, process.stdout.columns]');
  await shows('[ 42, 80 ]');
  terminal.press('C-]');
  await shows('left repl: it goes on');
  await terminal.ends('fuge>');
  terminal.enter('attach repl');
  await terminal.waits(() => expect(terminal.text().match(/typing into repl/g)).toHaveLength(2));
  terminal.enter('.exit');
  await shows('repl has ended (code 0)');
  await terminal.ends('fuge>');
});

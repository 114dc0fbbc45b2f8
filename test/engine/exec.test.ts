// A terminal inside a container, opened from the prompt.
import { expect, it } from 'vitest';
import { describeOnEngine, engineSocket, engineUrl, image, makeImage, openRegistry, recipes } from '../rig/engine.js';
import { temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

describeOnEngine('exec', () => {
  it.skipIf(!hasTmux)('gives a shell in the container the whole keyboard, and the prompt gets it back', async () => {
    await image('busybox:1');
    const folder = temporaryFolder({
      'fuge.yml': `name: inside
fuge_global: {container_engine_url: '${engineUrl()}'}
box: {type: container, image: 'busybox:1', hostname: within, init: true, args: sleep 1000}
`,
    });
    const terminal = new Terminal(folder, ['shell', 'fuge.yml', '--start']);
    await terminal.sees(/1 ready/m);
    terminal.enter('exec box');
    await terminal.sees(/\/ #/m);
    terminal.enter('echo i-am-$(hostname); tty');
    await terminal.sees(/i-am-within/m);
    await terminal.sees(/\/dev\/pts\/0/m);
    // Ctrl-C is the container's, and so is what follows.
    terminal.type('sleep 1000');
    terminal.press('Enter', 'C-c');
    terminal.enter('exit 3');
    await terminal.sees(/exit code 3/m);
    terminal.enter('exec box echo to the end');
    await terminal.sees(/^to the end$/m);
    terminal.enter('exit');
    await terminal.sees(/CODE=0/m);
    // What was typed inside was heard inside only.
    expect(terminal.text().match(/i-am-within/g)).toHaveLength(1);
    expect(terminal.text()).not.toMatch(/fuge> echo/);
  });
});

describeOnEngine('Ctrl-C', () => {
  it.skipIf(!hasTmux)('gives up the image that a start waits for, and leaves what runs alone', async () => {
    await image('busybox:1');
    const registry = await openRegistry();
    const name = await registry.take(engineSocket(), await makeImage('held:1', recipes.living('echo held')), 'held:1');
    registry.hold();
    const folder = temporaryFolder({
      'fuge.yml': `name: held
fuge_global: {container_engine_url: '${engineUrl()}'}
box: {type: container, image: 'busybox:1', init: true, args: sleep 1000}
slow: {type: container, image: '${name}'}
`,
    });
    const terminal = new Terminal(folder, ['shell', 'fuge.yml']);
    await terminal.sees(/fuge> $/m);
    terminal.enter('start all');
    await terminal.sees(/box .*ready/);
    await registry.holding();
    terminal.press('C-c');
    await terminal.sees(/given up: the image of slow/);
    await terminal.sees(/^fuge>\s*$/m);
    terminal.enter('ps');
    await terminal.sees(/^box +ready/m);
    await terminal.sees(/^slow +stopped/m);
    terminal.enter('exit');
    await terminal.sees(/CODE=0/);
  });
});

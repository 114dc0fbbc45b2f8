// --watch-config: a system file is applied when it is saved.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const binary = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));
const worker = (name: string, word = 'works') =>
  `${name}:\n  type: process\n  path: work\n  run: sh -c "echo ${word}; exec sleep 300"\n  ready: {log: ${word}}\n`;

it('fuge up --watch-config applies what is saved, says what is wrong, and starts what is new', async () => {
  const folder = temporaryFolder({ 'fuge.yml': worker('a') + worker('b'), 'run/.keep': '', 'work/.keep': '' });
  const save = (text: string) => writeFileSync(join(folder, 'fuge.yml'), text);
  const fuge = new FugeProcess(folder, { args: ['up', '--watch-config'] });
  await fuge.says(/2 ready in/);
  save(worker('a', 'otherwise') + worker('b'));
  await fuge.says(/↻ fuge\.yml saved\n.*\nchanged a \(restarted where it ran\)\n[\s\S]*a │ otherwise/);
  save('a: [');
  await fuge.says(/the system file has errors: everything goes on as it was/);
  save(worker('a', 'otherwise') + worker('c'));
  await fuge.says(/added c\nremoved b\n[\s\S]*c │ works/);
  fuge.kill('SIGINT');
  expect(await fuge.ended).toEqual({ code: 130, signal: null });
  expect(fuge.output).not.toMatch(/otherwise\n[\s\S]*a │ otherwise\n/);
});

it('fuge shell --watch-config does, and before anything was started', async () => {
  const folder = temporaryFolder({ 'fuge.yml': worker('a'), 'run/.keep': '', 'work/.keep': '' });
  const fuge = new FugeProcess(folder, { args: ['shell', '--watch-config'] });
  fuge.enter('ps');
  await fuge.says(/a +process/);
  writeFileSync(join(folder, 'fuge.yml'), worker('a') + worker('b'));
  await fuge.says(/↻ fuge\.yml saved\nadded b\n/);
  fuge.enter('start b');
  await fuge.says(/b │ works/);
});

it('fuge up -d --watch-config does, and writes it down', async () => {
  const folder = temporaryFolder({ 'fuge.yml': worker('a'), 'work/.keep': '' });
  const fuge = (...args: string[]) =>
    new Promise<string>(resolve => {
      const child = spawn(process.execPath, [binary, ...args], { cwd: folder });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', text => {
        output += text;
      });
      child.once('close', () => resolve(output));
    });
  onTestFinished(async () => void (await fuge('down', '--force')));
  await fuge('up', '-d', '--watch-config');
  writeFileSync(join(folder, 'fuge.yml'), worker('a') + worker('b'));
  await eventually(async () => {
    const rows = (await fuge('ps', '--json'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'ready'],
      ['b', 'ready'],
    ]);
  });
  expect(readFileSync(join(folder, 'log/fuge.log'), 'utf8')).toMatch(/fuge\.yml saved\n.* added b\n/);
});

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Diagnostic, formatDiagnostic } from '../../src/diagnostic.js';
import { LogFile, PAUSE_ABOVE, ROTATE_AT_LAUNCH, ROTATE_AT_ONCE } from '../../src/supervisor/logs.js';
import { temporaryFolder } from '../rig/open-system.js';

describe('the log file', () => {
  function open(files: Readonly<Record<string, string>> = {}) {
    const directory = join(temporaryFolder(files), 'log');
    const problems: Diagnostic[] = [];
    const pressure: boolean[] = [];
    const log = new LogFile({
      directory,
      service: 'web',
      onProblem: diagnostic => problems.push(diagnostic),
      onPressure: isHigh => pressure.push(isHigh),
    });
    onTestFinished(() => log.close());
    const write = async (text: string) => {
      log.write(Buffer.from(text));
      await log.flushed();
    };
    const texts = () => log.files().map(file => readFileSync(file, 'utf8'));
    const said = () => problems.map(each => formatDiagnostic(each).replaceAll(dirname(directory), '.'));
    return { log, directory, pressure, write, texts, said };
  }

  test('is made with its folder when the first run begins, not before, and only its owner may read it', async () => {
    const { log, texts, write } = open();
    expect(texts()).toEqual([]);
    log.begin();
    await write('a\n');
    expect(texts()).toEqual(['a\n']);
    expect(statSync(log.path).mode & 0o777).toBe(0o600);
  });

  test('goes on where the last run, or the last fuge, left it', async () => {
    const { log, texts, write } = open({ 'log/web.log': 'yesterday\n' });
    log.begin();
    await write('one\n');
    log.begin();
    await write('two\n');
    expect(texts()).toEqual(['yesterday\none\ntwo\n']);
  });

  test('begins each run on a line of its own', async () => {
    const { log, texts, write } = open({ 'log/web.log': 'cut' });
    log.begin();
    await write('one');
    log.begin();
    await write('two');
    await log.close();
    expect(texts()).toEqual(['cut\none\ntwo']);
  });

  test('keeps the order and all of what is written while it writes', async () => {
    const { log, texts } = open();
    log.begin();
    const lines = Array.from({ length: 5000 }, (_, i) => `${i}\n`);
    for (const line of lines) log.write(Buffer.from(line));
    await log.close();
    expect(texts()).toEqual([lines.join('')]);
  });

  test('is set aside when a run begins and it has grown large; only one older file is kept', async () => {
    const { log, texts, write } = open({ 'log/web.log': 'old', 'log/web.log.1': 'older' });
    truncateSync(log.path, ROTATE_AT_LAUNCH + 1);
    log.begin();
    await write('new\n');
    expect(log.files()).toEqual([`${log.path}.1`, log.path]);
    expect(statSync(`${log.path}.1`).size).toBe(ROTATE_AT_LAUNCH + 1);
    expect(texts()[1]).toBe('new\n');
  });

  test('is not set aside at exactly the limit', () => {
    const { log } = open({ 'log/web.log': '' });
    truncateSync(log.path, ROTATE_AT_LAUNCH);
    log.begin();
    expect(log.files()).toEqual([log.path]);
  });

  test('is set aside within a run before it fills the disk', async () => {
    const { log, write } = open();
    log.begin();
    await write('a\n');
    await log.close();
    truncateSync(log.path, ROTATE_AT_LAUNCH); // sparse: it takes no room
    log.begin();
    truncateSync(log.path, 0);
    expect(ROTATE_AT_ONCE).toBeGreaterThan(ROTATE_AT_LAUNCH);
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    for (let written = ROTATE_AT_LAUNCH; written <= ROTATE_AT_ONCE; written += 8 * mebibyte.length) {
      for (let i = 0; i < 8; i++) log.write(mebibyte);
      await log.flushed();
      truncateSync(log.path, 0);
    }
    await write('after\n');
    expect(log.files()).toHaveLength(2);
    expect(readFileSync(log.path, 'utf8')).toContain('after\n');
  });

  test('asks for a pause while the disk is behind, and takes it back', async () => {
    const { log, pressure } = open();
    log.begin();
    const quarter = Buffer.alloc(PAUSE_ABOVE / 4, 10);
    for (let i = 0; i < 4; i++) log.write(quarter);
    expect(pressure).toEqual([]);
    for (let i = 0; i < 4; i++) log.write(quarter);
    expect(pressure).toEqual([true]);
    await log.flushed();
    expect(pressure).toEqual([true, false]);
    expect(statSync(log.path).size).toBe(8 * quarter.length);
  });

  test('that can not be made is told once a run; the next run tries again', async () => {
    const { log, said, directory, write, texts } = open({ log: 'a file' });
    log.begin();
    await write('lost\n');
    await write('lost, too\n');
    const warning =
      'warning log-not-written: the output of "web" is not written to ./log/web.log: a file stands where its folder should be\n' +
      '  hint: make the folder writable, or set another one with log_path; the next start of the service tries again';
    expect(said()).toEqual([warning]);
    log.begin();
    expect(said()).toEqual([warning, warning]);
    rmSync(directory);
    log.begin();
    await write('kept\n');
    expect(said()).toHaveLength(2);
    expect(texts()).toEqual(['kept\n']);
  });

  test.runIf(process.platform === 'linux')(
    'that meets a full disk is told once a run, and releases its pause',
    async () => {
      const { log, said, directory, pressure } = open();
      mkdirSync(directory);
      symlinkSync('/dev/full', log.path);
      log.begin();
      for (let i = 0; i < 6; i++) log.write(Buffer.alloc(1024 * 1024, 10));
      await log.flushed();
      log.write(Buffer.from('more\n'));
      await log.flushed();
      expect(said()).toEqual([
        'warning log-not-written: the output of "web" is not written to ./log/web.log: the disk is full\n' +
          '  hint: make room on the disk; the next start of the service tries again',
      ]);
      expect(pressure).toEqual([true, false]);
    },
  );

  test('that was deleted or moved while fuge runs is made anew by the next run', async () => {
    const { log, texts, write } = open();
    log.begin();
    await write('one\n');
    rmSync(dirname(log.path), { recursive: true });
    log.begin();
    await write('two\n');
    expect(texts()).toEqual(['two\n']);
    renameSync(log.path, `${log.path}.bak`);
    log.begin();
    await write('three\n');
    expect(texts()).toEqual(['three\n']);
  });

  test('has what was written, whatever becomes of the bytes afterwards', async () => {
    const { log, texts } = open();
    log.begin();
    const used = Buffer.alloc(1500);
    let expected = '';
    for (let i = 0; i < 200; i++) {
      const line = `${String(i).repeat(1 + (i % 400))}\n`;
      used.write(line);
      log.write(used.subarray(0, line.length));
      expected += line;
    }
    used.fill('!');
    await log.close();
    expect(texts()).toEqual([expected]);
  });

  test('closes with everything in it, and takes nothing afterwards', async () => {
    const { log, texts } = open();
    log.begin();
    for (let i = 0; i < 100; i++) log.write(Buffer.from('x\n'));
    await log.close();
    log.write(Buffer.from('late\n'));
    await log.flushed();
    expect(texts()).toEqual(['x\n'.repeat(100)]);
    await log.close();
  });
});

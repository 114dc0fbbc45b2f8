// What a shell's completion is told for words that are being typed.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerCompletion } from '../../../src/cli/completion/answer.js';
import { verbs } from '../../../src/cli/verbs.js';

let directory: string;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge-complete-')));
  mkdirSync(path.join(directory, 'other'));
  writeFileSync(
    path.join(directory, 'fuge.yml'),
    'api: {type: process, run: a, group: back}\nweb: {type: process, run: a, profiles: [extra]}\n',
  );
  writeFileSync(path.join(directory, 'second.yaml'), 'job: {type: process, run: a}\n');
  writeFileSync(path.join(directory, 'other/broken.yml'), 'job: {');
  writeFileSync(path.join(directory, 'Procfile'), 'web: a\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Without what each candidate is. */
async function offered(...words: string[]): Promise<string[]> {
  return (await answerCompletion(words, directory)).map(line => line.split('\t')[0]!);
}

it('offers every command of the command line, with what it does', async () => {
  expect(await answerCompletion(['doc'], directory)).toEqual([
    'doctor\tfinds what is in the way, and says what mends it',
  ]);
  expect(await offered('')).toEqual(verbs.filter(({ where }) => where.includes('argv')).map(({ name }) => name));
});

it('offers names of services and groups, and system files', async () => {
  expect(await offered('up', '')).toEqual(
    ['api', 'web', 'default', 'back', 'all', 'fuge.yml', 'other/', 'second.yaml'].sort(byPlace),
  );
  expect(await offered('up', 'a')).toEqual(['api', 'all'].sort(byPlace));
  expect(await offered('up', 'api', 'w')).toEqual(['web']);
});
const ORDER = ['api', 'web', 'back', 'default', 'all', 'fuge.yml', 'other/', 'second.yaml'];
const byPlace = (a: string, b: string) => ORDER.indexOf(a) - ORDER.indexOf(b);

it('takes the services of the file that is named', async () => {
  expect(await offered('up', '-f', 'second.yaml', 'j')).toEqual(['job']);
  expect(await offered('up', '--file', 'second.yaml', 'j')).toEqual(['job']);
  expect(await offered('up', 'second.yaml', 'j')).toEqual(['job']);
});

it('offers flags, and the words of their values', async () => {
  expect(await offered('up', '--de')).toEqual(['--detach']);
  expect(await offered('logs', '--level', 'w')).toEqual(['warn']);
  expect(await offered('wait', '--until', '')).toEqual(['ready', 'stopped']);
  expect(await offered('up', '--profile', '')).toEqual(['extra']);
  expect(await offered('up', '--timeout', '')).toEqual([]);
  expect(await offered('logs', '--level=w')).toEqual(['--level=warn']);
  expect(await offered('logs', '--level', '=', 'w')).toEqual(['warn']);
  expect(await offered('wait', '--until', '=')).toEqual(['ready', 'stopped']);
  expect(await offered('--prof')).toEqual(['--profile']);
});

it('offers system files and directories for -f, and any file where one is imported', async () => {
  expect(await offered('up', '-f', '')).toEqual(['fuge.yml', 'other/', 'second.yaml']);
  expect(await offered('-f', 'sec')).toEqual(['second.yaml']);
  expect(await offered('up', '-f', 'other/')).toEqual(['other/broken.yml']);
  expect(await offered('import', 'P')).toEqual(['Procfile']);
});

it('knows the command behind flags that stand before it', async () => {
  expect(await offered('-f', 'second.yaml', 'up', 'j')).toEqual(['job']);
});

it('offers commands to help, and shells to completion', async () => {
  expect(await offered('help', 'doct')).toEqual(['doctor']);
  expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
});

it('says nothing where the file is broken, or nobody knows the command', async () => {
  expect(await offered('up', 'other/broken.yml', '')).toEqual([]);
  expect(await offered('nonsense', '')).toEqual([]);
});

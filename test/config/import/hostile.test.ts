// Files that nobody means well: each ends in a clear message, soon.
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importSystem } from '../../../src/config/import/import.js';
import { writeFiles } from '../files.js';
import { importFile } from './imported.js';

/** Nine levels of ten aliases each: a thousand million values. */
const laughs = (key: string) =>
  `a0: &a0 [x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]\n`).join('')}${key}`;

describe('a file that', () => {
  it.each([
    'Procfile',
    'process-compose.yaml',
    'mprocs.yaml',
    'ecosystem.config.js',
    'package.json',
    '.env',
    'compose.yaml',
  ])('is binary is an error: %s', async file => {
    const { said } = await importFile(file, { [file]: new Uint8Array([0xff, 0xfe, 0, 1, 2]) });
    expect(said).toEqual([`error not-text: ${file} is no text file: it is not UTF-8`]);
  });

  it('is huge is an error', async () => {
    const { said } = await importFile('Procfile', { Procfile: new Uint8Array(5 * 1024 * 1024).fill(65) });
    expect(said).toEqual(['error file-too-large: Procfile has 5.0 MB; at most 4 MB are read']);
  });

  it('is missing or a directory is an error', async () => {
    const directory = writeFiles({ 'shop/': '' });
    const missing = await importSystem('Procfile', { cwd: directory });
    expect(missing.diagnostics.map(one => one.message)).toEqual([`${directory}/Procfile does not exist`]);
    const folder = await importSystem('shop', { cwd: directory });
    expect(folder.diagnostics).toMatchObject([{ code: 'not-a-file', hint: '"fuge init" looks at a directory' }]);
  });

  it('is of no known form is an error that names the forms', async () => {
    const directory = writeFiles({ 'notes.txt': 'a: b', 'other.yml': 'a: {b: c}' });
    for (const file of ['notes.txt', 'other.yml']) {
      const { diagnostics, text } = await importSystem(file, { cwd: directory });
      expect(text).toBeUndefined();
      expect(diagnostics).toMatchObject([
        {
          code: 'import-form',
          message: `${directory}/${file} is of no form that can be imported`,
          hint: 'known are a Procfile, a Compose file, a file of process-compose, a file of mprocs, pm2\'s ecosystem file, a file of variables, a package.json; "--as" says which one it is',
        },
      ]);
    }
  });

  it('is a system file already is an error', async () => {
    expect((await importFile('fuge.yml', 'web: {type: node, run: a.js}\n', { output: 'other.yml' })).said).toEqual([
      'error import-form: fuge.yml is a system file of fuge already',
    ]);
  });

  it.each([
    ['process-compose.yaml', 'processes'],
    ['mprocs.yaml', 'procs'],
    ['pm2.yml', 'apps'],
  ])('multiplies itself by aliases is not followed: %s', async (file, key) => {
    const { said } = await importFile(file, laughs(`${key}: *a9\n`));
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(30);
  });

  it.each([
    ['process-compose.yaml', `processes: ${'['.repeat(2000)}`],
    ['mprocs.yaml', `procs: ${'{a: '.repeat(2000)}`],
  ])('is nested deeply is an error: %s', async (file, text) => {
    const { said } = await importFile(file, text);
    expect(said[0]).toContain('error yaml-syntax: nested deeper than 100 levels');
  });

  it('is code nested deeply is an error', async () => {
    const { said } = await importFile('ecosystem.config.js', `module.exports = ${'['.repeat(100_000)}`);
    expect(said).toEqual([
      'ecosystem.config.js:1:118 error import-syntax: this is nested deeper than 100 levels, or too large',
    ]);
  });

  it('spreads its constants again and again is an error, or small', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `const c${i + 1} = { a: c${i}, b: c${i}, ...c${i} };`);
    const { said } = await importFile(
      'ecosystem.config.js',
      `const c0 = {};\n${lines.join('\n')}\nmodule.exports = { apps: [c40] };\n`,
    );
    expect(said.length).toBeGreaterThan(0);
  });

  it('has every wrong type is told, and nothing is thrown', async () => {
    const values = ['1', 'true', 'text', '[1, [2]]', '{a: {b: c}}', '""', 'null', '[]', '{}'];
    const keys = {
      'process-compose.yaml': [
        (v: string) => `processes: ${v}\n`,
        ...[
          'command',
          'entrypoint',
          'environment',
          'depends_on',
          'availability',
          'shutdown',
          'readiness_probe',
          'watch',
          'vars',
          'replicas',
          'working_dir',
          'env_file',
        ].map(
          key => (v: string) =>
            `processes:\n  a:\n    command: ./a\n    ${key === 'command' ? 'x-a' : key}: ${v}\n  b: ${v}\n`,
        ),
        ...['http_get', 'exec'].map(
          key => (v: string) => `processes:\n  a: {command: ./a, readiness_probe: {${key}: ${v}}}\n`,
        ),
      ],
      'mprocs.yaml': [
        (v: string) => `procs: ${v}\n`,
        ...['cmd', 'cwd', 'env', 'stop', 'deps', 'autostart', 'add_path'].map(
          key => (v: string) => `procs:\n  a: {shell: ./a, ${key}: ${v}}\n  b: ${v}\n`,
        ),
        (v: string) => `procs: {$select: ${v}}\n`,
      ],
      'pm2.yml': [
        (v: string) => `apps: ${v}\n`,
        ...['script', 'args', 'env', 'watch', 'instances', 'cwd', 'port', 'interpreter', 'max_restarts', 'name'].map(
          key => (v: string) => `apps:\n  - ${key === 'script' ? '' : 'script: a.js\n    '}${key}: ${v}\n  - ${v}\n`,
        ),
      ],
    };
    let count = 0;
    for (const [file, texts] of Object.entries(keys))
      for (const text of texts)
        for (const value of values) {
          // That the result loads is looked at by importFile.
          const { said, system } = await importFile(file, text(value));
          expect(said.length > 0 || system !== undefined, text(value)).toBe(true);
          count++;
        }
    expect(count).toBeGreaterThan(200);
  });

  it('can not be listed or read is passed over', async () => {
    const directory = writeFiles({
      'package.json': '{"workspaces": ["*"]}',
      'a/package.json/x': '',
      'b/package.json': '{',
    });
    mkdirSync(`${directory}/c`, { mode: 0 });
    const { diagnostics } = await importSystem('package.json', { cwd: directory });
    expect(diagnostics.map(one => one.message.replaceAll(directory, '<shop>'))).toContain(
      "<shop>/b/package.json can't be read as JSON; it is passed over",
    );
  });
});

// The documentation is true: its system files load, its commands parse, its links lead somewhere, its numbers are the code's.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOperands } from '../src/cli/operands.js';
import { parseLine } from '../src/cli/parse.js';
import { verbs } from '../src/cli/verbs.js';
import { splitWords } from '../src/cli/words.js';
import { KEYS, TOP_LEVEL_KEYS } from '../src/config/keys.js';
import { formatDiagnostic, loadSystem, type System } from '../src/index.js';
import { LONGEST_LINE } from '../src/supervisor/lines.js';
import { ROTATE_AT_LAUNCH, ROTATE_AT_ONCE } from '../src/supervisor/logs.js';
import { SETTLE, SETTLE_PREPARED } from '../src/supervisor/machine.js';
import { KEPT_BYTES, KEPT_BYTES_OF_ALL, KEPT_LINES } from '../src/supervisor/recent-lines.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'ARCHITECTURE.md'],
  ...['system', 'containers', 'kubernetes', 'vitest'].map(name => `examples/${name}/README.md`),
  ...readdirSync(path.join(root, 'docs'))
    .filter(file => file.endsWith('.md'))
    .map(file => `docs/${file}`),
].filter(page => existsSync(path.join(root, page)));

const textOf = (page: string) => readFileSync(path.join(root, page), 'utf8');

interface Block {
  /** `page:line` of the fence. */
  readonly place: string;
  /** What follows the backticks, such as `yaml broken`. */
  readonly kind: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(match => ({
    place: `${page}:${text.slice(0, match.index).split('\n').length}`,
    kind: match[1]!.trim(),
    text: match[2]!,
  }));
}

const blocks = pages.flatMap(blocksOf);
const yaml = blocks.filter(block => block.kind === 'yaml' || block.kind.startsWith('yaml '));
const lines = blocks
  .filter(({ kind }) => kind === 'sh' || kind === 'console')
  .flatMap(({ place, text }) => text.split('\n').map(line => ({ place, line: line.trim() })));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'fuge-docs-'));
  writeFileSync(path.join(directory, 'docker-compose.yml'), 'services: {}\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function load(text: string) {
  const file = path.join(directory, 'fuge.yml');
  writeFileSync(file, text);
  return loadSystem(file, { env: {} });
}

describe('system files in the documentation', () => {
  it('are there', () => expect(yaml.length).toBeGreaterThan(5));

  it.each(yaml)('$place ($kind)', async ({ kind, text }) => {
    const { diagnostics } = await load(text);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(error => formatDiagnostic(error));
    if (kind === 'yaml broken') expect(errors).not.toEqual([]);
    else expect(errors).toEqual([]);
  });

  it('that are broken give the messages that are shown after them', async () => {
    const shown = blocks.filter(({ kind, text }) => kind === 'text' && text.startsWith('fuge.yml:'));
    expect(shown).not.toEqual([]);
    for (const block of shown) {
      const { text } = blocks[blocks.indexOf(block) - 1]!;
      const { diagnostics } = await load(text);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      const messages = errors.map(error => formatDiagnostic(error, { path: file => path.basename(file) }));
      expect(messages.join('\n'), block.place).toBe(block.text.trimEnd());
    }
  });
});

describe('commands in the documentation', () => {
  const commandLines = lines.filter(({ line }) => /(^|[|&] ?)(\$ )?fuge /.test(line) && !line.startsWith('fuge> '));
  const promptLines = lines.filter(({ line }) => line.startsWith('fuge> '));
  /** All services of all pages: what the prompt's lines may name. */
  let system: System;

  beforeAll(async () => {
    const services = new Map<string, System['services'] extends ReadonlyMap<string, infer S> ? S : never>();
    let last: System | undefined;
    const files = [
      ...yaml.filter(({ kind }) => kind === 'yaml').map(({ text }) => text),
      textOf('examples/system/fuge.yml'),
      textOf('examples/containers/fuge.yml'),
      textOf('examples/kubernetes/fuge.yml'),
    ];
    for (const text of files) {
      const loaded = (await load(text)).system;
      for (const [name, service] of loaded?.services ?? []) services.set(name, service);
      last = loaded ?? last;
    }
    system = { ...last!, services };
  });

  it('are there', () => {
    expect(commandLines.length).toBeGreaterThan(5);
    expect(promptLines.length).toBeGreaterThan(20);
  });

  it.each(commandLines)('$place: $line', ({ line }) => {
    const calls = [...line.replace(/^\$ /, '').matchAll(/(?:^|[|&] ?)fuge ([^|&]+)/g)].map(match => match[1]!.trim());
    for (const call of calls) {
      const [name, ...rest] = splitWords(call).words.map(word => word.text);
      const verb = verbs.find(candidate => candidate.name === name && candidate.where.includes('argv'));
      expect(verb, `fuge ${name}`).toBeDefined();
      const flags = new Map<string, string | true>();
      const operands: string[] = [];
      for (let i = 0; i < rest.length; i++) {
        const word = rest[i]!;
        if (word === '--') break; // what follows is another program's
        if (word.startsWith('-')) {
          const flag = verb!.flags.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
          expect(flag, `${word} of fuge ${name}`).toBeDefined();
          flags.set(flag!.name, flag!.value === undefined ? true : rest[++i]!);
        } else if (verb!.on === 'none' || !/\.ya?ml$/.test(word)) operands.push(word);
      }
      const result = readOperands(
        verb!,
        verb!.operands.at(-1)?.kind === 'command' ? operands.slice(0, verb!.operands.length - 1) : operands,
        { system, verbs, prefix: 'fuge ', flags },
      );
      expect(result).toMatchObject({ kind: 'operands' });
    }
  });

  it.each(promptLines)('$place: $line', ({ line }) => {
    const parsed = parseLine(line.slice('fuge> '.length), verbs, system, { exists: () => false });
    if (parsed.kind === 'passthrough') expect(parsed).toEqual({ kind: 'passthrough', line: expect.any(String) });
    else expect(parsed).toMatchObject({ kind: 'verb' });
  });
});

describe('links in the documentation', () => {
  const links = pages.flatMap(page =>
    [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(match => ({ page, target: match[1]! }))
      .filter(({ target }) => !/^https?:/.test(target)),
  );

  it.each(links)('$page → $target', ({ page, target }) => {
    const [file, heading] = target.split('#') as [string, string?];
    const full = file === '' ? path.join(root, page) : path.join(root, path.dirname(page), file);
    expect(existsSync(full)).toBe(true);
    if (heading === undefined) return;
    const headings = [...readFileSync(full, 'utf8').matchAll(/^#+ (.*)$/gm)].map(match =>
      match[1]!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(headings).toContain(heading);
  });
});

describe('numbers in the documentation', () => {
  const MiB = 1024 * 1024;

  it.each([
    ['docs/output-and-logs.md', `${KEPT_LINES.toLocaleString('en')} lines`],
    ['docs/output-and-logs.md', `${KEPT_BYTES / MiB} MiB of text`],
    ['docs/output-and-logs.md', `${KEPT_BYTES_OF_ALL / MiB} MiB`],
    ['docs/output-and-logs.md', `larger than ${ROTATE_AT_LAUNCH / MiB} MiB`],
    ['docs/output-and-logs.md', `beyond ${ROTATE_AT_ONCE / MiB} MiB`],
    ['docs/output-and-logs.md', `longer than ${LONGEST_LINE / 1024} KiB`],
    ['docs/watching.md', `${SETTLE.quietMs} ms of quiet`],
    ['docs/watching.md', `quiet for ${SETTLE_PREPARED.quietMs} ms`],
    ['docs/watching.md', `${SETTLE.burstQuietMs} ms of quiet`],
  ])('%s says "%s"', (page, words) => {
    expect(textOf(page).replaceAll(/\s+/g, ' ')).toContain(words);
  });
});

describe('the generated references', () => {
  it('are what the tables in the code say', () => {
    const script = path.join(root, 'scripts/reference.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  it.each([...KEYS, ...TOP_LEVEL_KEYS].map(({ key }) => key))('name the key %s', key => {
    expect(textOf('docs/keys.md')).toMatch(new RegExp(`\\b${key}\\b`));
  });

  it.each(verbs.map(verb => verb.name))('name the command %s', name => {
    expect(textOf('docs/commands.md')).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

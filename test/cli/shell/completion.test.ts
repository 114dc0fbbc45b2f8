import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete } from '../../../src/cli/shell/completion.js';
import { verbs } from '../../../src/cli/verbs.js';
import { nodeService, systemOf } from '../../rig/fake-supervisor.js';

const system = systemOf(
  nodeService('gateway', { groups: ['web'] }),
  nodeService('customers', { groups: ['data'], environment: { LOG_LEVEL: 'info', LIMIT: '3' } }),
);
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'fuge-completion-'));
  mkdirSync(join(cwd, 'docs'));
  writeFileSync(join(cwd, 'docs', 'a b.md'), '');
  writeFileSync(join(cwd, 'deploy.sh'), '');
  writeFileSync(join(cwd, '.hidden'), '');
  symlinkSync(join(cwd, 'docs'), join(cwd, 'link'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const offered = (line: string) => complete(line, { verbs, system, cwd });

describe('completion', () => {
  it.each<[string, string[], string]>([
    ['rel', ['reload '], 'rel'],
    ['un', ['unwatch ', 'untail '], 'un'],
    ['qu', ['quit '], 'qu'],
    ['start ', ['gateway ', 'customers ', 'web ', 'data ', 'all '], ''],
    ['start gateway ', ['customers ', 'web ', 'data ', 'all '], ''],
    ['start c', ['customers '], 'c'],
    ['  start c', ['customers '], 'c'],
    ['info customers f', ['full '], 'f'],
    ['help gre', ['grep '], 'gre'],
    ['logs --l', ['--lines ', '--level '], '--l'],
    ['logs -n ', [], ''],
    ['ps --', [], '--'],
    ['grep err g', ['gateway '], 'g'],
    ['set customers L', ['LOG_LEVEL=', 'LIMIT='], 'L'],
    ['zone x', [], 'x'],
    ['git add d', ['deploy.sh ', 'docs/'], 'd'],
    ['apply cat dep', ['deploy.sh '], 'dep'],
    ['!l', ['link/'], 'l'],
    ['! cat docs/', ['docs/a\\ b.md '], 'docs/'],
    ['cat docs/a\\ ', ['docs/a\\ b.md '], 'docs/a\\ '],
    ['cat .h', ['.hidden '], '.h'],
    ['cat nowhere/', [], 'nowhere/'],
    ['deplo', ['deploy.sh '], 'deplo'],
  ])('of "%s" offers %j', (line, candidates, replaced) => {
    expect(offered(line)).toEqual([candidates, replaced]);
  });

  it('of nothing offers every command of the prompt, and none of the command line alone', () => {
    const [candidates] = offered('');
    expect(candidates).toContain('start ');
    expect(candidates).not.toContain('check ');
    expect(candidates).not.toContain('shell ');
  });
});

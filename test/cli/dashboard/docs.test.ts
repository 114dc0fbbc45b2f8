// docs/dashboard.md tells every key as the table has it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { KEYS, keyText } from '../../../src/cli/dashboard/keys.js';

const page = readFileSync(new URL('../../../docs/dashboard.md', import.meta.url), 'utf8');

it('docs/dashboard.md has every key of the table, and no other', () => {
  const told = page.split('\n').filter(line => line.startsWith('| `'));
  const wanted = KEYS.map(({ keys, help }) => `| ${keys.map(key => `\`${keyText(key)}\``).join(' ')} | ${help} |`);
  expect([...told].sort()).toEqual([...wanted].sort());
});

// What a reload says again, and what not.
import { expect, it } from 'vitest';
import { tellingOnce } from '../../src/cli/told-once.js';
import type { Diagnostic } from '../../src/index.js';

const at = (line: number) => ({ file: '/shop/compose.yaml', line, column: 3, length: 3 });
const builds = (line: number, command: string): Diagnostic => ({
  severity: 'info',
  code: 'compose-build',
  message: 'services with "build" run from their source',
  at: at(line),
  related: [{ message: `"web" runs ${command}`, at: at(line) }],
});
const warning: Diagnostic = { severity: 'warning', code: 'env-file-missing', message: 'a.env does not exist' };

it('tells information once, wherever it stands, until it says something else; warnings each time', async () => {
  const first = [builds(2, 'npm start'), warning];
  let found = [builds(7, 'npm start'), warning];
  const load = tellingOnce(async () => ({ system: undefined, diagnostics: found }), first);
  expect((await load()).diagnostics).toEqual([warning]);
  found = [builds(7, 'npm run dev'), warning];
  expect((await load()).diagnostics).toEqual(found);
  expect((await load()).diagnostics).toEqual([warning]);
});

import { expect, it } from 'vitest';
import { NAMES_PORT } from '../../src/config/names.js';
import { load } from './files.js';

const WEB = 'web: {type: process, run: ./web}\n';
const names = async (value: string) => await load(`fuge_global:\n  names: ${value}\n${WEB}`);

it('names are below .localhost, at a port of ours or a given one', async () => {
  expect((await names('localhost')).system?.names).toEqual({ port: NAMES_PORT });
  expect((await names('{localhost: 8123}')).system?.names).toEqual({ port: 8123 });
  expect((await load(WEB)).system?.names).toBeUndefined();
});

it('other names than those below .localhost are told', async () => {
  expect((await names('local')).said).toMatchInlineSnapshot(`
    "fuge.yml:2:10 error wrong-type: "names" must be localhost, or a map of it to a port number: {localhost: 7080}, not "local"
      2 |   names: local
        |          ~~~~~"
  `);
  expect((await names('{localhost: 0}')).said).toMatchInlineSnapshot(`
    "fuge.yml:2:22 error wrong-type: "names.localhost" must be a port number (1 to 65535), not 0
      2 |   names: {localhost: 0}
        |                      ~"
  `);
  expect((await names('{localhorst: 8000}')).said).toMatchInlineSnapshot(`
    "fuge.yml:2:11 error unknown-key: "names" has the unknown key "localhorst"
      2 |   names: {localhorst: 8000}
        |           ~~~~~~~~~~
      hint: did you mean "localhost"?"
  `);
});

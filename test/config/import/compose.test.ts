import { describe, expect, it } from 'vitest';
import { SCHEMA_LINE } from '../../../src/config/schema/line.js';
import { importFile, lineOf } from './imported.js';

const compose = `services:
  db: {image: postgres:16}
  web:
    build: ./web
    command: node server.js
`;

describe('a Compose file', () => {
  it('is included, and its services stand in a comment', async () => {
    const { text, system, said, service } = await importFile('compose.yaml', {
      'compose.yaml': compose,
      'web/Dockerfile': 'FROM node:20\n',
    });
    expect(text).toBe(`${SCHEMA_LINE}
# Made by "fuge import" of compose.yaml, a Compose file.

# A Compose file is used as it is: what changes there counts here. Its services:
# - db: a container of postgres:16
# - web: node server.js
# One that is written in this file, too, replaces that of the Compose file.
include:
  - compose.yaml
`);
    expect([...system!.services.keys()]).toEqual(['db', 'web']);
    expect(lineOf(service('web'))).toContain('server.js');
    expect(said).toEqual([]);
  });

  it('is known by what is in it, too, and reached from where the result stands', async () => {
    const { text, system } = await importFile(
      'infra/stack.yml',
      { 'infra/stack.yml': 'services: {db: {image: redis}}\n' },
      { output: 'fuge.yml' },
    );
    expect(text).toContain('include:\n  - infra/stack.yml\n');
    expect(system!.services.has('db')).toBe(true);
  });

  it('with an override file says that an include takes it alone', async () => {
    const files = { 'compose.yaml': 'services: {db: {image: redis}}\n', 'compose.override.yaml': 'services: {}\n' };
    expect((await importFile('compose.yaml', files)).said).toEqual([
      'warning import-changed: compose.override.yaml is not merged over a file that a system file includes',
    ]);
  });

  it('with mistakes tells them, and gives nothing', async () => {
    const { said, text } = await importFile('compose.yaml', 'services: {db: {imag: redis}}\n');
    expect(said[0]).toContain('compose.yaml:1:17 error');
    expect(text).toBe('');
  });
});

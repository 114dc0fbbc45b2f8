import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { proposeSystem } from '../../../src/config/import/propose.js';
import { loadSystem } from '../../../src/config/load.js';
import { formatDiagnostic } from '../../../src/diagnostic.js';
import { writeFiles } from '../files.js';

const pkg = (fields: object) => JSON.stringify(fields);
const app = { scripts: { start: 'node server.js' } };
const listen = (port: number) =>
  `require('http').createServer((q, r) => r.end()).listen(process.env.PORT || ${port});\n`;

/** Proposes for these files, and loads what was proposed. */
async function propose(files: Readonly<Record<string, string>>) {
  const directory = writeFiles(files);
  const proposal = await proposeSystem(directory, { env: {} });
  const said = proposal.diagnostics.map(one =>
    formatDiagnostic(one).replaceAll(`${directory}/`, '').replaceAll(directory, '<shop>'),
  );
  if (proposal.text !== undefined) writeFileSync(proposal.file, proposal.text);
  const loaded = proposal.text === undefined ? undefined : await loadSystem(proposal.file, { env: {} });
  expect(loaded?.diagnostics.filter(({ severity }) => severity === 'error') ?? []).toEqual([]);
  return { ...proposal, directory, said, system: loaded?.system };
}

describe('a proposal', () => {
  it('has a service for each package that can run, some levels deep', async () => {
    const { system, found, services } = await propose({
      'gateway/package.json': pkg(app),
      'gateway/server.js': listen(48_500),
      'services/users/package.json': pkg(app),
      'services/users/server.js': listen(48_500),
      'lib/package.json': pkg({ main: 'index.js' }),
      'test/fixture/package.json': pkg(app),
      'gateway/node_modules/x/package.json': pkg(app),
    });
    expect(services).toEqual(['gateway', 'users']);
    const ports = [...system!.services.values()].map(one => one.ports[0]!.host);
    expect(new Set(ports).size).toBe(2);
    expect(found).toEqual([
      { file: 'gateway/package.json', says: 'is the service "gateway"' },
      { file: 'lib/package.json', says: 'is left out: it has no start or dev script, and nothing else to run' },
      { file: 'services/users/package.json', says: 'is the service "users"' },
    ]);
  });

  it('takes no port that another program has', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { system } = await propose({ 'api/package.json': pkg(app), 'api/server.js': listen(port) });
    await new Promise(resolve => other.close(resolve));
    expect(system!.services.get('api')!.ports[0]!.host).not.toBe(port);
  });

  it('has the members of a workspace, and not what only starts them all', async () => {
    const { services, found } = await propose({
      'package.json': pkg({ name: 'all', workspaces: ['apps/*'], scripts: { dev: 'turbo run dev' } }),
      'apps/web/package.json': pkg({ scripts: { dev: 'vite' } }),
    });
    expect(services).toEqual(['web']);
    expect(found[0]).toEqual({
      file: 'package.json',
      says: 'its scripts run the packages below, each of which is a service here',
    });
  });

  it.each([
    'npm run dev --workspaces',
    'pnpm -r dev',
    'pnpm --filter web dev',
    'concurrently "npm:dev:*"',
    'yarn workspaces foreach run dev',
  ])('passes over a package that only starts the others: %s', async dev => {
    const { services } = await propose({
      'package.json': pkg({ name: 'all', scripts: { dev } }),
      'web/package.json': pkg({ scripts: { dev: 'vite' } }),
    });
    expect(services).toEqual(['web']);
  });

  it('keeps a package at the top that is a program of its own', async () => {
    const { services } = await propose({
      'package.json': pkg({ name: 'api', scripts: { dev: 'node -r dotenv/config src/index.js' } }),
      'web/package.json': pkg({ scripts: { dev: 'vite' } }),
    });
    expect(services).toEqual(['api', 'web']);
  });

  it('gives the .env at the top to all; its PORT can only be that of one', async () => {
    const { system, directory } = await propose({
      '.env': 'PORT=48600\nA=1\n',
      'a/package.json': pkg(app),
      'a/server.js': listen(48_510),
      'b/package.json': pkg(app),
      'b/server.js': listen(48_511),
    });
    expect(system!.envFiles.map(file => file.path)).toEqual([`${directory}/.env`]);
    const [a, b] = ['a', 'b'].map(name => system!.services.get(name)!);
    expect(a).toMatchObject({ environment: { PORT: '48510' }, ports: [{ host: 48_510 }] });
    expect(b).toMatchObject({ environment: { PORT: '48511' }, ports: [{ host: 48_511 }] });
  });

  it.each([
    ['Procfile', 'web: npm start\nworker: npm run work\n'],
    ['mprocs.yaml', 'procs: {web: npm start, worker: npm run work}\n'],
    ['process-compose.yaml', 'processes: {web: {command: npm start}, worker: {command: npm run work}}\n'],
    [
      'ecosystem.config.js',
      "module.exports = { apps: [{ name: 'web', script: 'npm start' }, { name: 'worker', script: 'npm run work' }] }\n",
    ],
  ])('takes what runs from %s, which knows it better than the packages', async (file, text) => {
    const { system, found } = await propose({
      [file]: text,
      'package.json': pkg({ name: 'all', scripts: { start: 'x' } }),
    });
    expect([...system!.services.keys()]).toEqual(['web', 'worker']);
    expect(found).toEqual([{ file, says: 'says what runs: 2 services' }]);
  });

  it('says which of several such files it has not used', async () => {
    const { found } = await propose({
      'mprocs.yaml': 'procs: {a: ./a}\n',
      Procfile: 'b: ./b\n',
      'Procfile.dev': 'c: ./c\n',
    });
    expect(found).toEqual([
      { file: 'mprocs.yaml', says: 'says what runs: 1 service' },
      { file: 'Procfile.dev', says: 'is not used; "fuge import Procfile.dev" shows what it has' },
    ]);
  });

  it('includes a Compose file, and leaves to it what it runs from source', async () => {
    const { services, found, text } = await propose({
      'compose.yaml': 'services:\n  db: {image: redis}\n  web:\n    build: ./web\n    command: node server.js\n',
      'web/Dockerfile': 'FROM node:20\n',
      'web/package.json': pkg({ name: 'frontend', ...app }),
      'web/server.js': '',
      'api/package.json': pkg(app),
      'api/server.js': '',
    });
    expect(services).toEqual(['db', 'web', 'api']);
    expect(text).toContain('include:\n  - compose.yaml\n');
    expect(found).toEqual([
      { file: 'compose.yaml', says: 'is included: 2 services' },
      { file: 'web/package.json', says: 'runs as "web" of compose.yaml' },
      { file: 'api/package.json', says: 'is the service "api"' },
    ]);
  });

  it('leaves out a Compose file with mistakes, and says so', async () => {
    const { services, found, text } = await propose({
      'compose.yaml': 'services: {db: {imag: redis}}\n',
      Procfile: 'web: npm start\n',
    });
    expect(services).toEqual(['web']);
    expect(found[0]!.says).toMatch(/^is left out: /);
    expect(text).toContain('# compose.yaml is left out, since it has errors: ');
  });

  it('leaves out a Compose file that does not go with the rest', async () => {
    const { services, found, text } = await propose({
      'compose.yaml': 'services: {db: {image: redis, ports: ["5000:6379"]}}\n',
      Procfile: 'web: npm start\n',
    });
    expect(services).toEqual(['web']);
    expect(found[0]).toMatchObject({ file: 'compose.yaml', says: expect.stringMatching(/^is left out: .*5000/) });
    expect(text).not.toContain('include:');
  });

  it('says what must be installed first', async () => {
    const { before } = await propose({
      'a/package.json': pkg({ ...app, dependencies: { x: '1' } }),
      'a/server.js': '',
      'b/package.json': pkg({ ...app, dependencies: { x: '1' } }),
      'b/server.js': '',
      'b/node_modules/': '',
    });
    expect(before).toEqual(['(cd a && npm install)']);
    const workspace = await propose({
      'package.json': pkg({ workspaces: ['a'] }),
      'yarn.lock': '',
      'a/package.json': pkg({ ...app, dependencies: { x: '1' } }),
      'a/server.js': '',
    });
    expect(workspace.before).toEqual(['yarn install']);
  });

  it.each(['fuge.yml', 'fuge.yaml', 'system.yml', 'fuge/fuge.yml'])(
    'never stands beside a system file: %s',
    async file => {
      const { said, text } = await propose({ [file]: 'a: {type: node, run: a.js}\n', Procfile: 'web: x\n' });
      expect(text).toBeUndefined();
      expect(said).toEqual([
        `error file-exists: ${file} exists already; it is left as it is\n  hint: "fuge check" says whether it is right`,
      ]);
    },
  );

  it('of nothing is an error that says what was looked for, or why it was nothing', async () => {
    const empty = await propose({});
    expect(empty.said).toEqual([
      'error nothing-found: there is nothing in <shop> that fuge could run\n  hint: looked for package.json, a Procfile, Compose files, and files of process-compose, mprocs and pm2',
    ]);
    const library = await propose({ 'package.json': pkg({ name: 'lib' }) });
    expect(library.said).toEqual([
      'error nothing-found: there is nothing in <shop> that fuge could run\n  hint: package.json: is left out: it has no start or dev script, and nothing else to run',
    ]);
  });

  it('of what is no directory is an error', async () => {
    const directory = writeFiles({ file: '' });
    const { diagnostics } = await proposeSystem(`${directory}/file`);
    expect(diagnostics).toMatchObject([{ code: 'not-a-directory', message: `${directory}/file is no directory` }]);
  });

  it('passes over files that are no text or no JSON', async () => {
    const { services, said } = await propose({
      'a/package.json': '{',
      'b/package.json': pkg({ scripts: { start: 'x' } }),
      Procfile: '\0',
    });
    expect(services).toEqual(['b']);
    expect(said).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { importFile, lineOf } from './imported.js';

const server = (port = 'process.env.PORT || 3000') =>
  `require('http').createServer((q, r) => r.end()).listen(${port});\n`;
const pkg = (fields: object) => JSON.stringify(fields);

/** Imports one package and gives its only service. */
async function only(fields: object, files: Readonly<Record<string, string>> = {}) {
  const imported = await importFile('package.json', { 'package.json': pkg({ name: 'api', ...fields }), ...files });
  return { ...imported, api: imported.service('api') };
}

describe('what a package runs', () => {
  it('is the file of its start script, by Node itself', async () => {
    const { api } = await only({ scripts: { start: 'node server.js --loud', dev: 'x' } }, { 'server.js': '' });
    expect(api.type).toBe('node');
    expect(lineOf(api)).toBe('server.js --loud');
    expect(api.watch.enabled).toBe(true);
  });

  it('keeps options of Node, and npm where it does more than start one file', async () => {
    const options = await only({ scripts: { start: 'node --enable-source-maps server.js' } }, { 'server.js': '' });
    expect(lineOf(options.api)).toBe('--enable-source-maps server.js');
    const pre = await only({ scripts: { prestart: 'x', start: 'node server.js' } }, { 'server.js': '' });
    expect(lineOf(pre.api)).toBe('npm start');
    const loaded = await only({ scripts: { start: 'node -r dotenv/config server.js' } }, { 'server.js': '' });
    expect(lineOf(loaded.api)).toBe('npm start');
    const shell = await only({ scripts: { start: 'A=1 node server.js' } }, { 'server.js': '' });
    expect(lineOf(shell.api)).toBe('npm start');
  });

  it('is its dev script, whose own watching is enough', async () => {
    const { api, text } = await only({ scripts: { dev: 'nodemon src/index.js', start: 'node dist/index.js' } });
    expect(lineOf(api)).toBe('npm run dev');
    expect(api.watch.enabled).toBe(false);
    expect(text).toContain('# its dev script: nodemon src/index.js\napi:\n');
  });

  it('is its start script, built before if what it runs is missing', async () => {
    const { api } = await only({ scripts: { start: 'node dist/index.js', build: 'tsc' } });
    expect(lineOf(api)).toBe('npm start');
    expect(api.hooks.prerun?.source).toBe('npm run build');
  });

  it('is server.js, as npm does, or a main that listens', async () => {
    expect(lineOf((await only({}, { 'server.js': '' })).api)).toBe('server.js');
    expect(lineOf((await only({ main: 'lib/start' }, { 'lib/start.js': server() })).api)).toBe('lib/start.js');
  });

  it.each([
    [{}, {}, 'it has no start or dev script, and nothing else to run'],
    [
      { main: 'a.js' },
      { 'a.js': 'exports.a = 1' },
      'it has no start or dev script, and a.js does not listen anywhere that could be seen',
    ],
    [{ bin: './a.js' }, { 'a.js': '' }, 'it has no start or dev script, and is a command'],
    [{ scripts: { start: 'node dist/a.js' } }, {}, 'its start script runs dist/a.js, which does not exist'],
  ])('may be nothing, with the reason', async (fields, files, why) => {
    const imported = await importFile('package.json', { 'package.json': pkg({ name: 'api', ...fields }), ...files });
    expect(imported.said).toEqual(['error no-services: package.json has nothing that fuge could run']);
    const workspace = {
      'package.json': pkg({ workspaces: ['a', 'b'] }),
      'b/package.json': pkg({ scripts: { start: 'x' } }),
    };
    const inner = Object.fromEntries(
      Object.entries({ 'package.json': pkg({ name: 'api', ...fields }), ...files }).map(([name, text]) => [
        `a/${name}`,
        text,
      ]),
    );
    const { text, system } = await importFile('package.json', { ...workspace, ...inner });
    expect(text.replace(/\n# /g, ' ')).toContain(`Left out: api, from a/package.json: ${why}.`);
    expect([...system!.services.keys()]).toEqual(['b']);
  });

  it('is tested by its test script, unless that is the one that npm init writes', async () => {
    expect((await only({ scripts: { start: 'x', test: 'jest' } })).api.test?.source).toBe('npm test');
    const none = { scripts: { start: 'x', test: 'echo "Error: no test specified" && exit 1' } };
    expect((await only(none)).api.test).toBeUndefined();
  });

  it.each([
    ['yarn.lock', 'yarn run dev'],
    ['pnpm-lock.yaml', 'pnpm run dev'],
    ['bun.lock', 'bun run dev'],
    ['package-lock.json', 'npm run dev'],
  ])('is started by the package manager of its lock file: %s', async (lock, line) => {
    expect(lineOf((await only({ scripts: { dev: 'x' } }, { [lock]: '' })).api)).toBe(line);
  });

  it('is started by the package manager that it names itself', async () => {
    const { api } = await only({ packageManager: 'pnpm@9.0.0', scripts: { dev: 'x' } }, { 'yarn.lock': '' });
    expect(lineOf(api)).toBe('pnpm run dev');
  });
});

describe('workspaces', () => {
  it.each([
    ['npm, yarn and bun', { 'package.json': pkg({ workspaces: ['packages/*', '!packages/old'] }) }],
    ['yarn, the longer form', { 'package.json': pkg({ workspaces: { packages: ['packages/*', '!packages/old'] } }) }],
    ['pnpm', { 'package.json': '{}', 'pnpm-workspace.yaml': "packages:\n  - 'packages/**'\n  - '!**/old'\n" }],
  ])('are found as the package manager finds them: %s', async (_, root) => {
    const files = {
      ...root,
      'packages/a/package.json': pkg({ name: '@shop/a', scripts: { start: 'x' } }),
      'packages/old/package.json': pkg({ name: 'old', scripts: { start: 'x' } }),
      'packages/node_modules/m/package.json': pkg({ name: 'm', scripts: { start: 'x' } }),
      'other/package.json': pkg({ name: 'other', scripts: { start: 'x' } }),
    };
    const { system } = await importFile('package.json', files);
    expect([...system!.services.keys()]).toEqual(['a']);
  });

  it('of pnpm may be imported by their own file', async () => {
    const files = {
      'package.json': '{}',
      'pnpm-workspace.yaml': 'packages: [a]',
      'a/package.json': pkg({ scripts: { start: 'x' } }),
    };
    const { service } = await importFile('pnpm-workspace.yaml', files);
    expect(lineOf(service('a'))).toBe('pnpm start');
  });

  it('call two packages of one name by their scope', async () => {
    const files = {
      'package.json': pkg({ workspaces: ['*'] }),
      'a/package.json': pkg({ name: '@one/api', scripts: { start: 'x' } }),
      'b/package.json': pkg({ name: '@two/api', scripts: { start: 'x' } }),
    };
    expect([...(await importFile('package.json', files)).system!.services.keys()]).toEqual(['one-api', 'two-api']);
  });
});

describe('ports', () => {
  const two = (a: string, b: string, more: Readonly<Record<string, string>> = {}) => ({
    'package.json': pkg({ workspaces: ['*'] }),
    'a/package.json': pkg({ scripts: { start: 'node server.js' } }),
    'a/server.js': a,
    'b/package.json': pkg({ scripts: { start: 'node server.js' } }),
    'b/server.js': b,
    ...more,
  });

  it('are those of the source, and distinct', async () => {
    // Numbers that nothing on a machine has.
    const { service } = await importFile('package.json', two(server('process.env.PORT || 48411'), server('48410')));
    expect(service('a').ports).toMatchObject([{ name: 'main', host: 48_411, automatic: false }]);
    expect(service('b').ports).toMatchObject([{ name: 'main', host: 48_410, automatic: false }]);
  });

  it('give way to one that is fixed', async () => {
    const { service } = await importFile('package.json', two(server('process.env.PORT || 48420'), server('48420')));
    expect(service('a').ports[0]!.host).toBeGreaterThan(48_420);
    expect(service('b').ports[0]!.host).toBe(48_420);
  });

  it('that are fixed and the same leave one of the two out', async () => {
    const { system, text } = await importFile('package.json', two(server('48430'), server('48430')));
    expect([...system!.services.keys()]).toEqual(['a']);
    expect(text).toContain(
      '# Left out: it listens on port 48430, as a does; only one of them can run.\n# b:\n#   type: node\n',
    );
  });

  it('come from the .env of a package, which is its environment', async () => {
    const { service, directory } = await importFile(
      'package.json',
      two(server('process.env.PORT'), '', { 'a/.env': 'PORT=48440\n' }),
    );
    expect(service('a').ports).toMatchObject([{ host: 48_440 }]);
    expect(service('a').envFiles.map(file => file.path)).toEqual([`${directory}/a/.env`]);
    expect(service('a').environment).toEqual({});
    expect(service('b').ports[0]!.automatic).toBe(true);
  });

  it('are told by the variable that the program reads', async () => {
    const { service } = await importFile(
      'package.json',
      two(server('process.env.API_PORT || 48450'), server('process.env.WEB_PORT || 48450')),
    );
    expect(service('a').environment).toEqual({});
    expect(service('b').environment).toEqual({ WEB_PORT: String(service('b').ports[0]!.host) });
  });

  it('are not declared where nobody can be sure', async () => {
    const { service } = await importFile('package.json', two('require("./app")', 'work()'));
    expect(service('a').ports[0]!.automatic).toBe(true);
  });
});

describe('a file of variables', () => {
  it('is the environment of the package beside it', async () => {
    const files = {
      '.env': 'A=1\nPORT=48460\n',
      'package.json': pkg({ name: 'api', scripts: { start: 'node a.js' } }),
      'a.js': server('process.env.PORT || 3000'),
    };
    const { service, system, directory, said } = await importFile('.env', files);
    expect(said).toEqual([]);
    expect(system!.envFiles.map(file => file.path)).toEqual([`${directory}/.env`]);
    expect(service('api').ports).toMatchObject([{ host: 48_460 }]);
  });

  it('says no services itself', async () => {
    expect((await importFile('.env', 'A=1\n')).said).toEqual([
      'error no-services: .env says variables, and no services',
    ]);
  });

  it('that has mistakes says where', async () => {
    const { said } = await importFile('.env', {
      '.env': 'A=1\nB B=2\n',
      'package.json': pkg({ name: 'a', scripts: { start: 'x' } }),
    });
    expect(said).toEqual([`.env:2:2 warning env-file-syntax: "B B" contains a space, names can't`]);
  });
});

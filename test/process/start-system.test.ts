// startSystem: a system within somebody else's program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Event, StartError, type StartSystemOptions, startSystem } from '../../src/index.js';
import { eventually, standingIn } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const SERVER = `
  require('node:http')
    .createServer((request, response) => response.end(process.env.GREETING ?? 'none'))
    .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;
const FILES = {
  'fuge.yml': `
name: shop
fuge_global: {environment: {STAGE: test}, discovery: [url]}
api: {type: node, path: api, run: server.cjs, ports: [http=auto]}
web: {type: node, path: api, run: server.cjs, ports: [http=auto], depends_on: [api], group: front}
extra: {type: node, path: api, run: server.cjs, ports: [http=auto], profiles: [more]}
`,
  'api/server.cjs': SERVER,
};

async function open(options: StartSystemOptions = {}, files: Readonly<Record<string, string>> = FILES) {
  const folder = temporaryFolder(files);
  const system = await startSystem(join(folder, 'fuge.yml'), options);
  onTestFinished(() => system.stop());
  return { folder, system };
}

async function refusal(options: StartSystemOptions, files: Readonly<Record<string, string>> = FILES) {
  const folder = temporaryFolder(files);
  const error = await startSystem(join(folder, 'fuge.yml'), options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(StartError);
  expect(standingIn(folder)).toEqual([]);
  return { folder, error: error as StartError, message: (error as StartError).message.replaceAll(folder, '') };
}

describe('startSystem', () => {
  it('settles when all is ready, says where it is, and stops it', async () => {
    const { folder, system } = await open({ env: { GREETING: 'hello' } });
    const { http } = system.ports.api!;
    expect(system.urls.api).toBe(`http://127.0.0.1:${http}`);
    expect(system.env).toMatchObject({ STAGE: 'test', API_URL: system.urls.api, WEB_URL: system.urls.web });
    expect(Object.keys(system.env)).not.toContain('PATH');
    expect(system.services.map(({ name, phase }) => [name, phase.id])).toEqual([
      ['api', 'ready'],
      ['web', 'ready'],
      ['extra', 'stopped'],
    ]);
    expect(await (await fetch(system.urls.web!)).text()).toBe('hello');
    expect(await system.logs('web')).toEqual(['listening']);
    await system.stop();
    await system.stop();
    expect(standingIn(folder)).toEqual([]);
  });

  it('ends with the block that uses it', async () => {
    let folder: string;
    {
      await using system = (await open()).system;
      folder = system.supervisor.system.directory;
      expect(standingIn(folder).length).toBeGreaterThan(0);
    }
    expect(standingIn(folder)).toEqual([]);
  });

  it('starts what is named, of chosen profiles, by name or group, and watches nothing unless told to', async () => {
    const { system } = await open({ services: ['front'] });
    expect(system.services.map(({ phase, watching }) => [phase.id, watching])).toEqual([
      ['ready', 'off'],
      ['ready', 'off'],
      ['stopped', 'off'],
    ]);
    const other = await open({ profiles: ['more'], watch: true });
    expect(other.system.services.map(({ watching }) => watching)).toEqual(['on', 'on', 'on']);
  });

  it('tells what happens from the first start on', async () => {
    const events: Event[] = [];
    await open({ onEvent: event => events.push(event) });
    expect(events.flatMap(event => (event.type === 'launched' ? [event.service] : []))).toEqual(['api', 'web']);
  });

  it('installs no handlers of signals', async () => {
    const count = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].map(name => process.listenerCount(name));
    const before = count();
    await open();
    expect(count()).toEqual(before);
  });

  it('is content with what was started, where that is asked for', async () => {
    const { system } = await open(
      { until: 'started' },
      { 'fuge.yml': 'slow: {type: process, run: sleep 300, ports: [auto]}\n' },
    );
    expect(system.services.map(({ phase }) => phase.id)).toEqual(['starting']);
  });
});

describe('startSystem fails', () => {
  it('with the problems of the file', async () => {
    const { message, error } = await refusal({}, { 'fuge.yml': 'api: {type: nod}\n' });
    expect(message).toMatch(/^the system is not started:\n\/fuge\.yml:1:13 error [a-z-]+: /);
    expect(error.diagnostics.map(({ severity }) => severity)).toContain('error');
    expect(error.outcomes).toEqual([]);
  });

  it('for a service that there is none of', async () => {
    const { message } = await refusal({ services: ['apl'] });
    expect(message).toBe(
      'the system is not started:\nerror unknown-service: no service or group is called "apl"\n  hint: did you mean "api"?',
    );
  });

  it('with the last lines of what crashed, and of what waits for it', async () => {
    const { message, error } = await refusal(
      {},
      { ...FILES, 'api/server.cjs': "console.log('no shelf');\nprocess.exitCode = 3;\n" },
    );
    expect(message).toMatch(/^system "shop" did not come up:\n.*error crashed: "api" exited with code 3\n/);
    expect(message).toContain('\n    no shelf\n"web" waits for api');
    expect(error.outcomes.map(({ service, result }) => [service, result])).toEqual([
      ['api', 'failed'],
      ['web', 'waiting'],
    ]);
  });

  it('with what is not ready in time', async () => {
    const slow = 'slow: {type: process, run: sh -c "echo thinking; sleep 300", ports: [auto]}\n';
    const { message } = await refusal({ timeoutMs: 1000 }, { 'fuge.yml': slow });
    expect(message).toMatch(
      /^system "fuge-test-\w+" did not come up:\n"slow" is not ready after 1 s: nothing answers on port \d+\n {4}thinking$/,
    );
  });

  it('where the system runs already, once for all services; or uses that, if it may', async () => {
    const { folder, system } = await open();
    const error = (await startSystem(join(folder, 'fuge.yml')).catch((error: unknown) => error)) as StartError;
    expect(error.diagnostics.map(({ code }) => code)).toEqual(['already-running', 'already-running']);
    expect(error.message.match(/already-running/g)).toHaveLength(1);
    const second = await startSystem(join(folder, 'fuge.yml'), { reuse: true });
    expect(second.isReused).toBe(true);
    expect(second.urls).toEqual(system.urls);
    await second.stop();
    expect(system.services.map(({ phase }) => phase.id)).toEqual(['ready', 'ready', 'stopped']);
  });
});

describe('a program that is killed', () => {
  it('takes the system with it', async () => {
    const folder = temporaryFolder(FILES);
    const library = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
    const program = `import('${library}').then(({ startSystem }) => startSystem()).then(() => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', program], { cwd: folder });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await eventually(() => expect(standingIn(folder)).toEqual([]));
  });
});

// Who reaches whom, and how: containers and processes, on a real engine.
import { expect, it } from 'vitest';
import { describeOnEngine, engineUrl, image } from '../rig/engine.js';
import { freePort, openSystem, prints } from '../rig/open-system.js';

const serverAt = (host: string) => `
const { createServer } = require('node:http');
createServer((request, response) => response.end('I am ' + process.pid)).listen(process.env.PORT, '${host}', () => console.log('up'));
`;
const CLIENT = `
const { get } = require('node:http');
get('http://' + process.env.FRONT_SERVICE_HOST + ':' + process.env.FRONT_SERVICE_PORT + '/', response => response.on('data', chunk => console.log('answer: ' + chunk)));
setInterval(() => {}, 1000);
`;

async function open(services: string, more: Record<string, string> = {}) {
  await image('busybox:1');
  await image('node:test');
  return openSystem({
    'fuge.yml': `name: reach\nfuge_global: {container_engine_url: '${engineUrl()}'}\n${services}`,
    'loopback.js': serverAt('127.0.0.1'),
    'everywhere.js': serverAt('0.0.0.0'),
    'client.js': CLIENT,
    ...more,
  });
}

const box = (name: string, more: string) => `${name}: {type: container, image: 'busybox:1', ${more}}\n`;
const PATIENT = { timeout: 20_000 };
const FOREVER = `stop_grace_period: 100ms, args: 'sh -c "echo up; exec sleep 1000"'`;

describeOnEngine('a container', () => {
  it.each(['loopback.js', 'everywhere.js'])(
    'reaches a process (%s) by its name and by the variables it is given, also after a restart of it',
    async file => {
      const port = await freePort();
      const { supervisor, until, printed } = await open(
        `api: {type: process, run: 'node ${file}', ports: ['http=${port}']}\nweb: {type: container, image: 'node:test', ${FOREVER}}\n`,
      );
      expect(await supervisor.start(['api', 'web'])).toMatchObject([{ result: 'ready' }, { result: 'ready' }]);
      await until(prints('web', 'up'));
      const ask = async (host: string, at: string): Promise<string> => {
        let text = '';
        const program = `fetch('http://' + ${host} + ':' + ${at}).then(answer => answer.text()).then(console.log, console.log)`;
        const session = await supervisor.exec('web', ['node', '-e', program], {
          terminal: undefined,
          onOutput: (_, chunk) => {
            text += chunk;
          },
        });
        await session.exit;
        return text.trim();
      };
      const iAm = () => `I am ${supervisor.status('api')?.run?.pid}`;
      await expect.poll(() => ask(`'api'`, `${port}`), PATIENT).toBe(iAm());
      expect(await ask('process.env.API_SERVICE_HOST', 'process.env.API_SERVICE_PORT')).toBe(iAm());
      expect(await ask(`'host.docker.internal'`, `${port}`)).toBe(iAm());
      for (let i = 0; i < 3; i++) {
        expect(await supervisor.restart(['api'])).toMatchObject([{ result: 'ready' }]);
        await expect.poll(() => ask(`'api'`, `${port}`), PATIENT).toBe(iAm());
      }
      expect(printed('api')).toEqual(['up', 'up', 'up', 'up']);
    },
  );

  it('reaches another by its name, at the port it listens on inside', async () => {
    const { supervisor, until } = await open(
      box(
        'front',
        `ports: ['http=${await freePort()}:80'], args: 'sh -c "echo I am front >/index.html; exec httpd -f -p 80"'`,
      ) + box('web', `depends_on: [front], args: 'sh -c "wget -q -O - http://front:80/; exec sleep 1000"'`),
    );
    void supervisor.start(['web']);
    await until(prints('web', 'I am front'));
    expect(supervisor.status('front')?.phase.id).toBe('ready');
  });

  it('reaches every instance of another by the name they share, and this machine each at its own port', async () => {
    const port = await freePort();
    const look = `require('dns').promises.resolve4('front').then(found => console.log(found.length + ' addresses'))`;
    const { supervisor, until } = await open(
      box(
        'front',
        `instances: 2, ports: ['http=${port}:80'], args: 'sh -c "echo I am $$FUGE_INSTANCE >/index.html; exec httpd -f -p 80"'`,
      ) +
        `web: {type: container, image: 'node:test', depends_on: [front], args: ["node", "-e", "${look}; setInterval(() => {}, 1000)"]}\n`,
    );
    void supervisor.start(['web']);
    await until(prints('web', '2 addresses'));
    const answers = [port, port + 1].map(async at => (await fetch(`http://127.0.0.1:${at}/`)).text());
    expect(await Promise.all(answers)).toEqual(['I am 1\n', 'I am 2\n']);
  });
});

describeOnEngine('a switch', () => {
  it('tells which containers still look for the service where it was', async () => {
    const port = await freePort();
    const { supervisor, folder, events, until } = await open(
      `api: {type: process, run: 'node loopback.js', image: 'busybox:1', ports: ['http=${port}'], args: 'sh -c "echo up; exec httpd -f -p ${port}"'}\n${box('web', FOREVER)}${box('idle', FOREVER)}`,
    );
    expect(await supervisor.start(['api', 'web'])).toMatchObject([{ result: 'ready' }, { result: 'ready' }]);
    expect(supervisor.system.services.get('api')?.type).toBe('process');
    expect(await supervisor.switch(['api'])).toMatchObject([{ result: 'ready' }]);
    const notice = await until(event => event.type === 'notice' && event.diagnostic.code === 'moved');
    expect(notice).toMatchObject({
      service: 'web',
      diagnostic: {
        message: '"web" still looks for "api" where it was',
        hint: '"restart web" mends that',
        at: { file: `${folder}/fuge.yml`, line: 4 },
      },
    });
    await supervisor.restart(['web']);
    await supervisor.switch(['idle']);
    expect(events.filter(event => event.type === 'notice')).toHaveLength(1);
  });
});

describeOnEngine('a process', () => {
  it('reaches a container at the address and port that it is given', async () => {
    const port = await freePort();
    const { supervisor, until } = await open(
      box('front', `ports: ['http=${port}:80'], args: 'sh -c "echo I am front >/index.html; exec httpd -f -p 80"'`) +
        `client: {type: process, run: 'node client.js', depends_on: [front]}\n`,
    );
    void supervisor.start(['client']);
    await until(prints('client', 'answer: I am front'));
    const { variables } = await supervisor.environment('client');
    const given = variables.filter(({ name }) => /^FRONT_SERVICE_(HOST|PORT)$/.test(name)).map(({ value }) => value);
    expect(given).toEqual(['127.0.0.1', String(port)]);
  });
});

// What a container hears when it asks for names, of fuge's server and of the engine's, on a real engine.
import { expect, it } from 'vitest';
import { describeOnEngine, engineUrl, image } from '../rig/engine.js';
import { freePort, openSystem } from '../rig/open-system.js';

const PATIENT = { timeout: 20_000, interval: 100 };
const SERVER =
  "require('node:http').createServer((_, answer) => answer.end('I am api')).listen(process.env.PORT, '127.0.0.1')";

/** api is a process; front and web share a network, apart has one of its own. */
async function open(host = '127.0.0.1') {
  await image('busybox:1');
  await image('node:test');
  const [dnsPort, apiPort, frontPort] = [await freePort(), await freePort(), await freePort()];
  const system = await openSystem({
    'fuge.yml': `name: names
fuge_global:
  container_engine_url: '${engineUrl()}'
  dns_enabled: true
  dns_host: ${host}
  dns_port: ${dnsPort}
  dns_suffix: shop
  networks: {other: {}}
api: {type: node, run: api.cjs, ports: ['http=${apiPort}']}
front:
  type: container
  image: busybox:1
  ports: ['http=${frontPort}:80']
  stop_grace_period: 100ms
  args: sh -c "echo I am front >/index.html; exec httpd -f -p 80"
web: {type: container, image: 'node:test', stop_grace_period: 100ms, args: sleep 1000}
apart: {type: container, image: 'node:test', stop_grace_period: 100ms, networks: [other], args: sleep 1000}
`,
    'api.cjs': SERVER,
  });
  const { supervisor } = system;
  expect(await supervisor.start(['api', 'front', 'web', 'apart'])).toMatchObject(
    Array.from({ length: 4 }, () => ({ result: 'ready' })),
  );
  const run = async (container: string, argv: readonly [string, ...string[]]): Promise<string> => {
    let text = '';
    const session = await supervisor.exec(container, argv, {
      terminal: undefined,
      onOutput: (_, chunk) => {
        text += chunk;
      },
    });
    await session.exit;
    return text.trim();
  };
  const node = (container: string, program: string) => run(container, ['node', '-e', program]);
  return { ...system, run, node, dnsPort, apiPort, frontPort };
}

/** Asks the server of the variables, and then the service at what was answered. */
const finds = (service: string) => `
  const { Resolver } = require('node:dns').promises;
  const resolver = new Resolver({ timeout: 1000, tries: 2 });
  resolver.setServers([process.env.DNS_HOST + ':' + process.env.DNS_PORT]);
  (async () => {
    const [{ name, port }] = await resolver.resolveSrv('_http._tcp.${service}.' + process.env.DNS_SUFFIX);
    const [address] = await resolver.resolve4(name);
    const answer = await fetch('http://' + address + ':' + port);
    console.log(port, (await answer.text()).trim());
  })().catch(error => console.log(error.code ?? error.message));
`;

describeOnEngine('a container', () => {
  it.each(['127.0.0.1', '0.0.0.0'])(
    'finds a process of this machine, and another container of its network, by the server that its variables name (%s)',
    async host => {
      const { node, apiPort, supervisor } = await open(host);
      await expect.poll(() => node('web', finds('api')), PATIENT).toBe(`${apiPort} I am api`);
      expect(await node('web', finds('front'))).toBe('80 I am front');
      expect(await node('apart', finds('api'))).toBe(`${apiPort} I am api`);
      // It was there before: what is answered follows what runs.
      await supervisor.stop(['front']);
      expect(await node('web', finds('front'))).toBe('ENODATA');
      await supervisor.start(['front']);
      await expect.poll(() => node('web', finds('front')), PATIENT).toBe('80 I am front');
    },
  );

  it('is led by a container of another network to this machine and the published port', async () => {
    const { node, frontPort } = await open();
    const look = finds('front').replace(
      /const answer[\s\S]*?console.log\(.*\);/,
      'console.log(port, address === process.env.DNS_HOST);',
    );
    expect(await node('apart', look)).toBe(`${frontPort} true`);
  });

  it('is answered over TCP, too, and to programs without libraries', async () => {
    const { node, run, dnsPort } = await open();
    const host = await run('web', ['sh', '-c', 'echo $DNS_HOST']);
    const looked = await run('web', ['/bin/busybox', 'nslookup', '-type=a', `api.shop`, `${host}:${dnsPort}`]);
    expect(looked).toMatch(new RegExp(`Name:\\s+api\\.shop\\s+Address: ${host.replaceAll('.', '\\.')}`));
    const overTcp = `
      const socket = require('node:net').connect(process.env.DNS_PORT, process.env.DNS_HOST);
      socket.write(Buffer.from('001a00010100000100000000000003617069' + '0473686f70' + '0000010001', 'hex'));
      socket.once('data', data => { console.log([...data.subarray(-4)].join('.')); socket.destroy(); });
    `;
    expect(await node('web', overTcp)).toBe(host);
  });

  it('finds all by plain names, by the resolver of the engine', async () => {
    const { run, node } = await open();
    const gateway = await run('web', ['sh', '-c', 'echo $DNS_HOST']);
    const own = await run('web', ['/bin/busybox', 'nslookup', '-type=a', 'front']);
    expect(own).toMatch(/Server:\s+127\.0\.0\.11/);
    expect(own).toMatch(/Name:\s+front\s+Address: \d+\.\d+\.\d+\.\d+/);
    const look = "require('node:dns').lookup('api', (error, address) => console.log(error?.code ?? address))";
    expect(await node('web', look)).toBe(gateway);
  });
});

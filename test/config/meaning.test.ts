// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of system files look like this
// What a file means where it takes more than one key to say it.
import { describe, expect, it } from 'vitest';
import { load } from './files.js';

describe('commands', () => {
  const commandOf = async (type: string, run: string, more = '') => {
    const { service } = await load(`web:\n  type: ${type}\n  run: ${run}\n  ${more}\n`);
    return service('web').command;
  };

  it('type node drops a leading node', async () => {
    expect(await commandOf('node', 'node --no-warnings a.js x')).toEqual({
      kind: 'argv',
      argv: ['--no-warnings', 'a.js', 'x'],
      source: 'node --no-warnings a.js x',
    });
    expect(await commandOf('node', 'a.js')).toMatchObject({ argv: ['a.js'] });
    expect(await commandOf('process', 'node a.js')).toMatchObject({ argv: ['node', 'a.js'] });
  });

  it('go to a shell only if they need one, or the user says so', async () => {
    expect(await commandOf('process', 'java -cp .:lib/* Main')).toMatchObject({
      argv: ['java', '-cp', '.:lib/*', 'Main'],
    });
    expect(await commandOf('process', 'QUEUE=x npm start')).toEqual({
      kind: 'shell',
      line: 'QUEUE=x npm start',
      source: 'QUEUE=x npm start',
    });
    expect(await commandOf('process', 'a && b', 'shell: false')).toMatchObject({ argv: ['a', '&&', 'b'] });
    expect(await commandOf('node', 'node a.js | tee x')).toMatchObject({ kind: 'shell', line: 'node a.js | tee x' });
  });
});

describe('ports', () => {
  it('automatic ones pass over declared ones and leave out external services', async () => {
    const { system, said } = await load(`
a: {type: node, run: a}
b: {type: container, image: b}
c: {type: node, run: c, ports: [main=10001]}
d: {type: external, host: d.local}
e: {type: node, run: e}
`);
    expect(said).toBe('');
    const hosts = [...system!.services.values()].map(service => service.ports.map(port => [port.host, port.automatic]));
    expect(hosts).toEqual([[[10_000, true]], [[10_002, true]], [[10_001, false]], [], [[10_003, true]]]);
  });

  it('know the line that asked for them', async () => {
    const { service, directory } = await load('web:\n  type: node\n  run: a\n  ports:\n    - http=3000\n');
    expect(service('web').ports[0]?.at).toEqual({ file: `${directory}/fuge.yml`, line: 5, column: 7, endColumn: 16 });
    expect(service('web').origins['ports.0']).toEqual(service('web').ports[0]?.at);
  });
});

describe('variables in texts', () => {
  it('come from the environment, then .env, then the service, then any service', async () => {
    const files = {
      'fuge.yml': `
web:
  type: node
  run: $A $B $C $D
  environment: [A=own, B=own, C=own]
api:
  type: node
  run: x
  environment: [A=any, B=any, C=any, D=any]
`,
      '.env': 'A=dotenv\nB=dotenv\n',
    };
    const { service, said } = await load(files, { env: { A: 'process' } });
    expect(said).toBe('');
    expect(service('web').command).toMatchObject({ argv: ['process', 'dotenv', 'own', 'any'] });
  });

  it('are cast to what the place wants', async () => {
    const { service, said, system } = await load(
      `fuge_global: {dns_port: '\${PORT}', tail: '\${TAIL}'}
web: {type: node, run: a, ports: ['http=\${PORT}'], delay_start: '\${DELAY:-2s}', max_restarts: $PORT}
`,
      { env: { PORT: '3000', TAIL: 'false' } },
    );
    expect(said).toBe('');
    expect(system?.dns.port).toBe(3000);
    expect(service('web')).toMatchObject({
      tail: false,
      delayMs: 2000,
      restart: { limit: 3000 },
      ports: [{ host: 3000 }],
    });
  });

  it('are left alone in x- keys, and $$ is a dollar', async () => {
    const { service, said } = await load('x-a: ${}\nweb: {type: process, run: echo $$HOME, x-b: $NONE}\n');
    expect(said).toBe('');
    expect(service('web').command).toMatchObject({ argv: ['echo', '$HOME'] });
  });
});

describe('the environment', () => {
  it("a bare name takes the value of fuge's own environment, or is unset", async () => {
    const { service } = await load('web: {type: node, run: a, environment: [A, B, C=]}\n', { env: { A: '1' } });
    expect(service('web').environment).toEqual({ A: '1', C: '' });
  });

  it('knows no special names', async () => {
    const { service } = await load('constructor: {type: node, run: a, environment: {__proto__: x, toString: y}}\n');
    expect(Object.entries(service('constructor').environment)).toEqual([
      ['__proto__', 'x'],
      ['toString', 'y'],
    ]);
  });
});

describe('YAML', () => {
  it('anchors, aliases and merge keys', async () => {
    const { service, said } = await load(`
x-node: &node
  type: node
  run: a
  environment: &env [A=1]
web:
  <<: *node
  run: b
api:
  <<: [{group: x}, *node]
  group: y
  environment: *env
`);
    expect(said).toBe('');
    expect(service('web')).toMatchObject({ type: 'node', command: { argv: ['b'] }, environment: { A: '1' } });
    expect(service('api')).toMatchObject({ type: 'node', groups: ['y'], environment: { A: '1' } });
  });

  it.each([
    ['CRLF', 'web:\r\n  type: node\r\n  run: a.js\r\n'],
    ['a byte order mark', '\uFEFFweb:\n  type: node\n  run: a.js\n'],
    ['no newline at the end', 'web:\n  type: node\n  run: a.js'],
    ['an explicit document', '---\nweb: {type: node, run: a.js}\n...\n'],
  ])('%s', async (_what, text) => {
    const { service, said } = await load(text);
    expect(said).toBe('');
    expect(service('web').command).toMatchObject({ argv: ['a.js'] });
  });

  it('aliases that multiply cost nothing', async () => {
    let text = 'x-0: &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 40; i++)
      text += `x-${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(', ')}]\n`;
    const { said } = await load(`${text}web: {type: node, run: a, environment: *a39}\n`);
    expect(said).toMatch(/^fuge.yml:39:12 error wrong-type: "environment\[0\]" must be NAME=value, not a list$/m);
  });
});

describe('the whole', () => {
  it('is frozen', async () => {
    const { system } = await load('web: {type: node, run: a, ports: [3000]}\n');
    expect(Object.isFrozen(system)).toBe(true);
    expect(Object.isFrozen(system?.services.get('web')?.ports[0])).toBe(true);
  });

  it('is absent exactly if something is an error', async () => {
    expect((await load('web: {type: node}\n')).system?.services.size).toBe(1);
    expect((await load('web: {type: node, x: 1}\n')).system).toBeUndefined();
  });

  it('is named by name, else by its directory', async () => {
    const web = 'web: {type: node, run: a}\n';
    expect((await load(`name: Our Shop\n${web}`)).system?.name).toBe('ourshop');
    expect((await load({ 'fuge/fuge.yml': web }, { file: 'fuge/fuge.yml' })).system?.name).toBe('shop');
    expect((await load('name: {type: node, run: a}\n')).system).toMatchObject({ name: 'shop' });
  });

  it('has a thousand services', async () => {
    const text = Array.from({ length: 1000 }, (_, i) => `s${i}: {type: node, run: a.js}\n`).join('');
    const { system, said } = await load(text);
    expect(said).toBe('');
    expect(system?.services.get('s999')?.ports[0]?.host).toBe(10_999);
  });
});

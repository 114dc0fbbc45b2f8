// `fuge mcp` as a coding agent has it: the official SDK's own client starts the real binary on a real system.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const binary = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

const SERVER = `
console.log('the password is ' + process.env.DB_PASSWORD);
console.log(JSON.stringify({ level: 'warn', time: Date.now(), msg: 'slow query', ms: 812 }));
require('node:http')
  .createServer((request, response) => response.end('here'))
  .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;
const FILES = {
  'fuge.yml': `
name: shop
api:
  type: node
  path: api
  run: server.cjs
  ports: [http=auto]
  environment: {DB_PASSWORD: pa55-word}
web:
  type: node
  path: web
  run: server.cjs
  ports: [http=auto]
  depends_on: [api]
`,
  'api/server.cjs': SERVER,
  'web/server.cjs': SERVER,
};

/** Some JSON of an answer. */
// biome-ignore lint/suspicious/noExplicitAny: what a client gets has no type; expectations look into it
type Json = any;

function open(files: Readonly<Record<string, string>> = FILES) {
  const folder = temporaryFolder(files);
  const env = { ...process.env, NO_COLOR: '1' } as Record<string, string>;
  const fuge = async (...args: string[]) => {
    const child = spawn(process.execPath, [binary, ...args], { cwd: folder, env, stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    return code as number;
  };
  onTestFinished(async () => void (await fuge('down', '--force')));
  /** A client whose server was started with these flags. */
  const connect = async (...flags: string[]) => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [binary, 'mcp', ...flags],
      cwd: folder,
      env,
      stderr: 'pipe',
    });
    let complaints = '';
    transport.stderr?.on('data', data => {
      complaints += data;
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    onTestFinished(() => client.close());
    const call = async (name: string, given: Record<string, unknown> = {}) => {
      const result = await client.callTool({ name, arguments: given });
      const [content] = result.content as { text: string }[];
      return { text: content!.text, isError: result.isError === true, data: result.structuredContent as Json };
    };
    return { client, call, complaints: () => complaints };
  };
  const states = (data: Json) => Object.fromEntries(data.services.map(({ name, state }: Json) => [name, state]));
  return { folder, env, fuge, connect, states };
}

describe('fuge mcp', () => {
  it('tells how to start what does not run, and follows the system when it comes, goes and comes again', async () => {
    const { folder, fuge, connect, states } = open();
    const { client, call, complaints } = await connect();
    expect(client.getServerVersion()?.name).toBe('fuge');
    expect(client.getInstructions()).toContain('This server only reads');
    const file = join(folder, 'fuge.yml');
    expect(await call('explain_crash')).toEqual({
      isError: true,
      text: expect.stringMatching(
        /nothing runs .*fuge\.yml: "fuge up -d" starts it in the background.*This server may not start it/,
      ),
      data: undefined,
    });
    expect((await call('list_services')).data).toMatchObject({ file, isRunning: false });

    expect(await fuge('up', '-d')).toBe(0);
    const first = await call('list_services');
    expect(states(first.data)).toEqual({ api: 'ready', web: 'ready' });
    expect(await (await fetch(first.data.services[0].ports[0].url)).text()).toBe('here');
    expect((await call('list_systems')).data).toMatchObject({
      thisServer: file,
      systems: [{ name: 'shop', ready: 2, services: 2, isOfThisServer: true }],
    });
    expect(await call('wait_until_ready')).toMatchObject({ text: 'ready: api, web', data: { isReady: true } });

    expect(await fuge('down')).toBe(0);
    expect((await call('wait_until_ready')).isError).toBe(true);
    expect(await fuge('up', '-d', 'api')).toBe(0);
    expect(states((await call('list_services')).data)).toEqual({ api: 'ready', web: 'stopped' });
    expect(complaints()).toBe('');
  });

  it('reads logs with secrets hidden, and explains a crash', async () => {
    const { folder, fuge, connect } = open();
    expect(await fuge('up', '-d')).toBe(0);
    const { client, call } = await connect();
    const logs = await call('logs', { services: ['api'] });
    expect(logs.text.replace(/^\S+Z /gm, '')).toBe('| the password is ••••••\n| WARN  slow query  ms=812\n| listening');
    expect((await call('logs', { level: 'warn' })).data.lines.map(({ service }: Json) => service)).toEqual([
      'api',
      'web',
    ]);
    expect((await call('grep', { pattern: '^listening$' })).data.totals).toEqual({ api: 1, web: 1 });
    expect((await call('environment', { service: 'api' })).text).toContain('DB_PASSWORD=••••••');

    writeFileSync(join(folder, 'api', 'server.cjs'), "console.log('begins');\nprt('x');\n");
    let crash: Json;
    await eventually(async () => {
      crash = await call('explain_crash');
      expect(crash.data.services).toHaveLength(1);
    });
    expect(crash.data.services[0]).toMatchObject({
      service: 'api',
      state: 'crashed',
      exit: 'code 1',
      error: {
        message: 'ReferenceError: prt is not defined',
        file: join(folder, 'api', 'server.cjs'),
        line: 2,
        column: 1,
      },
      needIt: ['web'],
      definedAt: `${join(folder, 'fuge.yml')}:3:1`,
    });
    expect(crash.data.services[0].lastLines[0].text).toBe('begins');
    expect(crash.text).toContain(`    at ${join(folder, 'api', 'server.cjs')}:2:1\n`);

    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['fuge://system-file', 'fuge://logs/api', 'fuge://logs/web']);
    const [text] = (await client.readResource({ uri: 'fuge://system-file' })).contents as { text: string }[];
    expect(text!.text).toContain('environment: {DB_PASSWORD: ••••••}');
    const [lines] = (await client.readResource({ uri: 'fuge://logs/web' })).contents as { text: string }[];
    expect(lines!.text).toContain('| listening');
    await expect(client.readResource({ uri: 'fuge://logs/wob' })).rejects.toThrow('Did you mean "web"?');
  });

  it('refuses what it does not know, and what needs --allow-control', async () => {
    const { fuge, connect } = open();
    expect(await fuge('up', '-d', 'api')).toBe(0);
    const { client, call } = await connect();
    const { tools } = await client.listTools();
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    const before = (await call('list_services', { services: ['api'] })).data.services[0].pid;
    await expect(client.callTool({ name: 'restart', arguments: { services: ['api'] } })).rejects.toThrow(
      'Tool restart not found',
    );
    expect((await call('list_services', { services: ['api'] })).data.services[0].pid).toBe(before);
    expect(await call('service_info', { service: 'apo' })).toMatchObject({
      isError: true,
      text: 'no service or group is called "apo". Did you mean "api"? There are: api, web',
    });
    expect(await call('logs', { services: 'api' })).toMatchObject({
      isError: true,
      text: expect.stringContaining('services must be array'),
    });
  });

  it('starts, restarts and stops with --allow-control', async () => {
    const { connect, states } = open();
    const { client, call } = await connect('--allow-control');
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === 'stop')?.annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true,
    });
    expect((await call('restart', { services: ['api'] })).text).toContain('The tool "up" starts it');
    const up = await call('up');
    expect(up.data.isDone).toBe(true);
    const { pid } = (await call('list_services')).data.services[0];

    const restarted = await call('restart', { services: ['api'] });
    expect(restarted.data).toMatchObject({ isDone: true, services: [{ name: 'api', state: 'ready' }] });
    expect(restarted.data.services[0].pid).not.toBe(pid);
    expect((await call('stop', { services: ['web'] })).data).toMatchObject({ isDone: true });
    expect(states((await call('list_services')).data)).toEqual({ api: 'ready', web: 'stopped' });
    expect((await call('start', { services: ['web'] })).data).toMatchObject({ isDone: true });

    expect(await call('down')).toMatchObject({ text: 'shop is stopped: nothing of it runs any more' });
    expect((await call('list_systems')).data.systems).toEqual([]);
  });

  it('says nothing but the protocol on standard output, survives nonsense, and ends with its input', async () => {
    const { folder, env } = open();
    const child = spawn(process.execPath, [binary, 'mcp'], { cwd: folder, env });
    let [output, complaints] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      complaints += text;
    });
    const clientInfo = { name: 'raw', version: '1' };
    child.stdin.write('nonsense\n[1, 2]\n{"jsonrpc":"2.0","id":"x"\n');
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    await eventually(() => expect(output).toContain('\n'));
    child.stdin.end();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    const messages = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(messages).toMatchObject([
      { id: 1, result: { protocolVersion: '2025-06-18', serverInfo: { name: 'fuge' } } },
    ]);
    expect(complaints).toContain('fuge mcp: ');
  });

  it('checks a file with errors', async () => {
    const { connect } = open({ 'fuge.yml': 'name: shop\napi:\n  type: nood\n  run: x\n' });
    const { call } = await connect();
    const { text, data, isError } = await call('check');
    expect(isError).toBe(false);
    expect(text).toContain('must be process, node, task, container or external, not "nood"');
    expect(data.problems[0]).toMatchObject({ severity: 'error', line: 3 });
    expect(await call('list_services')).toMatchObject({ isError: true, text: expect.stringContaining('"nood"') });
  });
});

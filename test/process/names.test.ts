// The names for the browser with real services, sockets and streams.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { comesTo, freePort, freePorts, loadFrom, openSystem } from '../rig/open-system.js';

/** Answers by path: what came, an upload's hash, a stream, an echo of upgraded sockets, its end. */
const WEB = `
const { createServer } = require('node:http');
const { createHash } = require('node:crypto');
const server = createServer((request, response) => {
  if (request.url === '/crash') { console.log('<last> words'); return setImmediate(() => process.exit(3)); }
  if (request.url === '/hash') {
    const hash = createHash('sha256');
    request.on('data', part => hash.update(part));
    return request.on('end', () => response.end(hash.digest('hex')));
  }
  if (request.url === '/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: one\\n\\n');
    request.on('close', () => console.log('stream closed'));
    return;
  }
  if (request.url === '/headers') {
    let body = '';
    request.on('data', part => { body += part; });
    response.setHeader('connection', 'close, x-dropped');
    response.setHeader('x-dropped', '1');
    response.setHeader('x-kept', '1');
    return request.on('end', () => response.end(JSON.stringify({ headers: request.headers, body })));
  }
  if (request.url === '/break') {
    response.writeHead(200, { 'content-length': 1000 });
    return response.write('part', () => request.socket.destroy());
  }
  if (request.url === '/hang') {
    console.log('hanging');
    return request.on('close', () => console.log('hang closed'));
  }
  response.setHeader('set-cookie', ['a=1', 'b=2']);
  response.end(JSON.stringify({ url: request.url, host: request.headers.host, for: request.headers['x-forwarded-for'], proto: request.headers['x-forwarded-proto'] }));
});
server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {});
  socket.on('close', () => console.log('socket closed'));
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\nfrom ' + request.url + '\\n');
  if (head.length) socket.write(head);
  socket.pipe(socket);
});
server.listen(Number(process.env.PORT), process.env.AT || '127.0.0.1');
`;

async function open(more = '', keys = '', files: Record<string, string> = {}) {
  const [names, web] = [await freePort(), await freePort()];
  const yaml = `name: shop
fuge_global:
  monitor: false
  names: {localhost: ${names}}
web:
  type: node
  run: web.cjs
  ports: [http=${web}]
${keys}db:
  type: external
  ports: [db=5432]
${more}`;
  const opened = await openSystem({ 'fuge.yml': yaml, 'web.cjs': WEB, ...files });
  const ask = (host: string, path: string, options: RequestOptions = {}, body?: string | Buffer) =>
    answerOf(begin(names, host, path, options, body));
  const start = async (...services: string[]) => {
    const outcomes = await opened.supervisor.start(services);
    // The names come up beside the services.
    for (;;) if (await ask('localhost', '/v1/services').catch(() => undefined)) return outcomes;
  };
  return { ...opened, names, web, ask, start };
}

function begin(port: number, host: string, path: string, options: RequestOptions = {}, body?: string | Buffer) {
  const headers = { host: `${host}:${port}`, ...(options.headers as Record<string, string>) };
  const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options, headers });
  asked.end(body);
  return asked;
}

async function answerOf(asked: ClientRequest) {
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  return { status: response.statusCode, headers: response.headers, text };
}

/** Opens a WebSocket by hand: what follows the head is an echo. */
async function upgrade(port: number, host: string, path: string) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  let text = '';
  socket.setEncoding('utf8').on('data', part => {
    text += part;
  });
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) await once(socket, 'data');
    return text;
  };
  return { socket, until };
}

const HTML = { headers: { accept: 'text/html,*/*' } };

describe('a service that answers', () => {
  test('is told who asked for what, and everything it says arrives', async () => {
    const { ask, start, names } = await open();
    await start('web');
    const { status, headers, text } = await ask('web.shop.localhost', '/a?b=c');
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(JSON.parse(text)).toEqual({
      url: '/a?b=c',
      host: `web.shop.localhost:${names}`,
      for: '127.0.0.1',
      proto: 'http',
    });
  });

  test('gets big uploads whole', async () => {
    const { ask, start } = await open();
    await start('web');
    const body = randomBytes(20 * 1024 * 1024);
    const { text } = await ask('web.shop.localhost', '/hash', { method: 'POST' }, body);
    expect(text).toBe(createHash('sha256').update(body).digest('hex'));
  });

  test('is found at ::1, too', async () => {
    const { ask, start } = await open('', '  environment: [AT=::1]\n');
    await start('web');
    expect((await ask('web.shop.localhost', '/')).status).toBe(200);
  });

  test('streams events without delay, and hears when its client leaves', async () => {
    const { start, names, until } = await open();
    await start('web');
    const asked = begin(names, 'web.shop.localhost', '/stream');
    asked.on('error', () => {});
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const [part] = await once(response.setEncoding('utf8'), 'data');
    expect(part).toBe('data: one\n\n');
    asked.destroy();
    await until(event => event.type === 'lines' && event.lines.includes('stream closed'));
  });

  test('hears when a client leaves before the answer', async () => {
    const { start, names, until } = await open();
    await start('web');
    const asked = begin(names, 'web.shop.localhost', '/hang');
    asked.on('error', () => {});
    await until(event => event.type === 'lines' && event.lines.includes('hanging'));
    asked.destroy();
    expect(await until(event => event.type === 'lines' && event.lines.includes('hang closed'))).toBeDefined();
  });

  test('speaks WebSocket, and hears when the other side ends', async () => {
    const { start, names, until } = await open();
    await start('web');
    const { socket, until: reads } = await upgrade(names, 'web.shop.localhost', '/live');
    expect(await reads('from /live\n')).toMatch(/^HTTP\/1\.1 101 /);
    socket.write('hello');
    expect(await reads('hello')).toMatch(/hello$/);
    socket.destroy();
    await until(event => event.type === 'lines' && event.lines.includes('socket closed'));
  });

  test('is asked by 200 at a time', async () => {
    const { ask, start } = await open();
    await start('web');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, number) => ask('web.shop.localhost', `/${number}`)),
    );
    expect(answers.map(({ text }) => JSON.parse(text).url)).toEqual(answers.map((_, number) => `/${number}`));
  });

  test('answers or is told to be down while it restarts, and answers after', async () => {
    const { ask, start, supervisor } = await open();
    await start('web');
    const seen = new Set<number | undefined>();
    let isOver = false;
    const asking = (async () => {
      while (!isOver) seen.add((await ask('web.shop.localhost', '/')).status);
    })();
    for (let i = 0; i < 3; i++) await supervisor.restart(['web']);
    isOver = true;
    await asking;
    expect([...seen].filter(status => status !== 200 && status !== 502)).toEqual([]);
    expect((await ask('web.shop.localhost', '/')).status).toBe(200);
  });
});

describe('a service that is down', () => {
  test('is shown with its state and its last lines, to programs as JSON', async () => {
    const { ask, start, until } = await open();
    await start('web');
    await ask('web.shop.localhost', '/crash').catch(() => undefined);
    await until(comesTo('web', 'failed'));
    const page = await ask('web.shop.localhost', '/any', HTML);
    expect(page.status).toBe(502);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('<h1>web <span class="bad">crashed</span></h1>\n<p>code 3</p>');
    expect(page.text).toContain('<pre>&lt;last&gt; words</pre>');
    const { status, text } = await ask('web.shop.localhost', '/any', { method: 'POST' }, 'body');
    expect(status).toBe(502);
    expect(JSON.parse(text)).toEqual({
      error: 'It does not run',
      service: 'web',
      state: 'crashed',
      reason: 'code 3',
      lines: ['<last> words'],
    });
  });

  test('tells its page when there is news', async () => {
    const { start, names, supervisor } = await open('other: {type: node, run: web.cjs}\n');
    await start('other');
    const asked = begin(names, 'web.shop.localhost', '/.fuge/events');
    asked.on('error', () => {});
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream');
    const told = (async () => {
      for await (const part of response.setEncoding('utf8')) if (String(part).startsWith('data:')) return part;
      return undefined;
    })();
    await supervisor.start(['web']);
    expect(await told).toBe('data: "web"\n\n');
  });

  test('refuses WebSockets with its state', async () => {
    const { start, names } = await open('other: {type: node, run: web.cjs}\n');
    await start('other');
    const { until } = await upgrade(names, 'web.shop.localhost', '/live');
    expect(await until('stopped')).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n[\s\S]*\r\n\r\nweb is stopped\n$/);
  });

  test('is not mistaken for a stranger at its port', async () => {
    const { start, ask, web } = await open('other: {type: node, run: web.cjs}\n');
    const stranger = createServer().listen(web, '127.0.0.1');
    onTestFinished(() => void stranger.close());
    await once(stranger, 'listening');
    expect(await start('web')).toMatchObject([{ result: 'failed', problem: { code: 'port-taken' } }]);
    const { status, text } = await ask('web.shop.localhost', '/');
    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({ state: 'failed' });
  });
});

/** Sends bytes as they are, and gives all that comes until the other side ends. */
async function exchange(port: number, ...lines: string[]) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', part => {
    text += part;
  });
  socket.write(lines.join('\r\n'));
  await once(socket, 'end');
  return text;
}

describe('what concerns one connection', () => {
  const HOST = 'Host: web.shop.localhost';

  test('goes no further, in neither direction', async () => {
    const { start, names } = await open();
    await start('web');
    const named = ['Connection: close, X-Private, Host, Content-Length', 'X-Private: 1', 'Content-Length: 3'];
    const text = await exchange(names, 'POST /headers HTTP/1.1', HOST, ...named, 'TE: trailers', '', 'abc');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/\r\nconnection: close\r\n/i);
    expect(text).toMatch(/\r\nx-kept: 1\r\n/i);
    expect(text).not.toMatch(/x-dropped/i);
    const { headers, body } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    expect(headers).toMatchObject({ host: 'web.shop.localhost', 'content-length': '3', connection: 'close' });
    expect(Object.keys(headers).filter(name => ['x-private', 'te', 'upgrade'].includes(name))).toEqual([]);
    expect(body).toBe('abc');
  });

  test('like an offer of HTTP/2, is not taken, and the request is answered with its body', async () => {
    const { start, names } = await open();
    await start('web');
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    const first = ['POST /headers HTTP/1.1', HOST, ...offer, 'Content-Length: 3', '', 'abc'];
    const second = ['GET /a HTTP/1.1', HOST, 'Connection: close', '', ''];
    const text = await exchange(names, `${first.join('\r\n')}${second.join('\r\n')}`);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text).toContain('"body":"abc"');
    expect(text).toContain('"url":"/a"');
    expect(text).not.toMatch(/h2c|http2/i);
    expect(await exchange(names, 'GET / HTTP/1.1', 'Host: localhost', ...offer, 'Connection: close', '', '')).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*"system":"shop"/,
    );
  });
});

describe('a request that two sides could read in two ways', () => {
  test('is refused', async () => {
    const { start, names } = await open();
    await start('web');
    const first = ['POST / HTTP/1.1', 'Host: web.shop.localhost'];
    const twoLengths = await exchange(
      names,
      ...first,
      'Content-Length: 4',
      'Transfer-Encoding: chunked',
      '',
      '0',
      '',
      '',
    );
    expect(twoLengths).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    const twoHosts = await exchange(names, ...first, 'Host: evil.example', 'Content-Length: 0', '', '');
    expect(twoHosts).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*a request has one Host/);
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', '', ''];
    expect(await exchange(names, 'GET / HTTP/1.1', first[1]!, 'Host: evil.example', ...upgrade)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*a request has one Host\n$/,
    );
  });
});

test('an answer that breaks off breaks off at the client, too, and is not taken for whole', async () => {
  const { start, names } = await open();
  await start('web');
  const asked = begin(names, 'web.shop.localhost', '/break');
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await expect(response.toArray()).rejects.toThrow('aborted');
});

test('a name may be in capitals, end with the dot of the root, and have any port', async () => {
  const { ask, start, names } = await open();
  await start('web');
  const { status, text } = await ask('x', '/', { headers: { host: 'WEB.Shop.LocalHost.:1' } });
  expect([status, JSON.parse(text).host]).toEqual([200, 'WEB.Shop.LocalHost.:1']);
  expect((await ask('x', '/v1/services', { headers: { host: `0.0.0.0:${names}` } })).status).toBe(403);
});

test('no other site may read what the proxy says', async () => {
  const { ask, start } = await open();
  await start('web');
  const headers = { origin: 'http://evil.example', accept: '*/*' };
  for (const answer of [
    await ask('localhost', '/v1/services', { headers }),
    await ask('localhost', '/', { headers }),
    await ask('db.shop.localhost', '/', { headers }),
  ]) {
    expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control-'))).toEqual([]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  }
});

describe('the start page', () => {
  test('is at the names of the system and of loopback, and lists the services', async () => {
    const { ask, start, names } = await open();
    await start('web');
    for (const host of ['localhost', 'shop.localhost', '127.0.0.1']) {
      const { status, text } = await ask(host, '/', HTML);
      expect(status).toBe(200);
      expect(text).toContain(`<a href="http://web.shop.localhost:${names}/">web</a></td><td><span class="good">ready`);
      expect(text).toContain('<tr><td>db</td><td><span class="idle">runs elsewhere</span>');
    }
  });

  test('is told of every change', async () => {
    const { start, names, supervisor } = await open();
    await start('web');
    const asked = begin(names, 'localhost', '/.fuge/events');
    asked.on('error', () => {});
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8').on('data', part => {
      text += part;
    });
    while (!text.includes('good')) await once(response, 'data');
    await supervisor.stop(['web']);
    while (!text.includes('stopped')) await once(response, 'data');
    expect(text).toContain('<span class=\\"idle\\">stopped</span>');
    asked.destroy();
  });

  test('has the services for tools', async () => {
    const { ask, start, names, web } = await open();
    await start('web');
    const { text, headers } = await ask('localhost', '/v1/services');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(text).services[0]).toEqual({
      name: 'web',
      type: 'node',
      state: 'ready',
      reason: '',
      host: '127.0.0.1',
      ports: [{ name: 'http', port: web, protocol: 'tcp' }],
      url: `http://web.shop.localhost:${names}/`,
    });
    expect((await ask('localhost', '/v1/services', { method: 'POST' })).status).toBe(405);
    expect((await ask('localhost', '/other')).status).toBe(404);
  });
});

test('a service that speaks no proper HTTP harms nobody but its client', async () => {
  const answers: Record<string, string> = {
    '/garbage': 'garbage',
    '/status': 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
    '/other': 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n',
  };
  const odd = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', data => socket.end(answers[/ (\S+) /.exec(String(data))![1]!]!));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void odd.close());
  await once(odd, 'listening');
  const { port } = odd.address() as { port: number };
  const { ask, start, names } = await open(`odd:\n  type: external\n  ports: [http=${port}]\n`);
  await start('web');
  expect((await ask('odd.shop.localhost', '/garbage')).status).toBe(502);
  expect((await ask('odd.shop.localhost', '/status')).status).toBe(502);
  await expect(ask('odd.shop.localhost', '/other')).rejects.toThrow('socket hang up');
  expect((await ask('web.shop.localhost', '/')).status).toBe(200);
  const { until } = await upgrade(names, 'odd.shop.localhost', '/garbage');
  expect(await until("can't be reached")).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
});

test('an unknown name gets the list, a foreign one nothing', async () => {
  const { ask, start, names } = await open();
  await start('web');
  const unknown = await ask('wbe.shop.localhost', '/', HTML);
  expect(unknown.status).toBe(404);
  expect(unknown.text).toContain(`<a href="http://web.shop.localhost:${names}/">web</a>`);
  expect(JSON.parse((await ask('wbe.shop.localhost', '/')).text).error).toBe(
    'no service has the name wbe.shop.localhost',
  );
  expect(await ask('evil.example', '/v1/services')).toMatchObject({
    status: 403,
    text: 'only names below .localhost are served here\n',
  });
  expect((await ask('web.shop.localhost', 'http://evil.example/')).status).toBe(403);
  const { until } = await upgrade(names, 'evil.example', '/');
  expect(await until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
});

test('a port that is taken is told with its holder, and the rest runs', async () => {
  const { supervisor, until, names, folder } = await open();
  const holder = createServer().listen(names, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
  const event = await until(each => each.type === 'notice' && each.diagnostic.code === 'names-port-taken');
  expect(event).toMatchObject({
    diagnostic: {
      severity: 'warning',
      message: expect.stringMatching(
        new RegExp(`^there are no names in the browser: port ${names} is taken by pid ${process.pid} \\(`),
      ),
      at: { file: `${folder}/fuge.yml`, line: 4 },
      hint: 'end it, or give another port: names: {localhost: PORT}',
    },
  });
});

test('a port that a service declares is left to it', async () => {
  const { supervisor, until, names } = await open();
  const { system } = supervisor;
  const [first, ...others] = [...system.services];
  const [name, web] = first!;
  const taken = { ...web, ports: [{ ...web.ports[0]!, host: names }] };
  await supervisor.reload({ ...system, services: new Map([[name, taken], ...others]) });
  void supervisor.start(['web']);
  expect(await until(each => each.type === 'notice' && each.diagnostic.code === 'names-port-taken')).toMatchObject({
    diagnostic: { message: `there are no names in the browser: port ${names} is declared by "web"` },
  });
});

test('a reload brings names, and takes the proxy to another port', async () => {
  const { ask, start, supervisor, folder, names } = await open();
  await start('web');
  const system = await loadFrom(folder);
  const services = new Map(
    [...system.services].map(([name, service]) => [`${name}2`, { ...service, name: `${name}2` }]),
  );
  await supervisor.reload({ ...system, services });
  expect((await ask('web.shop.localhost', '/')).status).toBe(404);
  expect((await ask('web2.shop.localhost', '/')).status).toBe(502);
  const other = await freePort();
  await supervisor.reload({ ...system, names: { port: other } });
  for (;;) {
    const answer = await answerOf(begin(other, 'localhost', '/v1/services')).catch(() => undefined);
    if (answer?.status === 200) break;
  }
  await expect(ask('localhost', '/')).rejects.toThrow('ECONNREFUSED');
  expect(names).not.toBe(other);
});

test('the end of the system ends what is open', async () => {
  const { start, names, supervisor, ask } = await open();
  await start('web');
  const { socket, until } = await upgrade(names, 'web.shop.localhost', '/live');
  await until('from /live');
  const asked = begin(names, 'localhost', '/.fuge/events');
  asked.on('error', () => {});
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.on('error', () => {}).resume();
  const ended = Promise.all([socket, response].map(each => new Promise(resolve => each.once('close', resolve))));
  await supervisor.close();
  expect(await ended).toHaveLength(2);
  await expect(ask('localhost', '/')).rejects.toThrow('ECONNREFUSED');
});

test('the name of several instances leads to those that are ready, in turn', async () => {
  const first = await freePorts(3);
  const { ask, start, supervisor } = await open(
    `shop:
  type: node
  run: shop.cjs
  instances: 3
  ports: [http=${first}]
`,
    '',
    {
      'shop.cjs':
        "require('node:http').createServer((_, answer) => answer.end(process.env.FUGE_INSTANCE)).listen(process.env.PORT, '127.0.0.1')",
    },
  );
  await start('shop-1', 'shop-2', 'shop-3');
  const answers = async (count: number) => {
    const texts = [];
    for (let i = 0; i < count; i++) texts.push((await ask('shop.shop.localhost', '/')).text);
    return texts.toSorted().join('');
  };
  expect(await answers(6)).toBe('112233');
  await supervisor.stop(['shop-2']);
  expect(await answers(4)).toBe('1133');
  expect((await ask('shop-3.shop.localhost', '/')).text).toBe('3');
  await supervisor.stop(['shop-1', 'shop-3']);
  expect((await ask('shop.shop.localhost', '/')).status).toBe(502);
});

// Readiness, dependencies and restarts: what their keys mean, and every problem with its full text.
import { describe, expect, it } from 'vitest';
import { load } from './files.js';

const said = async (text: string) => (await load(text)).said;
const web = (keys: string) => `web:\n  type: process\n  run: ./web\n  ports: [http=3000, admin=3001, 53/udp]\n${keys}`;
const readyOf = async (probe: string) => (await load(web(`  ready: ${probe}\n`))).service('web').ready;

describe('probes', () => {
  it.each<[string, object]>([
    ['{http: /health}', { kind: 'http', path: '/health', port: 3000, status: [200, 399] }],
    ['{http: {port: admin, status: 204}}', { kind: 'http', path: '/', port: 3001, status: [204, 204] }],
    ['{http: {path: /a, port: 8080, status: 200-299}}', { kind: 'http', path: '/a', port: 8080, status: [200, 299] }],
    ['{http: }', { kind: 'http', path: '/', port: 3000 }],
    ['{http: true}', { kind: 'http', path: '/', port: 3000 }],
    ['{tcp: true}', { kind: 'tcp', port: 3000 }],
    ['{tcp: }', { kind: 'tcp', port: 3000 }],
    ['{tcp: admin}', { kind: 'tcp', port: 3001 }],
    ['{tcp: 9000}', { kind: 'tcp', port: 9000 }],
    ['{exec: test -f "a b"}', { kind: 'exec', command: { kind: 'argv', argv: ['test', '-f', 'a b'] } }],
    ['{exec: a | b}', { kind: 'exec', command: { kind: 'shell', line: 'a | b' } }],
    ["{log: 'listening on \\d+'}", { kind: 'log', pattern: 'listening on \\d+' }],
  ])('%s', async (probe, expected) => {
    expect(await readyOf(probe)).toMatchObject({
      ...expected,
      intervalMs: 5000,
      timeoutMs: 1000,
      retries: 3,
      startPeriodMs: 0,
    });
  });

  it('ready: false means as soon as it runs, and without the key the supervisor decides', async () => {
    expect(await readyOf('false')).toBe('launched');
    expect((await load(web(''))).service('web').ready).toBeUndefined();
  });

  it('in full: every key of a probe has its effect, also through variables', async () => {
    const probe =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for the interpolation of the file
      "{http: {path: '${A:-/up}', port: admin, status: '${B:-200}'}, interval: 7s, timeout: 300, retries: '${C:-4}', start_period: 1m}";
    const timing = { intervalMs: 7000, timeoutMs: 300, retries: 4, startPeriodMs: 60_000 };
    const expected = { kind: 'http', path: '/up', port: 3001, status: [200, 200], ...timing };
    const { service } = await load(web(`  ready: ${probe}\n  live: ${probe}\n`));
    expect(service('web')).toMatchObject({ ready: expected, live: expected });
    expect(JSON.parse(JSON.stringify(service('web').ready))).toEqual(expected);
    expect(Object.isFrozen(service('web').ready)).toBe(true);
    expect(service('web').origins['ready.interval']).toMatchObject({ line: 5, column: 82 });
  });

  it('that ask the wrong thing', async () => {
    expect(
      await said(`a: {type: process, run: x, ports: [dns=53/udp, http=80], ready: {tcp: dns}}
b: {type: process, run: x, ready: {log: ''}}
c: {type: process, run: x, ports: [1], ready: {http: 3000}}
d: {type: process, run: x, ports: [2], ready: {http: 'http://localhost:3000/health'}}
e: {type: process, run: x, ports: [3], ready: {http: 'https://localhost'}}
f: {type: process, run: x, ports: [4], live: false}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:71 error bad-probe: "dns" of "a" is a port of udp, and a probe needs one of tcp
        1 | a: {type: process, run: x, ports: [dns=53/udp, http=80], ready: {tcp: dns}}
          |                                                                       ~~~
      fuge.yml:2:41 error bad-probe: "log" is empty
        2 | b: {type: process, run: x, ready: {log: ''}}
          |                                         ~~
        hint: any line is "."
      fuge.yml:3:54 error bad-probe: the path of an HTTP probe begins with "/", not "3000"
        3 | c: {type: process, run: x, ports: [1], ready: {http: 3000}}
          |                                                      ~~~~
        hint: write http: {port: 3000}
      fuge.yml:4:54 error bad-probe: the path of an HTTP probe begins with "/", not "http://localhost:3000/health"
        4 | d: {type: process, run: x, ports: [2], ready: {http: 'http://localhost:3000/health'}}
          |                                                      ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: write http: {port: 3000, path: /health}
      fuge.yml:5:54 error bad-probe: the path of an HTTP probe begins with "/", not "https://localhost"
        5 | e: {type: process, run: x, ports: [3], ready: {http: 'https://localhost'}}
          |                                                      ~~~~~~~~~~~~~~~~~~~
        hint: write /
      fuge.yml:6:46 error wrong-type: "live" of "f" must be a map with a kind of probe
        6 | f: {type: process, run: x, ports: [4], live: false}
          |                                              ~~~~~
        hint: write live: {http: /health}, {tcp: 3000}, {exec: COMMAND}"
    `);
  });

  it('warm is no use to a process that can not wait before it comes to user code', async () => {
    expect(
      await said(`a: {type: node, run: node server.js, warm: true}
b: {type: node, run: server.js --inspect=9229, warm: true}
c: {type: node, run: server.js | pino, warm: true}
d: {type: node, run: server.js, warm: true, tty: true}
e: {type: process, run: node server.js, warm: true}
f: {type: node, run: --env-file=.env server.js, warm: false}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:48 warning misplaced-key: "warm" of "b" has no effect: --inspect=9229 takes effect before a process can wait
        2 | b: {type: node, run: server.js --inspect=9229, warm: true}
          |                                                ~~~~
      fuge.yml:3:40 warning misplaced-key: "warm" of "c" has no effect: a shell starts it, not fuge
        3 | c: {type: node, run: server.js | pino, warm: true}
          |                                        ~~~~
      fuge.yml:4:33 warning misplaced-key: "warm" of "d" has no effect: with "tty: true" its terminal comes with its launch
        4 | d: {type: node, run: server.js, warm: true, tty: true}
          |                                 ~~~~
      fuge.yml:5:41 warning misplaced-key: "warm" of "e" is only for services of type node, not process; it is ignored
        5 | e: {type: process, run: node server.js, warm: true}
          |                                         ~~~~"
    `);
  });

  it('what is wrong with them', async () => {
    expect(
      await said(`a: {type: process, run: x, ready: {}}
b: {type: process, run: x, ports: [1], ready: {tcp: 1, log: x}}
c: {type: process, run: x, ready: {tcp: 2, intervall: 1s}}
d: {type: process, run: x, live: {log: x}}
e: {type: process, run: x, ready: {log: 'a('}}
f: {type: process, run: x, ready: {http: /}}
g: {type: process, run: x, ports: [http=3], ready: {tcp: htp}}
h: {type: process, run: x, ports: [4], ready: {http: {path: health, status: 99}}}
i: {type: process, run: x, ready: yes}
j: {type: process, run: x, ready: {exec: ''}, live: {tcp: 5, retries: 0, interval: 1}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:35 error bad-probe: "ready" of "a" says none of http, tcp, exec, log
        1 | a: {type: process, run: x, ready: {}}
          |                                   ~~
      fuge.yml:2:47 error bad-probe: "ready" of "b" says tcp and log, but must say only one of http, tcp, exec, log
        2 | b: {type: process, run: x, ports: [1], ready: {tcp: 1, log: x}}
          |                                               ~~~~~~~~~~~~~~~~
      fuge.yml:3:44 error unknown-key: "ready" of "c" has the unknown key "intervall"
        3 | c: {type: process, run: x, ready: {tcp: 2, intervall: 1s}}
          |                                            ~~~~~~~~~
        hint: did you mean "interval"?
      fuge.yml:4:40 error bad-probe: "live" of "d" can't be a log: silence does not tell whether it lives
        4 | d: {type: process, run: x, live: {log: x}}
          |                                        ~
      fuge.yml:5:41 error bad-probe: "log" is no regular expression: /a(/: Unterminated group
        5 | e: {type: process, run: x, ready: {log: 'a('}}
          |                                         ~~~~
      fuge.yml:6:42 error bad-probe: "ready" of "f" needs a port, and "f" declares none
        6 | f: {type: process, run: x, ready: {http: /}}
          |                                          ~
        hint: name it in the probe, or declare it under ports
      fuge.yml:7:58 error bad-probe: "htp" is no port number, or the name of a declared port of "g"
        7 | g: {type: process, run: x, ports: [http=3], ready: {tcp: htp}}
          |                                                          ~~~
        hint: declared are http
      fuge.yml:8:61 error bad-probe: the path of an HTTP probe begins with "/", not "health"
        8 | h: {type: process, run: x, ports: [4], ready: {http: {path: health, status: 99}}}
          |                                                             ~~~~~~
        hint: write /health
      fuge.yml:8:77 error wrong-type: "status" must be a status like 200, or a range like 200-299, not "99"
        8 | h: {type: process, run: x, ports: [4], ready: {http: {path: health, status: 99}}}
          |                                                                             ~~
      fuge.yml:9:35 error wrong-type: "ready" of "i" must be a map with a kind of probe
        9 | i: {type: process, run: x, ready: yes}
          |                                   ~~~
        hint: write ready: {http: /health}, {tcp: 3000}, {exec: COMMAND}, {log: REGEX} or false
      fuge.yml:10:42 error bad-command: "exec" is empty
        10 | j: {type: process, run: x, ready: {exec: ''}, live: {tcp: 5, retries: 0, interval: 1}}
           |                                          ~~
      fuge.yml:10:71 error wrong-type: "retries" must be a whole number from 1, not 0
        10 | j: {type: process, run: x, ready: {exec: ''}, live: {tcp: 5, retries: 0, interval: 1}}
           |                                                                       ~
      fuge.yml:10:84 error wrong-type: "interval" must be at least 10 ms
        10 | j: {type: process, run: x, ready: {exec: ''}, live: {tcp: 5, retries: 0, interval: 1}}
           |                                                                                    ~"
    `);
  });
});

describe('dependencies', () => {
  const dependsOf = async (yaml: string) =>
    (await load(`${web(`  depends_on: ${yaml}\n`)}db: {type: process, run: x}\nmigrate: {type: task, run: x}\n`))
      .service('web')
      .dependsOn.map(({ at, ...rest }) => ({ ...rest, line: at?.line }));
  const base = { required: true, restart: false, line: 5 };

  it('are a list, a map, or a map of conditions', async () => {
    expect(await dependsOf('[db, migrate]')).toEqual([
      { service: 'db', condition: 'ready', ...base },
      { service: 'migrate', condition: 'ready', ...base },
    ]);
    expect(await dependsOf('{db: , migrate: completed}')).toEqual([
      { service: 'db', condition: 'ready', ...base },
      { service: 'migrate', condition: 'completed', ...base },
    ]);
    expect(await dependsOf('{db: {condition: started, required: false, restart: true}}')).toEqual([
      { service: 'db', condition: 'started', required: false, restart: true, line: 5 },
    ]);
  });

  it("know Compose's words", async () => {
    expect(await dependsOf('{db: service_healthy, migrate: service_completed_successfully}')).toMatchObject([
      { condition: 'ready' },
      { condition: 'completed' },
    ]);
    expect(await dependsOf('{db: {condition: service_started}}')).toMatchObject([{ condition: 'started' }]);
  });

  it('of an included Compose file wait only until the other one was started, unless they say more', async () => {
    const { service } = await load({
      'fuge.yml': 'include: [compose.yml]\n',
      'compose.yml':
        'services:\n  a: {build: ., command: x, depends_on: [b]}\n  b: {image: b}\n  c: {build: ., command: x, depends_on: {a: {condition: service_healthy}}}\n',
    });
    expect(service('a').dependsOn).toMatchObject([{ service: 'b', condition: 'started' }]);
    expect(service('c').dependsOn).toMatchObject([{ service: 'a', condition: 'ready' }]);
  });

  it('within a Compose file, and from one to the other, are checked as any other', async () => {
    const { said } = await load({
      'fuge.yml': 'include: [compose.yml]\nweb: {type: process, run: x, depends_on: [dbs, api]}\n',
      'compose.yml':
        'services:\n  db: {image: x}\n  api: {image: x, depends_on: [api2]}\n  api2: {image: x, depends_on: {api: {condition: service_healthy}}}\n',
    });
    expect(said).toMatchInlineSnapshot(`
      "fuge.yml:2:43 error unknown-dependency: "web" depends on "dbs", which is not defined
        2 | web: {type: process, run: x, depends_on: [dbs, api]}
          |                                           ~~~
        hint: did you mean "db" (compose.yml:2:3)?
      compose.yml:3:32 error dependency-cycle: services wait for each other: api → api2 → api
        3 |   api: {image: x, depends_on: [api2]}
          |                                ~~~~
        compose.yml:4:38: "api2" depends on "api"
        hint: take one of these dependencies out"
    `);
  });

  it('cannot wait for the end of what is always started again', async () => {
    expect(
      await said(`fuge_global: {restart: always}
a: {type: process, run: x}
b: {type: process, run: x, restart: unless-stopped}
c: {type: process, run: x, restart: on-failure}
d: {type: task, run: x}
web: {type: process, run: x, depends_on: {a: completed, b: completed, c: completed, d: completed}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:6:43 error never-completed: "web" waits until "a" has completed, but "a" is started again whenever it ends
        6 | web: {type: process, run: x, depends_on: {a: completed, b: completed, c: completed, d: completed}}
          |                                           ~
        fuge.yml:1:24: "a" is restarted because of this
        hint: write "a: ready", or make "a" a task
      fuge.yml:6:57 error never-completed: "web" waits until "b" has completed, but "b" is started again whenever it ends
        6 | web: {type: process, run: x, depends_on: {a: completed, b: completed, c: completed, d: completed}}
          |                                                         ~
        fuge.yml:3:37: "b" is restarted because of this
        hint: write "b: ready", or make "b" a task"
    `);
  });

  it('of what runs elsewhere are none, and others may depend on it', async () => {
    const { said, service } = await load(
      'a: {type: external, ports: [1], depends_on: [b]}\nb: {type: process, run: x, depends_on: [a]}\n',
    );
    expect(said).toMatchInlineSnapshot(`
      "fuge.yml:1:33 warning misplaced-key: "depends_on" of "a" is only for services of type process, node and container, not external; it is ignored
        1 | a: {type: external, ports: [1], depends_on: [b]}
          |                                 ~~~~~~~~~~"
    `);
    expect(service<'external'>('a').dependsOn).toEqual([]);
    expect(service('b').dependsOn).toMatchObject([{ service: 'a', condition: 'ready' }]);
  });

  it('that are optional may be missing', async () => {
    expect(await dependsOf('{gone: {required: false}}')).toEqual([]);
  });

  it('what is wrong with them', async () => {
    expect(
      await said(`api: {type: process, run: x, depends_on: [ap1]}
ap2: {type: process, run: x, depends_on: [ap2]}
a: {type: process, run: x, depends_on: [b]}
b: {type: process, run: x, depends_on: {c: ready}}
c: {type: process, run: x, depends_on: [a]}
d: {type: process, run: x, depends_on: {a: redy, b: {conditon: ready}}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:43 error unknown-dependency: "api" depends on "ap1", which is not defined
        1 | api: {type: process, run: x, depends_on: [ap1]}
          |                                           ~~~
        hint: did you mean "ap2" (line 2)?
      fuge.yml:2:43 error dependency-cycle: "ap2" depends on itself
        2 | ap2: {type: process, run: x, depends_on: [ap2]}
          |                                           ~~~
      fuge.yml:3:41 error dependency-cycle: services wait for each other: a → b → c → a
        3 | a: {type: process, run: x, depends_on: [b]}
          |                                         ~
        fuge.yml:4:41: "b" depends on "c"
        fuge.yml:5:41: "c" depends on "a"
        hint: take one of these dependencies out
      fuge.yml:6:44 error wrong-type: "condition" must be started, ready or completed, not "redy"
        6 | d: {type: process, run: x, depends_on: {a: redy, b: {conditon: ready}}}
          |                                            ~~~~
        hint: did you mean "ready"?
      fuge.yml:6:54 error unknown-key: "depends_on.b" has the unknown key "conditon"
        6 | d: {type: process, run: x, depends_on: {a: redy, b: {conditon: ready}}}
          |                                                      ~~~~~~~~
        hint: did you mean "condition"?"
    `);
  });
});

describe('tasks', () => {
  it('are processes that run once, and are not watched unless they say so', async () => {
    const { service } = await load('a: {type: task, run: x}\nb: {type: task, run: x, monitor: true}\n');
    expect(service('a')).toMatchObject({ type: 'process', once: true, watch: { enabled: false } });
    expect(service('b')).toMatchObject({ once: true, watch: { enabled: true } });
  });

  it('take what holds for everybody as far as they can: they are tried again when they fail, never when they succeed', async () => {
    const { service } = await load('fuge_global: {restart: {when: always, max: 3}}\na: {type: task, run: x}\n');
    expect(service('a').restart).toMatchObject({ when: 'on-failure', limit: 3 });
  });

  it('are no containers yet: once has no effect there', async () => {
    const { service } = await load('a: {type: container, image: x, once: true, ports: [1]}\n');
    expect(service<'container'>('a').once).toBe(false);
  });

  it('what is wrong with them', async () => {
    const { said, service } = await load('a: {type: task, run: x, ready: {tcp: 3000}, live: {tcp: 3000}}\n');
    expect(said).toMatchInlineSnapshot(`
      "fuge.yml:1:25 warning misplaced-key: "ready" of "a" has no effect: a task is ready when it has succeeded
        1 | a: {type: task, run: x, ready: {tcp: 3000}, live: {tcp: 3000}}
          |                         ~~~~~
      fuge.yml:1:45 warning misplaced-key: "live" of "a" has no effect: a task is over when it ends
        1 | a: {type: task, run: x, ready: {tcp: 3000}, live: {tcp: 3000}}
          |                                             ~~~~"
    `);
    expect(service('a')).toMatchObject({ ready: undefined, live: undefined });
    const errors = await load(`a: {type: task, run: x, once: false}
b: {type: task, run: x, restart: always}
c: {type: node, run: x.js, once: true, restart: {when: unless-stopped, max: 2}}
`);
    expect(errors.said).toMatchInlineSnapshot(`
      "fuge.yml:1:31 error task-not-once: "a" is a task, but says "once: false"
        1 | a: {type: task, run: x, once: false}
          |                               ~~~~~
        hint: leave "once" out, or write "type: process"
      fuge.yml:2:34 error endless-task: "b" runs to its end, but "restart" starts it again each time, so it never completes
        2 | b: {type: task, run: x, restart: always}
          |                                  ~~~~~~
        hint: a task that fails is tried again by "restart: on-failure"
      fuge.yml:3:49 error endless-task: "c" runs to its end, but "restart" starts it again each time, so it never completes
        3 | c: {type: node, run: x.js, once: true, restart: {when: unless-stopped, max: 2}}
          |                                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: a task that fails is tried again by "restart: on-failure""
    `);
  });
});

describe('restarts', () => {
  const policyOf = async (yaml: string, global = 'tail: true') =>
    (await load(`fuge_global: {${global}}\nweb:\n  type: process\n  run: x\n  ${yaml}\n`)).service('web').restart;

  it.each([
    ['restart: never', { when: 'never' }],
    ['restart: no', { when: 'never' }],
    ['restart: false', { when: 'never' }],
    ['restart: on-failure', { when: 'on-failure', limit: 5 }],
    ['restart: on-failure:3', { when: 'on-failure', limit: 3 }],
    ['restart: unless-stopped', { when: 'always' }],
    ['restart: {max: 2}', { when: 'on-failure', limit: 2, windowMs: 30_000 }],
    ['restart: {success: 143}', { successCodes: [0, 143] }],
  ])('%s', async (yaml, expected) => {
    expect(await policyOf(yaml)).toMatchObject(expected);
  });

  it('of a service go before those of the globals, whichever way they are said', async () => {
    expect(await policyOf('restart: never', 'restart_on_error: true')).toMatchObject({ when: 'never' });
    expect(await policyOf('restart_on_error: false', 'restart: always')).toMatchObject({ when: 'never' });
    expect(await policyOf('max_restarts: 2', 'restart_on_error: true')).toMatchObject({ when: 'on-failure', limit: 2 });
    expect(await policyOf('tail: true', 'restart: always')).toMatchObject({ when: 'always' });
  });

  it('of a service that says only max_restarts keep the rest of the global restart, with a window that holds them', async () => {
    const global = 'restart: {when: always, max: 3, window: 40s, success: 3}';
    expect(await policyOf('max_restarts: 4', global)).toMatchObject({
      when: 'always',
      limit: 4,
      windowMs: 40_000,
      successCodes: [0, 3],
    });
    expect(await policyOf('max_restarts: 50', global)).toMatchObject({ limit: 50, windowMs: 1_106_750 });
  });

  it('make no window too small where there is nothing to hold', async () => {
    expect(await policyOf('restart: {max: 0, window: 0}')).toMatchObject({ limit: 0, windowMs: 0 });
    expect(await policyOf('restart: {backoff: 20s}')).toMatchObject({ backoffMs: 20_000, backoffMaxMs: 20_000 });
  });

  it('widen the window of a service with live by the time that it takes to find it dead', async () => {
    // 5 restarts after 3 looks 5 s apart that last 1 s each, and the pauses of 3.1 s, a quarter longer; twice over.
    expect(await policyOf('live: {tcp: 1}')).toMatchObject({ limit: 5, windowMs: (5 * 3 * 6000 + 3100 * 1.25) * 2 });
    // The first look that counts is the third.
    expect(await policyOf('live: {tcp: 1, start_period: 12s}')).toMatchObject({
      windowMs: (5 * (5 * 5000 + 3 * 1000) + 3100 * 1.25) * 2,
    });
  });

  it('that live could go on with for ever', async () => {
    expect(
      await said(`a: {type: process, run: x, live: {tcp: 1}, restart: {max: 5, window: 30s}}
b: {type: process, run: x, live: {tcp: 1}, restart: {when: never, max: 1, window: 10s}}
c: {type: process, run: x, live: {tcp: 1, interval: 1s}, restart: {max: 5, window: 30s}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:53 warning endless-restarts: "a" would restart for ever when "live" fails: it takes 15 s to find that out each time, so no window of 30 s ever holds 5 restarts
        1 | a: {type: process, run: x, live: {tcp: 1}, restart: {max: 5, window: 30s}}
          |                                                     ~~~~~~~~~~~~~~~~~~~~~
        hint: make window larger than 93.9 s, or leave it out; or make max, or interval or retries of "live", smaller
      fuge.yml:2:53 error endless-restarts: "b" would restart for ever when "live" fails: it takes 15 s to find that out each time, so no window of 10 s ever holds 1 restart
        2 | b: {type: process, run: x, live: {tcp: 1}, restart: {when: never, max: 1, window: 10s}}
          |                                                     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: make window larger than 18.2 s, or leave it out; or make max, or interval or retries of "live", smaller"
    `);
  });

  it('of everybody are told of once', async () => {
    expect(
      await said(`fuge_global: {restart: {max: 10, window: 20s}}
a: {type: process, run: x}
b: {type: process, run: x}
c: {type: process, run: x, restart: never}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:24 error endless-restarts: services would restart for ever: the pauses before 10 restarts last up to 53.4 s, so no window of 20 s ever holds them all
        1 | fuge_global: {restart: {max: 10, window: 20s}}
          |                        ~~~~~~~~~~~~~~~~~~~~~~
        hint: make window larger than 53.4 s, or max or backoff smaller"
    `);
    expect(
      await said(
        'fuge_global: {restart: always, restart_on_error: true, max_restarts: 2}\na: {type: process, run: x}\n',
      ),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:32 error two-restarts: fuge_global says both "restart" and "restart_on_error"
        1 | fuge_global: {restart: always, restart_on_error: true, max_restarts: 2}
          |                                ~~~~~~~~~~~~~~~~
        fuge.yml:1:15: "restart" stands here
        hint: say it in "restart" alone: restart: {when: on-failure, max: 5}
      fuge.yml:1:56 error two-restarts: fuge_global says both "restart" and "max_restarts"
        1 | fuge_global: {restart: always, restart_on_error: true, max_restarts: 2}
          |                                                        ~~~~~~~~~~~~
        fuge.yml:1:15: "restart" stands here
        hint: say it in "restart" alone: restart: {when: on-failure, max: 5}"
    `);
  });

  it('widen the window of fuge 2 where many are allowed, so that the limit can be reached', async () => {
    // Pauses of 0.1, 0.2 … 6.4 s, then 43 of 10 s, a quarter longer at the most, twice over.
    expect(await policyOf('restart_on_error: true\n  max_restarts: 50')).toMatchObject({
      limit: 50,
      windowMs: (12_700 + 43 * 10_000) * 1.25 * 2,
    });
  });

  it('what is wrong with them', async () => {
    expect(
      await said(`a: {type: process, run: x, restart: sometimes}
b: {type: process, run: x, restart: on-failure, restart_on_error: true, max_restarts: 2}
c: {type: process, run: x, restart: {max: 10, window: 20s}}
d: {type: process, run: x, restart: {wen: always, success: 300}}
e: {type: process, run: x, rebuild_on_change: true}
f: {type: process, run: x, rebuild_on_change: true, build: ''}
g: {type: process, run: x, restart: {backoff: 5s, backoff_max: 1s, wait: 1}}
h: {type: process, run: x, restart: {when: often, success: [1, -1]}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:37 error wrong-type: "restart" must be never, on-failure or always, or a map with when, max, window, backoff, backoff_max and success, not "sometimes"
        1 | a: {type: process, run: x, restart: sometimes}
          |                                     ~~~~~~~~~
      fuge.yml:2:49 error two-restarts: "b" says both "restart" and "restart_on_error"
        2 | b: {type: process, run: x, restart: on-failure, restart_on_error: true, max_restarts: 2}
          |                                                 ~~~~~~~~~~~~~~~~
        fuge.yml:2:28: "restart" stands here
        hint: say it in "restart" alone: restart: {when: on-failure, max: 5}
      fuge.yml:2:73 error two-restarts: "b" says both "restart" and "max_restarts"
        2 | b: {type: process, run: x, restart: on-failure, restart_on_error: true, max_restarts: 2}
          |                                                                         ~~~~~~~~~~~~
        fuge.yml:2:28: "restart" stands here
        hint: say it in "restart" alone: restart: {when: on-failure, max: 5}
      fuge.yml:3:37 error endless-restarts: "c" would restart for ever: the pauses before 10 restarts last up to 53.4 s, so no window of 20 s ever holds them all
        3 | c: {type: process, run: x, restart: {max: 10, window: 20s}}
          |                                     ~~~~~~~~~~~~~~~~~~~~~~
        hint: make window larger than 53.4 s, or max or backoff smaller
      fuge.yml:4:38 error unknown-key: "restart" has the unknown key "wen"
        4 | d: {type: process, run: x, restart: {wen: always, success: 300}}
          |                                      ~~~
        hint: did you mean "when"?
      fuge.yml:4:60 error wrong-type: "success" must be an exit code from 0 to 255, not 300
        4 | d: {type: process, run: x, restart: {wen: always, success: 300}}
          |                                                            ~~~
      fuge.yml:5:47 error rebuild-without-build: "e" has "rebuild_on_change", but no "build" to run
        5 | e: {type: process, run: x, rebuild_on_change: true}
          |                                               ~~~~
        hint: add "build: COMMAND"
      fuge.yml:6:47 error rebuild-without-build: "f" has "rebuild_on_change", but no "build" to run
        6 | f: {type: process, run: x, rebuild_on_change: true, build: ''}
          |                                               ~~~~
        hint: add "build: COMMAND"
      fuge.yml:7:64 error bad-restart: "backoff_max" (1 s) is smaller than "backoff" (5 s)
        7 | g: {type: process, run: x, restart: {backoff: 5s, backoff_max: 1s, wait: 1}}
          |                                                                ~~
        hint: pauses grow from backoff to backoff_max
      fuge.yml:7:68 error unknown-key: "restart" has the unknown key "wait"
        7 | g: {type: process, run: x, restart: {backoff: 5s, backoff_max: 1s, wait: 1}}
          |                                                                    ~~~~
        hint: known are when, max, window, backoff, backoff_max, success
      fuge.yml:8:44 error wrong-type: "when" must be never, on-failure or always, or a map with when, max, window, backoff, backoff_max and success, not "often"
        8 | h: {type: process, run: x, restart: {when: often, success: [1, -1]}}
          |                                            ~~~~~
      fuge.yml:8:64 error wrong-type: "success" must be an exit code from 0 to 255, not -1
        8 | h: {type: process, run: x, restart: {when: often, success: [1, -1]}}
          |                                                                ~~"
    `);
  });
});

describe('profiles', () => {
  it('are those of the caller, else those of COMPOSE_PROFILES', async () => {
    const yaml = 'a: {type: process, run: x, profiles: [debug, test]}\n';
    expect((await load(yaml, { env: { COMPOSE_PROFILES: 'a,b' } })).system?.profiles).toEqual(['a', 'b']);
    expect((await load(yaml, { env: { COMPOSE_PROFILES: 'a,b' }, profiles: ['c'] })).system?.profiles).toEqual(['c']);
    expect((await load(yaml)).system?.profiles).toEqual([]);
  });

  it('come from FUGE_PROFILES first, from the .env beside the file too, and without blanks', async () => {
    const yaml = 'a: {type: process, run: x}\n';
    const chosen = async (env: Record<string, string>, dotenv = '', profiles?: string[]) =>
      (await load({ 'fuge.yml': yaml, '.env': dotenv }, { env, ...(profiles && { profiles }) })).system?.profiles;
    expect(await chosen({ FUGE_PROFILES: 'a', COMPOSE_PROFILES: 'b' })).toEqual(['a']);
    expect(await chosen({ FUGE_PROFILES: '', COMPOSE_PROFILES: 'b' })).toEqual([]);
    expect(await chosen({}, 'COMPOSE_PROFILES=a, b,,a\n')).toEqual(['a', 'b']);
    expect(await chosen({ COMPOSE_PROFILES: 'b' }, 'COMPOSE_PROFILES=a\n')).toEqual(['b']);
    expect(await chosen({ FUGE_PROFILES: 'a' }, '', [])).toEqual([]);
    expect(await chosen({}, '', ['*', ' a'])).toEqual(['*', 'a']);
  });

  it('of a service are names', async () => {
    expect((await load('a: {type: process, run: x, profiles: [b, b]}\n')).service('a').profiles).toEqual(['b']);
    expect(await said("a: {type: process, run: x, profiles: ['', 'a b', '*', 'a,b']}\n")).toMatchInlineSnapshot(`
      "fuge.yml:1:39 error bad-name: "" can't be the name of a profile
        1 | a: {type: process, run: x, profiles: ['', 'a b', '*', 'a,b']}
          |                                       ~~
      fuge.yml:1:43 error bad-name: "a b" can't be the name of a profile
        1 | a: {type: process, run: x, profiles: ['', 'a b', '*', 'a,b']}
          |                                           ~~~~~
      fuge.yml:1:50 error bad-name: "*" can't be the name of a profile
        1 | a: {type: process, run: x, profiles: ['', 'a b', '*', 'a,b']}
          |                                                  ~~~
      fuge.yml:1:55 error bad-name: "a,b" can't be the name of a profile
        1 | a: {type: process, run: x, profiles: ['', 'a b', '*', 'a,b']}
          |                                                       ~~~~~"
    `);
  });
});

import { describe, expect, it } from 'vitest';
import { importFile, lineOf } from './imported.js';

const name = 'process-compose.yaml';
const one = (keys: string) => `processes:\n  web:\n    command: ./serve\n${keys.replace(/^/gm, '    ')}`;

describe('process-compose.yaml', () => {
  it('is one service a process, with the directory, the group and the variables', async () => {
    const { service, system, said, directory } = await importFile(name, {
      [name]: `version: "0.5"
is_strict: true
name: shop
environment: ["LEVEL=info"]
processes:
  web:
    description: What people see
    command: node serve.js
    working_dir: ./web
    namespace: front
    environment: ["A=1", "B=x=y"]
`,
      'web/': '',
      '.env': 'C=3',
    });
    expect(said).toEqual([]);
    expect(system!.name).toBe('shop');
    expect(system!.environment).toEqual({ LEVEL: 'info' });
    expect(system!.envFiles.map(file => file.path)).toEqual([`${directory}/.env`]);
    const web = service('web');
    expect(web.type).toBe('node');
    expect(web.cwd).toBe(`${directory}/web`);
    expect(web.groups).toEqual(['front']);
    expect(web.environment).toEqual({ A: '1', B: 'x=y' });
  });

  it('finds env files beside itself, else in the working directory, and keeps paths that are absolute', async () => {
    const { service, directory, text } = await importFile(name, {
      [name]: `processes:
  a: {command: ./a, working_dir: app, env_file: .env.a}
  b: {command: ./b, working_dir: app, env_file: [.env.b]}
  c: {command: ./c, working_dir: /}
`,
      '.env.a': 'A=1',
      'app/.env.b': 'B=1',
    });
    expect(service('a').envFiles.map(file => file.path)).toEqual([`${directory}/.env.a`]);
    expect(service('b').envFiles.map(file => file.path)).toEqual([`${directory}/app/.env.b`]);
    expect(text).toContain('  path: /\n');
  });

  it('keeps a description as a comment', async () => {
    const { text } = await importFile(name, one('description: What people see'));
    expect(text).toContain('# What people see\nweb:\n');
  });

  it('keeps variables of the environment, and a doubled dollar is one for the shell', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of the file
    const text = 'processes:\n  web:\n    command: "serve $${HOME} ${DIR:-here}"\n    environment: ["P=a$$b"]\n';
    const { service } = await importFile(name, text);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of the shell
    expect(lineOf(service('web'))).toBe('sh: serve ${HOME} here');
    expect(service('web').environment).toEqual({ P: 'a$b' });
  });

  it('keeps every dollar with disable_env_expansion', async () => {
    const text =
      'disable_env_expansion: true\nprocesses:\n  web:\n    command: "serve $HOME"\n    environment: ["P=$X"]\n';
    const { service } = await importFile(name, text);
    expect(lineOf(service('web'))).toBe('sh: serve $HOME');
    expect(service('web').environment).toEqual({ P: '$X' });
  });

  it('fills in vars, those of the process before those of the file; other templates are told', async () => {
    const text = `vars: {A: outer, B: b}
processes:
  web:
    command: 'serve {{.A}} {{ .B }} {{ "{{.Kept}}" }}'
    vars: {A: inner}
  odd:
    command: 'serve {{if .A}}x{{end}}'
`;
    const { service, said } = await importFile(name, text);
    expect(lineOf(service('web'))).toBe('serve inner b {{.Kept}}');
    expect(said).toEqual(['process-compose.yaml:7:14 warning import-changed: the template {{if .A}} is kept as it is']);
  });

  it('runs an entrypoint without a shell', async () => {
    const { service } = await importFile(
      name,
      'processes:\n  t:\n    entrypoint: [tail, -f, "a b", "$$HOME", "x;y"]\n',
    );
    expect(lineOf(service('t'))).toBe('tail -f a b $HOME x;y');
  });

  it('runs a command of several lines in a shell', async () => {
    const { service, text } = await importFile(name, 'processes:\n  t:\n    command: |\n      set -e\n      ./a\n');
    expect(lineOf(service('t'))).toBe('sh: set -e\n./a');
    expect(text).toContain('  run: |-\n    set -e\n    ./a\n  shell: true\n');
  });

  it('uses the shell of the file', async () => {
    const text = 'shell: {shell_command: python3, shell_argument: -m}\nprocesses:\n  web: {command: http.server}\n';
    const { service, said } = await importFile(name, text);
    expect(lineOf(service('web'))).toBe('python3 -m http.server');
    expect(said).toEqual([]);
  });

  it('restarts as it did: pauses that do not grow, and no limit', async () => {
    const { service } = await importFile(name, one('availability: {restart: always, backoff_seconds: 2}'));
    expect(service('web').restart).toMatchObject({ when: 'always', backoffMs: 2000, backoffMaxMs: 2000, limit: 1000 });
    const limited = await importFile(name, one('availability: {restart: on_failure, max_restarts: 3}'));
    expect(limited.service('web').restart).toMatchObject({ when: 'on-failure', backoffMs: 1000, limit: 3 });
    expect((await importFile(name, one('availability: {restart: "no"}'))).service('web').restart.when).toBe('never');
  });

  it('stops as it did; a command that stops it runs afterwards, which is told', async () => {
    const { service, said } = await importFile(name, one('shutdown: {signal: 2, timeout_seconds: 20, command: ./bye}'));
    expect(service('web').stop).toEqual({ signal: 'SIGINT', graceMs: 20_000 });
    expect(service('web').hooks.onExit?.source).toBe('./bye');
    expect(said).toEqual([
      'process-compose.yaml:4:48 warning import-changed: fuge stops "web" by a signal; its command runs after that, as "on_exit"',
    ]);
  });

  it.each([
    ['process_started', 'started'],
    ['process_healthy', 'ready'],
    ['process_log_ready', 'ready'],
    ['process_completed_successfully', 'completed'],
  ])('waits as it did: %s', async (written, condition) => {
    const { service, said } = await importFile(
      name,
      `processes:\n  db: {command: ./db}\n  web:\n    command: ./web\n    depends_on: {db: {condition: ${written}}}\n`,
    );
    expect(service('web').dependsOn).toMatchObject([{ service: 'db', condition }]);
    expect(service('db').once).toBe(condition === 'completed');
    expect(said).toEqual([]);
  });

  it('waits for a success where any end was enough, which is told', async () => {
    const text =
      'processes:\n  a: {command: ./a}\n  b:\n    command: ./b\n    depends_on: {a: {condition: process_completed}}\n';
    expect((await importFile(name, text)).said).toEqual([
      'process-compose.yaml:5:33 warning import-changed: "b" waits until "a" has succeeded; that it has failed is not enough here',
    ]);
  });

  it('leaves out what can never be: unknown names, cycles, the end of what never ends', async () => {
    const text = `processes:
  a:
    command: ./a
    availability: {restart: always}
    depends_on: {b: {condition: process_started}, gone: {condition: process_started}}
  b:
    command: ./b
    depends_on: {a: {condition: process_started}, b: {condition: process_started}}
  c:
    command: ./c
    depends_on: {a: {condition: process_completed_successfully}}
`;
    const { said, service } = await importFile(name, text);
    expect(said).toEqual([
      'process-compose.yaml:5:51 warning import-left-out: "a" depends on "gone", which the file does not have; that is left out',
      'process-compose.yaml:8:18 warning import-left-out: "b" and "a" wait for each other; that it depends on "a" is left out',
      'process-compose.yaml:8:51 warning import-left-out: "b" depends on itself; that is left out',
      'process-compose.yaml:11:33 warning import-changed: "a" is started again whenever it ends, so "c" waits for its start alone',
    ]);
    expect(service('c').dependsOn).toMatchObject([{ service: 'a', condition: 'started' }]);
  });

  it('looks at http as it did, and declares the port', async () => {
    const { service } = await importFile(
      name,
      one(`readiness_probe:
  http_get: {host: localhost, scheme: http, path: /health, port: 8080, status_code: 204}
  initial_delay_seconds: 2
  period_seconds: 3
  timeout_seconds: 4
  success_threshold: 1
  failure_threshold: 5`),
    );
    expect(service('web').ports).toMatchObject([{ name: 'main', host: 8080 }]);
    expect(service('web').ready).toEqual({
      kind: 'http',
      path: '/health',
      port: 8080,
      status: [204, 204],
      intervalMs: 3000,
      timeoutMs: 4000,
      retries: 5,
      startPeriodMs: 2000,
    });
  });

  it('runs a probe in its own directory, and in a shell where it needs one', async () => {
    const { service } = await importFile(
      name,
      one(`readiness_probe: {exec: {command: "./ok a", working_dir: /tmp}}
liveness_probe: {exec: {command: "test -f *.ok"}}`),
    );
    expect(service('web').ready).toMatchObject({ kind: 'exec', command: { kind: 'shell', line: 'cd /tmp && ./ok a' } });
    expect(service('web').live).toMatchObject({ command: { kind: 'argv', argv: ['sh', '-c', 'test -f *.ok'] } });
  });

  it('asks https and other machines no more than it can', async () => {
    const { service, said } = await importFile(
      name,
      one(`readiness_probe: {http_get: {scheme: https, port: 8443}}
liveness_probe: {http_get: {host: example.com, port: 80}}`),
    );
    expect(service('web').ready).toMatchObject({ kind: 'tcp', port: 8443 });
    expect(service('web').live).toBeUndefined();
    expect(said).toEqual([
      'process-compose.yaml:4:42 warning import-changed: "http_get" of "readiness_probe" of "web" speaks https; here it is looked whether the port accepts connections',
      'process-compose.yaml:5:39 warning import-left-out: "http_get" of "liveness_probe" of "web" looks at example.com; fuge looks at this machine alone',
    ]);
  });

  it('waits for a line, also for one that is no regular expression', async () => {
    expect((await importFile(name, one('ready_log_line: "listening on .*"'))).service('web').ready).toMatchObject({
      kind: 'log',
      pattern: 'listening on .*',
    });
    const odd = await importFile(name, one('ready_log_line: "ready (now"'));
    expect(odd.service('web').ready).toMatchObject({ pattern: 'ready \\(now' });
    expect(odd.said).toHaveLength(1);
  });

  it('writes replicas as services of their own, each with its number; others depend on all of them', async () => {
    const text = `processes:
  web: {command: "serve 40{{.PC_REPLICA_NUM}}", replicas: 2}
  proxy:
    command: ./proxy
    depends_on: {web: {condition: process_healthy}}
`;
    const { service, system } = await importFile(name, text);
    expect([...system!.services.keys()]).toEqual(['web-0', 'web-1', 'proxy']);
    expect(lineOf(service('web-1'))).toBe('serve 401');
    expect(service('web-1').environment).toEqual({ PC_REPLICA_NUM: '1', PC_PROC_NAME: 'web' });
    expect(service('proxy').dependsOn.map(one => one.service)).toEqual(['web-0', 'web-1']);
  });

  it.each(['disabled: true', 'is_foreground: true', 'schedule: {interval: 5m}'])(
    'starts by itself only what started by itself: %s',
    async keys => {
      const { service } = await importFile(name, one(keys));
      expect(service('web').profiles).toEqual(['manual']);
    },
  );

  it('watches where it watched', async () => {
    const { service, said } = await importFile(name, one('watch: {paths: [{path: ., exclude: ["*.log"]}]}'));
    expect(service('web').watch).toMatchObject({ enabled: true, excludes: ['*.log'] });
    expect((await importFile(name, one(''))).service('web').watch.enabled).toBe(false);
    expect(said).toEqual([]);
  });

  it('tells whatever has no counterpart, at its place', async () => {
    const text = `log_location: all.log
env_cmds: {DATE: date}
processes:
  web:
    comand: x
    command: ./serve
    log_location: web.log
    is_tty: true
    is_elevated: true
    is_daemon: true
    availability: {restart: exit_on_failure, exit_on_skipped: true}
    shutdown: {parent_only: yes, command: ./stop}
`;
    const { said, service } = await importFile(name, text);
    expect(said).toEqual([
      'process-compose.yaml:1:1 warning import-left-out: "log_location" of the file has no counterpart; it is left out',
      'process-compose.yaml:2:1 warning import-left-out: "env_cmds" of the file has no counterpart; it is left out',
      'process-compose.yaml:5:5 warning import-unknown: "comand" of "web" is not known; it is left out',
      'process-compose.yaml:7:5 warning import-left-out: "log_location" of "web" has no counterpart; it is left out',
      'process-compose.yaml:8:5 warning import-left-out: "is_tty" of "web" has no counterpart; it is left out',
      'process-compose.yaml:9:5 warning import-changed: "web" is run by sudo, and nobody can type a password here',
      'process-compose.yaml:10:5 warning import-changed: "web" goes into the background, where fuge does not see it',
      'process-compose.yaml:11:20 warning import-left-out: the end of "web" does not end the others here',
      'process-compose.yaml:11:46 warning import-left-out: "exit_on_skipped" of "availability" of "web" has no counterpart; it is left out',
      'process-compose.yaml:12:16 warning import-left-out: the signal reaches all processes of "web", not the first one alone',
      'process-compose.yaml:12:34 warning import-left-out: the command that stops "web" is left out: fuge stops what it runs by a signal',
    ]);
    expect(lineOf(service('web'))).toBe('sudo ./serve');
  });

  it('is imported without the file that would be merged over it, which is told', async () => {
    const files = { [name]: 'processes: {a: {command: ./a}}\n', 'process-compose.override.yaml': 'processes: {}\n' };
    expect((await importFile(name, files)).said).toEqual([
      'warning import-left-out: process-compose.override.yaml is not merged over the file',
    ]);
  });

  it('without processes is an error', async () => {
    expect((await importFile(name, 'version: "0.5"\n')).said).toEqual([
      'process-compose.yaml:1:1 error no-services: process-compose.yaml has no "processes"',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { importFile, lineOf } from './imported.js';

const name = 'mprocs.yaml';

describe('mprocs.yaml', () => {
  it('has a process as a text, as words, and as a map', async () => {
    const text = `procs:
  a: "echo $HOME"
  b: [echo, "$HOME", "x y"]
  c: {shell: "echo a | cat"}
  d: {cmd: [node, d.js]}
  e: {cmd: "echo 'x y'"}
  f: null
`;
    const { service, system, said } = await importFile(name, text);
    expect([...system!.services.keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(['a', 'b', 'c', 'd', 'e'].map(one => lineOf(service(one)))).toEqual([
      'sh: echo $HOME',
      'echo $HOME x y',
      'sh: echo a | cat',
      'd.js',
      'echo x y',
    ]);
    expect(service('d').type).toBe('node');
    expect(said).toEqual([]);
  });

  it('is read as JSON, too', async () => {
    const { service } = await importFile(
      'mprocs.json',
      '{\n\t"procs": {"a": {"shell": "npm start", "env": ["A=1"]}}\n}',
    );
    expect(service('a').environment).toEqual({ A: '1' });
  });

  it('takes directories, variables, restarts and signals', async () => {
    const text = `procs:
  a:
    shell: ./a
    cwd: <CONFIG_DIR>/app
    env: {A: 1, B: two}
    autorestart: true
    stop: SIGINT
  b: {shell: ./b, autostart: false, stop: hard-kill}
  c: {shell: ./c, stop: {send-keys: ["<C-c>"]}, deps: [a]}
`;
    const { service, said, directory } = await importFile(name, { [name]: text, 'app/': '' });
    expect(service('a').cwd).toBe(`${directory}/app`);
    expect(service('a').environment).toEqual({ A: '1', B: 'two' });
    expect(service('a').restart.when).toBe('always');
    expect(service('a').stop.signal).toBe('SIGINT');
    expect(service('b').profiles).toEqual(['manual']);
    expect(service('b').stop.signal).toBe('SIGKILL');
    expect(service('c').stop.signal).toBe('SIGINT');
    expect(service('c').dependsOn).toMatchObject([{ service: 'a', condition: 'started' }]);
    expect(said).toEqual([]);
  });

  it('adds to the path of programs', async () => {
    const { text } = await importFile(name, 'procs:\n  a: {shell: ./a, add_path: [bin, "<CONFIG_DIR>/$x"]}\n');
    expect(text).toMatch(/PATH: '?\$PATH:bin:.*\/shop\/\$\$x/);
  });

  it.each([
    ['linux', 'echo other'],
    ['win32', 'echo windows'],
    ['darwin', 'echo mac'],
  ])('chooses by operating system: %s', async (platform, line) => {
    const text = 'procs:\n  a:\n    shell: {$select: os, windows: echo windows, macos: echo mac, $else: echo other}\n';
    const { service, said } = await importFile(name, text, { platform });
    expect(lineOf(service('a'))).toBe(line);
    expect(said).toHaveLength(1);
  });

  it('has names that services can have', async () => {
    const { system, said } = await importFile(
      name,
      'procs:\n  "my server": ./a\n  my-server: ./b\n  "*": ./c\n  include: ./d\n',
    );
    expect([...system!.services.keys()]).toEqual(['my-server', 'my-server-2', 'service', 'include-service']);
    expect(said).toEqual([
      'mprocs.yaml:2:3 warning import-renamed: "my server" can\'t be the name of a service here: it is called "my-server"',
      'mprocs.yaml:3:3 warning import-renamed: "my-server" can\'t be the name of a service here: it is called "my-server-2"',
      'mprocs.yaml:4:3 warning import-renamed: "*" can\'t be the name of a service here: it is called "service"',
      'mprocs.yaml:5:3 warning import-renamed: "include" can\'t be the name of a service here: it is called "include-service"',
    ]);
  });

  it('tells whatever has no counterpart; what speaks of its screen is passed over', async () => {
    const text = `hide_keymap_window: true
keymap_procs: {<C-q>: {c: quit}}
server: 127.0.0.1:4050
procs:
  a: {shell: ./a, stop: {send-keys: [q]}, env: {OLD: null}, log: a.log, deps: [b], shel: x}
  b: {cwd: /tmp}
`;
    const { said } = await importFile(name, text);
    expect(said).toEqual([
      'mprocs.yaml:3:1 warning import-left-out: "server" of the file has no counterpart; it is left out',
      'mprocs.yaml:5:19 warning import-left-out: "stop" of "a" has no counterpart; it is left out',
      'mprocs.yaml:5:54 warning import-changed: "a" takes OLD out of the environment; here it is empty',
      'mprocs.yaml:5:61 warning import-left-out: "log" of "a" has no counterpart; it is left out',
      'mprocs.yaml:5:84 warning import-unknown: "shel" of "a" is not known; it is left out',
      'mprocs.yaml:6:6 warning missing-run: "b" has neither "shell" nor "cmd", so it can\'t be started',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { importFile, lineOf } from './imported.js';

const name = 'ecosystem.config.js';
const one = (app: string) => `module.exports = { apps: [{ name: 'api', script: './api.js', ${app} }] };\n`;

describe("pm2's ecosystem file", () => {
  it('is one service an app, by Node and started again whenever it ends', async () => {
    const text = `module.exports = {
  apps: [
    { name: 'api', script: './api.js', args: 'one "two three"', cwd: './api', env: { A: 1, B: 'x$y' } },
    { script: 'lib/worker.js' },
  ],
};
`;
    const { service, system, said, directory } = await importFile(name, { [name]: text, 'api/': '' });
    expect(said).toEqual([]);
    expect([...system!.services.keys()]).toEqual(['api', 'worker']);
    const api = service('api');
    expect(api.type).toBe('node');
    expect(lineOf(api)).toBe('./api.js one two three');
    expect(api.cwd).toBe(`${directory}/api`);
    expect(api.environment).toEqual({ A: '1', B: 'x$y' });
    expect(api.restart).toMatchObject({ when: 'always', limit: 16 });
    expect(api.stop).toEqual({ signal: 'SIGINT', graceMs: 1600 });
    expect(api.watch.enabled).toBe(false);
  });

  it.each([
    ["script: 'run.py'", 'python3 run.py'],
    ["script: './run.sh', args: ['a b']", './run.sh a b', "interpreter: 'none'"],
    ["script: 'run.sh'", 'bash run.sh'],
    ["script: 'npm', args: 'run serve'", 'npm run serve'],
    ["script: 'npm run serve -- --loud'", 'npm run serve -- --loud'],
    ["script: 'main.ts', node_args: ['--import', 'tsx']", '--import tsx main.ts', "interpreter: 'node'"],
    [
      "script: 'a.js', node_args: '--max-old-space-size=100', source_map_support: true",
      '--max-old-space-size=100 --enable-source-maps a.js',
    ],
    ["exec: 'a.js'", 'a.js'],
  ])('runs what pm2 would run: %s', async (app, line, more = '') => {
    const { service } = await importFile(name, `module.exports = [{ name: 'it', ${app}, ${more} }]`);
    expect(lineOf(service('it'))).toBe(line);
  });

  it('has a port where one is said, each only once', async () => {
    const text = `module.exports = { apps: [
      { name: 'a', script: 'a.js', env: { PORT: 4000 } },
      { name: 'b', script: 'b.js', port: 4001 },
      { name: 'c', script: 'c.js', env: { PORT: '4000' } },
    ] }`;
    const { service, said } = await importFile(name, text);
    expect(service('a').ports).toMatchObject([{ host: 4000, automatic: false }]);
    expect(service('b').ports).toMatchObject([{ host: 4001, automatic: false }]);
    expect(service('c').ports).toMatchObject([{ automatic: true }]);
    expect(service('c').environment).toEqual({ PORT: '4000' });
    expect(said).toEqual([
      'ecosystem.config.js:4:36 warning import-changed: port 4000 is that of another app already; "c" is told it, and has none of its own',
    ]);
  });

  it('restarts and stops as it did', async () => {
    const app = one('restart_delay: 500, max_restarts: 3, kill_timeout: 5000');
    const { service } = await importFile(name, app);
    expect(service('api').restart).toMatchObject({ limit: 3, backoffMs: 500, backoffMaxMs: 500 });
    expect(service('api').stop.graceMs).toBe(5000);
    const growing = await importFile(name, one('exp_backoff_restart_delay: 100'));
    expect(growing.service('api').restart).toMatchObject({ backoffMs: 100, backoffMaxMs: 15_000 });
    expect((await importFile(name, one('autorestart: false'))).service('api').restart.when).toBe('never');
    expect((await importFile(name, one('stop_exit_codes: [0, 3]'))).service('api').restart).toMatchObject({
      when: 'on-failure',
      successCodes: [0, 3],
    });
  });

  it('watches where it watched', async () => {
    const { service } = await importFile(name, one("watch: true, ignore_watch: ['logs']"));
    expect(service('api').watch).toMatchObject({ enabled: true, excludes: ['logs'] });
  });

  it('writes copies of a fork; a cluster, which shares one port, is one process', async () => {
    const fork = await importFile(name, one("exec_mode: 'fork', instances: 2"));
    expect([...fork.system!.services.keys()]).toEqual(['api', 'api-1']);
    expect(fork.service('api-1').environment).toEqual({ NODE_APP_INSTANCE: '1' });
    const cluster = await importFile(name, one("exec_mode: 'cluster', instances: 'max'"));
    expect([...cluster.system!.services.keys()]).toEqual(['api']);
    expect(cluster.said).toEqual([
      'ecosystem.config.js:1:84 warning import-changed: "api" is a cluster that shares one port; here it is one process',
    ]);
  });

  it('tells whatever has no counterpart', async () => {
    const { said } = await importFile(
      name,
      one(
        "\nenv_production: {A: 1},\nmax_memory_restart: '1G',\ncron_restart: '0 * * * *',\nwait_ready: true,\nout_file: 'a.log',\nvizion: false,\nwatchh: true",
      ),
    );
    expect(said).toEqual([
      'ecosystem.config.js:2:1 warning import-left-out: "env_production" of "api" has no counterpart; it is left out',
      'ecosystem.config.js:3:1 warning import-left-out: "max_memory_restart" of "api" has no counterpart; it is left out',
      'ecosystem.config.js:4:1 warning import-left-out: "cron_restart" of "api" has no counterpart; it is left out',
      'ecosystem.config.js:5:1 warning import-left-out: "wait_ready" of "api" has no counterpart; it is left out',
      'ecosystem.config.js:6:1 warning import-left-out: "out_file" of "api" has no counterpart; it is left out',
      'ecosystem.config.js:8:1 warning import-unknown: "watchh" of "api" is not known; it is left out',
    ]);
  });

  it('tells of log files together, since one thing is to be said of them', async () => {
    const { said } = await importFile(name, one("out_file: 'a', error_file: 'b', log_file: 'c'"));
    expect(said).toEqual([
      'ecosystem.config.js:1:62 warning import-left-out: "out_file", "error_file" and "log_file" of "api" have no counterpart; they are left out',
    ]);
  });

  it('is read as JSON with comments, and as YAML', async () => {
    const json = await importFile(
      'ecosystem.json',
      '{\n\t// the one\n\t"apps": [{"name": "api", "script": "a.js",}]\n}',
    );
    expect(lineOf(json.service('api'))).toBe('a.js');
    const yaml = await importFile('pm2.yml', 'apps:\n  - script: a.js\n    name: api\n    instances: 1\n');
    expect(lineOf(yaml.service('api'))).toBe('a.js');
    expect(yaml.said).toEqual([]);
  });

  it('as code is read, never run: what is written down counts, the rest is told', async () => {
    const text = `'use strict';
const path = require('path');
require('fs').writeFileSync(__dirname + '/touched', '');
const common = { NODE_ENV: 'development', 'KEY': \`k-\${process.env.USER || 'me'}\` };
const root = path.join(__dirname, 'app');
module.exports = {
  apps: [{
    name: 'a' + 'pi', script: 'a.js', cwd: root, instances: require('os').cpus().length,
    env: { ...common, HOME_OF: process.env.HOME, NODE_ENV: 'test' },
  }].concat([]),
};
`;
    const files = { [name]: text.replace('].concat([])', ']'), 'app/': '' };
    const { service, said, directory, text: written } = await importFile(name, files);
    expect(service('api').cwd).toBe(`${directory}/app`);
    expect(service('api').environment).toEqual({ NODE_ENV: 'test', KEY: 'k-me', HOME_OF: '' });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of the system file
    expect(written).toContain("KEY: 'k-${USER:-me}'");
    expect(said).toEqual([
      "ecosystem.config.js:8:61 warning import-code: `require('os').cpus().length` is code, which is not run; it is left out",
    ]);
    const { existsSync } = await import('node:fs');
    expect(existsSync(`${directory}/touched`)).toBe(false);
  });

  it('that exports what only code can know is an error, with how to go on', async () => {
    const { said } = await importFile(name, 'module.exports = makeApps();\n');
    expect(said).toEqual(['ecosystem.config.js:1:18 error import-syntax: no value can be read here']);
    const nothing = await importFile(name, 'console.log(1)\n');
    expect(nothing.said).toEqual([
      'ecosystem.config.js:1:1 error import-syntax: the file exports nothing that can be read without running it',
    ]);
  });
});

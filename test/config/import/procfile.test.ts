import { describe, expect, it } from 'vitest';
import { importFile, lineOf } from './imported.js';

describe('a Procfile', () => {
  it('is one service a line; comments and blank lines are nothing', async () => {
    const { system, said } = await importFile(
      'Procfile',
      '# all of it\n\nweb: npm start\nmail-worker: npm run mail\r\n',
    );
    expect([...system!.services.keys()]).toEqual(['web', 'mail-worker']);
    expect(said).toEqual([]);
  });

  it('gives every process the port that foreman gives: 5000, and 100 more for each line', async () => {
    const { service } = await importFile('Procfile', 'web: npm start\nother: serve -p $PORT\nworker: ./work');
    expect(service('web').ports).toMatchObject([{ name: 'main', host: 5000 }]);
    expect(service('other').ports).toMatchObject([{ name: 'main', host: 5100 }]);
    expect(service('worker').environment).toEqual({ PORT: '5200' });
  });

  it('declares no port for what is not known to listen, since it would be waited for', async () => {
    const { service } = await importFile('Procfile', 'worker: ./work');
    expect(service('worker').ports[0]!.automatic).toBe(true);
  });

  it('counts from PORT of the .env beside it, which is the environment of all', async () => {
    const files = { Procfile: 'web: npm start\nworker: ./work', '.env': 'PORT=3000\nA=1\n' };
    const { service, system, directory } = await importFile('Procfile', files);
    expect(system!.envFiles.map(file => file.path)).toEqual([`${directory}/.env`]);
    expect(service('web').ports).toMatchObject([{ host: 3000 }]);
    expect(service('web').environment).toEqual({ PORT: '3000' });
    expect(service('worker').environment).toEqual({ PORT: '3100' });
  });

  it('runs Node itself where the line is nothing but that', async () => {
    const { service } = await importFile('Procfile', 'api: node server.js --loud');
    expect(service('api').type).toBe('node');
    expect(lineOf(service('api'))).toBe('server.js --loud');
  });

  it.each([
    ['serve -p $PORT', 'sh: serve -p $PORT'],
    ['cd web && npm start', 'sh: cd web && npm start'],
    ['ls *.txt', 'sh: ls *.txt'],
    ['exec node server.js', 'sh: exec node server.js'],
    ['cat ~/notes', 'sh: cat ~/notes'],
    ["grep 'a*b' notes", 'grep a*b notes'],
    ["echo '$HOME'", 'echo $HOME'],
    ['npm start', 'npm start'],
    ['[[ -f x ]] && ./x', 'bash -c [[ -f x ]] && ./x'],
  ])('goes to a shell where the line needs one: %s', async (line, run) => {
    const { service } = await importFile('Procfile', `it: ${line}`);
    expect(lineOf(service('it'))).toBe(run);
  });

  it('does not restart on a save, as it did not', async () => {
    const { service } = await importFile('Procfile', 'web: npm start');
    expect(service('web').watch.enabled).toBe(false);
  });

  it('tells of a line that is none', async () => {
    const { said, system } = await importFile('Procfile', 'web: npm start\nworker npm run work\n');
    expect(said).toEqual(['Procfile:2:1 warning import-syntax: this line is no "name: command"; it is left out']);
    expect(system!.services.size).toBe(1);
  });

  it('without any line is an error', async () => {
    const { said, text } = await importFile('Procfile', '# nothing\n');
    expect(said).toEqual(['error no-services: Procfile has no line of the form "name: command"']);
    expect(text).toBe('');
  });

  it('has its paths where the result is written', async () => {
    const { service, directory } = await importFile(
      'app/Procfile',
      { 'app/Procfile': 'web: npm start', 'app/.env': 'A=1' },
      { output: 'fuge.yml' },
    );
    expect(service('web').cwd).toBe(`${directory}/app`);
  });

  it('takes what .overmind.env says of ports, copies, restarts and signals', async () => {
    const settings = [
      'OVERMIND_PORT=4000',
      'OVERMIND_PORT_STEP=10',
      'OVERMIND_FORMATION=worker=2,old=0',
      'OVERMIND_AUTO_RESTART=worker',
      'OVERMIND_STOP_SIGNALS=web=INT',
      'OVERMIND_TIMEOUT=7',
      'OVERMIND_CAN_DIE=old',
      'GREETING=hello',
    ];
    const files = { Procfile: 'web: npm start\nworker: ./work\nold: ./old', '.overmind.env': settings.join('\n') };
    const { service, system, said } = await importFile('Procfile', files);
    expect([...system!.services.keys()]).toEqual(['web', 'worker', 'worker-2']);
    expect(service('web').ports).toMatchObject([{ host: 4000 }]);
    expect(service('web').stop).toEqual({ signal: 'SIGINT', graceMs: 7000 });
    expect(service('worker').environment).toEqual({ PORT: '4010' });
    expect(service('worker-2').environment).toEqual({ PORT: '4011' });
    expect(service('worker-2').restart.when).toBe('always');
    expect(said).toEqual([
      'Procfile:3:1 warning import-left-out: "old" is left out, as .overmind.env says',
      '.overmind.env:7:1 warning import-left-out: OVERMIND_CAN_DIE has no counterpart; it is left out',
    ]);
  });
});

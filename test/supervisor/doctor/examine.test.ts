// What the doctor finds, each on a machine that is made so, and that no check holds up the others.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadSystem } from '../../../src/config/load.js';
import { directories } from '../../../src/supervisor/doctor/checks/directories.js';
import { disk } from '../../../src/supervisor/doctor/checks/disk.js';
import { engine, leftContainers } from '../../../src/supervisor/doctor/checks/engine.js';
import { files } from '../../../src/supervisor/doctor/checks/files.js';
import { leftovers } from '../../../src/supervisor/doctor/checks/leftovers.js';
import { node, OLDEST_NODE } from '../../../src/supervisor/doctor/checks/node.js';
import { ports } from '../../../src/supervisor/doctor/checks/ports.js';
import { programs } from '../../../src/supervisor/doctor/checks/programs.js';
import { running } from '../../../src/supervisor/doctor/checks/running.js';
import { systemFile } from '../../../src/supervisor/doctor/checks/system-file.js';
import { terminal } from '../../../src/supervisor/doctor/checks/terminal.js';
import { watches } from '../../../src/supervisor/doctor/checks/watches.js';
import { CHECKS, examine } from '../../../src/supervisor/doctor/examine.js';
import type { Check, Finding, Patient } from '../../../src/supervisor/doctor/finding.js';
import type { ContainerFacts } from '../../../src/supervisor/engine/engine.js';
import { LABEL, ownerLabels } from '../../../src/supervisor/engine/labels.js';
import { ownRegistration, Registry } from '../../../src/supervisor/registry.js';

function emptyDirectory(): string {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge-doctor-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A machine of its own, with a system where one is given. */
async function patientWith(
  text?: string,
  others: Partial<Patient> = {},
): Promise<Patient & { readonly directory: string }> {
  const directory = emptyDirectory();
  const home = path.join(directory, 'home');
  const runtime = path.join(directory, 'runtime');
  for (const each of [home, runtime]) mkdirSync(each, { mode: 0o700 });
  if (text !== undefined) writeFileSync(path.join(directory, 'fuge.yml'), text);
  const { system, diagnostics } = await loadSystem('fuge.yml', { cwd: directory, env: {} });
  const environment = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: process.env.PATH, TERM: 'xterm', LANG: 'C.UTF-8' };
  return {
    system,
    diagnostics,
    environment,
    isTerminal: true,
    nodeVersion: process.versions.node,
    directory,
    ...others,
  };
}

const run = (check: Check, patient: Patient) => check.run(patient, new AbortController().signal);

describe('all checks', () => {
  it('tell of a sound system that all is well', async () => {
    const patient = await patientWith('web: {type: process, run: sh -c true, ports: [auto]}\n');
    const found = await examine(
      patient,
      CHECKS.filter(({ name }) => name !== 'engine'),
    );
    expect(found.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(new Set(found.map(({ check }) => check))).toEqual(
      new Set(CHECKS.map(({ name }) => name).filter(name => name !== 'engine')),
    );
  });

  it('are held up by none that does not end, or fails', async () => {
    const patient = await patientWith();
    const checks: Check[] = [
      { name: 'slow', subject: 'the slow one', run: () => new Promise(() => {}) },
      { name: 'broken', subject: 'the broken one', run: async () => Promise.reject(new Error('it fell over')) },
      { name: 'good', subject: 'the good one', run: async () => [{ status: 'ok', message: 'well' }] },
    ];
    const expected: Finding[] = [
      { check: 'slow', status: 'warning', message: 'the slow one: no answer within 0.01 s, so nothing is known' },
      { check: 'broken', status: 'warning', message: 'the broken one: could not be looked at: it fell over' },
      { check: 'good', status: 'ok', message: 'well' },
    ];
    expect(await examine(patient, checks, 10)).toEqual(expected);
  });

  it('are told when their time is over', async () => {
    let isAborted = false;
    const waiting: Check = {
      name: 'waiting',
      subject: 'it',
      run: (_, signal) => new Promise(() => signal.addEventListener('abort', () => (isAborted = true))),
    };
    await examine(await patientWith(), [waiting], 1);
    expect(isAborted).toBe(true);
  });
});

describe('Node', () => {
  it.each(['20.19.0', '20.20.1', '22.0.0', '26.1.0'])('%s is new enough', async nodeVersion => {
    expect(await run(node, await patientWith(undefined, { nodeVersion }))).toEqual([
      { status: 'ok', message: `Node ${nodeVersion}` },
    ]);
  });

  it.each(['18.20.0', '20.18.3'])('%s is too old', async nodeVersion => {
    expect(await run(node, await patientWith(undefined, { nodeVersion }))).toEqual([
      {
        status: 'problem',
        message: `Node ${nodeVersion} is too old: fuge needs 20.19 or newer`,
        remedy: 'nvm install --lts',
      },
    ]);
  });

  it('is what the package says', () => {
    const file = new URL('../../../package.json', import.meta.url);
    const { engines } = JSON.parse(readFileSync(file, 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${OLDEST_NODE}`);
  });
});

describe('the system file', () => {
  it('is no problem where there is none', async () => {
    const directory = emptyDirectory();
    const { system, diagnostics } = await loadSystem(undefined, { cwd: directory, env: {} });
    const [first, ...more] = await run(systemFile, await patientWith(undefined, { system, diagnostics }));
    expect(more).toEqual([]);
    expect(first).toEqual({
      status: 'warning',
      message: `there is no system file in ${directory} and the directories above it: only the machine was looked at`,
      remedy: 'fuge init',
    });
  });

  it('is told with its errors and warnings', async () => {
    const patient = await patientWith('web: {type: proces, run: a}\ndb: {type: process}\n');
    expect(await run(systemFile, patient)).toEqual([
      {
        status: 'problem',
        message: `${patient.directory}/fuge.yml:1:13: "type" must be process, node, task, container or external, not "proces"`,
        remedy: 'did you mean "process"?',
      },
      {
        status: 'warning',
        message: `${patient.directory}/fuge.yml:2:1: "db" has no "run", so it can't be started`,
        remedy: 'add "run: COMMAND"',
      },
    ]);
  });
});

describe('programs', () => {
  it('are missed with their service', async () => {
    const patient = await patientWith(
      'web: {type: process, run: no-such-program --fast}\napi: {type: node, run: node gone.js}\nlocal: {type: process, run: ./start.sh}\n',
    );
    expect(await run(programs, patient)).toEqual([
      {
        status: 'problem',
        message: 'the program of "web" is not found: no-such-program',
        remedy: 'install it, or correct "run" of "web"',
      },
      {
        status: 'problem',
        message: `the script of "api" is missing: ${patient.directory}/gone.js`,
        remedy: 'correct "run" of "api"',
      },
      {
        status: 'problem',
        message: 'the program of "local" is not found: ./start.sh',
        remedy: 'install it, or correct "run" of "local"',
      },
    ]);
  });

  it('are found in the PATH of the service', async () => {
    const patient = await patientWith('web: {type: process, run: mine, environment: {PATH: bin}}\n');
    mkdirSync(path.join(patient.directory, 'bin'));
    writeFileSync(path.join(patient.directory, 'bin/mine'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await run(programs, patient)).toEqual([
      { status: 'ok', message: 'the directories and programs of all services are there' },
    ]);
  });

  it('need their directories, which pull may bring', async () => {
    const patient = await patientWith(
      'web: {type: process, run: sh, path: web}\napi: {type: process, run: sh, path: api, repository_url: x}\n',
    );
    expect(await run(programs, patient)).toEqual([
      {
        status: 'problem',
        message: `the directory of "web" is missing: ${patient.directory}/web`,
        remedy: `mkdir -p ${patient.directory}/web`,
      },
      {
        status: 'problem',
        message: `the directory of "api" is missing: ${patient.directory}/api`,
        remedy: 'fuge pull api',
      },
    ]);
  });

  it('of Node need their packages', async () => {
    const patient = await patientWith('web: {type: process, run: sh}\n');
    writeFileSync(path.join(patient.directory, 'package.json'), '{"dependencies": {"express": "5"}}');
    expect(await run(programs, patient)).toEqual([
      {
        status: 'warning',
        message: `the packages of "web" are not installed in ${patient.directory}`,
        remedy: `npm --prefix ${patient.directory} install`,
      },
    ]);
  });

  it('need git where services have repositories', async () => {
    const patient = await patientWith('web: {type: process, run: /bin/sh, repository_url: x}\n');
    const environment = { ...patient.environment, PATH: patient.directory };
    expect(await run(programs, { ...patient, environment })).toEqual([
      {
        status: 'warning',
        message: 'git is not installed; `fuge pull` and `fuge status` need it',
        remedy: 'sudo apt-get install git',
      },
    ]);
  });
});

describe('ports', () => {
  it('that somebody holds are told with the holder', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const found = await run(ports, await patientWith(`web: {type: process, run: sh, ports: [${port}]}\n`));
    expect(found).toMatchObject([{ status: 'problem', remedy: `kill ${process.pid}` }]);
    expect(found[0]?.message).toContain(`port ${port} of "web" is taken by pid ${process.pid}`);
  });

  it('of a system that runs are its own', async () => {
    const patient = await patientWith('web: {type: process, run: sh, ports: [3000]}\n');
    register(patient, process.pid);
    expect(await run(ports, patient)).toEqual([{ status: 'ok', message: 'the ports are those of the running system' }]);
  });
});

/** As a fuge of that pid would. */
function register({ system, environment }: Patient, pid: number, socket: string | null = null): Registry {
  const registry = new Registry(path.join(environment.XDG_RUNTIME_DIR!, 'fuge'));
  const own = ownRegistration(`${pid}-0123456789ab`, system!.file, 'shop', 0, socket);
  registry.add({ ...own, pid, ...(pid !== process.pid && { startTime: null }) });
  return registry;
}

/** Above what the kernel gives out. */
const NO_PID = 2 ** 30;

describe('a fuge of this system', () => {
  it('is told', async () => {
    const patient = await patientWith('web: {type: process, run: sh}\n');
    expect(await run(running, patient)).toEqual([{ status: 'ok', message: 'no fuge runs this system now' }]);
    const socket = path.join(patient.directory, 'socket');
    const server = createServer();
    await new Promise<void>(resolve => server.listen(socket, resolve));
    register(patient, process.pid, socket);
    expect(await run(running, patient)).toEqual([
      { status: 'ok', message: `a fuge runs this system (pid ${process.pid})` },
    ]);
    await new Promise(resolve => server.close(resolve));
    expect(await run(running, patient)).toEqual([
      {
        status: 'warning',
        message: `the fuge that runs this system (pid ${process.pid}) does not answer at ${socket}`,
        remedy: `kill ${process.pid}`,
      },
    ]);
  });

  it('that was killed has left its registration', async () => {
    const patient = await patientWith('web: {type: process, run: sh}\n');
    const registry = register(patient, NO_PID);
    expect(await run(leftovers, patient)).toEqual([
      {
        status: 'warning',
        message: 'a fuge of "shop" was killed and is still registered; the next start clears it',
        remedy: `rm ${registry.pathOf(`${NO_PID}-0123456789ab`)}`,
      },
    ]);
  });
});

describe('the container engine', () => {
  const nowhere = 'tcp://127.0.0.1:1';

  it('is a problem where a container needs it and it does not answer', async () => {
    const patient = await patientWith(
      `fuge_global: {container_engine_url: "${nowhere}"}\ndb: {type: container, image: a}\n`,
    );
    expect(await run(engine, patient)).toMatchObject([{ status: 'problem', remedy: expect.any(String) }]);
  });

  it('is only a warning where nothing needs it', async () => {
    const patient = await patientWith(
      `fuge_global: {container_engine_url: "${nowhere}"}\nweb: {type: process, run: sh}\n`,
    );
    const [found] = await run(engine, patient);
    expect(found).toMatchObject({ status: 'warning', message: expect.stringMatching(/ \(nothing here needs it\)$/) });
  });
});

describe('containers of a killed fuge', () => {
  const killed = {
    ...ownRegistration(`${NO_PID}-0123456789ab`, '/shop/fuge.yml', 'shop', 0),
    pid: NO_PID,
    startTime: null,
  };
  const living = ownRegistration(`${process.pid}-0123456789ab`, '/shop/fuge.yml', 'shop', 0);
  const container = (
    name: string,
    labels: Readonly<Record<string, string>>,
    state: ContainerFacts['state'] = 'running',
  ) => ({ name, labels, state }) as unknown as ContainerFacts;
  const look = (registry: Registry, ...all: ContainerFacts[]) =>
    leftContainers({ containers: async () => all }, registry);

  it('are told, and those of a living one, or that are kept and do not run, are not', async () => {
    const found = await look(
      new Registry(emptyDirectory()),
      container('shop-db', ownerLabels(killed)),
      container('shop-cache', ownerLabels(killed), 'exited'),
      container('shop-kept', { ...ownerLabels(killed), [LABEL.keep]: 'true' }, 'exited'),
      container('shop-web', ownerLabels(living)),
    );
    expect(found).toEqual([
      {
        status: 'warning',
        message: '2 containers were left by a fuge that was killed: shop-db, shop-cache; the next start clears them',
        remedy: 'docker rm -f shop-db shop-cache',
      },
    ]);
  });

  it('may have been taken over by one that runs the same system', async () => {
    const registry = new Registry(emptyDirectory());
    registry.add(living);
    expect(await look(registry, container('shop-db', ownerLabels(killed)))).toEqual([]);
  });
});

describe('limits', () => {
  it('on open files are told', async () => {
    expect(await run(files, await patientWith())).toMatchObject([
      { message: expect.stringContaining('files may be open') },
    ]);
  });

  it('on watches are held against the directories of the system', async () => {
    const patient = await patientWith('web: {type: process, run: sh}\n');
    for (const below of ['a/b', 'node_modules/x/y', '.git/objects'])
      mkdirSync(path.join(patient.directory, below), { recursive: true });
    // The system's own, a, a/b, and the two that the machine has.
    const [found] = await run(watches, patient);
    if (process.platform === 'linux')
      expect(found?.message).toMatch(/^this system watches 5 directories, and \d+ watches/);
    expect(found?.status).toBe('ok');
  });
});

describe('directories', () => {
  it('that others can write to are a problem', async () => {
    const patient = await patientWith();
    const directory = path.join(patient.environment.XDG_RUNTIME_DIR!, 'fuge');
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    expect(await run(directories, patient)).toEqual([
      { status: 'problem', message: `others can write to ${directory}`, remedy: `chmod 700 ${directory}` },
    ]);
  });

  it('that are not there are told', async () => {
    const patient = await patientWith();
    const environment = { ...patient.environment, XDG_RUNTIME_DIR: '/nowhere' };
    expect(await run(directories, { ...patient, environment })).toEqual([
      {
        status: 'warning',
        message: `XDG_RUNTIME_DIR names "/nowhere", which does not exist; ${patient.directory}/home/.local/state/fuge/run is used`,
        remedy: 'unset XDG_RUNTIME_DIR',
      },
    ]);
  });

  it('for log files have room', async () => {
    const patient = await patientWith('web: {type: process, run: sh}\n');
    expect(await run(disk, patient)).toMatchObject([
      { message: expect.stringContaining(`log files in ${patient.directory}/log`) },
    ]);
  });
});

describe('the terminal', () => {
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'without TERM',
      {},
      'TERM is not set: there are no colours, and no lines above the prompt',
      'export TERM=xterm-256color',
    ],
    [
      'that is dumb',
      { TERM: 'dumb' },
      'TERM is "dumb": there are no colours, and no lines above the prompt',
      'export TERM=xterm-256color',
    ],
    [
      'of ASCII',
      { TERM: 'xterm', LANG: 'C' },
      'the locale ("C") is not UTF-8: signs beyond ASCII may look wrong',
      'export LC_ALL=C.UTF-8',
    ],
  ])('%s is warned of', async (_, environment, message, remedy) => {
    expect(await run(terminal, await patientWith(undefined, { environment }))).toEqual([
      { status: 'warning', message, remedy },
    ]);
  });

  it('may be none', async () => {
    expect(await run(terminal, await patientWith(undefined, { isTerminal: false, environment: {} }))).toEqual([
      { status: 'ok', message: 'no terminal: output is plain lines' },
    ]);
  });
});

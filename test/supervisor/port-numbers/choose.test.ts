// Which numbers a system's ports get on a machine where some are taken: last time's, the wished ones, the nearest free ones.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { PortNumbers, PortOffset } from '../../../src/port-numbers.js';
import { loadWithNumbers } from '../../../src/supervisor/port-numbers/choose.js';
import { ownRegistration, Registry } from '../../../src/supervisor/registry.js';
import type { System } from '../../../src/system.js';
import { externalService, port, processService, systemOf } from '../../rig/system.js';

let home: string;
let environment: Record<string, string>;
/** Ports that somebody has. */
let taken: Set<number>;
/** How often the system was read. */
let loads: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fuge-ports-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'run'));
  environment = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XDG_STATE_HOME: join(home, 'state') };
  taken = new Set();
  loads = 0;
});

/** `web` says 3000, `auto` wishes for 21000 and 22000. */
function shopWith({ offset, picked }: PortNumbers): System {
  const wished = (name: string, number: number) =>
    port(`${name}=${picked.get(`auto/${name}`) ?? number}`, { picked: true });
  return systemOf(
    [
      processService('web', { ports: [port(`http=${3000 + offset}`)] }),
      processService('auto', { ports: [wished('a', 21_000), wished('b', 22_000)] }),
      externalService('elsewhere', { ports: [port('main=3000')] }),
    ],
    { file: join(home, 'fuge.yml'), portOffset: offset },
  );
}

async function choose(offset?: PortOffset, make = shopWith): Promise<number[]> {
  const { system } = await loadWithNumbers(
    async numbers => {
      loads++;
      return { system: make(numbers) };
    },
    { offset, environment, isFree: async number => !taken.has(number) },
  );
  return ['web', 'auto'].flatMap(name => system.services.get(name)!.ports.map(({ host }) => host));
}

const stateFiles = () => readdirSync(join(home, 'state/fuge/ports')).map(name => join(home, 'state/fuge/ports', name));

describe('a picked port', () => {
  it('is what it wishes for, where that is free', async () => {
    expect(await choose()).toEqual([3000, 21_000, 22_000]);
    expect(loads).toBe(1);
  });

  it('is the nearest free one above that, where it is taken', async () => {
    taken = new Set([21_000, 21_001]);
    expect(await choose()).toEqual([3000, 21_002, 22_000]);
  });

  it('stays the same while it is free, also when what it wished for is free again', async () => {
    taken = new Set([21_000]);
    expect(await choose()).toEqual([3000, 21_001, 22_000]);
    taken = new Set();
    expect(await choose()).toEqual([3000, 21_001, 22_000]);
    taken = new Set([21_001]);
    expect(await choose()).toEqual([3000, 21_000, 22_000]);
  });

  it('is none that the system has otherwise', async () => {
    const crowded = (numbers: PortNumbers) => {
      const shop = shopWith(numbers);
      const web = processService('web', { ports: [port('http=21000'), port('more=21001'), port('last=21003')] });
      return { ...shop, services: new Map([...shop.services, ['web', web]]), names: { port: 21_002 } };
    };
    expect((await choose(undefined, crowded)).slice(3)).toEqual([21_004, 22_000]);
  });

  it('and another one that wishes for the same get two numbers', async () => {
    const twins = ({ picked }: PortNumbers) =>
      systemOf(
        [
          processService('web', { ports: [port(`x=${picked.get('web/x') ?? 21_000}`, { picked: true })] }),
          processService('auto', { ports: [port(`x=${picked.get('auto/x') ?? 21_000}`, { picked: true })] }),
        ],
        { file: join(home, 'fuge.yml') },
      );
    expect(await choose(undefined, twins)).toEqual([21_000, 21_001]);
  });

  it('of a system that runs is what it was, although it is taken: by the system itself', async () => {
    taken = new Set([21_000]);
    expect(await choose()).toEqual([3000, 21_001, 22_000]);
    run(0);
    taken = new Set([21_001, 22_000]);
    expect(await choose()).toEqual([3000, 21_001, 22_000]);
  });

  it('is remembered for this user alone', async () => {
    await choose();
    const [file] = stateFiles();
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file!, 'utf8'))).toEqual({
      systemFile: join(home, 'fuge.yml'),
      ports: { 0: { 'auto/a': 21_000, 'auto/b': 22_000 } },
    });
  });

  it('is also found when nothing can be written, and stays the same in this process', async () => {
    writeFileSync(join(home, 'state'), 'no directory');
    taken = new Set([21_000]);
    expect(await choose()).toEqual([3000, 21_001, 22_000]);
    taken = new Set();
    expect(await choose()).toEqual([3000, 21_001, 22_000]);
  });

  it.each(['{', '[]', '"x"', 'null', '{"systemFile":5}'])('does not mind a state file that says %s', async text => {
    await choose();
    const [file] = stateFiles();
    writeFileSync(file!, text);
    expect(await choose()).toEqual([3000, 21_000, 22_000]);
  });

  it('of a state file that says no ports is chosen anew', async () => {
    await choose();
    const [file] = stateFiles();
    const said = { systemFile: join(home, 'fuge.yml'), ports: { 0: { 'auto/a': 70_000, 'auto/b': 'x' }, y: 3 } };
    writeFileSync(file!, JSON.stringify(said));
    expect(await choose()).toEqual([3000, 21_000, 22_000]);
  });

  it('is chosen by many at once without a broken file', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => choose()));
    expect(new Set(all.map(String))).toEqual(new Set(['3000,21000,22000']));
    expect(stateFiles()).toHaveLength(1);
  });
});

describe('the offset', () => {
  it('moves what the file says', async () => {
    expect(await choose(100)).toEqual([3100, 21_000, 22_000]);
  });

  it('auto is 0 where all ports are free', async () => {
    expect(await choose('auto')).toEqual([3000, 21_000, 22_000]);
  });

  it('auto is the smallest multiple of 100 at which no port is taken', async () => {
    taken = new Set([3000, 3100, 3250]);
    expect(await choose('auto')).toEqual([3200, 21_000, 22_000]);
  });

  it('auto looks at names and DNS, too, and not at what runs elsewhere', async () => {
    const all = (numbers: PortNumbers) => ({
      ...shopWith(numbers),
      names: { port: 7080 + numbers.offset },
      dns: { ...shopWith(numbers).dns, enabled: true, port: 5353 + numbers.offset },
    });
    taken = new Set([7080, 5453]);
    expect(await choose('auto', all)).toEqual([3200, 21_000, 22_000]);
  });

  it('auto stays the same while it is free', async () => {
    taken = new Set([3000]);
    expect(await choose('auto')).toEqual([3100, 21_000, 22_000]);
    taken = new Set();
    expect(await choose('auto')).toEqual([3100, 21_000, 22_000]);
    taken = new Set([3100]);
    expect(await choose('auto')).toEqual([3000, 21_000, 22_000]);
  });

  it('of a system that runs is what others see who say none, or auto', async () => {
    run(300);
    taken = new Set([3300]);
    expect(await choose()).toEqual([3300, 21_000, 22_000]);
    expect(await choose('auto')).toEqual([3300, 21_000, 22_000]);
    expect(await choose(100)).toEqual([3100, 21_000, 22_000]);
  });

  it('is 0 again when the system no longer runs', async () => {
    const end = run(300);
    end();
    expect(await choose()).toEqual([3000, 21_000, 22_000]);
  });

  it('has picked ports of its own', async () => {
    taken = new Set([21_000]);
    expect(await choose(100)).toEqual([3100, 21_001, 22_000]);
    taken = new Set();
    expect(await choose()).toEqual([3000, 21_000, 22_000]);
    expect(await choose(100)).toEqual([3100, 21_001, 22_000]);
  });
});

describe('a system without picked ports', () => {
  const plain = ({ offset }: PortNumbers) =>
    systemOf(
      [
        processService('web', { ports: [port(`http=${3000 + offset}`)] }),
        processService('auto', { ports: [port(`main=${10_000 + offset}`, { automatic: true })] }),
      ],
      { file: join(home, 'fuge.yml'), portOffset: offset },
    );

  it('is read once, and nothing is written', async () => {
    expect(await choose(undefined, plain)).toEqual([3000, 10_000]);
    expect(await choose(100, plain)).toEqual([3100, 10_100]);
    expect(loads).toBe(2);
    expect(existsSync(join(home, 'state'))).toBe(false);
  });

  it('with errors is none', async () => {
    const load = async () => ({ system: undefined });
    expect(await loadWithNumbers(load, { offset: 'auto', environment })).toEqual({ system: undefined });
  });
});

/** As if a fuge ran the system: this process. */
function run(portOffset: number): () => void {
  const registry = new Registry(join(home, 'run/fuge'));
  const own = { ...ownRegistration(`${process.pid}-0123456789ab`, join(home, 'fuge.yml'), 'shop', 1), portOffset };
  registry.add(own);
  return () => registry.remove(own.id);
}

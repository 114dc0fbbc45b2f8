// The example for Kubernetes, run by the real binary, and asked as a cluster's DNS would be.
import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../rig/open-system.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BOARD = 'http://127.0.0.1:3200';
const DEPARTURES = `09:32  IC 61  Interlaken   platform 4
09:38  S 3    Aarau        platform 11
09:45  RE 7   Belfort      platform 2
`;

let directory: string;
let child: ChildProcess;
let output = '';
const resolver = new Resolver({ timeout: 2000, tries: 3 });

beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'fuge-kubernetes-'));
  cpSync(path.join(root, 'examples/kubernetes'), directory, {
    recursive: true,
    filter: source => path.basename(source) !== 'log',
  });
  // Another fuge may answer at the usual port. And one service has an address of its own, which a reverse look-up needs.
  const dnsPort = await freePort();
  const file = path.join(directory, 'fuge.yml');
  const text = readFileSync(file, 'utf8').replace('dns_enabled: true', `dns_enabled: true\n  dns_port: ${dnsPort}`);
  writeFileSync(file, `${text}\nsignals:\n  type: external\n  host: 192.0.2.7\n  ports: [http=80]\n`);
  resolver.setServers([`127.0.0.1:${dnsPort}`]);
  child = spawn(process.execPath, [path.join(root, 'bin/fuge.js'), 'shell', '--start', 'fuge.yml'], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: '1' },
  });
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', part => {
      output += part;
    });
  await vi.waitFor(() => expect(output).toContain('3 ready'), { timeout: 30_000, interval: 20 });
});

afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.stdin!.end();
    await closed;
  }
  rmSync(directory, { recursive: true, force: true });
});

const ask = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

describe('the example for Kubernetes', () => {
  it('answers through all three services, found by an SRV record and by variables', async () => {
    expect(await ask(BOARD)).toEqual({ status: 200, text: DEPARTURES });
  });

  it('has the names of the cluster, as address, as port and backwards', async () => {
    const name = 'timetable.station.svc.cluster.local';
    expect(await resolver.resolve4(name)).toEqual(['127.0.0.1']);
    expect(await resolver.resolveSrv(`_http._tcp.${name}`)).toEqual([{ name, port: 3201, priority: 0, weight: 100 }]);
    expect(await resolver.reverse('192.0.2.7')).toEqual(['signals.station.svc.cluster.local']);
    await expect(resolver.resolve4('tiemtable.station.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve6(name)).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('says which service is away, and goes on when that is back', async () => {
    child.stdin!.write('stop platforms\n');
    await vi.waitFor(
      async () =>
        expect(await ask(BOARD)).toEqual({
          status: 503,
          text: 'http://127.0.0.1:3201/ answers 503: http://127.0.0.1:3202/ does not answer: ECONNREFUSED\n',
        }),
      { timeout: 20_000, interval: 25 },
    );
    expect(await ask(`${BOARD}/ready`)).toEqual({ status: 200, text: 'ready\n' });
    child.stdin!.write('start platforms\n');
    await vi.waitFor(async () => expect(await ask(BOARD)).toEqual({ status: 200, text: DEPARTURES }), {
      timeout: 20_000,
      interval: 25,
    });
  });

  it('works without DNS where only the variables are there, as in Compose', async () => {
    const port = await freePort();
    const service = spawn(process.execPath, ['board/server.js'], {
      cwd: directory,
      env: { PORT: String(port), TIMETABLE_SERVICE_HOST: '127.0.0.1', TIMETABLE_SERVICE_PORT: '3201' },
      stdio: 'ignore',
    });
    try {
      await vi.waitFor(
        async () => expect(await ask(`http://127.0.0.1:${port}`)).toEqual({ status: 200, text: DEPARTURES }),
        { timeout: 20_000, interval: 25 },
      );
    } finally {
      const closed = once(service, 'close');
      service.kill('SIGTERM');
      expect((await closed)[0]).toBe(0);
    }
  });
});

// The C library of this machine asks fuge's server, as every program without a resolver of its own does.
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { DnsServer } from '../../src/supervisor/discovery/dns-server.js';
import { zoneOf } from '../../src/supervisor/discovery/records.js';
import { externalService, nodeService, port, systemOf } from '../rig/system.js';

const run = promisify(execFile);
/** Of loopback, and nobody's. */
const HOST = '127.83.7.1';
const DNS = { enabled: true, namespace: '', suffix: 'shop.example' };

/** A view of the file system in which others are the files that say whom to ask. */
const SCRIPT = 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"';

/** Undefined: it can be done. */
async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux gives a process a view of its own of /etc';
  if (process.getuid?.() !== 0) return 'only the administrator may have port 53 and a view of its own of /etc';
  for (const file of ['/etc/resolv.conf', '/etc/nsswitch.conf']) if (!existsSync(file)) return `there is no ${file}`;
  try {
    await run('unshare', [
      '-m',
      'sh',
      '-c',
      SCRIPT,
      'sh',
      '/etc/resolv.conf',
      '/etc/nsswitch.conf',
      'getent',
      'hosts',
      '127.0.0.1',
    ]);
  } catch (error) {
    return `unshare, mount or getent does not work here: ${(error as Error).message}`;
  }
  return undefined;
}

const reason = await whyNot();
if (reason !== undefined) console.warn(`the C library's resolver is not tested: ${reason}`);

test.skipIf(reason !== undefined)(
  'getaddrinfo finds names by fuge alone, in any case, by a search list, and along other names',
  async () => {
    const services = [
      nodeService('web', { dns: DNS, ports: [port('http=3000')] }),
      nodeService('six', { dns: DNS, host: 'fd00::7' }),
      nodeService('db', { dns: DNS, host: '10.1.2.3' }),
      externalService('far', { dns: DNS, host: 'db.shop.example' }),
    ];
    const system = systemOf(services, {
      dns: { host: HOST, port: 53, external: [], forward: false, ...DNS },
    });
    const server = await DnsServer.listen(zoneOf(system), { host: HOST, port: 53 });
    onTestFinished(() => server.close());
    const folder = await mkdtemp(join(tmpdir(), 'fuge-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [resolv, nsswitch] = [join(folder, 'resolv.conf'), join(folder, 'nsswitch.conf')];
    writeFileSync(resolv, `nameserver ${HOST}\nsearch shop.example\noptions timeout:2 attempts:2\n`);
    writeFileSync(nsswitch, 'hosts: dns\n');
    const found = async (database: string, name: string) => {
      const argv = ['-m', 'sh', '-c', SCRIPT, 'sh', resolv, nsswitch, 'getent', database, name];
      const { stdout } = await run('unshare', argv).catch(({ code }: { code: number }) => ({ stdout: `exit ${code}` }));
      return stdout.trim().split('\n')[0]!.replace(/\s+/g, ' ');
    };
    expect(await found('ahosts', 'web.shop.example')).toBe('127.0.0.1 STREAM web.shop.example');
    expect(await found('ahostsv4', 'WEB')).toMatch(/^127\.0\.0\.1 STREAM web\.shop\.example$/i);
    expect(await found('ahostsv6', 'six')).toBe('fd00::7 STREAM six.shop.example');
    expect(await found('ahosts', 'far')).toBe('10.1.2.3 STREAM db.shop.example');
    expect(await found('hosts', '10.1.2.3')).toBe('10.1.2.3 db.shop.example');
    expect(await found('hosts', 'fd00::7')).toBe('fd00::7 six.shop.example');
    expect(await found('ahosts', 'nobody.shop.example')).toBe('exit 2');
  },
);

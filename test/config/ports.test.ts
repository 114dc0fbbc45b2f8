// Ports of services: the forms of fuge 2, and Compose's short ones.
import { describe, expect, it } from 'vitest';
import { load } from './files.js';

async function portsOf(ports: string) {
  const { said, service } = await load(`db: {type: container, image: x, ports: ${ports}}\n`);
  expect(said).toBe('');
  return service<'container'>('db').ports.map(({ name, hostAddress, host, target, protocol }) =>
    [name, hostAddress, host, target, protocol].map(part => part ?? '-').join(' '),
  );
}

async function said(ports: string) {
  return (await load(`db: {type: container, image: x, ports: ${ports}}\n`)).said;
}

describe('a port', () => {
  it('may say the address it is published on', async () => {
    expect(
      await portsOf(`['127.0.0.1:8080:80', 'dns=0.0.0.0:5353:53/udp', '[::1]:9000:9000', 10.0.0.1:7000, 6000]`),
    ).toEqual([
      'main 127.0.0.1 8080 80 tcp',
      'dns 0.0.0.0 5353 53 udp',
      'p9000 ::1 9000 9000 tcp',
      'p7000 10.0.0.1 7000 - tcp',
      'p6000 - 6000 - tcp',
    ]);
  });

  it('may be a range, of which each has its number for a name', async () => {
    expect(await portsOf(`[http=80, '3000-3002:4000-4002', '127.0.0.1:5000-5001:6000-6001/udp', 7000-7001]`)).toEqual([
      'http - 80 - tcp',
      'main - 3000 4000 tcp',
      'p3001 - 3001 4001 tcp',
      'p3002 - 3002 4002 tcp',
      'p5000 127.0.0.1 5000 6000 udp',
      'p5001 127.0.0.1 5001 6001 udp',
      'p7000 - 7000 - tcp',
      'p7001 - 7001 - tcp',
    ]);
  });

  it('can be told twice on addresses that differ', async () => {
    expect(await portsOf(`['127.0.0.1:53:53/udp', 'second=10.0.0.1:53:53/udp']`)).toHaveLength(2);
    expect(await said(`['127.0.0.1:53:53/udp', 'second=0.0.0.0:53:54/udp']`)).toMatchInlineSnapshot(`
      "fuge.yml:1:64 error port-conflict: "db" declares port 53 twice
        1 | db: {type: container, image: x, ports: ['127.0.0.1:53:53/udp', 'second=0.0.0.0:53:54/udp']}
          |                                                                ~~~~~~~~~~~~~~~~~~~~~~~~~~
        fuge.yml:1:41: "db" uses it here
        hint: give one of them another port"
    `);
  });

  it('that is none', async () => {
    expect(
      await said(
        `['1.2.3.456:80:80', '127.0.0.1::80', '80-79', '8000-8010:80', '80-81:90-92', 'web=80-81:90-91', '1-2000', '0:80', '80:70000', '300.1.1.1', ':80']`,
      ),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:41 error bad-port: "1.2.3.456" in "1.2.3.456:80:80" is no IP address
        1 | db: {type: container, image: x, ports: ['1.2.3.456:80:80', '127.0.0.1::80', '80-79', '8000-8010:80', '80-81:90-92', 'web
          |                                         ~~~~~~~~~~~~~~~~~
      fuge.yml:1:60 error bad-port: "127.0.0.1::80" is no port: it must be name=port, name=port:target, port or port:target
        1 | db: {type: container, image: x, ports: ['1.2.3.456:80:80', '127.0.0.1::80', '80-79', '8000-8010:80', '80-81:90-92', 'web
          |                                                            ~~~~~~~~~~~~~~~
        hint: name the port of this machine, too: 127.0.0.1:80:80
      fuge.yml:1:77 error bad-port: the range 80-79 in "80-79" ends before it begins
        1 | db: {type: container, image: x, ports: ['1.2.3.456:80:80', '127.0.0.1::80', '80-79', '8000-8010:80', '80-81:90-92', 'web
          |                                                                             ~~~~~~~
      fuge.yml:1:86 error bad-port: "8000-8010:80" has several ports of this machine for one of the container
        1 | db: {type: container, image: x, ports: ['1.2.3.456:80:80', '127.0.0.1::80', '80-79', '8000-8010:80', '80-81:90-92', 'web
          |                                                                                      ~~~~~~~~~~~~~~
        hint: write 8000:80
      fuge.yml:1:102 error bad-port: the ranges in "80-81:90-92" differ in length
        1 | 9', '8000-8010:80', '80-81:90-92', 'web=80-81:90-91', '1-2000', '0:80', '80:70000', '300.1.1.1', ':80']}
          |                     ~~~~~~~~~~~~~
      fuge.yml:1:117 error bad-port: "web=80-81:90-91" names 2 ports "web"
        1 | 80', '80-81:90-92', 'web=80-81:90-91', '1-2000', '0:80', '80:70000', '300.1.1.1', ':80']}
          |                     ~~~~~~~~~~~~~~~~~
        hint: a range has no name; each port of it is named by its number
      fuge.yml:1:136 error bad-port: "1-2000" has 2000 ports; a range has at most 1000
        1 |  'web=80-81:90-91', '1-2000', '0:80', '80:70000', '300.1.1.1', ':80']}
          |                     ~~~~~~~~
      fuge.yml:1:146 error bad-port: 0 in "0:80" is no port: ports go from 1 to 65535
        1 | 1:90-91', '1-2000', '0:80', '80:70000', '300.1.1.1', ':80']}
          |                     ~~~~~~
      fuge.yml:1:154 error bad-port: 70000 in "80:70000" is no port: ports go from 1 to 65535
        1 | , '1-2000', '0:80', '80:70000', '300.1.1.1', ':80']}
          |                     ~~~~~~~~~~
      fuge.yml:1:166 error bad-port: "300.1.1.1" is no port: it must be name=port, name=port:target, port or port:target
        1 | '0:80', '80:70000', '300.1.1.1', ':80']}
          |                     ~~~~~~~~~~~
      fuge.yml:1:179 error bad-port: ":80" is no port: it must be name=port, name=port:target, port or port:target
        1 | 0000', '300.1.1.1', ':80']}
          |                     ~~~~~"
    `);
  });

  it('of a process listens where its program says', async () => {
    const { said: told, service } = await load(`web: {type: process, run: ./web, ports: ['127.0.0.1:8080:80']}\n`);
    expect(told).toMatchInlineSnapshot(`
      "fuge.yml:1:42 warning misplaced-key: the address 127.0.0.1 of port 8080 has no effect: "web" is no container
        1 | web: {type: process, run: ./web, ports: ['127.0.0.1:8080:80']}
          |                                          ~~~~~~~~~~~~~~~~~~~
        hint: where others reach it is said by "host""
    `);
    expect(service('web').ports).toMatchObject([{ host: 8080 }]);
  });
});

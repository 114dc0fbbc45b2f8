// Ports of services: the forms of fuge 2, and Compose's short ones.
import { describe, expect, it } from 'vitest';
import { loadSystem } from '../../src/config/load.js';
import { load, writeFiles } from './files.js';

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

describe('auto', () => {
  const AUTO = `web: {type: node, run: server.js, ports: [auto, http=auto, 'dns=AUTO/udp']}
db: {type: container, image: x, ports: ['http=auto:80', '127.0.0.1:auto:5432', 'last=auto']}
`;

  it('is a port whose number is picked; it has the form of any other', async () => {
    const { said: told, service } = await load(AUTO);
    expect(told).toBe('');
    expect(service('web').ports).toMatchObject([
      { name: 'main', target: undefined, protocol: 'tcp', picked: true, automatic: false },
      { name: 'http', target: undefined, protocol: 'tcp', picked: true },
      { name: 'dns', target: undefined, protocol: 'udp', picked: true },
    ]);
    expect(service('db').ports).toMatchObject([
      { name: 'http', target: 80, hostAddress: undefined, picked: true },
      { name: 'main', target: 5432, hostAddress: '127.0.0.1', picked: true },
      { name: 'last', target: undefined, picked: true },
    ]);
  });

  it('without a name is named by the port inside, or by its place', async () => {
    const { service } = await load(`db: {type: container, image: x, ports: [auto, auto, 'auto:80', auto]}\n`);
    expect(service('db').ports.map(({ name }) => name)).toEqual(['main', 'auto2', 'p80', 'auto4']);
  });

  it('has the numbers that were picked', async () => {
    const picked = new Map([
      ['web/http', 4000],
      ['db/http', 4001],
      ['web/of-no-port', 4002],
    ]);
    const { service } = await load(AUTO, { ports: { offset: 0, picked } });
    expect(service('web').ports[1]).toMatchObject({ name: 'http', host: 4000 });
    expect(service('db').ports[0]).toMatchObject({ name: 'http', host: 4001, target: 80 });
  });

  it('wishes for a number between 20000 and 29999 that follows from file, service and name', async () => {
    const directory = writeFiles({ 'fuge.yml': AUTO });
    const wishes = async () => {
      const { system } = await loadSystem('fuge.yml', { cwd: directory, env: {} });
      return [...system!.services.values()].flatMap(service => service.ports.map(port => port.host));
    };
    const first = await wishes();
    expect(await wishes()).toEqual(first);
    expect(first.every(port => port >= 20_000 && port < 30_000)).toBe(true);
    expect(new Set(first).size).toBeGreaterThan(1);
  });

  it('is what a probe looks at', async () => {
    const { service } = await load(
      `web: {type: node, run: server.js, ports: [http=auto], ready: {http: /}, live: {tcp: http}}\n`,
      { ports: { offset: 0, picked: new Map([['web/http', 4000]]) } },
    );
    expect(service('web')).toMatchObject({ ready: { port: 4000 }, live: { port: 4000 } });
  });

  it('is no conflict, and no range', async () => {
    const { said: told } = await load(
      `a: {type: node, run: x.js, ports: [auto]}\nb: {type: node, run: x.js, ports: [auto]}\n`,
      {
        ports: {
          offset: 0,
          picked: new Map([
            ['a/main', 4000],
            ['b/main', 4000],
          ]),
        },
      },
    );
    expect(told).toBe('');
    expect(await said(`['auto:80-81', 'auto-auto', 'auto:0', 'x=auto', 'x=auto']`)).toMatchInlineSnapshot(`
      "fuge.yml:1:41 error bad-port: "auto:80-81" has one port of this machine for several of the container
        1 | db: {type: container, image: x, ports: ['auto:80-81', 'auto-auto', 'auto:0', 'x=auto', 'x=auto']}
          |                                         ~~~~~~~~~~~~
        hint: write one auto for each
      fuge.yml:1:55 error bad-port: "auto-auto" is no port: it must be name=port, name=port:target, port or port:target
        1 | db: {type: container, image: x, ports: ['auto:80-81', 'auto-auto', 'auto:0', 'x=auto', 'x=auto']}
          |                                                       ~~~~~~~~~~~
      fuge.yml:1:68 error bad-port: 0 in "auto:0" is no port: ports go from 1 to 65535
        1 | db: {type: container, image: x, ports: ['auto:80-81', 'auto-auto', 'auto:0', 'x=auto', 'x=auto']}
          |                                                                    ~~~~~~~~
      fuge.yml:1:88 error duplicate-port-name: two ports of one service are named "x"
        1 | db: {type: container, image: x, ports: ['auto:80-81', 'auto-auto', 'auto:0', 'x=auto', 'x=auto']}
          |                                                                                        ~~~~~~~~
        fuge.yml:1:78: the first one is here"
    `);
  });

  it('is not for what runs elsewhere', async () => {
    const { said: told } = await load(`ext: {type: external, ports: [auto]}\n`);
    expect(told).toMatchInlineSnapshot(`
      "fuge.yml:1:31 error bad-port: "ext" runs elsewhere: its port can't be "auto"
        1 | ext: {type: external, ports: [auto]}
          |                               ~~~~
        hint: write its number"
    `);
  });

  it('is, in a Compose file, a port that names none of this machine: it wishes for the one inside', async () => {
    const compose = {
      'compose.yaml':
        'services:\n  db: {image: x, ports: ["5432"]}\n  web: {image: y, ports: ["80"], environment: {DB: "db:5432"}}\n',
    };
    const ports = async (picked: [string, number][]) => {
      const { service } = await load(compose, { file: 'compose.yaml', ports: { offset: 0, picked: new Map(picked) } });
      return ['db', 'web'].map(name => service(name).ports[0]);
    };
    expect(await ports([])).toMatchObject([
      { host: 5432, picked: true },
      { host: 8080, target: 80, picked: true },
    ]);
    expect(await ports([['db/db', 5433]])).toMatchObject([
      { host: 5433, target: 5432, picked: true },
      { host: 8080, target: 80 },
    ]);
  });

  it('is known to the processes of a Compose file that look for it', async () => {
    const { service } = await load(
      {
        'compose.yaml': `services:
  db: {image: x, ports: ["5432"]}
  web:
    build: ./web
    command: ./serve
    environment: {DB_URL: "postgres://db:5432/x"}
    x-fuge: {run: ./serve}
`,
        'web/': '',
      },
      { file: 'compose.yaml', ports: { offset: 0, picked: new Map([['db/db', 5555]]) } },
    );
    expect(service('web').environment).toMatchObject({ DB_URL: 'postgres://127.0.0.1:5555/x' });
  });
});

describe('an offset', () => {
  const moved = (offset: number) => ({ ports: { offset, picked: new Map<string, number>() } });
  const SYSTEM = `fuge_global: {names: localhost, dns_enabled: true, dns_port: 5353}
web: {type: node, run: server.js, ports: [http=3000, 'dbg=9229/udp', pick=auto], ready: {http: {port: 3000}}, live: {tcp: 4000}}
db: {type: container, image: x, ports: [5432, 'http=8080:80'], ready: {tcp: main}}
none: {type: node, run: server.js}
elsewhere: {type: external, host: 10.0.0.1, ports: [3000]}
`;

  it('moves every port of this machine, none inside containers and none elsewhere', async () => {
    const { said: told, system, service } = await load(SYSTEM, moved(100));
    const { service: unmoved } = await load(SYSTEM);
    expect(told).toBe('');
    const portsOf = (name: string) => service(name).ports.map(({ host, target }) => [host, target]);
    expect(portsOf('web').slice(0, 2)).toEqual([
      [3100, undefined],
      [9329, undefined],
    ]);
    expect(portsOf('db')).toEqual([
      [5532, 5432],
      [8180, 80],
    ]);
    expect(portsOf('none')).toEqual([[10_100, undefined]]);
    expect(portsOf('elsewhere')).toEqual([[3000, undefined]]);
    expect(unmoved('db').ports.map(({ host, target }) => [host, target])).toEqual([
      [5432, undefined],
      [8080, 80],
    ]);
    expect(system).toMatchObject({ portOffset: 100, names: { port: 7180 }, dns: { port: 5453 } });
  });

  it("moves a probe of the service's own port, by its number or its name", async () => {
    const { service } = await load(SYSTEM, moved(100));
    expect(service('web')).toMatchObject({ ready: { port: 3100 }, live: { port: 4000 } });
    expect(service<'container'>('db')).toMatchObject({ ready: { port: 5532 } });
  });

  it('leaves the port inside of a service that can be switched to a container', async () => {
    const { system } = await load(`api: {type: node, run: server.js, image: api, ports: [http=3000]}\n`, moved(100));
    expect(system?.services.get('api')?.ports).toMatchObject([{ host: 3100, target: undefined, written: 3000 }]);
    expect(system?.alternatives.get('api')?.ports).toMatchObject([{ host: 3100, target: 3000 }]);
  });

  it('moves what a Compose file publishes, and tells the processes', async () => {
    const { service } = await load(
      {
        'compose.yaml': `services:
  db: {image: x, ports: ["6000:5432", "9000-9001:5555"]}
  web:
    build: ./web
    ports: ["3000:3000"]
    environment: {PORT: "3000", DB_URL: "postgres://db:5432/x"}
    x-fuge: {run: ./serve}
`,
        'web/': '',
      },
      { file: 'compose.yaml', ...moved(100) },
    );
    expect(service<'container'>('db').ports).toMatchObject([
      { host: 6100, target: 5432 },
      { host: 9100, target: 5555 },
    ]);
    expect(service('web').ports).toMatchObject([{ host: 3100, target: 3000 }]);
    expect(service('web').environment).toMatchObject({ PORT: '3100', DB_URL: 'postgres://127.0.0.1:6100/x' });
  });

  it('that leads beyond the last port is refused', async () => {
    const { said: told } = await load(
      `fuge_global: {dns_port: 60000}\nweb: {type: node, run: server.js, ports: [http=60000]}\n`,
      moved(6000),
    );
    expect(told).toMatchInlineSnapshot(`
      "fuge.yml:2:43 error bad-port: port 60000 has no place with the offset 6000: ports end at 65535
        2 | web: {type: node, run: server.js, ports: [http=60000]}
          |                                           ~~~~~~~~~~
        hint: take a smaller --port-offset"
    `);
  });

  it('is told in a conflict', async () => {
    const { said: told } = await load(
      `a: {type: node, run: x.js, ports: [3000]}\nb: {type: node, run: x.js, ports: [3000, 'x=3000/udp']}\n`,
      moved(100),
    );
    expect(told).toMatchInlineSnapshot(`
      "fuge.yml:2:36 error port-conflict: "b" and "a" both use port 3100 (3000 + 100)
        2 | b: {type: node, run: x.js, ports: [3000, 'x=3000/udp']}
          |                                    ~~~~
        fuge.yml:1:36: "a" uses it here
        hint: give one of them another port"
    `);
  });
});

it('a conflict is one of protocol and address, too', async () => {
  const conflicts = async (a: string, b: string) => {
    const { diagnostics } = await load(
      `a: {type: container, image: x, ports: ['${a}']}\nb: {type: container, image: x, ports: ['${b}']}\n`,
    );
    return diagnostics.map(({ code }) => code);
  };
  expect(await conflicts('53', '53/udp')).toEqual([]);
  expect(await conflicts('53/udp', '53/udp')).toEqual(['port-conflict']);
  expect(await conflicts('10.0.0.1:80:80', '10.0.0.2:80:80')).toEqual([]);
  expect(await conflicts('0.0.0.0:80:80', '10.0.0.2:80:80')).toEqual(['port-conflict']);
  expect(await conflicts('[::]:80:80', '80')).toEqual(['port-conflict']);
  expect(await conflicts('[::1]:80:80', '127.0.0.1:80:80')).toEqual(['port-conflict']);
});

it('a port that fuge itself opens is told of', async () => {
  const { said: told } = await load(`fuge_global: {names: localhost, dns_enabled: true}
web: {type: node, run: x.js, ports: [7080, 'udp=7080/udp']}
dns: {type: node, run: x.js, ports: [53053/udp]}
elsewhere: {type: external, host: 10.0.0.1, ports: [7080]}
`);
  expect(told).toMatchInlineSnapshot(`
    "fuge.yml:2:38 warning port-conflict: "web" uses port 7080, which the names in the browser have
      2 | web: {type: node, run: x.js, ports: [7080, 'udp=7080/udp']}
        |                                      ~~~~
      hint: give one of them another port
    fuge.yml:3:38 warning port-conflict: "dns" uses port 53053, which the DNS server has
      3 | dns: {type: node, run: x.js, ports: [53053/udp]}
        |                                      ~~~~~~~~~
      hint: give one of them another port"
  `);
});

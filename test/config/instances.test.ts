// One service of the file that becomes several, and all that follows from it while loading.
import { describe, expect, it } from 'vitest';
import { describeSystem } from '../../src/config/describe/system.js';
import { printYaml } from '../../src/index.js';
import { pickedKey } from '../../src/port-numbers.js';
import type { System } from '../../src/system.js';
import { load } from './files.js';

const portsOf = (system: System | undefined) =>
  [...system!.services.values()].map(({ name, ports }) => `${name} ${ports.map(({ host }) => host).join(' ')}`);

describe('instances', () => {
  it('are services of their own with the ports after those of the one before', async () => {
    const { system, said, service } = await load(`
web: {type: node, run: a.js, instances: 3, ports: [http=3000, admin=4000], ready: {http: {port: admin}}, live: {tcp: 9999}}
`);
    expect(said).toBe('');
    expect(portsOf(system)).toEqual(['web-1 3000 4000', 'web-2 3001 4001', 'web-3 3002 4002']);
    expect([...system!.services.values()].map(({ instance }) => instance)).toEqual(
      [1, 2, 3].map(number => ({ of: 'web', number })),
    );
    expect(service('web-3')).toMatchObject({ ready: { port: 4002 }, live: { port: 9999 } });
  });

  it('have the port that is written inside their containers', async () => {
    const { service, said } = await load(
      'db: {type: container, image: pg, instances: 2, ports: [main=5432, 6000:80]}\n',
    );
    expect(said).toBe('');
    expect(service('db-2').ports).toMatchObject([
      { host: 5433, target: 5432 },
      { host: 6001, target: 80 },
    ]);
  });

  it('have the system offset on top', async () => {
    const { system } = await load('web: {type: node, run: a.js, instances: 2, ports: [3000]}\n', {
      ports: { offset: 100, picked: new Map() },
    });
    expect(portsOf(system)).toEqual(['web-1 3100', 'web-2 3101']);
  });

  it('have automatic and picked ports of their own', async () => {
    const picked = new Map([
      [pickedKey('web-1', 'http'), 21_000],
      [pickedKey('web-2', 'http'), 22_000],
    ]);
    const { system } = await load(
      'web: {type: node, run: a.js, instances: 2, ports: [http=auto]}\njob: {type: node, run: b.js, instances: 2}\n',
      { ports: { offset: 0, picked } },
    );
    expect(portsOf(system)).toEqual(['web-1 21000', 'web-2 22000', 'job-1 10000', 'job-2 10001']);
  });

  it('are all waited for by who depends on the service, and shared by the first', async () => {
    const { said, service } = await load(`
web: {type: container, image: x, instances: 2}
asks: {type: node, run: a.js, depends_on: {web: {condition: started}}}
beside: {type: container, image: x, network_mode: 'service:web'}
`);
    expect(said).toBe('');
    expect(service('asks').dependsOn).toMatchObject([
      { service: 'web-1', condition: 'started' },
      { service: 'web-2', condition: 'started' },
    ]);
    expect(service<'container'>('beside').networkMode).toBe('service:web-1');
  });

  it('of 1 are the service itself, and 0 starts only when it is named', async () => {
    const { system } = await load(
      'one: {type: node, run: a.js, instances: 1}\nnone: {type: node, run: a.js, instances: 0}\n',
    );
    expect([...system!.services.values()].map(({ name, profiles, instance }) => [name, profiles, instance])).toEqual([
      ['one', [], undefined],
      ['none', ['scale-0'], undefined],
    ]);
  });

  it('can be written one by one', async () => {
    const { said, system, service } = await load(`
blue: {type: node, run: a.js, instance_of: web}
green: {type: node, run: b.js, instance_of: web}
asks: {type: node, run: c.js, depends_on: [web]}
`);
    expect(said).toBe('');
    expect(service('green').instance).toEqual({ of: 'web', number: 2 });
    expect(service('asks').dependsOn.map(dependency => dependency.service)).toEqual(['blue', 'green']);
    expect(system!.services.has('web')).toBe(false);
  });

  it('are told again one by one, and mean the same', async () => {
    const { system } = await load(`
web: {type: node, run: a.js, instances: 2, ports: [http=3000]}
asks: {type: node, run: a.js, depends_on: [web]}
`);
    const again = await load(await printYaml(describeSystem(system!)));
    expect(again.said).toBe('');
    expect(portsOf(again.system)).toEqual(portsOf(system));
    expect(again.service('web-2').instance).toEqual({ of: 'web', number: 2 });
    expect(again.service('asks').dependsOn).toMatchObject([{ service: 'web-1' }, { service: 'web-2' }]);
  });
});

describe('what is wrong with instances is told once', () => {
  it.each([
    [
      'web: {type: node, run: a.js, instances: 101}\n',
      'fuge.yml:1:41 error wrong-type: "instances" must be a whole number from 0 to 100, not 101',
    ],
    [
      'web: {type: node, run: a.js, instances: 2}\nweb-2: {type: node, run: a.js}\n',
      'fuge.yml:2:1 error name-conflict: "web" has 2 instances, and one of them is called "web-2" as another service',
    ],
    [
      'web: {type: node, run: a.js}\nx: {type: node, run: a.js, instance_of: web}\n',
      'fuge.yml:2:41 error name-conflict: "x" is an instance of "web", which is a service itself',
    ],
    [
      'web: {type: node, run: a.js, instance_of: "a b"}\n',
      'fuge.yml:1:43 error bad-name: "a b" can\'t be the name of a service',
    ],
    [
      'web: {type: node, run: a.js, instances: 2, ports: [http=3000, admin=3001]}\n',
      'fuge.yml:1:52 error port-conflict: "web-2" and "web-1" both use port 3001 (3000 + 1)',
    ],
    [
      'web: {type: node, run: a.js, instances: 2, ports: [65535]}\n',
      'fuge.yml:1:52 error bad-port: "web-2" would have port 65536: ports end at 65535',
    ],
    [
      'web: {type: container, image: x, instances: 2, container_name: one}\n',
      'fuge.yml:1:45 error name-conflict: "web" has the container_name "one" and 2 instances: an engine has each name once',
    ],
    [
      'web: {type: container, image: x, instances: 2, networks: {a: {ipv4_address: 10.0.0.7}}}\n',
      'fuge.yml:1:45 error address-conflict: "web" has a fixed address and 2 instances: a network has each address once',
    ],
    [
      'web: {type: node, run: a.js, instances: 3, depends_on: [web]}\n',
      'fuge.yml:1:57 error dependency-cycle: "web-1" depends on itself',
    ],
    [
      'web: {type: node, run: a.js, instances: 3, depends_on: [bd]}\n',
      'fuge.yml:1:57 error unknown-dependency: "web-1" depends on "bd", which is not defined',
    ],
    [
      'web: {type: node, run: a.js, instances: 3, path: nowhere}\n',
      'fuge.yml:1:50 warning path-missing: "web-1" is disabled: its path nowhere does not exist',
    ],
    [
      'web: {type: external, host: x, instances: 2}\n',
      'fuge.yml:1:32 warning misplaced-key: "instances" of "web" is only for services of type process, node and container, not external; it is ignored',
    ],
  ])('%s', async (yaml, first) => {
    const { diagnostics, said } = await load(yaml);
    expect(said.split('\n')[0]).toBe(first);
    expect(diagnostics).toHaveLength(1);
  });
});

describe('scale of a Compose file', () => {
  it('makes instances, each with what its own port changes', async () => {
    const { system, said, service } = await load({
      'fuge.yml': 'include: [compose.yaml]\nasks: {type: node, run: a.js, depends_on: [web]}\n',
      'compose.yaml': `services:
  web: {image: x, scale: 2, ports: ["8080:80"]}
  none: {image: x, deploy: {replicas: 0}}
`,
    });
    expect(said).toBe('');
    expect(portsOf(system)).toEqual(['web-1 8080', 'web-2 8081', 'none 10000', 'asks 10001']);
    expect(service('web-2')).toMatchObject({ instance: { of: 'web', number: 2 }, ports: [{ target: 80 }] });
    expect(service('none').profiles).toEqual(['scale-0']);
    expect(service('asks').dependsOn).toHaveLength(2);
  });

  it('is replaced whole by a service of its name', async () => {
    const { system } = await load({
      'fuge.yml': 'include: [compose.yaml]\nweb: {type: node, run: a.js}\n',
      'compose.yaml': 'services: {web: {image: x, scale: 2}}\n',
    });
    expect([...system!.services.keys()]).toEqual(['web']);
  });

  it('goes to a hundred, and "x-fuge" has no other word for it', async () => {
    const { said } = await load(
      { 'compose.yaml': 'services: {web: {image: x, scale: 101, x-fuge: {instances: 2}}}\n' },
      { file: 'compose.yaml' },
    );
    expect(said.split('\n').filter(line => /error|warning/.test(line))).toEqual([
      'compose.yaml:1:35 error too-many-instances: "web" can\'t have 101 instances: there are at most 100 of a service',
      'compose.yaml:1:49 warning misplaced-key: "instances" in "x-fuge" of "web" has no effect',
    ]);
  });
});

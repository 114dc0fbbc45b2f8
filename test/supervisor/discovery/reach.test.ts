import { describe, expect, it } from 'vitest';
import { hostsFor, movedFor, reachOf } from '../../../src/supervisor/discovery/reach.js';
import type { Service } from '../../../src/system.js';
import { containerService, externalService, port, processService, systemOf } from '../../rig/system.js';

const apart = [{ network: 'back', aliases: [], ipv4: undefined, ipv6: undefined, mac: undefined, priority: 0 }];
const web = containerService('web');

describe('where a service is', () => {
  const redis = containerService('redis', { ports: [port('main=7000:6379')] });
  const from = (reader: Service, service: Service = redis, ...others: Service[]) => {
    const { host, port } = reachOf(reader, service, systemOf([reader, service, ...others]));
    return `${host}:${port(service.ports[0]!)}`;
  };

  it('is for a process, and a container on its network, the published port on this machine', () => {
    expect(from(processService('api'))).toBe('127.0.0.1:7000');
    expect(from(containerService('web', { networkMode: 'host' }))).toBe('127.0.0.1:7000');
  });

  it('is for a container of its network its name and the port inside', () => {
    expect(from(web)).toBe('redis:6379');
    expect(from(containerService('beside', { networkMode: 'service:redis' }))).toBe('redis:6379');
  });

  it('is the name of the container whose network it has, for those beside that one', () => {
    const tunnel = containerService('tunnel');
    const within = containerService('within', { networkMode: 'service:tunnel', ports: [port('http=8000:80')] });
    expect(from(web, within, tunnel)).toBe('tunnel:80');
    expect(from(within, redis, tunnel)).toBe('redis:6379');
    expect(from(within, within, tunnel)).toBe('tunnel:80');
    const onHost = containerService('tunnel', { networkMode: 'host' });
    expect(from(within, redis, onHost)).toBe('127.0.0.1:7000');
    const [a, b] = [
      containerService('a', { networkMode: 'service:b', ports: [port('http=80')] }),
      containerService('b', { networkMode: 'service:a' }),
    ];
    expect(from(web, a, b)).toBe('host.docker.internal:80');
  });

  it('is for a container of another network this machine, through the gateway', () => {
    expect(from(containerService('apart', { networks: apart }))).toBe('host.docker.internal:7000');
    expect(from(web, processService('api', { host: '::1', ports: [port('http=3000')] }))).toBe(
      'host.docker.internal:3000',
    );
  });

  it('is the same for all if it runs elsewhere, unless that is here', () => {
    const at = (host: string) => externalService('far', { host, ports: [port('http=80')] });
    expect([from(web, at('far.test')), from(processService('api'), at('far.test'))]).toEqual([
      'far.test:80',
      'far.test:80',
    ]);
    expect(from(web, at('localhost'))).toBe('host.docker.internal:80');
  });
});

describe('the hosts file of a container', () => {
  it('leads to this machine for what runs on it or is published there, and leaves its own network to the engine', () => {
    const system = systemOf([
      web,
      containerService('redis'),
      containerService('hidden', { networks: apart }),
      processService('api'),
      externalService('local', { host: 'localhost' }),
      externalService('far', { host: '192.0.2.7' }),
      externalService('named', { host: 'db.example.com' }),
    ]);
    expect(hostsFor(web, system)).toEqual([
      'host.docker.internal:host-gateway',
      'hidden:host-gateway',
      'api:host-gateway',
      'local:host-gateway',
      'far:192.0.2.7',
    ]);
  });

  it('leaves what the service says itself', () => {
    const own = containerService('web', { extraHosts: ['api:192.0.2.1'] });
    expect(hostsFor(own, systemOf([own, processService('api')]))).toEqual(['host.docker.internal:host-gateway']);
  });

  it('is none of ours where the container shares another network', () => {
    const shared = containerService('web', { networkMode: 'host' });
    expect(hostsFor(shared, systemOf([shared, processService('api')]))).toEqual([]);
  });
});

describe('what a running container looks for in the wrong place', () => {
  const before = systemOf([
    web,
    processService('api'),
    processService('jobs'),
    externalService('far', { host: '192.0.2.7' }),
  ]);

  it.each([
    ['nothing, where nothing has moved', before, []],
    ['a process that became a container', systemOf([web, containerService('api'), processService('jobs')]), ['api']],
    ['what has another address', systemOf([web, externalService('far', { host: '192.0.2.8' })]), ['far']],
    ['not what is new: it does not know of it', systemOf([web, processService('api'), processService('new')]), []],
  ])('is %s', (_, after, expected) => {
    expect(movedFor(web, before, after)).toEqual(expected);
  });

  it('is a container that became a process', () => {
    expect(movedFor(web, systemOf([web, containerService('api')]), systemOf([web, processService('api')]))).toEqual([
      'api',
    ]);
  });
});

// What instances of one service are told, and what others are told of them.
import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../../src/supervisor/discovery/environment.js';
import { hostsFor } from '../../../src/supervisor/discovery/reach.js';
import type { Service } from '../../../src/system.js';
import { containerService, nodeService, port, systemOf } from '../../rig/system.js';

const instances = [1, 2].map(number =>
  nodeService(`web-${number}`, { instance: { of: 'web', number }, ports: [port(`http=${2999 + number}`)] }),
);
const asks = nodeService('asks');
const system = systemOf([...instances, asks]);
const variables = (service: Service) =>
  new Map(
    environmentOf(system, service, { process: {}, read: () => undefined }).variables.map(({ name, value }) => [
      name,
      value,
    ]),
  );

describe('the environment', () => {
  it('of an instance has its number and its own port', () => {
    const own = variables(instances[1]!);
    expect([own.get('FUGE_INSTANCE'), own.get('PORT')]).toEqual(['2', '3001']);
    expect(variables(asks).has('FUGE_INSTANCE')).toBe(false);
  });

  it('of others leads to the first by the common name, and to each by its own', () => {
    const told = variables(asks);
    expect(told.get('WEB_SERVICE_HOST')).toBe('127.0.0.1');
    expect(told.get('WEB_SERVICE_PORT')).toBe('3000');
    expect(told.get('WEB_PORT_3000_TCP')).toBe('tcp://127.0.0.1:3000');
    expect(told.get('WEB_2_SERVICE_PORT_HTTP')).toBe('3001');
  });
});

it('a container looks up instances that run as processes on this machine, by the common name too', () => {
  expect(hostsFor(containerService('db'), system)).toEqual([
    'host.docker.internal:host-gateway',
    'web:host-gateway',
    'web-1:host-gateway',
    'web-2:host-gateway',
    'asks:host-gateway',
  ]);
});

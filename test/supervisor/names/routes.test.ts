import { expect, it } from 'vitest';
import { routeOf } from '../../../src/supervisor/names/routes.js';
import { processService, systemOf } from '../../rig/system.js';

const system = systemOf(['web', 'My_Api', 'a.b', 'b'].map(name => processService(name)));
const routed = (host: string | undefined) => {
  const route = routeOf(host, system);
  return route.to === 'service' ? route.services.map(({ name }) => name).join(' ') : route.to;
};

it('a service has the name before that of its system, and all below', () => {
  expect(routed('web.shop.localhost:7080')).toBe('web');
  expect(routed('WEB.Shop.localhost')).toBe('web');
  expect(routed('my_api.shop.localhost.:7080')).toBe('My_Api');
  expect(routed('a.b.shop.localhost')).toBe('a.b');
  expect(routed('c.b.shop.localhost')).toBe('b');
  expect(routed('tenant.web.shop.localhost')).toBe('web');
});

it('the name of several instances is that of each of them', () => {
  const instances = systemOf([
    ...[1, 2].map(number => processService(`web-${number}`, { instance: { of: 'web', number } })),
    processService('other'),
  ]);
  const names = (host: string) => {
    const route = routeOf(host, instances);
    return route.to === 'service' ? route.services.map(({ name }) => name) : route.to;
  };
  expect(names('web.shop.localhost')).toEqual(['web-1', 'web-2']);
  expect(names('tenant.web.shop.localhost')).toEqual(['web-1', 'web-2']);
  expect(names('web-2.shop.localhost')).toEqual(['web-2']);
});

it('the start page has the names of the system and of loopback', () => {
  for (const host of ['localhost:7080', 'shop.localhost', '127.0.0.1:7080', '127.1.2.3', '[::1]:7080'])
    expect(routed(host)).toBe('start');
});

it('another name below .localhost is unknown', () => {
  expect(routed('api.shop.localhost')).toBe('unknown');
  expect(routed('web.other.localhost')).toBe('unknown');
  expect(routed('xweb.shop.localhost')).toBe('unknown');
});

it('every other name is refused', () => {
  const others = ['evil.example', 'localhost.evil.example', 'xlocalhost', '192.168.0.1', '10.0.0.1:7080', '[::2]'];
  for (const host of [undefined, '', ...others, 'user@localhost', 'http://localhost', 'localhost:x', '127.0.0.1.evil'])
    expect(routed(host)).toBe('refused');
});

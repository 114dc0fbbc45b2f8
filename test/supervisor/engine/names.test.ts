import { expect, test } from 'vitest';
import { containerNameOf } from '../../../src/container.js';
import { apart, networkNameOf, volumeNameOf } from '../../../src/supervisor/engine/names.js';
import { systemOf } from '../../rig/system.js';

test.each([
  ['shop', 'web', 'shop-web'],
  ['My shop!', 'web/api', 'My-shop--web-api'],
  ['_shop', 'web', 'shop-web'],
  ['läden', 'wéb', 'l-den-w-b'],
])('the container of %s’s %s has a name that engines take: %s', (system, service, name) => {
  expect(containerNameOf(system, service)).toBe(name);
});

test('networks and volumes have the system’s name before theirs, unless they name themselves', () => {
  const named = { name: 'precious', external: true } as never;
  const system = systemOf([], { networks: new Map([['front', named]]), volumes: new Map([['db', named]]) });
  expect([networkNameOf(system, 'back'), networkNameOf(system, 'front')]).toEqual(['shop_back', 'precious']);
  expect([volumeNameOf(system, 'cache'), volumeNameOf(system, 'db')]).toEqual(['shop_cache', 'precious']);
});

test('a second checkout has names of its own, the same each time', () => {
  expect(apart('shop-web', '/a/fuge.yml')).toMatch(/^shop-web-[0-9a-f]{6}$/);
  expect(apart('shop-web', '/a/fuge.yml')).toBe(apart('shop-web', '/a/fuge.yml'));
  expect(apart('shop-web', '/a/fuge.yml')).not.toBe(apart('shop-web', '/b/fuge.yml'));
});

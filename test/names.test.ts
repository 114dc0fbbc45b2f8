import { describe, expect, it } from 'vitest';
import { addressInBrowser, startPageOf, webPortOf } from '../src/names.js';
import { containerService, port, processService, systemOf } from './rig/system.js';

const chosen = (...ports: string[]) => webPortOf({ ports: ports.map(text => port(text)) })?.host;

describe('the port that a browser is led to', () => {
  it('is the first whose name says HTTP', () => {
    expect(chosen('main=1000', 'http=80', 'web=81')).toBe(80);
    expect(chosen('db=1000', 'admin-http=81')).toBe(81);
    expect(chosen('http=53/udp', 'https=443')).toBe(443);
  });

  it('is else the first, unless that is for something else', () => {
    expect(chosen('main=3000', 'more=3001')).toBe(3000);
    expect(chosen('redis=3000', 'more=3001')).toBeUndefined();
    expect(chosen('main=3000/udp', 'more=3001')).toBeUndefined();
    expect(chosen('main=16379:6379')).toBeUndefined();
    expect(chosen('main=5432')).toBeUndefined();
    expect(chosen()).toBeUndefined();
  });
});

it('addresses have no capitals, and there are none without the setting', () => {
  const web = processService('My_Web', { ports: [port('main=3000')] });
  const db = containerService('db', { ports: [port('main=5432')] });
  const system = systemOf([web, db], { names: { port: 7080 } });
  expect(addressInBrowser(web, system)).toBe('http://my_web.shop.localhost:7080');
  expect(addressInBrowser(db, system)).toBeUndefined();
  expect(startPageOf(system)).toBe('http://shop.localhost:7080');
  expect(addressInBrowser(web, systemOf([web]))).toBeUndefined();
  expect(startPageOf(systemOf([web]))).toBeUndefined();
});

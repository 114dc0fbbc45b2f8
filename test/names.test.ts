import { describe, expect, it } from 'vitest';
import { addressInBrowser, startPageOf, urlOf, webPortOf } from '../src/names.js';
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

  it('is not one that was moved from where other servers listen', () => {
    expect(webPortOf({ ports: [port('main=5532', { written: 5432 })] })).toBeUndefined();
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

describe('the URL of a port', () => {
  const url = (host: string, ...ports: ReturnType<typeof port>[]) => ports.map(each => urlOf({ host, ports }, each));

  it('is there for what a browser is led to, and for names that say HTTP', () => {
    expect(url('127.0.0.1', port('main=3000'), port('admin=3001'), port('metrics=3002'), port('http=53/udp'))).toEqual([
      undefined,
      'http://127.0.0.1:3001',
      undefined,
      undefined,
    ]);
    expect(url('shop.example', port('main=3000'))).toEqual(['http://shop.example:3000']);
  });

  it('has the scheme of its port', () => {
    expect(url('127.0.0.1', port('https=8443'), port('web=9000:443'), port('api-https=1'))).toEqual([
      'https://127.0.0.1:8443',
      'https://127.0.0.1:9000',
      'https://127.0.0.1:1',
    ]);
  });

  it('can be opened: brackets around IPv6, and loopback for "everywhere"', () => {
    expect(url('::1', port('http=1'))).toEqual(['http://[::1]:1']);
    expect(url('0.0.0.0', port('http=1'))).toEqual(['http://127.0.0.1:1']);
    expect(url('::', port('http=1'))).toEqual(['http://[::1]:1']);
    expect(url('10.0.0.1', port('http=1', { hostAddress: '127.0.0.2' }))).toEqual(['http://127.0.0.2:1']);
  });
});

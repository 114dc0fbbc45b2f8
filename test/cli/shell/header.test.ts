import { expect, it } from 'vitest';
import { createPaint } from '../../../src/cli/render/paint.js';
import { headerText } from '../../../src/cli/shell/screen.js';
import { nodeService, systemOf } from '../../rig/system.js';

it('the header says what is run, and where it is in the browser', () => {
  const header = (...more: Parameters<typeof systemOf>) =>
    headerText({ system: systemOf(...more) }, '3.0.0', createPaint(false));
  const services = [nodeService('api'), nodeService('web')];
  expect(header(services)).toBe('fuge 3.0.0  system "shop"  2 services (2 node)  /shop/fuge.yml');
  expect(header(services, { portOffset: 100 })).toBe(
    'fuge 3.0.0  system "shop"  ports +100  2 services (2 node)  /shop/fuge.yml',
  );
  expect(header(services, { names: { port: 7080 } })).toBe(
    'fuge 3.0.0  system "shop"  2 services (2 node)  /shop/fuge.yml\nin the browser: http://shop.localhost:7080',
  );
});

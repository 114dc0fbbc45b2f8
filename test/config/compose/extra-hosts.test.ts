import { describe, expect, it } from 'vitest';
import { parseExtraHosts } from '../../../src/config/compose/extra-hosts.js';

const hostsOf = (value: Parameters<typeof parseExtraHosts>[0]) =>
  Object.fromEntries(parseExtraHosts(value).hosts ?? [['no', ['hosts']]]);

describe('extra_hosts', () => {
  it.each([
    ['a:10.0.0.1', { a: ['10.0.0.1'] }],
    ['a=10.0.0.1', { a: ['10.0.0.1'] }],
    ['a:::1', { a: ['::1'] }],
    ['a:[::1]', { a: ['::1'] }],
    ['a=[::1],fe80::1', { a: ['::1', 'fe80::1'] }],
    ['a=[]', { a: ['[]'] }],
    ['host.docker.internal:host-gateway', { 'host.docker.internal': ['host-gateway'] }],
  ])('%s', (text, expected) => {
    expect(hostsOf([text])).toEqual(expected);
  });

  it('add up for a host that comes again in a list', () => {
    expect(hostsOf(['a=1.1.1.1', 'b=2.2.2.2', 'a:3.3.3.3'])).toEqual({ a: ['1.1.1.1', '3.3.3.3'], b: ['2.2.2.2'] });
  });

  it('may be a map, with one address or several', () => {
    expect(hostsOf({ a: '[::1]', b: ['1.1.1.1', '2.2.2.2'], c: null })).toEqual({
      a: ['::1'],
      b: ['1.1.1.1', '2.2.2.2'],
      c: [''],
    });
  });

  it.each([
    [['a=1.1.1.1', 'nothing'], { problem: '"nothing" has no address: it must be host=address', at: 1 }],
    [['=1.1.1.1'], { problem: '"" can\'t be the name of a host', at: 0 }],
    [['::1'], { problem: '"" can\'t be the name of a host', at: 0 }],
    [['a:b=1.1.1.1'], { problem: '"a:b" can\'t be the name of a host', at: 0 }],
    [{ 'a=b': '1.1.1.1' }, { problem: '"a=b" can\'t be the name of a host', at: 'a=b' }],
  ])('%j is refused', (value, expected) => {
    expect(parseExtraHosts(value as Parameters<typeof parseExtraHosts>[0])).toEqual(expected);
  });

  it('may name a host like a property of every object', () => {
    expect(hostsOf(['constructor=1.1.1.1', '__proto__=2.2.2.2'])).toHaveProperty('constructor', ['1.1.1.1']);
    expect(parseExtraHosts(['__proto__=2.2.2.2']).hosts?.get('__proto__')).toEqual(['2.2.2.2']);
  });
});

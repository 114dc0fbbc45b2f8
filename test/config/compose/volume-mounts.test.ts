// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
import { describe, expect, it } from 'vitest';
import { isHostPath, parseVolumeMount } from '../../../src/config/compose/volume-mounts.js';

const bind = { create_host_path: true };
const mountOf = (text: string) => parseVolumeMount(text).mount;

describe('a volume in the short form', () => {
  it('is anonymous without a source', () => {
    expect(mountOf('/var/lib/db')).toEqual({ type: 'volume', target: '/var/lib/db', volume: {} });
    expect(mountOf('C:\\data')).toEqual({ type: 'volume', target: 'C:\\data', volume: {} });
  });

  it('of one or two bytes is a target, whatever it looks like', () => {
    expect(mountOf('.')).toEqual({ type: 'volume', target: '.' });
    expect(mountOf('d:')).toEqual({ type: 'volume', target: 'd:' });
    expect(mountOf('é')).toEqual({ type: 'volume', target: 'é' });
  });

  it('has a named volume where the source is no path', () => {
    expect(mountOf('data:/data')).toEqual({ type: 'volume', source: 'data', target: '/data', volume: {} });
    expect(mountOf('data:D:\\x:ro')).toEqual({
      type: 'volume',
      source: 'data',
      target: 'D:\\x',
      read_only: true,
      volume: {},
    });
  });

  it.each(['./src', '../src', '.', '/src', '~', '~/src', 'C:\\src', 'c:/src', '\\\\.\\pipe\\engine'])(
    'binds the path %s, and makes it if it is missing',
    source => {
      expect(mountOf(`${source}:/srv`)).toEqual({ type: 'bind', source, target: '/srv', bind });
      expect(isHostPath(source)).toBe(true);
    },
  );

  it.each([
    ['ro', { read_only: true, bind }],
    ['rw', { bind }],
    ['ro,rw', { bind }],
    ['z', { bind: { ...bind, selinux: 'z' } }],
    ['ro,Z', { read_only: true, bind: { ...bind, selinux: 'Z' } }],
    ['rshared', { bind: { ...bind, propagation: 'rshared' } }],
    ['private', { bind: { ...bind, propagation: 'private' } }],
    ['nocopy', { bind, volume: { nocopy: true } }],
  ])('takes the options %s', (options, expected) => {
    expect(mountOf(`/a:/b:${options}`)).toEqual({ type: 'bind', source: '/a', target: '/b', ...expected });
  });

  it('takes options on a named volume', () => {
    expect(mountOf('vol:/b:nocopy')).toEqual({ type: 'volume', source: 'vol', target: '/b', volume: { nocopy: true } });
    expect(mountOf('vol:/b:z')).toEqual({
      type: 'volume',
      source: 'vol',
      target: '/b',
      bind: { create_host_path: false, selinux: 'z' },
      volume: {},
    });
  });

  it('names the options that mean nothing', () => {
    expect(parseVolumeMount('vol:/b:RO,cached')).toEqual({
      mount: { type: 'volume', source: 'vol', target: '/b', volume: {} },
      unknown: ['RO', 'cached'],
    });
  });

  it('is not divided inside of a variable', () => {
    expect(mountOf('/a:/b/${V:-x:y}/c:ro')).toEqual({
      type: 'bind',
      source: '/a',
      target: '/b/${V:-x:y}/c',
      read_only: true,
      bind,
    });
    expect(mountOf('${V:-${W:-/a}}:/b')).toEqual({
      type: 'volume',
      source: '${V:-${W:-/a}}',
      target: '/b',
      volume: {},
    });
  });

  it.each([
    ['', 'a volume must not be empty'],
    [':/b', '":/b" has nothing between two colons: a volume is [source:]target[:options]'],
    ['/a::ro', '"/a::ro" has nothing between two colons: a volume is [source:]target[:options]'],
    ['/a:/b:', '"/a:/b:" has nothing between two colons: a volume is [source:]target[:options]'],
    ['/a:/b:ro:/c', '"/a:/b:ro:/c" has too many colons: a volume is [source:]target[:options]'],
  ])('%j is refused', (text, problem) => {
    expect(parseVolumeMount(text)).toEqual({ problem });
  });
});

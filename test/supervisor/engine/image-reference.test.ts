import { describe, expect, test } from 'vitest';
import { parseImageReference } from '../../../src/supervisor/engine/image-reference.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the name of an image', () => {
  test.each([
    ['redis', 'docker.io', 'library/redis', undefined, undefined],
    ['redis:7-alpine', 'docker.io', 'library/redis', '7-alpine', undefined],
    ['ada/shop', 'docker.io', 'ada/shop', undefined, undefined],
    ['docker.io/redis', 'docker.io', 'library/redis', undefined, undefined],
    ['index.docker.io/ada/shop:1', 'docker.io', 'ada/shop', '1', undefined],
    ['ghcr.io/ada/shop/api:v1.2', 'ghcr.io', 'ada/shop/api', 'v1.2', undefined],
    ['localhost/shop', 'localhost', 'shop', undefined, undefined],
    ['localhost:5000/shop', 'localhost:5000', 'shop', undefined, undefined],
    ['[::1]:5000/shop:2', '[::1]:5000', 'shop', '2', undefined],
    [`redis@${DIGEST}`, 'docker.io', 'library/redis', undefined, DIGEST],
    [`registry.test:443/a_b/c--d:x@${DIGEST}`, 'registry.test:443', 'a_b/c--d', 'x', DIGEST],
  ])('%s is taken apart', (text, registry, path, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ registry, path, tag, digest });
  });

  test.each([
    '',
    'Redis',
    'redis:',
    'redis:a:b',
    '/redis',
    'redis/',
    'a//b',
    '-redis',
    'redis@sha256:12',
    'redis:-x',
    'a b',
    'registry.test/',
    `${'x'.repeat(256)}`,
  ])('is not "%s"', text => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

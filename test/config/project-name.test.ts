import { describe, expect, it } from 'vitest';
import { normaliseProjectName } from '../../src/config/project-name.js';

describe('the name of a project', () => {
  it.each([
    ['shop', 'shop'],
    ['My Shop.App', 'myshopapp'],
    ['_-shop_-1', 'shop_-1'],
    ['.shop', 'shop'],
    ['42', '42'],
    ['schön', 'schn'],
    ['--', ''],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(normaliseProjectName(text)).toBe(expected);
  });
});

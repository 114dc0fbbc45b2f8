import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../src/cli/render/paint.js';
import { ImageProgress } from '../../../src/cli/shell/image-progress.js';
import type { Event } from '../../../src/event.js';

type ProgressEvent = Extract<Event, { type: 'progress' }>;
const MB = 1024 * 1024;
const WINDOW = { columns: 80, rows: 24 };

function setUp() {
  const progress = new ImageProgress(createPaint(false));
  const hear = (service: string, state: ProgressEvent['state'], more: Partial<ProgressEvent> = {}) =>
    progress.hear({ type: 'progress', at: 0, service, run: 1, task: 'pull', subject: 'redis:7', state, ...more });
  return { progress, hear };
}

describe('the rows of images', () => {
  it('say that an image is asked for, how far it is, and that it is unpacked', () => {
    const { progress, hear } = setUp();
    hear('redis', 'begun');
    expect(progress.rows(3000, WINDOW)).toEqual(['redis:7  is asked for, 3 s']);
    hear('redis', 'going on', { bytes: { done: 12 * MB, total: 40 * MB } });
    expect(progress.rows(3000, WINDOW)).toEqual(['redis:7  ━━━━━━━━━─────────────────────   30%  12 MB of 40 MB']);
    hear('redis', 'going on', { bytes: { done: 40 * MB, total: 40 * MB } });
    expect(progress.rows(3000, WINDOW)).toEqual(['redis:7  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  100%  40 MB, unpacking']);
    hear('redis', 'done');
    expect(progress.rows(3000, WINDOW)).toEqual([]);
    expect(progress.isMoving).toBe(false);
  });

  it('say for how long an image has been built', () => {
    const { progress, hear } = setUp();
    hear('api', 'begun', { task: 'build', subject: 'shop/api' });
    expect(progress.rows(61_000, WINDOW)).toEqual(['shop/api  is built, 1 min 1 s']);
  });

  it('give one row to all who share an image, as long as one of them wants it', () => {
    const { progress, hear } = setUp();
    hear('a', 'begun');
    hear('b', 'begun');
    hear('a', 'failed');
    expect(progress.rows(0, WINDOW)).toEqual(['redis:7  is asked for, 0 s']);
    hear('b', 'failed');
    expect(progress.rows(0, WINDOW)).toEqual([]);
  });

  it('stand below each other', () => {
    const { progress, hear } = setUp();
    hear('a', 'begun');
    hear('b', 'begun', { subject: 'registry.test/shop/web:1' });
    hear('a', 'going on', { bytes: { done: 0, total: 4 * MB } });
    expect(progress.rows(0, WINDOW)).toEqual([
      'redis:7                   ──────────────────────────────    0%  0 kB of 4 MB',
      'registry.test/shop/web:1  is asked for, 0 s',
    ]);
  });

  it.each([
    [
      24,
      [
        'i0  is asked for, 0 s',
        'i1  is asked for, 0 s',
        'i2  is asked for, 0 s',
        'i3  is asked for, 0 s',
        '… and 5 more',
      ],
    ],
    [9, ['i0  is asked for, 0 s', 'i1  is asked for, 0 s', '… and 7 more']],
    [2, ['… and 9 more']],
  ])('are few: in a window of %i rows no more than a third', (rows, expected) => {
    const { progress, hear } = setUp();
    for (let i = 0; i < 9; i++) hear('a', 'begun', { subject: `i${i}` });
    expect(progress.rows(0, { columns: 80, rows })).toEqual(expected);
  });

  it.each([
    [30, ['registry.te…  50%  2 MB of 4 …']],
    [20, ['registr…  50%  2 MB…']],
    [50, ['registry.test/shop/…  ━━━━────   50%  2 MB of 4 MB']],
  ])('fit into %i columns', (columns, expected) => {
    const { progress, hear } = setUp();
    hear('a', 'begun', { subject: 'registry.test/shop/web:1' });
    hear('a', 'going on', { subject: 'registry.test/shop/web:1', bytes: { done: 2 * MB, total: 4 * MB } });
    expect(progress.rows(0, { columns: columns + 1, rows: 24 })).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { noSelfWrites, observe } from '../../../src/supervisor/watch/self-writes.js';

type Save = [sinceLaunchMs: number, ...files: string[]];

/** After each save, what is suspected. */
function suspects(saves: readonly Save[]): (readonly string[] | undefined)[] {
  let state = noSelfWrites;
  return saves.map(([sinceLaunchMs, ...files]) => {
    const seen = observe(state, { sinceLaunchMs, files });
    state = seen.state;
    return seen.suspect;
  });
}

describe('a service that writes into its own watched folder', () => {
  it('is suspected at the fourth restart within a second of the launch', () => {
    const saves: Save[] = [50, 400, 900, 120].map(ms => [ms, 'data.json']);
    expect(suspects(saves)).toEqual([undefined, undefined, undefined, ['data.json']]);
  });

  it('is suspected when it writes later, at nearly the same time of each run', () => {
    const saves: Save[] = [5000, 5300, 4900, 5100].map(ms => [ms, 'data.json']);
    expect(suspects(saves).at(-1)).toEqual(['data.json']);
  });

  it('is named with only the files that every one of the saves had', () => {
    const saves: Save[] = [
      [50, 'a', 'data.json'],
      [60, 'data.json', 'b'],
      [70, 'data.json'],
      [50, 'data.json', 'a'],
    ];
    expect(suspects(saves).at(-1)).toEqual(['data.json']);
  });

  it('is suspected at the twelfth restart where it writes nothing but source, all within a second of the launch', () => {
    const saves: Save[] = Array.from({ length: 12 }, (_, i) => [300 + i, 'dist/main.js', 'dist/page.tsx']);
    expect(suspects(saves).slice(0, 11)).toEqual(Array(11).fill(undefined));
    expect(suspects(saves).at(-1)).toEqual(['dist/main.js', 'dist/page.tsx']);
  });

  it('is suspected at the fourth where something else is among it', () => {
    const saves: Save[] = Array.from({ length: 4 }, () => [300, 'dist/main.js', 'dist/.buildinfo']);
    expect(suspects(saves).at(-1)).toEqual(['dist/main.js', 'dist/.buildinfo']);
  });

  const innocent: [why: string, saves: Save[]][] = [
    ['saves come at irregular times', [3000, 900, 7000, 4000, 1500, 6000].map(ms => [ms, 'a.json'])],
    ['saves come late in the run', [20_000, 20_100, 20_050, 20_000].map(ms => [ms, 'a.json'])],
    ['one save is late', [50, 60, 15_000, 50, 60, 70].map(ms => [ms, 'a.json'])],
    ['the files differ', ['a', 'b', 'c', 'd', 'e'].map(file => [100, file])],
    ['there were three only', [50, 50, 50].map(ms => [ms, 'a.json'])],
    ['regular saves spread over a fifth', [5000, 6300, 5000, 6300, 5000].map(ms => [ms, 'a.json'])],
    ['a script saves source at regular times', Array.from({ length: 50 }, () => [2000, 'lib/a.js'])],
  ];
  it.each(innocent)('is not suspected when %s', (_why, saves) => {
    expect(suspects(saves).every(suspect => suspect === undefined)).toBe(true);
  });
});

// docs/protocol.md tells every method, and none that there is not.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { methods } from '../../src/remote/methods.js';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const page = read('docs/protocol.md');

describe('docs/protocol.md', () => {
  it('lists the methods', () => {
    const cells = [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(match => match[1]!);
    const listed = cells.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(match => match[1]!));
    expect(listed.sort()).toEqual(Object.keys(methods).sort());
  });

  it('lists the types of events', () => {
    const union = read('src/event.ts').slice(read('src/event.ts').indexOf('export type Event ='));
    const types = [
      ...union.matchAll(/^ {2,6}(?:\| \{ )?readonly type: '([a-z-]+)'|^ {2}\| \{ readonly type: '([a-z-]+)'/gm),
    ];
    const told = /The types are ([\s\S]*?); their/.exec(page)![1]!;
    const listed = [...told.matchAll(/`([a-z-]+)`/g)].map(match => match[1]!);
    expect(listed.sort()).toEqual([...new Set(types.map(match => match[1] ?? match[2]!))].sort());
  });

  it('shows messages that are JSON, each in one line', () => {
    const blocks = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(match => match[1]!);
    expect(blocks.length).toBeGreaterThan(2);
    for (const line of blocks.join('').trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });
});

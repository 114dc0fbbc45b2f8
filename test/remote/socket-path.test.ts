// Where the socket lies, and who gets there.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { socketPathFor } from '../../src/remote/socket-path.js';
import { temporaryFolder } from '../rig/open-system.js';

describe('the socket', () => {
  it('lies beside the registration, in a folder of the user alone', () => {
    const directory = join(temporaryFolder(), 'fuge');
    expect(socketPathFor(directory, '12-ab')).toBe(join(directory, '12-ab.sock'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('lies elsewhere where its path would be too long for the operating system', () => {
    const directory = join(temporaryFolder(), 'x'.repeat(100));
    const path = socketPathFor(directory, '12-ab');
    expect(path).toBe(`/tmp/fuge-${process.getuid!()}/12-ab.sock`);
    const { mode, uid } = statSync(dirname(path));
    expect([mode & 0o777, uid]).toEqual([0o700, process.getuid!()]);
  });

  it('does not lie in a folder that others can open', () => {
    const directory = join(temporaryFolder(), 'x'.repeat(100));
    const uid = process.getuid!;
    const open = `/tmp/fuge-${4_000_000_000}`;
    mkdirSync(open, { mode: 0o755, recursive: true });
    try {
      process.getuid = () => 4_000_000_000;
      expect(() => socketPathFor(directory, '12-ab')).toThrow(`${open} must be a folder that only you can open`);
    } finally {
      process.getuid = uid;
      rmSync(open, { recursive: true });
    }
  });
});

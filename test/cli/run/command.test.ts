// What the words of a command become, and whether there is such a program.
import { describe, expect, it } from 'vitest';
import { argvOfWords, missingProgram } from '../../../src/cli/run/command.js';
import { temporaryFolder } from '../../rig/open-system.js';

describe('the words of a command', () => {
  it('are taken as they are, several of them', () => {
    expect(argvOfWords(['echo', 'a b', '$HOME', '|'])).toEqual(['echo', 'a b', '$HOME', '|']);
    expect(argvOfWords(['npm-test'])).toEqual(['npm-test']);
  });

  it('go to the shell where one holds a whole line', () => {
    expect(argvOfWords(['npm test && echo done'])).toEqual(['/bin/sh', '-c', 'npm test && echo done']);
  });
});

describe('a program', () => {
  it('is looked for in the directories of PATH, and must be executable', () => {
    const folder = temporaryFolder({ 'plain-file': '', 'directory/file': '' });
    expect(missingProgram('sh', '/nowhere:/bin')).toBeUndefined();
    for (const name of ['plain-file', 'directory', 'nothing'])
      expect(missingProgram(name, folder)).toBe(`${name}: command not found`);
  });

  it('by its path is left to its start: a service may build it first', () => {
    expect(missingProgram('./not-built-yet', '')).toBeUndefined();
  });

  it('of a package is found where it lies', () => {
    expect(missingProgram('vitest', '/nowhere')).toBe(
      'vitest: command not found (node_modules/.bin has it: "npx vitest")',
    );
  });
});

// Operands of the command line: the same rules as at the prompt, with "fuge" in front in what is said.
import { describe, expect, it } from 'vitest';
import { readOperands, usageOf } from '../../src/cli/operands.js';
import { usageOfFlag } from '../../src/cli/parse.js';
import { verbs } from '../../src/cli/verbs.js';
import { nodeService, systemOf } from '../rig/system.js';

const system = systemOf([nodeService('api'), nodeService('web')]);
const verb = (name: string) => verbs.find(each => each.name === name)!;
const read = (name: string, words: readonly string[], flags = new Map<string, string | true>()) =>
  readOperands(verb(name), words, { system, verbs, prefix: 'fuge ', flags });

describe('readOperands', () => {
  it('services that need not be named are all, and are told apart from named ones', () => {
    expect(read('ps', [])).toEqual({ kind: 'operands', services: ['api', 'web'], named: false, words: [] });
    expect(read('ps', ['all'])).toMatchObject({ services: ['api', 'web'], named: true });
  });

  it.each([
    ['info', [], 'info needs services: names, groups, patterns or "all", as in "fuge info api"'],
    ['info', ['apj'], 'no service or group is called "apj". Did you mean "api"? ("fuge ps" lists them)'],
    ['grep', [], 'grep needs a regex: "fuge grep error"'],
    ['check', ['x'], 'check takes no operands, but got "x"'],
    ['help', ['strat'], 'no command is called "strat". Did you mean "start"?'],
    ['set', ['api', 'A=1', 'B'], '"B" is not of the form NAME=value'],
  ])('%s %j: %s', (name, words, message) => {
    expect(read(name, words)).toMatchObject({ kind: 'problem', message });
  });

  it('the last word of info may be "full"', () => {
    expect(read('info', ['web', 'api', 'full'])).toMatchObject({ services: ['api', 'web'], words: ['full'] });
    expect(read('info', ['api'])).toMatchObject({ services: ['api'], words: [] });
  });

  it('a system without services has none to name, which is no problem', () => {
    const empty = readOperands(verb('ps'), [], { system: systemOf([]), verbs, prefix: '', flags: new Map() });
    expect(empty).toEqual({ kind: 'operands', services: [], named: false, words: [] });
  });

  it('without a system services are not looked at', () => {
    const none = readOperands(verb('ps'), ['any'], { system: undefined, verbs, prefix: '', flags: new Map() });
    expect(none).toMatchObject({ kind: 'operands', named: true });
  });

  it('set needs no NAME=value where something is unset', () => {
    expect(read('set', ['api'], new Map([['unset', 'A']]))).toMatchObject({ kind: 'operands', words: [] });
  });
});

describe('usage', () => {
  it.each([
    ['ps', 'ps [service…]'],
    ['start', 'start <service…>'],
    ['info', 'info <service…> [full]'],
    ['grep', 'grep <regex> [service…]'],
    ['set', 'set <service…> NAME=value…'],
    ['apply', 'apply <command>'],
    ['help', 'help [command]'],
    ['exit', 'exit'],
  ])('%s is written %s', (name, usage) => expect(usageOf(verb(name))).toBe(usage));

  it('flags with a letter, a value, or neither', () => {
    expect(usageOfFlag({ name: 'lines', short: 'n', value: 'N', summary: '' })).toBe('-n, --lines <N>');
    expect(usageOfFlag({ name: 'json', summary: '' })).toBe('--json');
  });
});

// Lines typed at the prompt: what is fuge's, what is the system's shell's, what is a slip.
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../src/cli/parse.js';
import { verbs } from '../../src/cli/verbs.js';
import { nodeService, systemOf } from '../rig/system.js';

const system = systemOf([
  nodeService('api', { groups: ['backend'] }),
  nodeService('gateway'),
  nodeService('full', { groups: ['backend'] }),
]);
const all = ['api', 'gateway', 'full'];
const parse = (line: string, exists: (path: string) => boolean = () => false) =>
  parseLine(line, verbs, system, { exists });

/** What a verb gets: its services, words, flags and command. */
function inputOf(line: string) {
  const parsed = parse(line);
  if (parsed.kind !== 'verb') return parsed;
  const { services, words, command, flags } = parsed.input;
  return { verb: parsed.verb.name, services, words, command, flags: Object.fromEntries(flags) };
}

describe('commands', () => {
  it.each([
    ['start all', 'start', all],
    ['  stop   api  ', 'stop', ['api']],
    ['restart gateway api', 'restart', ['api', 'gateway']],
    ['start backend', 'start', ['api', 'full']],
    ["start 'g*'", 'start', ['gateway']],
    ['start g*', 'start', ['gateway']],
    ['ps', 'ps', all],
    ['ps api', 'ps', ['api']],
    ['ps backend gateway', 'ps', all],
    ['test', 'test', all],
    ['test api', 'test', ['api']],
    ['kill api', 'kill', ['api']],
    ['kill -9 api', 'kill', ['api']],
    ['kill -SIGKILL api gateway', 'kill', ['api', 'gateway']],
    ['env api', 'env', ['api']],
    ['tail api', 'tail', ['api']],
    ['watch api', 'watch', ['api']],
    ['graph', 'graph', all],
    ['quit', 'exit', []],
    ['clear', 'clear', []],
  ])('%s', (line, verb, services) => {
    expect(inputOf(line)).toMatchObject({ verb, services });
  });

  it.each([
    ['info api', ['api'], []],
    // A service of that name goes before the word.
    ['info api full', ['api', 'full'], []],
    ['info full', ['full'], []],
    ['help start', [], ['start']],
    ['help quit', [], ['exit']],
    ['grep time', all, ['time']],
    ['grep time api', ['api'], ['time']],
    ['grep \\d+ api', ['api'], ['\\d+']],
    ["grep 'a b' api", ['api'], ['a b']],
    ['grep \\bfoo', all, ['\\bfoo']],
    ['set api A=1 B=', ['api'], ['A=1', 'B=']],
    ["set api A='x y'", ['api'], ['A=x y']],
    ['set api gateway A=1', ['api', 'gateway'], ['A=1']],
  ])('%s', (line, services, words) => {
    expect(inputOf(line)).toMatchObject({ services, words });
  });

  it.each([
    ['logs api -n 5', { lines: '5' }],
    ['logs -n5 api', { lines: '5' }],
    ['logs --lines 5 api', { lines: '5' }],
    ['logs --lines=5 api', { lines: '5' }],
    ['grep -i x', { 'ignore-case': true }],
    ['grep x --ignore-case', { 'ignore-case': true }],
    ['stop api --dependents', { dependents: true }],
    ['set api -u NAME', { unset: 'NAME' }],
    ['env api --reveal -a', { reveal: true, all: true }],
    ['graph --format=dot', { format: 'dot' }],
  ])('%s has the flags %j', (line, flags) => {
    expect(inputOf(line)).toMatchObject({ flags });
  });

  it('after -- nothing is a flag', () => {
    expect(inputOf('grep -- -i')).toMatchObject({ words: ['-i'], flags: {} });
  });

  it('the command of apply is kept exactly as typed', () => {
    expect(inputOf('apply  git log | head -1 && echo "a  b"  ')).toMatchObject({
      verb: 'apply',
      command: 'git log | head -1 && echo "a  b"',
    });
  });

  it.each(['', '   ', '# a remark'])('%j is nothing', line => {
    expect(parse(line)).toEqual({ kind: 'empty' });
  });
});

describe('lines for the system', () => {
  it.each([
    'git log --oneline',
    'ls -la',
    'ps aux',
    'ps -ef | grep node',
    'ps | head',
    'kill -TERM 4711',
    'kill 4711',
    'kill %1',
    'env',
    'env A=1 node x.js',
    'test -f x',
    'test 1 = 1',
    'tail -f x.log',
    'tail ./x.log',
    'watch -n 1 date',
    'watch ls -l',
    'grep -r foo .',
    'grep -rn foo src',
    'clear -x',
    'cat "a b"',
    "'start' all",
  ])('%s goes there as typed', line => {
    expect(parse(line)).toMatchObject({ kind: 'passthrough', line });
  });

  it("tail with the name of a file that exists is the system's", () => {
    expect(parse('tail notes', path => path === 'notes')).toEqual({ kind: 'passthrough', line: 'tail notes' });
  });

  it.each([
    ['!ps', 'ps'],
    ['! start all', 'start all'],
    ['!git log', 'git log'],
  ])('%s forces it', (typed, line) => {
    expect(parse(typed)).toEqual({ kind: 'passthrough', line });
  });

  it.each([
    ['strat all', 'start'],
    ['stopp api', 'stop'],
    ['gerp x', 'grep'],
  ])('%s may have meant %s', (line, near) => {
    expect(parse(line)).toEqual({ kind: 'passthrough', line, near });
  });
});

describe('slips are told', () => {
  it.each([
    ['start', 'start needs services: names, groups, patterns or "all", as in "start all"'],
    ['start gatway', 'no service or group is called "gatway". Did you mean "gateway"? ("ps" lists them)'],
    ['start nothing-like-it', 'no service or group is called "nothing-like-it" ("ps" lists them)'],
    ['start x*', 'no service matches "x*" ("ps" lists them)'],
    [
      'ps gatway',
      'no service or group is called "gatway". Did you mean "gateway"? ("ps" lists them); "!ps gatway" runs the system\'s ps',
    ],
    ['env FOO', 'no service or group is called "FOO" ("ps" lists them); "!env FOO" runs the system\'s env'],
    ['start --fast api', 'start has no --fast: see "help start"'],
    ['logs --json', 'logs has no --json: see "help logs"'],
    ['logs api -n', 'logs -n needs a value: -n, --lines <N>'],
    ['help strat', 'no command is called "strat". Did you mean "start"?'],
    ['exit now', 'exit takes no operands, but got "now"'],
    ['help start stop', '"stop" is one too many: help [command]'],
    ['set api', 'set needs NAME=value: "set api LOG_LEVEL=debug"'],
    ['grep', 'grep needs a regex: "grep error"'],
    ['apply', 'apply needs a command for the system\'s shell: "apply git status -s"'],
    ['!', '! needs a command for the system\'s shell: "!git log"'],
    ["start 'api", "a ' is never closed"],
    [
      'logs api | head',
      '"|" does not work with fuge\'s logs: one command a line, output stays here. In a terminal, "fuge logs …" can be piped',
    ],
    [
      'start all && ps',
      '"&&" does not work with fuge\'s start: one command a line, output stays here. In a terminal, "fuge start …" can be piped',
    ],
  ])('%s', (line, message) => {
    expect(parse(line)).toEqual({ kind: 'problem', message });
  });
});

describe('the table of commands', () => {
  const shell = verbs.filter(verb => verb.where.includes('shell'));
  const named = systemOf(
    ['api', 'web', 'gateway', 'db']
      .map(name => nodeService(name, { groups: ['backend'] }))
      .concat(nodeService('api-1')),
  );

  it.each(shell.flatMap(verb => verb.examples.map(({ line }) => [line, verb.name] as const)))(
    'its example "%s" is a call of %s',
    (line, name) => {
      const parsed = parseLine(line, verbs, named, { exists: () => false });
      expect(parsed).toMatchObject({ kind: 'verb', verb: { name } });
    },
  );

  it('has no name, alias or flag twice', () => {
    const names = verbs.flatMap(verb => [verb.name, ...(verb.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    for (const { flags } of verbs) {
      const keys = flags.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it.each(verbs.map(verb => [verb.name, verb.summary] as const))(
    'the summary of %s is one line without a full stop',
    (_name, summary) => expect(summary).toMatch(/^[a-z][^\n]*[^.]$/),
  );
});

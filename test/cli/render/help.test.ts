// Help: the list by what people want to do, and one command.
import { describe, expect, it } from 'vitest';
import { renderHelp, renderVerbHelp } from '../../../src/cli/render/help.js';
import { createPaint } from '../../../src/cli/render/paint.js';
import { verbs } from '../../../src/cli/verbs.js';

const verb = (name: string) => verbs.find(each => each.name === name)!;
const style = { paint: createPaint(false), width: undefined, shell: true };

describe('help for one command', () => {
  it('stop, at the prompt', () => {
    expect(renderVerbHelp(verb('stop'), style).split('\n')).toEqual([
      '  stop <service…> [flags]',
      '',
      'Stops services and waits until they are gone.',
      '',
      'Signal, grace, SIGKILL, until the whole process group is gone. What depends on them goes on running,',
      'and is named; --dependents stops it too.',
      '',
      'Services are given as names, groups, patterns with * and ?, or "all".',
      '',
      'Flags',
      '  --dependents  stops what depends on them too',
      '',
      'Examples',
      '  stop api  one service',
      '  stop all  the whole system; fuge stays',
    ]);
  });

  it('check, on the command line: with the file, and the flags that every command has', () => {
    expect(renderVerbHelp(verb('check'), { ...style, shell: false }).split('\n')).toEqual([
      '  fuge check [flags] [file]',
      '',
      'Shows every problem of the system file.',
      '',
      'Each comes with its place. Exit code 2 if there are errors, 0 if there are none (warnings alone are',
      'no errors). Nothing is started.',
      '',
      'Flags',
      '  --json                  prints one JSON object a line',
      '  -f, --file <file>       the system file',
      '  --profile <name>        chooses a profile: its services take part in "all" (several: by commas or again; \'*\': every one)',
      '  --port-offset <n|auto>  moves all ports of this machine up, for a second checkout (auto: by as many hundreds as it takes)',
      '',
      'Examples',
      '  fuge check                  the system file here or above',
      '  fuge check fuge/system.yml  this one',
    ]);
  });

  it('both names of exit are forms of it', () => {
    expect(renderVerbHelp(verb('exit'), style)).toMatch(/^ {2}exit\n {2}quit\n\n/);
  });

  it('goes on below where the text of a flag is wider than the screen, and loses none of it', () => {
    const words = (text: string) => text.split(/\s+/).join(' ');
    for (const each of verbs) {
      const wide = renderVerbHelp(each, { ...style, shell: false });
      const narrow = renderVerbHelp(each, { ...style, shell: false, width: 80 });
      expect(words(narrow)).toBe(words(wide));
    }
    expect(renderVerbHelp(verb('ps'), { ...style, shell: false, width: 80 }).split('\n')).toContain(
      '  --profile <name>        chooses a profile: its services take part in "all"',
    );
  });

  it('says where a command works that does not work here', () => {
    expect(renderVerbHelp(verb('tail'), { ...style, shell: false })).toContain(
      'It works at the prompt of "fuge shell".',
    );
    expect(renderVerbHelp(verb('check'), style)).toMatch(/^ {2}fuge check/);
  });

  it.each(verbs.map(({ name }) => name))('%s fits 60 columns', name => {
    for (const line of renderVerbHelp(verb(name), { ...style, width: 60 }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('the list', () => {
  it('groups commands by what people want to do', () => {
    const titles = renderHelp(verbs, style)
      .split('\n')
      .filter(line => /^[A-Z]\w+$/.test(line));
    expect(titles).toEqual(['See', 'Run', 'Watch', 'Logs', 'Code', 'Leave']);
  });

  it('has a line for each command of the place, and none of the other', () => {
    const prompt = renderHelp(verbs, style);
    const commandLine = renderHelp(verbs, { ...style, shell: false });
    for (const { name, where } of verbs) {
      const line = new RegExp(`^  ${name}( |$|,)`, 'm');
      expect([name, line.test(prompt)]).toEqual([name, where.includes('shell')]);
      expect([name, line.test(commandLine)]).toEqual([name, where.includes('argv')]);
    }
  });

  it('cuts no summary at 80 columns', () => {
    for (const shell of [true, false]) expect(renderHelp(verbs, { ...style, shell, width: 80 })).not.toMatch(/…$/m);
  });

  it.each([60, 80, 120])('fits %i columns, apart from its notes', width => {
    const list = renderHelp(verbs, { ...style, width })
      .split('\n')
      .slice(0, -3);
    for (const line of list) expect(line.length).toBeLessThanOrEqual(width);
  });
});

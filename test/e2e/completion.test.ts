// Completion in real shells: each reads its script, and is asked as Tab asks it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge-tab-')));
  symlinkSync(bin, path.join(directory, 'fuge'));
  writeFileSync(
    path.join(directory, 'fuge.yml'),
    'api: {type: process, run: a, group: back}\nweb: {type: process, run: a}\n',
  );
  writeFileSync(path.join(directory, 'my system.yml'), 'job: {type: process, run: a}\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a script of a shell in the directory, where `fuge` is this one. */
function runIn(shell: readonly string[], script: string) {
  const env = {
    ...process.env,
    PATH: `${directory}:${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: directory,
  };
  const [command = '', ...args] = shell;
  return spawnSync(command, [...args, '-c', script], { cwd: directory, env, encoding: 'utf8' });
}

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe('bash', () => {
  /** What stands in COMPREPLY after Tab, as bash calls the function. */
  function complete(...words: string[]): string[] {
    const typed = words.map(word => `'${word}'`).join(' ');
    const script = `set -u; source <(fuge completion bash)
      [[ "$(complete -p fuge)" == "complete -F _fuge fuge" ]] || exit 3
      COMP_WORDS=(fuge ${typed}); COMP_CWORD=${words.length}
      _fuge fuge '' ''
      printf '%s\\n' "\${COMPREPLY[@]-}"`;
    const { stdout, stderr, status } = runIn(['bash', '--norc'], script);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.split('\n').filter(line => line !== '');
  }

  it('completes a command', () => expect(complete('doc')).toEqual(['doctor']));
  it('completes services and groups', () => {
    expect(complete('up', 'a')).toEqual(['api', 'all']);
    expect(complete('up', 'api', 'b')).toEqual(['back']);
  });
  it('completes flags and their values', () => {
    expect(complete('up', '--det')).toEqual(['--detach']);
    expect(complete('logs', '--level', 'de')).toEqual(['debug']);
  });
  it('completes system files, with their blanks quoted', () =>
    expect(complete('check', 'my')).toEqual(['my\\ system.yml']));
  it('offers nothing where nothing fits', () => expect(complete('up', 'zzz')).toEqual([]));
});

describe.runIf(has('fish'))('fish', () => {
  function complete(line: string): string[] {
    const { stdout } = runIn(['fish', '--no-config'], `fuge completion fish | source; complete -C '${line}'`);
    return stdout.split('\n').filter(text => text !== '');
  }

  it('completes a command, with what it does', () =>
    expect(complete('fuge doc')).toEqual(['doctor\tfinds what is in the way, and says what mends it']));
  it('completes services', () => expect(complete('fuge up a')).toEqual(['all', 'api']));
  it('completes values of flags', () => expect(complete('fuge logs --level de')).toEqual(['debug']));
});

describe.runIf(has('zsh'))('zsh', () => {
  /** What the function hands to zsh; the prompt itself is not here. */
  function complete(...words: string[]): string {
    const script = `compdef() { print -r -- "compdef $*" }; source <(fuge completion zsh)
      compadd() { print -r -- "\${@[(i)--]}:\${@[\${@[(i)--]}+1,-1]}" }
      words=(fuge ${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}
      _fuge`;
    const { stdout, stderr } = runIn(['zsh', '-f'], script);
    expect(stderr).toBe('');
    return stdout;
  }

  it('completes commands, services and values of flags', () => {
    expect(complete('doc')).toBe('compdef _fuge fuge\n5:doctor\n');
    expect(complete('up', 'a')).toBe('compdef _fuge fuge\n5:api all\n');
    expect(complete('logs', '--level', 'de')).toBe('compdef _fuge fuge\n5:debug\n');
  });
});

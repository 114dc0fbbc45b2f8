// The shell without a terminal: commands from a pipe, plain lines out.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../rig/open-system.js';

const fuge = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));
const ENV = { ...process.env, NO_COLOR: '1', SHELL: '/bin/sh' };

async function run(folder: string, input: string, args: readonly string[] = []) {
  const child = spawn(process.execPath, [fuge, 'shell', 'fuge.yml', ...args], { cwd: folder, env: ENV });
  child.stdin.end(input);
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, errors, code };
}

const API = 'api:\n  type: node\n  path: api\n  run: index.cjs\n';
const IDLE = "console.log('up'); setInterval(() => {}, 1000);";

describe('commands from a pipe', () => {
  it('run one after the other, without a prompt and without colours', async () => {
    const folder = temporaryFolder({ 'fuge.yml': API, 'api/index.cjs': IDLE });
    const { out, errors, code } = await run(folder, '# a comment\n\necho one\nstart api\ncd api\nls\necho two\n');
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(out).not.toMatch(/\x1b|fuge>/);
    expect(out).toMatch(/^fuge \S+ {2}system "\S+" {2}1 service \(1 node\) {2}fuge\.yml\none\n/);
    expect(out.indexOf('ready in')).toBeGreaterThan(out.indexOf('api │ up'));
    expect(out).toMatch(/ready in[\s\S]*\nindex\.cjs\ntwo\n[\s\S]*stopped in [\d.]+ s\n$/);
  });

  it('end with exit code 1 if one failed, and go on after it', async () => {
    const folder = temporaryFolder({ 'fuge.yml': API, 'api/index.cjs': IDLE });
    const { out, errors, code } = await run(folder, 'apii\nfalse\necho on\n');
    expect(code).toBe(1);
    expect(errors).toBe(
      'no service, group or command is called "apii". Did you mean "api"? ("!apii" asks the system\'s shell)\n',
    );
    expect(out).toMatch(/exit code 1\non\n$/);
  });

  it('end early with exit', async () => {
    const folder = temporaryFolder({ 'fuge.yml': API, 'api/index.cjs': IDLE });
    const { out, code } = await run(folder, 'exit\necho never\n');
    expect(code).toBe(0);
    expect(out).not.toMatch(/never/);
  });
});

describe('output into a pipe', () => {
  it('loses no line of a flood, however slow the reader', async () => {
    const LINES = 200_000;
    const folder = temporaryFolder({
      'fuge.yml': API,
      'api/index.cjs': `
        let text = '';
        for (let i = 1; i <= ${LINES}; i++) text += i + ' ' + 'x'.repeat(90) + '\\n';
        process.stdout.write(text, () => process.exit(0));
      `,
    });
    const child = spawn(process.execPath, [fuge, 'shell', 'fuge.yml'], { cwd: folder, env: ENV });
    child.stdin.write('start api\n');
    let next = 1;
    let rest = '';
    // A reader that takes one piece at a time, and dozes in between.
    for await (const piece of child.stdout.setEncoding('utf8')) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const number = /^api [│] (\d+) x{90}$/.exec(line)?.[1];
        if (number === undefined) continue;
        expect(Number(number)).toBe(next++);
      }
      if (next > LINES && child.stdin.writable) child.stdin.end();
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(next - 1).toBe(LINES);
    expect(readFileSync(join(folder, 'log/api.log'), 'utf8')).toContain(`\n${LINES} xxx`);
  });

  it('ends cleanly when its reader goes', async () => {
    const folder = temporaryFolder({
      'fuge.yml': API,
      'api/index.cjs':
        "require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => console.log('x'), 5);",
    });
    const child = spawn(process.execPath, [fuge, 'shell', 'fuge.yml', '--start'], { cwd: folder, env: ENV });
    const errors = text(child.stderr);
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    let seen = '';
    for await (const piece of child.stdout.setEncoding('utf8')) {
      seen += piece;
      if (seen.includes('│ x')) break; // leaving the loop closes the pipe
    }
    expect(await ended).toBe(141);
    expect(await errors).toBe('');
    const pid = Number(readFileSync(join(folder, 'api/pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

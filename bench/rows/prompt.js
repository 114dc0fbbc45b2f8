// From the command to the prompt in a pseudo-terminal, with ten services in the file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { compare, folder, fuge, interleave, signalGroup } from '../harness.js';

export const title = 'Until the prompt is ready';
export const limitedBy = 'the start of Node, and reading and compiling the prompt and the YAML parser';

const SCRIPT = '/usr/bin/script';

/** ms until `text` appears on a pseudo-terminal of its own; script(1) makes one. */
const timeUntil = (text, command, cwd) => () =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(SCRIPT, ['-qfec', command, '/dev/null'], {
      cwd,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      env: { ...process.env, TERM: 'xterm' },
    });
    let seen = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      seen += chunk;
      if (!seen.includes(text)) return;
      resolve(performance.now() - began);
      seen = '';
      child.stdin.end('\x04');
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 1000).unref();
    });
    child.once('error', reject);
  });

export default async function prompt(runs) {
  if (!existsSync(SCRIPT)) {
    console.log('skipped: prompt needs script(1) of bsdutils');
    return [];
  }
  const services = Array.from(
    { length: 10 },
    (_, i) => `s${i}:\n  type: node\n  run: s${i}.js\n  ports: [main=${4100 + i}]\n`,
  );
  const cwd = folder({ 'fuge.yml': services.join('') });
  const measured = await interleave(
    {
      'node -e 0': timeUntil('ready', `${process.execPath} -e 'console.log("ready")'`, cwd),
      fuge: timeUntil('fuge> ', `${process.execPath} ${fuge} shell fuge.yml`, cwd),
    },
    runs * 2,
  );
  return [compare('prompt ready, 10 services in the file', measured, 'fuge', 'node -e 0', { goal: 2 })];
}

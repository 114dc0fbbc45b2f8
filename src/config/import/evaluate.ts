/** Runs a JavaScript file in a Node of its own and takes what it exports, as JSON. Only ever because it was asked for. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Report } from '../report.js';
import { Source } from '../source.js';

const PATIENCE_MS = 10_000;
const MOST_BYTES = 1024 * 1024;
/** Stands before the result, so that what the file itself prints is none of it. */
const MARK = '\u0001fuge-import\u0001';

const PROGRAM = `
import { pathToFileURL } from 'node:url';
const loaded = await import(pathToFileURL(process.argv[1]).href);
let value = loaded.default ?? loaded;
value = value?.default ?? value;
if (typeof value === 'function') value = await value();
process.stdout.write(${JSON.stringify(MARK)} + JSON.stringify(value, null, 2), () => process.exit(0));
`;

/** What the file exports, as a source of JSON whose name says where it is from; undefined: it failed, which was reported. */
export async function evaluateFile(file: string, report: Report): Promise<Source | undefined> {
  const fail = (why: string, hint?: string) => {
    report.error('import-evaluate', `${file} can't be evaluated: ${why}`, undefined, { hint });
    return undefined;
  };
  const run = await runNode(file);
  if (run.problem !== undefined) return fail(run.problem);
  const at = run.stdout.lastIndexOf(MARK);
  if (run.code !== 0 || at === -1) return fail(lastWords(run.stderr), `"node ${path.basename(file)}" shows all of it`);
  const text = run.stdout.slice(at + MARK.length);
  if (text === '' || text === 'undefined') return fail('it exports nothing that can be written as JSON');
  report.add('info', 'import-evaluated', `${file} was run by Node, and what it exports is taken`);
  return new Source(`${file} (evaluated)`, text);
}

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly problem?: string;
}

function runNode(file: string): Promise<Run> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM, '--', file], {
      cwd: path.dirname(file),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let [stdout, stderr, problem] = ['', '', undefined as string | undefined];
    const end = (why: string) => {
      problem ??= why;
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    const timer = setTimeout(() => end(`it has not ended after ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      if (stdout.length > MOST_BYTES) end('it prints more than 1 MB');
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-10_000);
    });
    child.on('error', error => {
      clearTimeout(timer);
      resolve({ code: null, stdout, stderr, problem: error.message });
    });
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, ...(problem !== undefined && { problem }) });
    });
  });
}

/** The line of a stack trace that says what was wrong. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map(line => line.trim());
  return (
    lines.find(line => /^(\w*Error|Error)\b.*:/.test(line)) ??
    lines.find(line => line !== '') ??
    'it ended without a result'
  );
}

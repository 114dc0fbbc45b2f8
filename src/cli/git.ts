/** Runs git and gives what it said. */
import { spawn } from 'node:child_process';

export interface GitResult {
  readonly code: number;
  /** Both streams as they came, without a final newline. */
  readonly text: string;
}

/** Never asks for a password: nobody could see the question. Code 127: git is missing. */
export function git(args: readonly string[], directory: string, signal: AbortSignal): Promise<GitResult> {
  return new Promise(resolve => {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
    const child = spawn('git', args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', error => resolve({ code: 127, text: error.message }));
    child.once('close', code => resolve({ code: code ?? 1, text: Buffer.concat(chunks).toString('utf8').trimEnd() }));
  });
}

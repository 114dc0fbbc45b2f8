/** Runs a command to its end in a service's directory: build, test, apply, pull. The only file that knows execa. */
import type { Event, Exit, StreamName } from '../event.js';
import type { Command, NodeService, ProcessService } from '../system.js';
import type { Clock } from './clock.js';
import { Output } from './output.js';
import { launchProblem } from './runners/executable.js';
import { MARK, type Owner } from './runners/owner.js';
import { argvOf } from './runners/process.js';
import { signalGroup } from './runners/process-group.js';

export interface CommandOrder {
  readonly service: ProcessService | NodeService;
  readonly command: Command;
  /** Marks its lines: `test`, `build` … */
  readonly label: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the command's whole process group. */
  readonly signal: AbortSignal;
  readonly isQuiet: boolean;
  readonly owner: Owner;
  readonly clock: Clock;
  emit(event: Event): void;
}

/** ms between the polite signal and SIGKILL when a command is given up. */
const GRACE_MS = 2000;

export async function runCommand(order: CommandOrder): Promise<Exit> {
  const { service, command, label, environment, signal, owner, clock, emit } = order;
  const [program, ...args] = argvOf(command);
  const problem = launchProblem(service, program, environment.PATH);
  if (problem) return { reason: 'not-started', problem };
  if (signal.aborted) return { reason: 'signal', signal: 'SIGTERM' };

  const { execa } = await import('execa');
  const child = execa(program, args, {
    cwd: service.cwd,
    env: { ...environment, [MARK]: owner.markOf(service.name, 0) },
    extendEnv: false,
    stdin: 'ignore',
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const { pid } = child;
  if (pid !== undefined) owner.protect(pid);
  const sink = { file: () => {}, keep: () => {}, emit: order.isQuiet ? () => {} : emit };
  const output = new Output({ service: service.name, run: 0, command: label }, sink, clock);
  for (const stream of ['stdout', 'stderr'] as StreamName[])
    child[stream]?.on('data', (chunk: Buffer) => output.push(stream, chunk)).once('close', () => output.end(stream));

  let killTimer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const result = await child;
  signal.removeEventListener('abort', giveUp);
  clearTimeout(killTimer);
  if (pid !== undefined) {
    signalGroup(pid, 'SIGKILL'); // whatever it left behind
    owner.release(pid);
  }
  if (result.signal !== undefined) return { reason: 'signal', signal: result.signal };
  return { reason: 'code', code: result.exitCode ?? 1 };
}

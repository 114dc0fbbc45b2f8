/**
 * What probably made a service end, and what to do: read from its exit and its last lines.
 *
 * Each rule stands for a message that runtimes and tools print in these words: Node, Python, the JVM, Go, shells. A hint is
 * given where the message leaves no doubt, and names the service of the system that it is about.
 */
import type { Exit, Supervisor } from '../../index.js';
import { describeState, formatState } from '../render/state.js';

export interface Ended {
  readonly service: string;
  readonly exit: Exit | undefined;
  /** Its last lines, oldest first. */
  readonly lines: readonly string[];
  /** Where it runs. */
  readonly directory: string | undefined;
}

export function hintsOf({ service, exit, lines, directory }: Ended, supervisor: Supervisor): string[] {
  const text = lines.join('\n');
  const hints = [...exitHints(exit)];
  const where = directory === undefined ? '' : ` in ${directory}`;

  const taken =
    /(?:EADDRINUSE|address already in use|port is already allocated)[^\n]*?:(\d{2,5})\b|:(\d{2,5})\b[^\n]{0,40}(?:address already in use|port is already allocated)/i.exec(
      text,
    );
  if (taken) {
    const port = Number(taken[1] ?? taken[2]);
    hints.push(`port ${port} is taken${holderOf(port, service, supervisor)}`);
  } else if (/EADDRINUSE|address already in use/i.test(text))
    hints.push('the port that it listens on is taken by another program');

  const refused =
    /(?:ECONNREFUSED|connection refused)[^\n]*?(?::|port )(\d{2,5})\b|:(\d{2,5})\b[^\n]{0,40}connection refused/i.exec(
      text,
    );
  if (refused) {
    const port = Number(refused[1] ?? refused[2]);
    const owner = ownerOf(port, supervisor);
    if (owner === undefined)
      hints.push(`nothing listened on port ${port}, and no service of this system has that port`);
    else if (owner !== service)
      hints.push(
        `it could not connect to port ${port}, which is ${owner}'s (${stateOf(owner, supervisor)})${waits(service, owner, supervisor) ? '' : `; "depends_on: [${owner}]" would make it wait`}`,
      );
  }

  const unknownHost = /(?:getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|no such host|Name or service not known:?) ([\w.-]+)/.exec(
    text,
  );
  if (unknownHost)
    hints.push(
      `the host "${unknownHost[1]}" has no address here: the tool "environment" shows the addresses that it is given`,
    );

  const module = /Cannot find (?:module|package) '([^']+)'|ModuleNotFoundError: No module named '([^']+)'/.exec(text);
  if (module) {
    const name = module[1] ?? module[2]!;
    hints.push(
      /^[./]/.test(name)
        ? `the file ${name} is missing: was it built?`
        : `the package "${name}" is not installed${where}`,
    );
  }
  if (/JavaScript heap out of memory/.test(text))
    hints.push("Node's heap was full: NODE_OPTIONS=--max-old-space-size raises its limit");
  return hints;
}

function exitHints(exit: Exit | undefined): string[] {
  switch (exit?.reason) {
    case 'not-started':
      return exit.problem.hint === undefined ? [] : [exit.problem.hint];
    case 'signal':
      return exit.signal === 'SIGKILL' ? ['it was killed from outside: often by the kernel when memory runs out'] : [];
    case 'code':
      if (exit.outOfMemory) return ['the container went over its memory limit'];
      if (exit.code === 127) return ['exit code 127: its command, or one that it calls, was not found'];
      if (exit.code === 126) return ['exit code 126: its command could not be executed (no permission?)'];
      if (exit.code === 137) return ['exit code 137 is SIGKILL: often sent when memory runs out'];
      return [];
    default:
      return [];
  }
}

function ownerOf(port: number, supervisor: Supervisor): string | undefined {
  return supervisor.statuses().find(({ ports }) => ports.some(({ host, target }) => host === port || target === port))
    ?.name;
}

function holderOf(port: number, service: string, supervisor: Supervisor): string {
  const owner = ownerOf(port, supervisor);
  if (owner === undefined) return ' by another program';
  if (owner === service) return ': it is its own port, which another program holds';
  return `: it is the port of ${owner} (${stateOf(owner, supervisor)})`;
}

function stateOf(name: string, supervisor: Supervisor): string {
  const status = supervisor.status(name);
  return status === undefined ? 'unknown' : formatState(describeState(status, Date.now()));
}

const waits = (service: string, needed: string, { system }: Supervisor) =>
  system.services.get(service)?.dependsOn?.some(({ service: name }) => name === needed) === true;

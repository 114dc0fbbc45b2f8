/** The environment of each service as it is now: what the files say at this moment, and what `set` said. */
import { readFileSync } from 'node:fs';
import type { EnvironmentReport } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { EnvFile, Service, System } from '../system.js';
import { environmentOf } from './discovery/environment.js';
import { writeGivenFile } from './given-file.js';

export class Environments {
  readonly #process: Readonly<Record<string, string | undefined>>;
  readonly #variables = new Map<string, Map<string, string | undefined>>();
  /** Problems of env files that were told; the next order tells them again. */
  readonly #told = new Set<string>();
  readonly #tell: (problem: Diagnostic, service: string) => void;

  /** @param process fuge's own environment. @param tell Hears of each problem once until {@link forgetTold}. */
  constructor(
    process: Readonly<Record<string, string | undefined>>,
    tell: (problem: Diagnostic, service: string) => void,
  ) {
    this.#process = process;
    this.#tell = tell;
  }

  /** Undefined unsets. */
  set(service: string, variable: string, value: string | undefined): void {
    const variables = this.#variables.get(service) ?? new Map<string, string | undefined>();
    variables.set(variable, value);
    this.#variables.set(service, variables);
  }

  report(system: System, service: Service): EnvironmentReport {
    const set = this.#variables.get(service.name);
    return environmentOf(system, service, { process: this.#process, read: readEnvFile, ...(set && { set }) });
  }

  /** What a launch would get now. Nothing is told, nothing written. */
  now(system: System, service: Service): Record<string, string> {
    return record(this.report(system, service));
  }

  /** What a launch gets; the files that it is led to are written. Problems are told. */
  forLaunch(system: System, service: Service): Record<string, string> {
    const report = this.report(system, service);
    const files = service.type === 'external' ? [] : (service.files ?? []);
    for (const problem of [...report.problems, ...files.flatMap(file => writeGivenFile(file) ?? [])]) {
      const told = JSON.stringify(problem);
      if (this.#told.has(told)) continue;
      this.#told.add(told);
      this.#tell(problem, service.name);
    }
    return record(report);
  }

  forgetTold(): void {
    this.#told.clear();
  }

  forget(service: string): void {
    this.#variables.delete(service);
  }
}

/** A dictionary from its birth: any other object takes V8 1 MB of layouts on the way to a thousand variables. */
function record({ variables }: EnvironmentReport): Record<string, string> {
  const environment: Record<string, string> = Object.create(null);
  for (const { name, value } of variables) environment[name] = value;
  return environment;
}

/** The text of an env file as it is now. */
export function readEnvFile(file: EnvFile): string | undefined | { readonly unreadable: string } {
  try {
    return readFileSync(file.path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reasons: Record<string, string> = { EACCES: 'permission denied', EISDIR: 'it is a directory' };
    return { unreadable: reasons[code ?? ''] ?? message };
  }
}

/** Looks before spawning, so that a failure names its cause: Node blames the program for a missing directory. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Diagnostic } from '../../diagnostic.js';
import type { NodeService, ProcessService } from '../../system.js';

/**
 * What would keep `program` from being started in `service.cwd` with this PATH; undefined: nothing known.
 *
 * @param key The service's key that asks for it, as far as one does: its place is told.
 */
export function launchProblem(
  service: ProcessService | NodeService,
  program: string,
  path: string | undefined,
  key = 'run',
): Diagnostic | undefined {
  const { name, cwd, origins, at } = service;
  const directory = statSync(cwd, { throwIfNoEntry: false });
  if (!directory?.isDirectory()) {
    return {
      severity: 'error',
      code: 'missing-directory',
      message: `"${name}" can't start: its directory ${cwd} ${directory ? 'is not a directory' : 'does not exist'}`,
      at: origins.path ?? at,
      hint: service.repository === undefined ? 'create it, or change its path' : `"pull ${name}" clones its repository`,
    };
  }
  const found = find(program, cwd, path);
  if (found === 'executable') return undefined;
  const place = origins[key] ?? at;
  const change = key === 'run' || origins[key] ? `, or change ${key}` : '';
  if (found === 'missing') {
    const isPath = program.includes('/');
    return {
      severity: 'error',
      code: 'missing-executable',
      message: isPath
        ? `"${name}" can't start: there is no file ${resolve(cwd, program)}`
        : `"${name}" can't start: no program "${program}" is found on the PATH`,
      at: place,
      hint: isPath ? `build it${change}` : `install ${program}${change}`,
    };
  }
  return {
    severity: 'error',
    code: 'not-executable',
    message: `"${name}" can't start: ${found} is not executable`,
    at: place,
    hint: `chmod +x ${found}, or name its interpreter${key === 'run' || origins[key] ? ` in ${key}` : ''}`,
  };
}

/** 'executable', 'missing', or the path of a file that lacks the permission. */
function find(program: string, cwd: string, path = '/usr/local/bin:/usr/bin:/bin'): string {
  const candidates = program.includes('/')
    ? [isAbsolute(program) ? program : join(cwd, program)]
    : path.split(delimiter).map(directory => resolve(cwd, directory, program));
  let forbidden: string | undefined;
  for (const candidate of candidates) {
    if (!statSync(candidate, { throwIfNoEntry: false })?.isFile()) continue;
    try {
      accessSync(candidate, constants.X_OK);
      return 'executable';
    } catch {
      forbidden ??= candidate;
    }
  }
  return forbidden ?? 'missing';
}

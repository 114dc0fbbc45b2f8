/** Imports a file that is written for one test, and loads what came of it as a system file beside it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ImportOptions, importSystem } from '../../../src/config/import/import.js';
import { loadSystem } from '../../../src/config/load.js';
import { formatDiagnostic } from '../../../src/diagnostic.js';
import type { NodeService, ProcessService, System } from '../../../src/system.js';
import { writeFiles } from '../files.js';

export interface Imported {
  /** The system file; empty if there is none. */
  readonly text: string;
  /** Each diagnostic's first line, the directory left out. */
  readonly said: readonly string[];
  readonly directory: string;
  /** What the system file means; undefined: there is none. */
  readonly system: System | undefined;
  /** Of the loaded system. */
  service(name: string): ProcessService | NodeService;
}

/** @param file The one of `files` that is imported; its text if there is only one. */
export async function importFile(
  file: string,
  files: string | Readonly<Record<string, string | Uint8Array>>,
  options: ImportOptions & { readonly output?: string } = {},
): Promise<Imported> {
  const directory = writeFiles(typeof files === 'string' ? { [file]: files } : files);
  const { output, ...rest } = options;
  const written = path.resolve(directory, output ?? path.join(path.dirname(file), 'fuge.yml'));
  const result = await importSystem(file, { cwd: directory, env: {}, directory: path.dirname(written), ...rest });
  const firstLines = result.diagnostics.map(one => formatDiagnostic(one).split('\n')[0]!);
  const said = firstLines.map(line => line.replaceAll(`${directory}/`, '').replaceAll(directory, '<shop>'));
  let system: System | undefined;
  if (result.text !== undefined) {
    writeFileSync(written, result.text);
    const loaded = await loadSystem(written, { env: {} });
    const mistakes = loaded.diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(one => formatDiagnostic(one));
    if (mistakes.length > 0) throw new Error(`the result does not load:\n${mistakes.join('\n')}\n${result.text}`);
    system = loaded.system;
  }
  return {
    text: result.text ?? '',
    said,
    directory,
    system,
    service(name) {
      const service = system?.services.get(name);
      if (service?.type !== 'process' && service?.type !== 'node')
        throw new Error(`no process "${name}" in:\n${result.text}\n${said.join('\n')}`);
      return service;
    },
  };
}

/** The line of a command, whatever its kind. */
export function lineOf(service: ProcessService | NodeService): string | undefined {
  const { command } = service;
  return command?.kind === 'shell' ? `sh: ${command.line}` : command?.argv.join(' ');
}

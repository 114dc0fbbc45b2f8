/** Loads a system from files written for one test, and gives what was said about it with paths relative to them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadOptions, loadSystem } from '../../src/config/load.js';
import { type Diagnostic, formatDiagnostic } from '../../src/diagnostic.js';
import type { Service, System } from '../../src/system.js';

export interface Loaded {
  readonly system: System | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Every diagnostic in full, the directory left out. */
  readonly said: string;
  readonly directory: string;
  /** A service that must be there. */
  service<T extends Service['type'] = 'process'>(name: string): Extract<Service, { type: T }>;
}

/** Names that end in a slash are directories. The directory is called `shop`. */
export function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const top = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge-config-')));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const directory = path.join(top, 'shop');
  mkdirSync(directory);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(file, content);
  }
  return directory;
}

export async function load(
  content: string | Readonly<Record<string, string | Uint8Array>>,
  options: LoadOptions & { readonly file?: string | null } = {},
): Promise<Loaded> {
  const directory = writeFiles(typeof content === 'string' ? { 'fuge.yml': content } : content);
  const { file = 'fuge.yml', env = {}, cwd = directory } = options;
  const { profiles, ports } = options;
  const { system, diagnostics } = await loadSystem(file ?? undefined, {
    cwd,
    env,
    ...(profiles && { profiles }),
    ...(ports && { ports }),
  });
  const said = diagnostics.map(one => formatDiagnostic(one)).join('\n');
  return {
    system,
    diagnostics,
    said: said.replaceAll(`${directory}/`, '').replaceAll(directory, '<shop>'),
    directory,
    service<T extends Service['type'] = 'process'>(name: string) {
      const service = system?.services.get(name);
      if (!service) throw new Error(`no service "${name}":\n${said}`);
      return service as Extract<Service, { type: T }>;
    },
  };
}

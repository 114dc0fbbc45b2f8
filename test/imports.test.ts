// Holds the rules of who imports whom (ARCHITECTURE.md), by reading the import lines of src.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

interface Import {
  /** Paths relative to src, with slashes; `to` of a package or a node: module is its name. */
  readonly from: string;
  readonly to: string;
}

/** Every import, re-export, dynamic import and type import of a file. */
function importsOf(file: string, text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const specifiers = [
    ...code.matchAll(/^\s*(?:import|export)\s[^;'"]*?\sfrom\s+['"]([^'"]+)['"]/gm),
    ...code.matchAll(/^\s*import\s+['"]([^'"]+)['"]/gm),
    ...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
  ].map(match => match[1]!);
  return specifiers.map(specifier => ({
    from: file,
    to: specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : specifier,
  }));
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map(file => file.split(path.sep).join('/'))
  .filter(file => file.endsWith('.ts'));
const imports = files.flatMap(file => importsOf(file, readFileSync(path.join(src, file), 'utf8')));

type Part = 'model' | 'index' | 'config' | 'supervisor' | 'remote' | 'embedded' | 'cli' | 'node' | 'package';

function partOf(target: string): Part {
  if (target.startsWith('node:')) return 'node';
  if (target === 'index.ts') return 'index';
  for (const part of ['config', 'supervisor', 'remote', 'embedded', 'cli'] as const)
    if (target.startsWith(`${part}/`)) return part;
  return files.includes(target) ? 'model' : 'package';
}

/** What each part may import. */
const allowed: Readonly<Record<Exclude<Part, 'node' | 'package'>, readonly Part[]>> = {
  model: ['model'],
  index: ['model', 'config', 'supervisor', 'remote', 'embedded'],
  config: ['config', 'model', 'node', 'package'],
  supervisor: ['supervisor', 'model', 'node', 'package'],
  remote: ['remote', 'model', 'node'],
  // Made of what anyone can use: it stands on the public library as the command line does.
  embedded: ['embedded', 'index', 'model', 'node'],
  cli: ['cli', 'index', 'node', 'package'],
};

describe('imports', () => {
  it('are found at all', () => {
    expect(files).toContain('cli/main.ts');
    expect(imports).toContainEqual({ from: 'system.ts', to: 'diagnostic.ts' });
    expect(imports).toContainEqual({ from: 'index.ts', to: 'supervisor/supervisor.ts' });
  });

  it.each(Object.keys(allowed) as (keyof typeof allowed)[])('of %s lead only where they may', part => {
    const wrong = imports.filter(({ from, to }) => partOf(from) === part && !allowed[part].includes(partOf(to)));
    expect(wrong).toEqual([]);
  });

  it('of Node modules are written with node:', () => {
    expect(imports.filter(({ to }) => builtinModules.includes(to))).toEqual([]);
  });

  it('name files that exist', () => {
    const missing = imports.filter(({ to }) => to.endsWith('.ts') && !files.includes(to));
    expect(missing).toEqual([]);
  });

  it('of a package stand in one file, which is named for what it does for us', () => {
    const importers = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      if (partOf(to) !== 'package') continue;
      const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
      importers.set(name, (importers.get(name) ?? new Set()).add(from));
    }
    const scattered = [...importers]
      .filter(([, from]) => from.size > 1)
      .map(([name, from]) => ({ name, from: [...from] }));
    expect(scattered).toEqual([]);
  });

  it('of packages are declared in package.json, and every declared one is imported', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(path.join(src, '../package.json'), 'utf8'),
    ) as {
      dependencies: Record<string, string>;
      optionalDependencies: Record<string, string>;
    };
    const used = new Set(
      imports
        .filter(({ to }) => partOf(to) === 'package')
        .map(({ to }) => to.split('/', to.startsWith('@') ? 2 : 1).join('/')),
    );
    expect([...used].sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies }).sort());
  });
});

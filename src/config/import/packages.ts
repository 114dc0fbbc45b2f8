/**
 * Finds Node packages: the members of a workspace (npm, yarn and bun name them in package.json, pnpm in
 * pnpm-workspace.yaml) and those that simply lie some levels below.
 */
import path from 'node:path';
import { Report } from '../report.js';
import type { Source } from '../source.js';
import { parseYaml, type YamlNode } from '../yaml.js';
import { Fields } from './fields.js';
import { readLiteral } from './literal.js';
import { type Surroundings, sourceOf } from './surroundings.js';

export interface NodePackage {
  readonly directory: string;
  readonly source: Source;
  readonly name: string | undefined;
  readonly main: string | undefined;
  readonly scripts: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlySet<string>;
  /** Globs of its members; undefined: it has no workspaces. */
  readonly workspaces: readonly string[] | undefined;
  /** `npm`, `yarn`, `pnpm` or `bun`, where the file says so. */
  readonly manager: string | undefined;
  readonly bin: boolean;
}

/** What lies in these is no service of the system. */
const PASSED_OVER =
  /^(node_modules|bower_components|dist|build|out|coverage|vendor|target|tests?|__tests__|fixtures?|examples?|e2e|tmp|temp|log|logs|\..*)$/;
const MOST_DIRECTORIES = 5000;
const DEEPEST_MEMBER = 5;

/** Undefined: it is none, or can't be read; the report says why. */
export function readPackage(directory: string, around: Surroundings, report: Report): NodePackage | undefined {
  const file = path.join(directory, 'package.json');
  const found = around.isFile(file) ? around.read(file) : undefined;
  if (found === undefined) return undefined;
  if (!('file' in found)) {
    report.warn('import-left-out', `${found.message}; it is passed over`);
    return undefined;
  }
  return packageOf(found, report, around);
}

export function packageOf(source: Source, report: Report, around: Surroundings): NodePackage | undefined {
  // What is wrong with it is the matter of another tool; here it is only passed over.
  const own = new Report();
  const { root } = readLiteral(source, own);
  if (root?.kind !== 'map') {
    report.warn('import-left-out', `${source.file} can't be read as JSON; it is passed over`, root);
    return undefined;
  }
  const fields = new Fields(root, source.file, own);
  const manager = /^(npm|yarn|pnpm|bun)@/.exec(fields.text('packageManager') ?? '')?.[1];
  const scripts = fields.map('scripts');
  return {
    directory: path.dirname(source.file),
    source,
    name: fields.text('name'),
    main: fields.text('main'),
    scripts: new Map(
      (scripts?.keys() ?? []).flatMap(key => (scripts!.text(key) === undefined ? [] : [[key, scripts!.text(key)!]])),
    ),
    dependencies: new Set([
      ...(fields.map('dependencies')?.keys() ?? []),
      ...(fields.map('devDependencies')?.keys() ?? []),
    ]),
    workspaces: workspacesOf(fields, path.dirname(source.file), around),
    manager,
    bin: fields.has('bin'),
  };
}

function workspacesOf(fields: Fields, directory: string, around: Surroundings): readonly string[] | undefined {
  const written = fields.at('workspaces');
  const list = written?.kind === 'map' ? new Fields(written, 'workspaces', new Report()).at('packages') : written;
  const pnpm = sourceOf(path.join(directory, 'pnpm-workspace.yaml'), around);
  const pnpmRoot = pnpm && parseYaml(pnpm, new Report())[0];
  const pnpmList = pnpmRoot?.kind === 'map' ? new Fields(pnpmRoot, 'packages', new Report()).at('packages') : undefined;
  const globs = [...textsOf(list), ...textsOf(pnpmList)];
  return globs.length > 0 ? globs : undefined;
}

function textsOf(node: YamlNode | undefined): string[] {
  return node?.kind === 'list' ? node.items.flatMap(item => (item.kind === 'scalar' ? [item.text] : [])) : [];
}

/** Packages below a directory, nearest first, itself left out. */
export function packagesBelow(
  directory: string,
  levels: number,
  around: Surroundings,
  report: Report,
): readonly NodePackage[] {
  const found: NodePackage[] = [];
  let level = [directory];
  let seen = 0;
  for (let depth = 1; depth <= levels && level.length > 0; depth++) {
    const next: string[] = [];
    for (const parent of level) {
      for (const { name, isDirectory } of around.list(parent)) {
        if (!isDirectory || PASSED_OVER.test(name)) continue;
        if (++seen > MOST_DIRECTORIES) {
          report.warn(
            'import-left-out',
            `${directory} has more than ${MOST_DIRECTORIES} directories; the rest is not looked at`,
          );
          return found;
        }
        const below = path.join(parent, name);
        const one = readPackage(below, around, report);
        if (one) found.push(one);
        next.push(below);
      }
    }
    level = next;
  }
  return found;
}

/** The members of its workspaces; empty if it has none. */
export function membersOf(root: NodePackage, around: Surroundings, report: Report): readonly NodePackage[] {
  const globs = root.workspaces;
  if (!globs) return [];
  const wanted = globs.filter(glob => !glob.startsWith('!')).map(matcherOf);
  const unwanted = globs.filter(glob => glob.startsWith('!')).map(glob => matcherOf(glob.slice(1)));
  return packagesBelow(root.directory, DEEPEST_MEMBER, around, report).filter(({ directory }) => {
    const relative = path.relative(root.directory, directory).split(path.sep).join('/');
    return wanted.some(one => one.test(relative)) && !unwanted.some(one => one.test(relative));
  });
}

/** `*` is anything but a slash, `**` any number of directories, `{a,b}` one of them. */
function matcherOf(glob: string): RegExp {
  const plain = glob.replace(/^\.?\/+|\/+$/g, '').slice(0, 500);
  const source = plain.replace(/\*\*\/?|\*|\?|\{([^{}]*)\}|[.+^$()|[\]\\{}]/g, (found, choices: string | undefined) => {
    if (found === '**' || found === '**/') return found.endsWith('/') ? '(?:[^/]+/)*' : '.*';
    if (found === '*') return '[^/]*';
    if (found === '?') return '[^/]';
    if (choices !== undefined)
      return `(?:${choices
        .split(',')
        .map(one => one.replace(/[^\w-]/g, '\\$&'))
        .join('|')})`;
    return `\\${found}`;
  });
  return new RegExp(`^${source}$`);
}

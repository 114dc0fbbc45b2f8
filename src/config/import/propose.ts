/**
 * Proposes a system file for a directory: what lies there is looked at, nothing is run and nothing is asked.
 *
 * Rules: a file that says what runs (process-compose, mprocs, pm2, a Procfile) goes before the packages that lie there, since it
 * knows them; a Compose file is included beside either. Two services on one port are no system: the second is left out.
 */
import path from 'node:path';
import type { Diagnostic } from '../../diagnostic.js';
import { parseDotenv } from '../../dotenv.js';
import type { System } from '../../system.js';
import { composeProjectIn, SYSTEM_FILES } from '../find.js';
import { loadSystem } from '../load.js';
import { Report } from '../report.js';
import { describeCompose } from './compose.js';
import type { ImportContext } from './context.js';
import type { Key, SystemDraft } from './draft.js';
import { FORM_NAMES, type Form } from './form.js';
import { isFreePort } from './free-port.js';
import { mistakesIn } from './import.js';
import { readMprocs } from './mprocs.js';
import { managerOf, servicesOfPackages } from './package-system.js';
import { membersOf, type NodePackage, packagesBelow, readPackage } from './packages.js';
import { readPm2 } from './pm2.js';
import { readProcessCompose } from './process-compose.js';
import { readProcfile } from './procfile.js';
import { fileSystem, relativeTo, sourceOf } from './surroundings.js';
import { writeSystem } from './write.js';

export interface Proposal {
  /** Absolute: where the system file belongs. */
  readonly file: string;
  /** Present exactly if no diagnostic is an error. */
  readonly text: string | undefined;
  /** What was looked at, in the order of its weight. */
  readonly found: readonly {
    /** Relative to the directory. */
    readonly file: string;
    /** What came of it: a sentence without a full stop. */
    readonly says: string;
  }[];
  /** Names of the services that are written; those of Compose files count. */
  readonly services: readonly string[];
  /** Commands to run before the system can start, like `npm install`. */
  readonly before: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ProposeOptions {
  /** What variables of Compose files are looked up in; default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The first of each form that is there. */
const RUNNERS: readonly (readonly [Form, readonly string[], (context: ImportContext) => SystemDraft])[] = [
  ['process-compose', ['process-compose.yaml', 'process-compose.yml'], readProcessCompose],
  ['mprocs', ['mprocs.yaml', 'mprocs.yml', 'mprocs.json'], readMprocs],
  [
    'pm2',
    [
      'ecosystem.config.js',
      'ecosystem.config.cjs',
      'ecosystem.config.mjs',
      'ecosystem.config.json',
      'ecosystem.config.yml',
      'ecosystem.config.yaml',
      'ecosystem.json',
      'pm2.json',
      'process.json',
    ],
    readPm2,
  ],
  ['procfile', ['Procfile.dev', 'Procfile'], readProcfile],
];
const LEVELS = 3;

export async function proposeSystem(directory: string, options: ProposeOptions = {}): Promise<Proposal> {
  const absolute = path.resolve(directory);
  const report = new Report();
  const existing = SYSTEM_FILES.map(name => path.join(absolute, name)).find(file => fileSystem.isFile(file));
  if (!fileSystem.isDirectory(absolute)) report.error('not-a-directory', `${absolute} is no directory`);
  else if (existing)
    report.error('file-exists', `${existing} exists already; it is left as it is`, undefined, {
      hint: '"fuge check" says whether it is right',
    });
  const proposing = new Proposing(absolute, report, options);
  if (!report.hasErrors) await proposing.look();
  return proposing.result();
}

class Proposing {
  readonly #found: { file: string; says: string }[] = [];
  readonly #before = new Set<string>();
  readonly #remarks: string[] = [];
  #draft: SystemDraft = { services: [] };
  #compose: { file: string; system: System } | undefined;
  #text: string | undefined;

  constructor(
    private readonly directory: string,
    private readonly report: Report,
    private readonly options: ProposeOptions,
  ) {}

  async look(): Promise<void> {
    await this.#lookForCompose();
    if (!this.#lookForRunner()) await this.#lookForPackages();
    const hasServices = this.#draft.services.some(({ leftOut }) => leftOut === undefined);
    if (!hasServices && !this.#compose) {
      const why = this.#found.map(({ file, says }) => `${file}: ${says}`).join('; ');
      this.report.error('nothing-found', `there is nothing in ${this.directory} that fuge could run`, undefined, {
        hint:
          why === ''
            ? 'looked for package.json, a Procfile, Compose files, and files of process-compose, mprocs and pm2'
            : why,
      });
      return;
    }
    await this.#write();
  }

  result(): Proposal {
    const compose = this.#compose ? [...this.#compose.system.services.keys()] : [];
    const own = this.#draft.services.filter(({ leftOut }) => leftOut === undefined).map(({ name }) => name);
    return {
      file: path.join(this.directory, SYSTEM_FILES[0]),
      text: this.report.hasErrors ? undefined : this.#text,
      found: this.#found,
      services: [...new Set([...compose, ...own])],
      before: [...this.#before],
      diagnostics: this.report.inOrder([]),
    };
  }

  async #lookForCompose(): Promise<void> {
    const [main, override] = composeProjectIn(this.directory);
    if (main === undefined) return;
    const { env } = this.options;
    const { system, diagnostics } = await loadSystem(main, env ? { env } : {});
    const file = relativeTo(this.directory, main)!;
    if (system) {
      this.#compose = { file, system };
      this.#found.push({ file, says: `is included: ${counted(system.services.size, 'service')}` });
    } else {
      const first = diagnostics.find(({ severity }) => severity === 'error');
      this.#found.push({ file, says: `is left out: ${first?.message ?? 'it has errors'}` });
      this.#remarks.push(`${file} is left out, since it has errors: ${first?.message ?? ''}`);
    }
    if (override === undefined) return;
    const name = relativeTo(this.directory, override)!;
    this.#found.push({ file: name, says: 'is not merged over a file that a system file includes' });
  }

  /** Whether one was found that says what runs. */
  #lookForRunner(): boolean {
    for (const [form, names, read] of RUNNERS) {
      const [name, ...others] = names.filter(one => fileSystem.isFile(path.join(this.directory, one)));
      const source = name === undefined ? undefined : sourceOf(path.join(this.directory, name), fileSystem);
      if (name === undefined || !source) continue;
      const isTaken = this.#draft.services.length > 0;
      if (isTaken) {
        this.#found.push({ file: name, says: `is not used; "fuge import ${name}" shows what it has` });
        continue;
      }
      const report = new Report();
      const draft = read({ source, report, directory: this.directory, around: fileSystem, platform: process.platform });
      if (report.hasErrors || draft.services.length === 0) {
        const why = report.inOrder([]).find(({ severity }) => severity === 'error')?.message ?? 'it has no services';
        this.#found.push({ file: name, says: `is not used: ${why}` });
        continue;
      }
      for (const other of others)
        this.#found.push({ file: other, says: `is not used; "fuge import ${other}" shows what it has` });
      const warnings = report.inOrder([]).length;
      const lost =
        warnings === 0 ? '' : `; ${counted(warnings, 'warning')}: "fuge import ${name} > /dev/null" shows them`;
      this.#found.push({ file: name, says: `says what runs: ${counted(draft.services.length, 'service')}${lost}` });
      this.#remarks.push(`What runs is taken from ${FORM_NAMES[form]}, ${name}.`);
      this.#draft = draft;
    }
    return this.#draft.services.length > 0;
  }

  async #lookForPackages(): Promise<void> {
    const { directory, report } = this;
    const root = readPackage(directory, fileSystem, report);
    const members = root ? membersOf(root, fileSystem, report) : [];
    const below = packagesBelow(directory, LEVELS, fileSystem, report);
    const known = new Set(members.map(one => one.directory));
    const others = [...members, ...below.filter(one => !known.has(one.directory))].sort((a, b) =>
      a.directory < b.directory ? -1 : 1,
    );
    const all = root ? [root, ...others] : others;
    if (all.length === 0) return;
    const dotenv = sourceOf(path.join(directory, '.env'), fileSystem);
    const byCompose = this.#directoriesOfCompose();
    const packages = all.filter(one => {
      const service = byCompose.get(one.directory);
      if (service !== undefined) this.#tell(one, `runs as "${service}" of ${this.#compose!.file}`);
      else if (one === root && others.length > 0 && isOrchestrator(one))
        this.#tell(one, 'its scripts run the packages below, each of which is a service here');
      else return true;
      return false;
    });
    const isForAll = dotenv !== undefined && packages.some(one => one !== root);
    const services = await servicesOfPackages(packages, {
      directory,
      around: fileSystem,
      taken: new Set(
        [...(this.#compose?.system.services.values() ?? [])].flatMap(({ ports }) => ports.map(({ host }) => host)),
      ),
      isFree: isFreePort,
      isPortSet: isForAll && parseDotenv(dotenv.text).values.has('PORT'),
    });
    for (const [i, one] of packages.entries()) {
      const { name, leftOut } = services[i]!;
      this.#tell(
        one,
        leftOut === undefined
          ? `is the service "${name}"`
          : `is left out: ${leftOut.replace(/^[^:]*: /, '').replace(/\.$/, '')}`,
      );
      if (leftOut === undefined) this.#lookForModules(one);
    }
    const global: Key[] = isForAll ? [{ key: 'env_file', value: '.env', remark: 'for every service' }] : [];
    if (isForAll) this.#found.push({ file: '.env', says: 'is the environment of every service' });
    this.#draft = { services, global };
  }

  #tell(one: NodePackage, says: string): void {
    this.#found.push({ file: relativeTo(this.directory, one.source.file)!, says });
  }

  /** Directories that a Compose file runs already, with the service. */
  #directoriesOfCompose(): ReadonlyMap<string, string> {
    const services = [...(this.#compose?.system.services.values() ?? [])];
    return new Map(
      services.flatMap(one => (one.type === 'process' || one.type === 'node' ? [[one.cwd, one.name] as const] : [])),
    );
  }

  #lookForModules(one: NodePackage): void {
    if (one.dependencies.size === 0) return;
    for (let at = one.directory; ; at = path.dirname(at)) {
      if (fileSystem.isDirectory(path.join(at, 'node_modules'))) return;
      if (at === this.directory || path.dirname(at) === at) break;
    }
    const manager = managerOf(one, fileSystem);
    const root = readPackage(this.directory, fileSystem, new Report());
    const where = root?.workspaces ? undefined : relativeTo(this.directory, one.directory);
    this.#before.add(where === undefined ? `${manager} install` : `(cd ${where} && ${manager} install)`);
  }

  /** What was written is loaded: a Compose file that does not go with the rest is taken out. */
  async #write(): Promise<void> {
    const compose = this.#compose;
    const include = compose ? { include: [compose.file], includeRemarks: describeCompose(compose.system) } : {};
    const remarks = [
      ...this.#remarks,
      'Start it with "fuge shell --start"; "fuge check" looks for mistakes after a change.',
    ];
    const heading = `The services of ${path.basename(this.directory)}, as "fuge init" found them.`;
    const text = writeSystem({ ...this.#draft, ...include, remarks }, heading);
    const mistakes = await mistakesIn(text, this.directory, this.options);
    if (mistakes.length === 0) {
      this.#text = text;
      return;
    }
    const why = mistakes[0]!.message.replace(/^in the result, /, '');
    if (compose && this.#draft.services.length > 0) {
      this.#compose = undefined;
      this.#found.splice(0, 1, { file: compose.file, says: `is left out: ${why}` });
      this.#remarks.push(`${compose.file} is left out: with it, ${why}.`);
      await this.#write();
      return;
    }
    this.report.error('bad-proposal', `what was found makes no system that works: ${why}`);
  }
}

/** A package whose scripts start others, not a program of its own. */
function isOrchestrator({ scripts, workspaces }: NodePackage): boolean {
  const own = [scripts.get('dev'), scripts.get('start')].filter(line => line !== undefined);
  const runsOthers =
    /\b(turbo|lerna|nx|concurrently|npm-run-all|run-[ps]|wireit|foreman|pm2|docker(-| )compose|yarn workspaces?)\b|\s(--workspaces?|-ws?|--filter|--recursive|--parallel)\b|\bpnpm -r\b/;
  return own.length === 0 ? workspaces !== undefined : own.every(line => runsOthers.test(line));
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

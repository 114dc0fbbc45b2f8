/** Working directories and programs of the services, and git where `pull` needs it. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NodeService, ProcessService, Service } from '../../../system.js';
import { type Check, ok, type Patient, problem, shellWord, type Told, warning } from '../finding.js';

type Local = ProcessService | NodeService;

export const programs: Check = {
  name: 'programs',
  subject: 'the programs of the services',
  async run({ system, environment }) {
    if (!system) return [];
    const services = [...system.services.values()].filter(isLocal);
    const found = (await Promise.all(services.map(service => lookAt(service, environment)))).flat();
    const repositories = [...system.services.values()].filter(
      one => 'repository' in one && one.repository !== undefined,
    );
    if (repositories.length > 0 && !(await find('git', system.directory, environment.PATH)))
      found.push(warning('git is not installed; `fuge pull` and `fuge status` need it', 'sudo apt-get install git'));
    if (found.length > 0) return found;
    return services.length === 0 ? [] : [ok('the directories and programs of all services are there')];
  },
};

function isLocal(service: Service): service is Local {
  return service.type === 'process' || service.type === 'node';
}

async function lookAt(service: Local, environment: Patient['environment']): Promise<Told[]> {
  const { name, cwd, repository, command } = service;
  if (!(await isDirectory(cwd))) {
    const remedy = repository === undefined ? `mkdir -p ${shellWord(cwd)}` : `fuge pull ${name}`;
    return [problem(`the directory of "${name}" is missing: ${cwd}`, remedy)];
  }
  const told: Told[] = [];
  if (command?.kind === 'argv' && service.type === 'process') {
    const [program] = command.argv;
    if (!(await find(program, cwd, service.environment.PATH ?? environment.PATH)))
      told.push(
        problem(`the program of "${name}" is not found: ${program}`, `install it, or correct "run" of "${name}"`),
      );
  }
  if (command?.kind === 'argv' && service.type === 'node') {
    const script = command.argv.find(word => !word.startsWith('-'));
    const isScript = command.argv[0] === script && script !== undefined && path.extname(script) !== '';
    if (isScript && !(await exists(path.resolve(cwd, script))))
      told.push(
        problem(`the script of "${name}" is missing: ${path.resolve(cwd, script)}`, `correct "run" of "${name}"`),
      );
  }
  if ((await exists(path.join(cwd, 'package.json'))) && !(await hasModules(cwd)) && (await needsModules(cwd)))
    told.push(
      warning(`the packages of "${name}" are not installed in ${cwd}`, `npm --prefix ${shellWord(cwd)} install`),
    );
  return told;
}

/** Here or above, as Node looks. */
async function hasModules(directory: string): Promise<boolean> {
  for (let at = directory; ; at = path.dirname(at)) {
    if (await isDirectory(path.join(at, 'node_modules'))) return true;
    if (at === path.dirname(at)) return false;
  }
}

async function needsModules(directory: string): Promise<boolean> {
  try {
    const { readFile } = await import('node:fs/promises');
    const { dependencies = {} } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as {
      dependencies?: object;
    };
    return Object.keys(dependencies).length > 0;
  } catch {
    return false;
  }
}

/** As exec looks: a name with a slash is a path, another one stands in a directory of PATH. */
async function find(program: string, cwd: string, searched = ''): Promise<boolean> {
  const places = program.includes('/')
    ? [path.resolve(cwd, program)]
    : searched.split(path.delimiter).map(place => path.resolve(cwd, place, program));
  for (const place of places) if (await isExecutable(place)) return true;
  return false;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function isDirectory(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isDirectory() === true;
}

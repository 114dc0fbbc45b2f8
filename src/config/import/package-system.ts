/** Node packages as the services of one system: names, ports of their own, and what is left out with the reason. */
import path from 'node:path';
import { parseDotenv } from '../../dotenv.js';
import type { Key, ServiceDraft } from './draft.js';
import type { Listening } from './listens.js';
import { Names } from './names.js';
import { type PackageService, serviceOfPackage } from './package-service.js';
import type { NodePackage } from './packages.js';
import { relativeTo, type Surroundings, sourceOf } from './surroundings.js';

export interface PackageOptions {
  /** Where the system file will stand. */
  readonly directory: string;
  readonly around: Surroundings;
  /** Ports that others have: of a Compose file, of fuge itself. */
  readonly taken?: ReadonlySet<number>;
  /** Whether a port of this machine is free. */
  readonly isFree: (port: number) => Promise<boolean>;
  /** Whether PORT is set for all by a file that goes before what fuge gives out. */
  readonly isPortSet?: boolean;
}

const FIRST_PORT = 3000;
const LAST_PORT = 65_535;

/** In the order of the packages. */
export async function servicesOfPackages(
  packages: readonly NodePackage[],
  options: PackageOptions,
): Promise<ServiceDraft[]> {
  const { directory, around } = options;
  const names = new Names();
  const found = packages.map(one => {
    const service = serviceOfPackage(one, managerOf(one, around), around);
    const dotenv = sourceOf(path.join(one.directory, '.env'), around);
    const said = dotenv && Number(parseDotenv(dotenv.text).values.get('PORT'));
    return {
      one,
      name: names.take(nameOf(one, packages)),
      service,
      dotenv,
      envPort: said !== undefined && isPort(said) ? said : undefined,
    };
  });
  const ports = await assignPorts(
    found.map(({ name, service, envPort }) => ({ name, listening: wishOf(service, envPort) })),
    options,
  );
  return found.map(({ one, name, service, dotenv, envPort }): ServiceDraft => {
    const where = { key: 'path', value: relativeTo(directory, one.directory) };
    const from = `from ${relativeTo(directory, one.source.file)}`;
    if ('leftOut' in service) return { name, remarks: [], keys: [], leftOut: `${name}, ${from}: ${service.leftOut}.` };
    const port = ports.get(name);
    const [type, ...rest] = service.keys;
    const variables = variablesOf(port, wishOf(service, envPort), envPort, options.isPortSet === true);
    const keys: Key[] = [
      type!,
      where,
      ...rest,
      ...(port?.number === undefined ? [] : [{ key: 'ports', value: [`main=${port.number}`], remark: port.remark }]),
      ...(dotenv ? [{ key: 'env_file', value: '.env' }] : []),
      ...(Object.keys(variables).length > 0 ? [{ key: 'environment', value: variables }] : []),
    ];
    return { name, remarks: service.remarks, keys, leftOut: port?.conflict };
  });
}

/** The port of `.env` counts where the program takes it from the environment. */
function wishOf(service: PackageService, envPort: number | undefined): Listening | undefined {
  if ('leftOut' in service) return undefined;
  const { listening } = service;
  return listening?.variable === 'PORT' && envPort !== undefined ? { ...listening, port: envPort } : listening;
}

/** What fuge's own PORT does not do: another name, or a file that would replace it. */
function variablesOf(
  port: Assigned | undefined,
  wish: Listening | undefined,
  envPort: number | undefined,
  isPortSet: boolean,
): Record<string, string> {
  if (port?.number === undefined || wish?.variable === undefined) return {};
  if (wish.variable !== 'PORT') return port.number === wish.port ? {} : { [wish.variable]: String(port.number) };
  const isReplaced = envPort === undefined ? isPortSet : envPort !== port.number;
  return isReplaced ? { PORT: String(port.number) } : {};
}

interface Assigned {
  readonly number: number | undefined;
  readonly remark?: string | undefined;
  /** Why it can't run beside the others. */
  readonly conflict?: string;
}

/** Fixed ports first, then wishes, then the next free one. */
async function assignPorts(
  wishes: readonly { readonly name: string; readonly listening: Listening | undefined }[],
  { taken = new Set(), isFree }: PackageOptions,
): Promise<ReadonlyMap<string, Assigned>> {
  const used = new Map<number, string>();
  const result = new Map<string, Assigned>();
  for (const { name, listening } of wishes) {
    const port = listening?.port;
    if (port === undefined || listening?.variable !== undefined) continue;
    const other = used.get(port) ?? (taken.has(port) ? 'another service' : undefined);
    if (other !== undefined) {
      result.set(name, {
        number: port,
        conflict: `it listens on port ${port}, as ${other} does; only one of them can run.`,
      });
      continue;
    }
    used.set(port, name);
    result.set(name, { number: port, remark: (await isFree(port)) ? undefined : 'taken by another program now' });
  }
  for (const { name, listening } of wishes) {
    if (!listening || listening.variable === undefined) continue;
    const wish = listening.port;
    let port = wish ?? FIRST_PORT;
    while (port <= LAST_PORT && (used.has(port) || taken.has(port) || !(await isFree(port)))) port++;
    if (port > LAST_PORT) continue;
    used.set(port, name);
    result.set(name, { number: port, remark: wish !== undefined && wish !== port ? `${wish} is taken` : undefined });
  }
  return result;
}

/** Without its scope, where that leaves no two alike. */
function nameOf(one: NodePackage, all: readonly NodePackage[]): string {
  const short = shortName(one);
  const isAlone = all.every(other => other === one || shortName(other) !== short);
  return isAlone || one.name === undefined ? short : one.name.replace(/^@/, '').replace('/', '-');
}

function shortName(one: NodePackage): string {
  return one.name?.replace(/^@[^/]*\//, '') || path.basename(one.directory);
}

const LOCKS: readonly (readonly [string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['pnpm-workspace.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lockb', 'bun'],
  ['bun.lock', 'bun'],
  ['package-lock.json', 'npm'],
];

/** By `packageManager`, else by the nearest lock file. */
export function managerOf(one: NodePackage, around: Surroundings): string {
  if (one.manager !== undefined) return one.manager;
  for (let directory = one.directory, n = 0; n < 8; directory = path.dirname(directory), n++) {
    const lock = LOCKS.find(([file]) => around.isFile(path.join(directory, file)));
    if (lock) return lock[1];
  }
  return 'npm';
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= LAST_PORT;
}

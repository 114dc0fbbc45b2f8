/** What holds for a Compose service whether it runs as a process or as a container: when it starts, restarts and ends. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { parseDotenv, parseRawEnv } from '../../../dotenv.js';
import type { DraftDependency } from '../../dependencies.js';
import type { Draft, NamedEnvFile } from '../../draft.js';
import { instanceName, SCALED_TO_NOTHING } from '../../instances.js';
import { parseDuration } from '../../quantities.js';
import { placeOf } from '../../report.js';
import type { DraftRestart } from '../../restart.js';
import { readSource, Source } from '../../source.js';
import type { ComposeDependency } from '../project/canonical.js';
import type { SaidService } from './said.js';

const CONDITIONS = {
  service_started: 'started',
  service_healthy: 'ready',
  service_completed_successfully: 'completed',
} as const satisfies Record<ComposeDependency['condition'], DraftDependency['condition']>;

export function superviseOf(said: SaidService) {
  const { service } = said;
  const profiles = scaleOf(said) === 0 ? [SCALED_TO_NOTHING] : service.profiles;
  return {
    place: said.place,
    origins: said.origins(),
    envFiles: envFilesOf(said),
    dependsOn: dependenciesOf(said),
    restart: restartOf(said),
    signal: signalOf(service.stop_signal),
    graceMs: milliseconds(service.stop_grace_period),
    profiles,
    tail: service.attach === false ? false : undefined,
  } satisfies Partial<Draft>;
}

/** `scale`, or `deploy.replicas`; default 1. */
export function scaleOf({ service }: SaidService): number {
  return Math.max(0, service.scale ?? service.deploy?.replicas ?? 1);
}

/** What it is called where it is one of several. */
export function firstNameOf(said: SaidService): string {
  return scaleOf(said) > 1 ? instanceName(said.name, 1) : said.name;
}

export function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

function dependenciesOf(said: SaidService): DraftDependency[] {
  return Object.entries(said.service.depends_on ?? {}).map(([service, { condition, required, restart }]) => ({
    service,
    condition: CONDITIONS[condition] ?? 'started',
    required,
    restart: restart ?? false,
    node: said.text(service, 'depends_on', service),
  }));
}

/** Where only the build's directory has the file, it is that one, as in fuge 2. */
function envFilesOf(said: SaidService): NamedEnvFile[] {
  const { service, loaded } = said;
  return (service.env_file ?? []).map(({ path: file, required, format }, index) => {
    const place = said.at('env_file', index);
    const inBuild = service.build && path.resolve(service.build.context, path.relative(loaded.directory, file));
    const found = inBuild !== undefined && !existsSync(file) && existsSync(inBuild) ? inBuild : file;
    return { path: found, at: placeOf(place), place, required, format: format === 'raw' ? 'raw' : 'dotenv' };
  });
}

/** What the env files say now; they are read again at each launch. */
export function variablesOfFiles(said: SaidService): [string, string][] {
  return envFilesOf(said).flatMap(({ path: file, format }) => {
    const source = readSource(file);
    if (!(source instanceof Source)) return [];
    return [...(format === 'raw' ? parseRawEnv : parseDotenv)(source.text, said.loaded.lookup).values];
  });
}

/** `restart`, or the policy of `deploy`; without either a service that ends has ended. */
function restartOf(said: SaidService): DraftRestart | undefined {
  const { restart, deploy } = said.service;
  const open = {
    limit: undefined,
    windowMs: undefined,
    backoffMs: undefined,
    backoffMaxMs: undefined,
    successCodes: undefined,
  };
  if (restart !== undefined) {
    const [word, count] = restart.split(':');
    const when = word === 'no' ? 'never' : word === 'on-failure' ? 'on-failure' : 'always';
    return { ...open, when, limit: count ? Number(count) : undefined, node: said.at('restart') };
  }
  const policy = deploy?.restart_policy;
  if (policy === undefined) return undefined;
  const { condition = 'any', max_attempts: limit, delay } = policy;
  const when = condition === 'none' ? 'never' : condition === 'on-failure' ? 'on-failure' : 'always';
  return { ...open, when, limit, backoffMs: milliseconds(delay), node: said.at('deploy', 'restart_policy') };
}

/** A name with or without SIG, or a number. */
function signalOf(given: string | undefined): NodeJS.Signals | undefined {
  if (given === undefined) return undefined;
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  const wanted = given.toUpperCase();
  return names.find(([name, number]) => name === wanted || name === `SIG${wanted}` || String(number) === wanted)?.[0];
}

/**
 * Decides what a Compose service with `build` is here: a process that runs from its source, or a container.
 *
 * The command is, in this order: the service's `command` (with its `entrypoint`), ENTRYPOINT and CMD of the Dockerfile's
 * target stage, the `dev` script of package.json, its `start` script. What only the image has (a program that another
 * stage compiled, a server that the base image brings) can't be run from the source: then the next of these counts, and in the
 * end it is built and run as a container. The directory is the one that the container's working directory is mounted or
 * copied from, else the build context.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from '../../system.js';
import { isDirectory } from '../find.js';
import { readSource, Source } from '../source.js';
import { findStage, readStages, type Stage } from './dockerfile-stages.js';
import { combine, commandOf, execForm, type Invocation, invocationIn } from './invocation.js';
import type { ComposeService } from './project/canonical.js';
import { isRemote } from './project/paths.js';
import { type Bound, createSourceMap, type SourceMap } from './source-map.js';

export type BuildDecision =
  | {
      readonly as: 'process';
      /** Absolute. */
      readonly directory: string;
      readonly command: Command | undefined;
      /** Where the command is from: `command`, `web/Dockerfile`, `web/package.json`; undefined: there is none. */
      readonly from: string | undefined;
      readonly map: SourceMap;
      readonly stage: Stage | undefined;
    }
  | { readonly as: 'container'; readonly why: string; readonly stage: Stage | undefined };

/** Servers that an image brings, and that serve what the image has: from the source alone they do nothing. */
const SERVERS = new Set(
  `nginx httpd apache2 apache2-foreground apachectl caddy traefik haproxy envoy php-fpm supervisord
  postgres mysqld mariadbd mongod redis-server rabbitmq-server memcached`.split(/\s+/),
);
const NOTHING = 'nothing says what it runs';
const SYSTEM_BIN = /^\/(usr\/(local\/)?)?s?bin\/[^/]+$/;

/** @param bound What else lies on this machine: bind mounts, and secrets by their file. */
export function decideBuild(service: ComposeService, bound: readonly Bound[]): BuildDecision {
  const { build } = service;
  const context = build?.context ?? '';
  if (isRemote(context) || context.startsWith('service:'))
    return { as: 'container', why: `its source is ${context}`, stage: undefined };
  if (!isDirectory(context)) {
    // Told as every service is whose directory is missing.
    const map = createSourceMap(bound, [], context);
    const command = commandOf(combine(execForm(service.entrypoint), execForm(service.command)));
    return { as: 'process', directory: context, command, from: command && 'command', map, stage: undefined };
  }
  const dockerfile = readDockerfile(service);
  const stage = dockerfile.stage;
  const map = createSourceMap(bound, stage?.copied ?? [], context);
  const directory = directoryOf(service.working_dir ?? stage?.workdir, map) ?? context;
  const trial: Trial = { map, directory, stage, workdir: service.working_dir ?? stage?.workdir };
  const said = service.command !== null || service.entrypoint !== null;
  const invocation = invocationOf(service, stage);
  let why: string | undefined = stage ? 'its Dockerfile leaves the command to its base image' : NOTHING;
  if (invocation !== undefined) {
    why = said ? reasonAgainstWords(invocation, trial) : reasonAgainst(invocation, trial);
    if (why === undefined) {
      const from = said ? (service.command === null ? 'entrypoint' : 'command') : dockerfile.file;
      return { as: 'process', directory, command: commandOf(localized(invocation, trial)), from, map, stage };
    }
  }
  const script = said ? undefined : scriptOf(directory, context);
  if (script) return { as: 'process', ...script, map, stage };
  return { as: 'container', why: dockerfile.problem ?? why ?? NOTHING, stage };
}

/** As Docker puts them together: an `entrypoint` of the service drops the image's CMD. */
function invocationOf(service: ComposeService, stage: Stage | undefined): Invocation | undefined {
  const shell = stage?.shell ?? [];
  const entrypoint =
    service.entrypoint === null ? invocationIn(stage?.entrypoint, shell) : execForm(service.entrypoint);
  const imageCommand = service.entrypoint === null ? invocationIn(stage?.cmd, shell) : undefined;
  const command = service.command === null ? imageCommand : execForm(service.command);
  const combined = combine(entrypoint, command);
  return combined?.form === 'exec' && combined.words.length === 0 ? undefined : combined;
}

interface DockerfileRead {
  readonly stage?: Stage | undefined;
  /** For messages. */
  readonly file: string;
  readonly problem?: string | undefined;
}

function readDockerfile({ build }: ComposeService): DockerfileRead {
  const { context, dockerfile = 'Dockerfile', dockerfile_inline: inline, target, args } = build!;
  const file = path.resolve(context, dockerfile);
  const source = inline === undefined ? readSource(file) : new Source(file, inline);
  if (!(source instanceof Source)) return { file };
  const given = Object.entries(args ?? {}).filter((pair): pair is [string, string] => pair[1] !== null);
  const { stages, problem } = readStages(source.text, Object.fromEntries(given));
  if (stages === undefined) return { file, problem: `${file} can't be read: ${problem}` };
  const stage = findStage(stages, target);
  if (stage) return { file, stage };
  return { file, problem: target ? `${file} has no stage "${target}"` : `${file} has no FROM` };
}

function directoryOf(workdir: string | undefined, map: SourceMap): string | undefined {
  const found = workdir === undefined ? undefined : map.toHost(workdir);
  return found !== undefined && isDirectory(found) ? found : undefined;
}

interface Trial {
  readonly map: SourceMap;
  readonly directory: string;
  readonly stage: Stage | undefined;
  /** In the container. */
  readonly workdir: string | undefined;
}

/** Why a command that the image brings can't run from the source; undefined: it can. */
function reasonAgainst(invocation: Invocation, trial: Trial): string | undefined {
  const reason = reasonAgainstWords(invocation, trial);
  if (reason !== undefined) return reason;
  const program = wordsOf(invocation)[0]?.split('/').at(-1) ?? '';
  if (SERVERS.has(program)) return `${program} is part of its image`;
  const { stage, workdir = '/' } = trial;
  const copied = stage?.copied ?? [];
  const hasSource = copied.length === 0 || copied.some(({ sources }) => (sources ?? []).length > 0);
  if (!hasSource || (trial.map.isBuilt(workdir) && trial.map.toHost(workdir) === undefined))
    return 'what it runs is made while its image is built';
  return undefined;
}

function reasonAgainstWords(invocation: Invocation, { map, directory }: Trial): string | undefined {
  const [program = '', ...rest] = wordsOf(invocation);
  if (program.startsWith('/')) {
    const isSystems = SYSTEM_BIN.test(program) && !map.isBuilt(program);
    if (map.toHost(program) === undefined && !isSystems) return `${program} is only in its image`;
  } else if (program.includes('/') && !existsSync(path.join(directory, program)))
    return `${program} is only in its image`;
  const built = rest.find(word => word.startsWith('/') && map.isBuilt(word));
  return built === undefined ? undefined : `${built} is only in its image`;
}

/** The words of a shell form only where they are plain. */
function wordsOf(invocation: Invocation): readonly string[] {
  const command = commandOf(invocation);
  return command?.kind === 'argv' ? command.argv : [];
}

/** With the container's paths replaced by those of this machine. */
function localized(invocation: Invocation, { map, directory }: Trial): Invocation {
  if (invocation.form === 'shell') return { form: 'shell', line: map.rewrite(invocation.line) };
  const [program = '', ...rest] = invocation.words;
  return { form: 'exec', words: [localProgram(program, directory, map), ...rest.map(word => map.rewrite(word))] };
}

function localProgram(program: string, directory: string, map: SourceMap): string {
  if (program.startsWith('/')) {
    const mapped = map.toHost(program);
    if (mapped !== undefined) return mapped;
    // The image's own place for it says nothing about where this machine has it.
    return existsSync(program) ? program : path.basename(program);
  }
  const installed = path.join(directory, 'node_modules/.bin', program);
  return !program.includes('/') && existsSync(installed) ? installed : program;
}

function scriptOf(
  directory: string,
  context: string,
): { directory: string; command: Command; from: string } | undefined {
  for (const place of new Set([directory, context])) {
    const file = path.join(place, 'package.json');
    const scripts = scriptsIn(file);
    for (const script of ['dev', 'start'] as const) {
      if (!scripts.has(script)) continue;
      const argv: [string, ...string[]] = script === 'start' ? ['npm', 'start'] : ['npm', 'run', script];
      return { directory: place, command: { kind: 'argv', argv, source: argv.join(' ') }, from: file };
    }
  }
  return undefined;
}

function scriptsIn(file: string): ReadonlySet<string> {
  const source = readSource(file);
  if (!(source instanceof Source)) return new Set();
  try {
    const { scripts } = JSON.parse(source.text) as { scripts?: unknown };
    return new Set(scripts !== null && typeof scripts === 'object' ? Object.keys(scripts) : []);
  } catch {
    // What npm will say about it is better than what could be said here.
    return new Set();
  }
}

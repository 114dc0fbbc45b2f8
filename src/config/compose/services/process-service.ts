/** A Compose service as a process of this machine, with all that speaks of its container put into the words of this machine. */
import { compileIgnore } from '../../../dockerignore.js';
import type { Command } from '../../../system.js';
import type { Translation } from '../../../translation.js';
import type { Draft } from '../../draft.js';
import type { Variable } from '../../environment.js';
import type { DeclaredPort } from '../../ports.js';
import type { BuildDecision } from '../build-service.js';
import { commandOf } from '../invocation.js';
import type { SourceMap } from '../source-map.js';
import { givenFiles } from './given-files.js';
import { probeOf } from './health.js';
import { OwnPorts } from './own-ports.js';
import type { HostPort, Peers } from './peers.js';
import type { SaidService } from './said.js';
import { superviseOf } from './supervised.js';
import { watchRule } from './watch-rule.js';

export interface ProcessContext {
  readonly ports: readonly DeclaredPort[];
  readonly peers: Peers;
  readonly hostPort: HostPort;
  /** The same for all services of the project. */
  readonly peerTable: () => Translation['peers'];
}

export interface ProcessResult {
  readonly draft: Draft;
  /** Variables that hold something else here than in the container. */
  readonly changed: readonly string[];
  /** A port is another one than in its container, and only PORT tells it. */
  readonly isPortUntold: boolean;
}

/** Variables of an image that mean its own file system. */
const OF_THE_IMAGE = new Set(['PATH', 'HOME', 'PWD', 'SHELL', 'TMPDIR', 'LD_LIBRARY_PATH']);

export function processDraft(
  said: SaidService,
  decision: Extract<BuildDecision, { as: 'process' }>,
  context: ProcessContext,
): ProcessResult {
  const { service } = said;
  const { map, stage, directory } = decision;
  const own = new OwnPorts(context.ports);
  const localize = (name: string, value: string) => {
    const here = own.inVariable(name, map.rewrite(value));
    return context.peers.rewrite(name, here, context.hostPort);
  };
  const changed = new Set<string>();
  const environment = Object.entries(service.environment ?? {}).flatMap(([name, value]): Variable[] => {
    // What an env_file says is read anew at each launch.
    if (!said.isSaid('environment', name)) return [];
    const at = said.at('environment', name);
    if (value === null) return [{ name, value: undefined, at }];
    const here = localize(name, value);
    if (here !== value) changed.add(name);
    return [{ name, value: here, at }];
  });
  const inCommand = (command: Command) => {
    const mapped = own.inCommand(command)!;
    return wordsChanged(mapped, word => context.peers.rewrite('', word, context.hostPort));
  };
  const image = imageEnvironment(stage?.env ?? new Map(), map, own);
  const command = decision.command && inCommand(decision.command);
  const isPortUntold = own.isUntold;
  const watch = watchOf(said);
  const { files, bound } = givenFiles(said);
  const draft: Draft = {
    ...superviseOf(said),
    name: said.name,
    type: 'process',
    path: { directory, place: said.isSaid('build') ? said.at('build') : said.place },
    ports: context.ports,
    environment,
    imageEnvironment: image,
    command,
    host: service.hostname,
    ready: probeOf(service.healthcheck, command => inCommand(wordsChanged(command, word => map.rewrite(word)))),
    hooks: hooksOf(said, command => inCommand(wordsChanged(command, word => map.rewrite(word)))),
    ...(watch && { watchRules: watch }),
    ...(files.length > 0 && { files }),
    ...(service.env_file && {
      translation: {
        peers: context.peerTable(),
        ports: own.table,
        files: Object.fromEntries(bound.map(({ source, target }) => [target, source])),
      },
    }),
  };
  return { draft, changed: [...changed], isPortUntold };
}

function wordsChanged(command: Command, change: (word: string) => string): Command {
  if (command.kind === 'shell') {
    const line = change(command.line);
    return line === command.line ? command : { ...command, line, source: line };
  }
  const [program, ...rest] = command.argv;
  const words = rest.map(change);
  if (words.every((word, index) => word === rest[index])) return command;
  return { kind: 'argv', argv: [program, ...words], source: [program, ...words].join(' ') };
}

/** What the Dockerfile sets, without what only means something in its image. */
function imageEnvironment(env: ReadonlyMap<string, string>, map: SourceMap, own: OwnPorts): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of env) {
    if (OF_THE_IMAGE.has(name)) continue;
    const here = map.rewrite(value);
    if (here === value && value.startsWith('/')) continue;
    result[name] = own.inVariable(name, here);
  }
  return result;
}

/** After each start; several run one after the other. */
function hooksOf({ service }: SaidService, localize: (command: Command) => Command): Draft['hooks'] {
  const commands = (service.post_start ?? []).flatMap(({ command }) => {
    const found = command && commandOf({ form: 'exec', words: command });
    return found ? [localize(found)] : [];
  });
  const [first, ...more] = commands;
  if (first === undefined) return undefined;
  if (more.length === 0) return { prerun: undefined, onReady: first, onExit: undefined };
  const line = commands.map(({ source }) => source).join(' && ');
  return { prerun: undefined, onReady: { kind: 'shell', line, source: line }, onExit: undefined };
}

/** Whatever Compose does in a container (sync, rebuild, restart), a process is restarted. */
function watchOf(said: SaidService): Draft['watchRules'] {
  const rules = said.service.develop?.watch ?? [];
  if (rules.length === 0) return undefined;
  return rules.map(({ path: watched, include = [], ignore = [] }, index) => {
    for (const [key, patterns] of Object.entries({ include, ignore })) {
      const { problem } = compileIgnore(patterns);
      if (problem !== undefined) said.report.error('bad-pattern', problem, said.at('develop', 'watch', index, key));
    }
    return watchRule(watched, include, ignore);
  });
}

/** `info`: all about a service, `full` with its environment. */
import {
  addressInBrowser,
  type EnvironmentVariable,
  formatOrigin,
  type Service,
  type ServiceStatus,
} from '../../index.js';
import { shortenPath } from '../output.js';
import { describeAddresses } from '../render/addresses.js';
import { describeContainer } from '../render/container.js';
import { formatAge, formatBytes, formatCpu, formatTook } from '../render/duration.js';
import { typeText } from '../render/ps.js';
import { maskUrls } from '../render/secrets.js';
import {
  describeCause,
  describeExit,
  describeState,
  formatError,
  formatWholeState,
  idOf,
  painterOf,
} from '../render/state.js';
import type { Context, VerbImplementation } from '../verb.js';
import { describe as describeVariable, printVariables } from './env.js';
import { describeService } from './ps.js';

export const info: VerbImplementation = {
  async run(context, { services, words, flags }) {
    const { supervisor, system, out } = context;
    const isFull = words.includes('full');
    const usage = await supervisor.usage();
    const now = Date.now();
    for (const name of services) {
      const status = supervisor.status(name)!;
      const service = system.services.get(name)!;
      const logFiles = await supervisor.logFiles(name);
      const environment =
        isFull && service.type !== 'external' ? (await supervisor.environment(name)).variables : undefined;
      if (flags.has('json')) {
        const variables = environment?.map(variable => describeVariable(variable, flags.has('reveal')));
        out.json({
          ...describeService(service, status, usage.get(name), now),
          ...facts(service, logFiles),
          url: addressInBrowser(service, system) ?? null,
          environment: variables ?? null,
        });
        continue;
      }
      const rows = describeRows(context, service, status, logFiles, now);
      const used = usage.get(name);
      if (used)
        rows.push([
          'uses',
          `${formatCpu(used.cpu)} cpu, ${formatBytes(used.memory)}, ${used.processes === 1 ? '1 process' : `${used.processes} processes`}`,
        ]);
      out.print(out.paint.bold(name));
      for (const [label, text] of rows) out.print(`  ${out.paint.dim(label.padEnd(11))} ${text}`);
      if (environment) printEnvironment(context, name, environment, flags.has('reveal'));
    }
    return 0;
  },
};

/** What the files and fuge say; what fuge itself inherited would bury that, so it is only counted. */
function printEnvironment(
  { out, shell }: Context,
  name: string,
  environment: readonly EnvironmentVariable[],
  isRevealed: boolean,
): void {
  const own = environment.filter(variable => variable.source !== 'process');
  const inherited = environment.length - own.length;
  out.print(`  ${out.paint.dim('environment')}`);
  printVariables(out, own, isRevealed);
  if (inherited > 0)
    out.print(
      out.paint.dim(
        `  and ${inherited} that fuge itself was given ("${shell ? '' : 'fuge '}env ${name} --all" shows them)`,
      ),
    );
}

function describeRows(
  { system, out }: Context,
  service: Service,
  status: ServiceStatus,
  logFiles: readonly string[],
  now: number,
): [string, string][] {
  const state = describeState(status, now);
  const rows: [string, string][] = [
    ['type', typeText(status, service) === 'task' ? `task (${service.type})` : service.type],
    ['state', painterOf(out.paint, state.colour)(formatWholeState(state))],
    ['defined', formatOrigin(service.at, { path: shortenPath })],
  ];
  const add = (label: string, text: string | undefined) =>
    void (text !== undefined && text !== '' && rows.push([label, text]));
  add('cause', describeCause(status.cause));
  // While it is down for that, the state says it.
  if (state.word !== 'crashed') add('last error', status.error && formatError(status.error));
  if ('command' in service) {
    add('runs', service.command?.source);
    add('in', shortenPath(service.cwd));
    add('build', service.build?.source);
    add('test', service.test?.source);
    add('prerun', service.hooks?.prerun?.source);
    add('on_ready', service.hooks?.onReady?.source);
    add('on_exit', service.hooks?.onExit?.source);
  }
  if (service.type === 'container') for (const [label, text] of describeContainer(service, system)) add(label, text);
  add('instance', service.instance && `${service.instance.number} of "${service.instance.of}"`);
  add('groups', service.groups.join(', '));
  add('profiles', service.profiles.join(', '));
  add(
    'needs',
    service.dependsOn
      .map(({ service: name, condition, required }) => `${name} (${condition}${required ? '' : ', optional'})`)
      .join(', '),
  );
  describeAddresses(service).forEach((text, index) => {
    add(index === 0 ? 'addresses' : '', text);
  });
  add('in browser', addressInBrowser(service, system));
  if (status.run) {
    add(
      status.run.container === undefined ? 'pid' : 'container',
      `${idOf(status)}, run ${status.run.id}, up ${formatAge(now - status.run.startedAt)}`,
    );
    add('inspector', status.inspectPort === undefined ? undefined : `127.0.0.1:${status.inspectPort}`);
  }
  add('restarts', String(status.restarts));
  add('last exit', status.lastExit && describeExit(status.lastExit));
  if (service.type !== 'external') {
    const { restart, stop } = service;
    const limit = `at most ${restart.limit} times in ${formatAge(restart.windowMs)}`;
    add('ready', service.ready && describeProbe(service.ready));
    add('live', service.live && describeProbe(service.live));
    add('restart', restart.when === 'never' ? 'never by itself' : `${restart.when}, ${limit}`);
    if (service.type === 'node' && service.warm) add('warm', 'a spare process waits for each restart');
    add('stop', `${stop.signal}, after ${formatTook(stop.graceMs)} SIGKILL`);
    add('env files', [...system.envFiles, ...service.envFiles].map(file => shortenPath(file.path)).join(', '));
    add('repository', service.repository && maskUrls(service.repository));
    add('log files', logFiles.map(shortenPath).join(', '));
  }
  if ('watch' in service) {
    const { roots, excludes, gitignore } = service.watch;
    const ignored = [...excludes, ...(gitignore ? ['what .gitignore names'] : [])].join(', ');
    const places = roots.map(shortenPath).join(', ');
    add('watch', places === '' ? '' : `${status.watching}: ${places}${ignored === '' ? '' : `, but not ${ignored}`}`);
  }
  return rows;
}

/** What `--json` says beyond `ps --json`. */
function facts(service: Service, logFiles: readonly string[]) {
  return {
    definedAt: formatOrigin(service.at),
    command: 'command' in service ? (service.command?.source ?? null) : null,
    directory: 'cwd' in service ? service.cwd : null,
    logFiles,
    repository: service.type !== 'external' && service.repository !== undefined ? maskUrls(service.repository) : null,
  };
}

/** `http :3000/health answers 200 to 399, every 2 s`. */
function describeProbe(probe: NonNullable<Extract<Service, { type: 'process' }>['ready']>): string {
  if (probe === 'launched') return 'as soon as it runs';
  const every = `, every ${formatTook(probe.intervalMs)}`;
  switch (probe.kind) {
    case 'http': {
      const [least, most] = probe.status;
      return `http :${probe.port}${probe.path} answers ${least === most ? least : `${least} to ${most}`}${every}`;
    }
    case 'tcp':
      return `port ${probe.port} accepts connections${every}`;
    case 'exec':
      return `"${probe.command.source}" succeeds${every}`;
    case 'log':
      return `a line of output matches ${probe.pattern}`;
  }
}

/** A system within somebody else's program: the global set-up of a test runner, a script. */
import { readFileSync } from 'node:fs';
import {
  type AttachedSupervisor,
  activeServices,
  addressesOf,
  attach,
  bringUp,
  cameUp,
  createSupervisor,
  type Diagnostic,
  type Event,
  environmentOf,
  findOwnerOf,
  loadSystem,
  nearest,
  type Outcome,
  type ServiceStatus,
  type Supervisor,
  type System,
  type Until,
  withoutWatching,
} from '../index.js';
import { type Failure, notLoaded, notUp, StartError } from './start-error.js';

/** Lines of a failed service that an error repeats. */
const LAST_LINES = 20;

export interface StartSystemOptions {
  /** Names of services or groups; what they need is started with them. Default: all that take part. */
  readonly services?: readonly string[];
  /** Profiles to choose; default: COMPOSE_PROFILES. */
  readonly profiles?: readonly string[];
  /** As `--port-offset`: moves all ports of this machine up. */
  readonly portOffset?: number | 'auto';
  /** Laid over `process.env` for what the system file looks up and services inherit; undefined unsets. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Directory from which the system file is looked for. Default: the working directory. */
  readonly cwd?: string;
  /** `ready` (default), or `started`: everything was launched, whether or not it answers yet. */
  readonly until?: Until;
  /** ms to wait for that; default 60,000. Pulls and builds of images don't count. */
  readonly timeoutMs?: number;
  /** Restarts services when their files are saved. Default false. */
  readonly watch?: boolean;
  /** Uses the system that another fuge runs, and leaves it running at the end. Default false: that is an error. */
  readonly reuse?: boolean;
  /** Hears everything that happens, from before the first start on. */
  readonly onEvent?: (event: Event) => void;
}

/** A system that is up, until {@link stop}. */
export interface StartedSystem extends AsyncDisposable {
  readonly supervisor: Supervisor;
  /** Every service, as it stands now. */
  readonly services: readonly ServiceStatus[];
  /** Numbers of ports, by service and by the port's name. */
  readonly ports: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the first port of each service: `http://127.0.0.1:3000`. */
  readonly urls: Readonly<Record<string, string>>;
  /** What a program on this machine is told: where the services are, and the environment that the system says for all. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether another fuge runs it (`reuse`). */
  readonly isReused: boolean;
  /** The newest kept lines of a service, oldest first; at most `limit`, default all that are kept. */
  logs(service: string, limit?: number): Promise<readonly string[]>;
  /** Stops everything and settles when nothing is left; one that is reused is only left. Again: the same end. */
  stop(): Promise<void>;
}

export async function startSystem(file: string | undefined, options: StartSystemOptions): Promise<StartedSystem> {
  const { profiles, portOffset, cwd, watch = false } = options;
  const env = { ...process.env, ...options.env };
  const load = async () => {
    const loaded = await loadSystem(file, {
      env,
      ...(cwd !== undefined && { cwd }),
      ...(profiles !== undefined && { profiles }),
      ...(portOffset !== undefined && { portOffset }),
    });
    return { ...loaded, system: loaded.system && !watch ? withoutWatching(loaded.system) : loaded.system };
  };
  const { system, diagnostics } = await load();
  if (!system) throw notLoaded(diagnostics.filter(({ severity }) => severity === 'error'));
  const names = choose(system, options.services);
  const running = options.reuse ? await attachTo(system.file) : undefined;
  const supervisor = running ?? (await createSupervisor(system, { load, environment: env, reachableAs: ownVersion() }));
  const stop = async () => (running ? running.disconnect() : supervisor.close());
  const { onEvent } = options;
  if (onEvent) supervisor.subscribe(onEvent);
  try {
    const outcomes = await bringUp(supervisor, names, options);
    const failed = outcomes.filter(outcome => !cameUp(outcome, options.until));
    if (failed.length > 0) throw notUp(system.name, await tellFailures(supervisor, failed), outcomes);
    const { variables } = await environmentOf(supervisor.system, env);
    const { ports, urls } = await addressesOf(supervisor.system);
    return {
      supervisor,
      get services() {
        return supervisor.statuses();
      },
      ports,
      urls,
      env: variables,
      isReused: running !== undefined,
      logs: async (service, limit) => (await supervisor.lines(service, limit)).map(({ text }) => text),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function choose(system: System, words: readonly string[] | undefined): readonly string[] {
  if (words === undefined) return activeServices(system);
  const services = [...system.services.values()];
  return words.flatMap(word => {
    const found = services.filter(
      ({ name, groups, instance }) => name === word || groups.includes(word) || instance?.of === word,
    );
    if (found.length > 0) return found.map(({ name }) => name);
    const near = nearest(word, system.services.keys());
    const problem: Diagnostic = {
      severity: 'error',
      code: 'unknown-service',
      message: `no service or group is called "${word}"`,
      ...(near !== undefined && { hint: `did you mean "${near}"?` }),
    };
    throw notLoaded([problem]);
  });
}

async function attachTo(file: string): Promise<AttachedSupervisor | undefined> {
  const owner = await findOwnerOf(file);
  if (!owner?.socket) return undefined;
  try {
    return await attach(owner.socket);
  } catch (error) {
    // It refused (another version), or is just going.
    if ('severity' in (error as Diagnostic)) throw new StartError((error as Diagnostic).message, [error as Diagnostic]);
    return undefined;
  }
}

function tellFailures(supervisor: Supervisor, failed: readonly Outcome[]): Promise<Failure[]> {
  return Promise.all(
    failed.map(async outcome => {
      const status = supervisor.status(outcome.service);
      const error = status?.error;
      const at = error?.at && ` (${error.at.file}:${error.at.line})`;
      const lines = (await supervisor.lines(outcome.service, LAST_LINES * 2)).map(({ text }) => text);
      return {
        outcome,
        error: error && `${error.message}${at ?? ''}`,
        port: status?.ports.find(({ automatic }) => !automatic)?.host,
        lastLines: lines.filter(text => text.trim() !== '').slice(-LAST_LINES),
      };
    }),
  );
}

/** Others of this version can attach to it: `fuge logs -f` beside a test run. */
function ownVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

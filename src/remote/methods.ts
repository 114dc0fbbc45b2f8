/** What can be asked over a connection, and how the supervisor is asked. */
import type { ExecSession, StartOptions, Supervisor } from '../control.js';
import { decodeSystem, encodeSystem, type Method, type Methods, type Snapshot, type WireSystem } from '../protocol.js';
import { InvalidParams, type Params } from './params.js';

/** What a request may need of the connection that it came by. */
export interface Caller {
  /** Begins (or begins anew) to tell this connection of events. */
  subscribe(options: { readonly lines: boolean; readonly backlog: number }): void;
  unsubscribe(): void;
  /** Takes care of a session that the client has numbered. */
  openSession(
    number: number,
    open: (onOutput: Parameters<Supervisor['exec']>[2]['onOutput']) => Promise<ExecSession>,
  ): Promise<void>;
}

export interface Call {
  readonly supervisor: Supervisor;
  readonly params: Params;
  readonly caller: Caller;
  /** Aborts when the client gives the request up, or is gone. */
  readonly signal: AbortSignal;
}

/** Lines of each service that a subscription may begin with at most. */
const MOST_BACKLOG = 10_000;

export const methods: { readonly [M in Method]: (call: Call) => Promise<Methods[M]['result']> } = {
  async subscribe({ supervisor, params, caller }) {
    const lines = params.optionalFlag('lines');
    const backlog = Math.min(params.optionalCount('backlog') ?? 0, MOST_BACKLOG);
    caller.subscribe({ lines, backlog });
    return snapshotOf(supervisor);
  },
  async unsubscribe({ caller }) {
    caller.unsubscribe();
    return null;
  },
  system: async ({ supervisor }) => encodeSystem(supervisor.system),
  statuses: async ({ supervisor }) => supervisor.statuses(),
  start: async call => call.supervisor.start(servicesOf(call), startOptions(call)),
  restart: async call => call.supervisor.restart(servicesOf(call), startOptions(call)),
  switch: async call => call.supervisor.switch(servicesOf(call), startOptions(call)),
  stop: async call => call.supervisor.stop(servicesOf(call)),
  kill: async call => call.supervisor.kill(servicesOf(call)),
  async watch(call) {
    await call.supervisor.watch(servicesOf(call), call.params.flag('on'));
    return null;
  },
  async tail(call) {
    await call.supervisor.tail(servicesOf(call), call.params.flag('on'));
    return null;
  },
  async set(call) {
    const { supervisor, params } = call;
    await supervisor.setVariable(serviceOf(call), params.text('variable'), params.optionalText('value'));
    return null;
  },
  environment: async call => call.supervisor.environment(serviceOf(call)),
  lines: async call => call.supervisor.lines(serviceOf(call), call.params.optionalCount('limit')),
  zone: async ({ supervisor }) => supervisor.zone(),
  logFiles: async call => call.supervisor.logFiles(serviceOf(call)),
  usage: async ({ supervisor }) => [...(await supervisor.usage())],
  async run(call) {
    const { supervisor, params, signal } = call;
    const quiet = params.optionalFlag('quiet');
    return supervisor.run(serviceOf(call), params.command('command'), params.text('label'), { signal, quiet });
  },
  async exec(call) {
    const { supervisor, params, caller } = call;
    const [program, ...words] = params.texts('command');
    if (program === undefined) throw new InvalidParams('"command" must name a program');
    const name = serviceOf(call);
    const size = params.optionalObject('terminal');
    const workingDir = params.optionalText('workingDir');
    const user = params.optionalText('user');
    const environment = params.optionalTextMap('environment');
    const privileged = params.optionalFlag('privileged');
    await caller.openSession(params.count('session'), onOutput =>
      supervisor.exec(name, [program, ...words], {
        terminal: size && { columns: size.count('columns'), rows: size.count('rows') },
        ...(workingDir !== undefined && { workingDir }),
        ...(user !== undefined && { user }),
        ...(environment && { environment }),
        privileged,
        onOutput,
      }),
    );
    return null;
  },
  async openTerminal(call) {
    const { supervisor, params, caller } = call;
    const name = serviceOf(call);
    const size = { columns: params.count('columns'), rows: params.count('rows') };
    if (size.columns === 0 || size.rows === 0) throw new InvalidParams('"columns" and "rows" must be at least 1');
    await caller.openSession(params.count('session'), onOutput => supervisor.openTerminal(name, { ...size, onOutput }));
    return null;
  },
  async reload({ supervisor, params }) {
    // From the same user, whose programs a system consists of; its shape is that of the same version.
    return supervisor.reload(decodeSystem(params.object('system') as unknown as WireSystem));
  },
  reloadFile: async ({ supervisor }) => supervisor.reloadFile(),
  async close({ supervisor, params }) {
    await supervisor.close({ force: params.optionalFlag('force'), volumes: params.optionalFlag('volumes') });
    return null;
  },
};

export function snapshotOf(supervisor: Supervisor): Snapshot {
  return { system: encodeSystem(supervisor.system), statuses: supervisor.statuses() };
}

function serviceOf({ supervisor, params }: Call): string {
  const name = params.text('service');
  requireKnown(supervisor, name);
  return name;
}

function servicesOf({ supervisor, params }: Call): readonly string[] {
  const names = params.texts('services');
  for (const name of names) requireKnown(supervisor, name);
  return names;
}

function requireKnown(supervisor: Supervisor, name: string): void {
  if (!supervisor.status(name)) throw new InvalidParams(`there is no service "${name}"`);
}

function startOptions({ params }: Call): StartOptions {
  const patienceMs = params.optionalCount('patienceMs');
  return { debug: params.optionalFlag('debug'), ...(patienceMs !== undefined && { patienceMs }) };
}

/** Tools that show how systems and services stand. */
import { activeServices, addressInBrowser, startPageOf } from '../../../index.js';
import { check } from '../../verbs/check.js';
import { env } from '../../verbs/env.js';
import { graph } from '../../verbs/graph.js';
import { info } from '../../verbs/info.js';
import { ls } from '../../verbs/ls.js';
import { describeService, ps } from '../../verbs/ps.js';
import { objectOf, serviceArgument, servicesArgument, servicesOfWords } from '../arguments.js';
import { JSON_FLAG, said } from '../said.js';
import { type Call, defineTool, Refusal, type Tool } from '../tool.js';

interface ServicesGiven {
  readonly services?: readonly string[];
}
interface ServiceGiven {
  readonly service: string;
}

/** The one service of that name. */
function oneService(call: Call, word: string): string {
  const found = servicesOfWords(call, [word]);
  if (found.length === 1) return found[0]!;
  throw new Refusal(`"${word}" stands for ${found.length} services: ${found.join(', ')}. Name one of them`);
}

/** Said where states are those of a system that nobody runs. */
const notRunningNote = ({ isRunning }: Call) => (isRunning ? [] : ['nothing runs this system now']);

/** How services stand, short: for answers about many. */
export function standingsOf(
  { supervisor, system, isRunning }: Pick<Call, 'supervisor' | 'system' | 'isRunning'>,
  names: readonly string[],
) {
  const now = Date.now();
  return names.flatMap(name => {
    const status = supervisor.status(name);
    const service = system.services.get(name);
    if (!status || !service) return [];
    const all = describeService(service, status, undefined, now);
    const { type, groups, state, reason, waitingFor, pid, container, restarts, lastExit, error } = all;
    return [
      {
        name,
        type,
        groups,
        state,
        reason,
        waitingFor,
        since: !isRunning || status.since === 0 ? null : new Date(status.since).toISOString(),
        pid,
        container,
        ports: all.ports.map(({ name, host, port, protocol, url }) => ({ name, host, port, protocol, url })),
        urlInBrowser: addressInBrowser(service, system) ?? null,
        restarts,
        lastExit,
        error,
      },
    ];
  });
}

const listSystems = defineTool({
  name: 'list_systems',
  title: 'Running systems',
  description:
    'Lists the systems that fuge runs on this machine for this user: name, system file, pid, how many services are ready, which are in trouble. The other tools work on the one system that this server is for (`thisServer`).',
  input: objectOf({}),
  on: 'none',
  effect: 'reads',
  async run(call) {
    const { text } = await said(call, ls);
    const { rows } = await said(call, ls, { flags: JSON_FLAG });
    const systems = (rows as { file: string; since: number }[]).map(row => ({
      ...row,
      since: new Date(row.since).toISOString(),
      isOfThisServer: row.file === call.file,
    }));
    return { text, data: { thisServer: call.file ?? null, systems } };
  },
});

const listServices = defineTool<ServicesGiven>({
  name: 'list_services',
  title: 'Services and their states',
  description:
    'Lists the services of the system with state (ready, starting, waiting, crashed, unhealthy, stopped …), the reason for it, pid, ports and URLs, restarts, last exit and last error. Call this first to see what runs and what is wrong.',
  input: objectOf({ services: servicesArgument('all') }),
  on: 'either',
  effect: 'reads',
  async run(call, given) {
    const names = servicesOfWords(call, given.services);
    const { text } = await said(call, ps, { services: names });
    const { system, isRunning } = call;
    return {
      text: [`system ${system.name} (${system.file})`, ...notRunningNote(call), text].join('\n'),
      data: {
        system: system.name,
        file: system.file,
        isRunning,
        startPage: startPageOf(system) ?? null,
        services: standingsOf(call, names),
        inactive: [...system.services.keys()].filter(name => !activeServices(system).includes(name)),
      },
    };
  },
});

const serviceInfo = defineTool<ServiceGiven>({
  name: 'service_info',
  title: 'All about one service',
  description:
    'Tells everything about one service: command, directory, place of its definition (file:line:column), state and cause, addresses, dependencies, readiness probe, restart policy, log files, what is watched, cpu and memory.',
  input: objectOf({ service: serviceArgument }, ['service']),
  on: 'either',
  effect: 'reads',
  async run(call, given) {
    const service = oneService(call, given.service);
    const { text } = await said(call, info, { services: [service] });
    const { rows } = await said(call, info, { services: [service], flags: JSON_FLAG });
    const { dependsOn } = call.system.services.get(service)!;
    return {
      text: [...notRunningNote(call), text].join('\n'),
      data: { isRunning: call.isRunning, ...(rows[0] as object), needs: dependsOn },
    };
  },
});

const graphTool = defineTool<ServicesGiven & { readonly format?: string }>({
  name: 'graph',
  title: 'Who needs whom',
  description:
    'Shows the dependencies of services, with their states where the system runs: what each needs, under which condition (started, ready, completed), and whether it is optional.',
  input: objectOf({
    services: servicesArgument('all'),
    format: {
      type: 'string',
      enum: ['text', 'mermaid', 'dot'],
      description: 'Form of the text. Default: text, a tree.',
    },
  }),
  on: 'either',
  effect: 'reads',
  async run(call, given) {
    const services = servicesOfWords(call, given.services);
    const shell = call.isRunning;
    const { text } = await said(call, graph, { services, shell, flags: [['format', given.format ?? 'text']] });
    const { rows } = await said(call, graph, { services, shell, flags: JSON_FLAG });
    return { text, data: { isRunning: call.isRunning, services: rows } };
  },
});

const environment = defineTool<ServiceGiven & { readonly all?: boolean }>({
  name: 'environment',
  title: 'Environment of a service',
  description:
    'Lists the environment variables that the next start of a service gets, each with where it comes from (service, env_file with file:line, global, generated by discovery …). Values that look secret are masked. Use it when an address or a setting seems wrong.',
  input: objectOf(
    {
      service: serviceArgument,
      all: {
        type: 'boolean',
        description: 'Also what fuge itself inherited from the terminal (PATH …). Default: false.',
      },
    },
    ['service'],
  ),
  on: 'either',
  effect: 'reads',
  async run(call, given) {
    const services = [oneService(call, given.service)];
    const flags = [
      ...(given.all ? [['all', true] as const] : []),
      ...(call.isRevealing ? [['reveal', true] as const] : []),
    ];
    const { text } = await said(call, env, { services, flags });
    const { rows } = await said(call, env, { services, flags: [...flags, ...JSON_FLAG] });
    const variables = (rows as { service: string }[]).map(({ service: _, ...variable }) => variable);
    return { text, data: { service: services[0], variables } };
  },
});

const checkTool = defineTool({
  name: 'check',
  title: 'Problems of the system file',
  description:
    'Reads the system file as it is on disk now and reports every problem in it with file, line, column and what was probably meant. Starts nothing. Call it after the file was edited.',
  input: objectOf({}),
  on: 'none',
  effect: 'reads',
  async run(call) {
    const loaded = await call.load();
    const load = async () => loaded;
    const { text } = await said(call, check, { load });
    const { rows } = await said(call, check, { load, flags: JSON_FLAG });
    const problems = (rows as { type: string }[]).filter(({ type }) => type === 'diagnostic');
    const summary = (rows as { type: string }[]).find(({ type }) => type === 'summary');
    const { type: _, ...counts } = summary ?? { type: '' };
    return { text, data: { ...counts, problems: problems.map(({ type: _, ...problem }) => problem) } };
  },
});

export const see: readonly Tool[] = [listSystems, listServices, serviceInfo, graphTool, environment, checkTool];

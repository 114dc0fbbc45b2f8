/** `ps`: the table of services. */
import { activeServices, type Service, type ServiceStatus, type Usage } from '../../index.js';
import { describePort } from '../render/addresses.js';
import { renderPs } from '../render/ps.js';
import { describeExit, describeState } from '../render/state.js';
import type { VerbImplementation } from '../verb.js';

export const ps: VerbImplementation = {
  async run({ supervisor, system, out }, { services, flags }) {
    const usage = await supervisor.usage();
    const wanted = new Set(services);
    const statuses = supervisor.statuses().filter(status => wanted.has(status.name));
    const now = Date.now();
    if (flags.has('json'))
      for (const status of statuses)
        out.json(describeService(system.services.get(status.name)!, status, usage.get(status.name), now));
    else if (statuses.length === 0) out.print(`${system.name} has no services`);
    else {
      const lines = renderPs(statuses, usage, {
        paint: out.paint,
        width: out.isTerminal ? out.width : undefined,
        now,
        services: system.services,
        active: new Set(activeServices(system)),
      });
      out.print(lines.join('\n'));
    }
    return 0;
  },
};

/** What `--json` says of a service: the names are stable, times are ms, memory is bytes, cpu 1 is one core. */
export function describeService(service: Service, status: ServiceStatus, usage: Usage | undefined, now: number) {
  const state = describeState(status, now);
  const reason = [state.reason, state.note].filter(text => text !== '').join('; ');
  const { error } = status;
  return {
    name: status.name,
    type: status.type,
    once: 'once' in service && service.once,
    groups: status.groups,
    state: state.word,
    reason: reason === '' ? null : reason,
    phase: status.phase.id,
    waitingFor: status.waitingFor,
    since: status.since,
    pid: status.run?.pid ?? null,
    container: status.run?.container ?? null,
    upMs: status.run ? now - status.run.startedAt : null,
    host: status.host,
    ports: status.ports.map(port => describePort(status, port)),
    restarts: status.restarts,
    lastExit: status.lastExit ? describeExit(status.lastExit) : null,
    error: error
      ? {
          message: error.message,
          file: error.at?.file ?? null,
          line: error.at?.line ?? null,
          column: error.at?.column ?? null,
        }
      : null,
    cpu: usage?.cpu ?? null,
    memory: usage?.memory ?? null,
    watch: status.watching,
    tail: status.tail,
    inspectPort: status.inspectPort ?? null,
  };
}

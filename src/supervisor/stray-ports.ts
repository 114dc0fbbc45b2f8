/** Services that listen elsewhere than they declare: each run is told of once. */
import type { Diagnostic } from '../diagnostic.js';
import type { Service } from '../system.js';
import { listeningPorts } from './runners/listening.js';

export class StrayPorts {
  /** By service, the leader's pid of the run that was told of. */
  readonly #told = new Map<string, number>();

  /** @param pid Leads the service's process group. Undefined: it listens where it says, or nowhere yet, or it was told. */
  async look(service: Service, pid: number): Promise<Diagnostic | undefined> {
    if (this.#told.get(service.name) === pid) return undefined;
    const problem = strayPort(service, await listeningPorts(pid));
    if (!problem) return undefined;
    this.#told.set(service.name, pid);
    return problem;
  }

  forget(service: string): void {
    this.#told.delete(service);
  }
}

/** What it declares is not what it listens on; undefined: it listens where it says, or not at all yet. */
function strayPort(service: Service, listening: readonly number[]): Diagnostic | undefined {
  const declared = service.ports.filter(({ automatic, protocol }) => !automatic && protocol === 'tcp');
  const [first] = declared;
  const strays = listening.filter(number => !service.ports.some(({ host }) => host === number));
  if (!first || strays.length === 0 || declared.some(({ host }) => listening.includes(host))) return undefined;
  const ports = declared.map(({ host }) => host).join(', ');
  const wantsWritten = declared.some(({ written }) => written !== undefined && strays.includes(written));
  return {
    severity: 'warning',
    code: 'other-port',
    message: `"${service.name}" declares port ${ports}, but listens on ${strays.join(', ')}`,
    ...(first.at && { at: first.at }),
    hint: wantsWritten
      ? `its ports are moved by --port-offset: let it listen where its PORT says (${first.host})`
      : `declare ${strays[0]}, or let it listen where its PORT says (${first.host})`,
  };
}

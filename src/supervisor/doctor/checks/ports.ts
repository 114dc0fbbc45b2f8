/** The ports of the system: whether somebody else holds one. */
import type { System } from '../../../system.js';
import { nameHolder } from '../../port-holder.js';
import { isFree } from '../../port-numbers/free.js';
import { Registry, registryDirectory } from '../../registry.js';
import { portHolder } from '../../runners/process-group.js';
import { type Check, ok, problem, type Told } from '../finding.js';

interface Wanted {
  /** `"web"`, or what fuge opens itself. */
  readonly by: string;
  readonly port: number;
  readonly host: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

export const ports: Check = {
  name: 'ports',
  subject: 'the ports of the system',
  async run({ system, environment }) {
    if (!system) return [];
    // Its own services hold them.
    if (new Registry(registryDirectory(environment)).findOwner(system.file))
      return [ok('the ports are those of the running system')];
    const wanted = portsOf(system);
    const told = (await Promise.all(wanted.map(lookAt))).flat();
    if (told.length > 0) return told;
    return wanted.length === 0
      ? []
      : [ok(`all ports are free: ${[...new Set(wanted.map(({ port }) => port))].join(', ')}`)];
  },
};

function portsOf({ services, dns, names, runContainers }: System): Wanted[] {
  const declared = [...services.values()]
    .filter(({ type }) => type !== 'external' && (type !== 'container' || runContainers))
    .flatMap(({ name, host, ports }) =>
      ports
        .filter(({ automatic }) => !automatic)
        .map(port => ({ by: `"${name}"`, port: port.host, host: port.hostAddress ?? host, protocol: port.protocol })),
    );
  const own: Wanted[] = [
    ...(dns.enabled
      ? [{ by: 'the DNS server of fuge', port: dns.port, host: dns.host, protocol: 'udp' as const }]
      : []),
    ...(names ? [{ by: 'the names of fuge', port: names.port, host: '127.0.0.1', protocol: 'tcp' as const }] : []),
  ];
  return [...declared, ...own].filter(({ port }) => port > 0);
}

async function lookAt({ by, port, host, protocol }: Wanted): Promise<Told[]> {
  if (protocol !== 'tcp') {
    if (await isFree(port, protocol, host)) return [];
    return [problem(`port ${port}/${protocol} of ${by} is taken`, `lsof -nP -i${protocol.toUpperCase()}:${port}`)];
  }
  const holder = await portHolder(port, host);
  if (!holder) return [];
  const { who, hint } = nameHolder(holder, port);
  const remedy =
    holder.pid === undefined ? hint : /docker/.test(who) ? `docker ps --filter publish=${port}` : `kill ${holder.pid}`;
  return [problem(`port ${port} of ${by} is taken by ${who}`, remedy)];
}

/** Where the ports of a service are reached: from this machine, and from within containers. */
import { type Port, type Service, urlOf } from '../../index.js';
import { padToWidth, widthOf } from './width.js';

/** A line for each port: `http  http://127.0.0.1:8080, db:80 from containers`. */
export function describeAddresses(service: Service): string[] {
  const width = Math.max(0, ...service.ports.map(({ name }) => widthOf(name)));
  return service.ports.map(port => `${padToWidth(port.name, width)}  ${describeAddress(service, port)}`);
}

function describeAddress(service: Service, port: Port): string {
  const protocol = port.protocol === 'tcp' ? '' : `/${port.protocol}`;
  const here = urlOf(service, port) ?? `${bracketed(hostOf(service, port))}:${port.host}${protocol}`;
  const inside = isInNetwork(service) ? `, ${service.name}:${port.target ?? port.host}${protocol} from containers` : '';
  const how = port.automatic
    ? ' (automatic)'
    : port.picked
      ? ' (auto)'
      : port.written === undefined
        ? ''
        : ` (${port.written} + ${port.host - port.written})`;
  return here + how + inside;
}

/** What `--json` says of a port: the names are stable. `target` is the older name of `containerPort`. */
export function describePort(service: Pick<Service, 'type' | 'host' | 'ports'>, port: Port) {
  return {
    name: port.name,
    protocol: port.protocol,
    host: hostOf(service, port),
    port: port.host,
    containerPort: service.type === 'container' ? (port.target ?? port.host) : null,
    url: urlOf(service, port) ?? null,
    target: port.target ?? port.host,
    automatic: port.automatic,
    picked: port.picked ?? false,
  };
}

const hostOf = (service: Pick<Service, 'host'>, port: Port) => port.hostAddress ?? service.host;
const bracketed = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** A container with this machine's own network is reached as a process is. */
const isInNetwork = (service: Service) =>
  service.type === 'container' && service.networkMode !== 'host' && service.networkMode !== 'none';

/** Makes one sentence, with its place, of whatever a container engine refused for a service. */
import type { Diagnostic } from '../../diagnostic.js';
import type { ContainerService, Port } from '../../system.js';
import { type NamedHolder, nameHolder } from '../port-holder.js';
import { portHolder } from '../runners/process-group.js';
import { CONTAINER_RULES } from './container-refusals.js';
import type { Engine, EngineError } from './engine.js';
import { IMAGE_RULES, otherPlatform } from './image-refusals.js';
import { plainWords, problemOf, tell } from './refusal.js';

/** Looks up who is in the way, where the engine does not say. */
export async function launchProblem(
  engine: Engine,
  service: ContainerService,
  error: EngineError,
): Promise<Diagnostic> {
  const port = takenPort(service, error.message);
  if (port) return portProblem(service, port, await holderOf(engine, port, error.message));
  if (service.platform !== undefined && /no such image/i.test(error.message)) {
    // It was fetched, but is of another platform: registries that have only one give out that.
    const image = await engine.image(service.image).catch(() => undefined);
    if (image) return problemOf(service, otherPlatform(service, service.image, service.platform, image.platform));
  }
  return refusalProblem(service, error);
}

/** As far as the engine's own words tell it. */
export function refusalProblem(service: ContainerService, { message }: EngineError): Diagnostic {
  return (
    tell(CONTAINER_RULES, message, service) ??
    tell(IMAGE_RULES, message, service) ??
    nameConflict(service, message) ??
    problemOf(service, {
      code: 'engine-refused',
      message: `the container engine says: ${plainWords(message)}`,
      keys: [],
    })
  );
}

/** The port of this service that the engine found taken; it may say only which number. */
function takenPort(service: ContainerService, said: string): Port | undefined {
  if (!/address already in use|port is already allocated|ports are not available/i.test(said)) return undefined;
  // The address inside the container, after `->` or another port, is none of this machine.
  const numbers = [...said.matchAll(/:(\d+)/g)].map(([, number]) => Number(number));
  return service.ports.find(port => numbers.includes(port.host));
}

/** Who listens at a port of this machine: another container, or a process. */
async function holderOf(engine: Engine, port: Port, said: string): Promise<NamedHolder | undefined> {
  const containers = await engine.containers([]).catch(() => []);
  const holder = containers.find(({ hostPorts }) =>
    hostPorts.some(each => each.port === port.host && each.protocol === port.protocol),
  );
  if (holder) return { who: `the container "${holder.name}"`, hint: `stop it (docker stop ${holder.name})` };
  // Docker says so of its own books only. They keep a port for good where the engine was restarted in the middle of a start.
  if (/port is already allocated/i.test(said))
    return {
      who: 'the container engine itself, for a container that is gone',
      hint: 'restart the engine (sudo systemctl restart docker)',
    };
  if (!engine.isLocal || port.protocol !== 'tcp') return undefined;
  const found = await portHolder(port.host, port.hostAddress ?? '0.0.0.0').catch(() => undefined);
  return found && nameHolder(found, port.host);
}

function portProblem(service: ContainerService, port: Port, holder: NamedHolder | undefined): Diagnostic {
  const at = port.at ?? service.origins.ports ?? service.at;
  return {
    severity: 'error',
    code: 'port-taken',
    message: `port ${port.host} of "${service.name}" is taken${holder ? ` by ${holder.who}` : ''}`,
    at,
    hint: `${holder?.hint ?? 'end what has it'}, or change the port`,
  };
}

function nameConflict(service: ContainerService, said: string): Diagnostic | undefined {
  const [, name] = /container name "?\/?([^"\s]+)"? is already in use/i.exec(said) ?? [];
  return name === undefined
    ? undefined
    : problemOf(service, {
        code: 'name-taken',
        message: `there is a container "${name}" already`,
        keys: ['container_name'],
        hint: `remove it (docker rm -f ${name}), or give this one another container_name`,
      });
}

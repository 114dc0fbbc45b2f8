/** Whether what a service depends on is there: pure, over the states of the others. */
import type { Dependency, Service } from '../system.js';
import type { ServiceState } from './machine.js';

/** What has to be known of a service that others depend on. */
export interface Standing {
  readonly service: Service;
  readonly state: ServiceState;
  /** It can't be started here at all, and that is meant so: it runs elsewhere. */
  readonly isElsewhere: boolean;
  /** It can't be started here at all. */
  readonly isUnavailable: boolean;
  /** It is a container, and no engine is found for it. */
  readonly lacksEngine: boolean;
}

/** The names a service still waits for, in the order of its `depends_on`. */
export function blockersOf(service: Service, standingOf: (name: string) => Standing | undefined): string[] {
  return service.dependsOn
    .filter(dependency => {
      const standing = standingOf(dependency.service);
      return standing !== undefined && !isSatisfied(dependency, standing) && !isPassedOver(dependency, standing);
    })
    .map(dependency => dependency.service);
}

/**
 * Whether a waiting service will not go on by itself: something it waits for failed, was stopped, can't be started, or
 * waits hopelessly itself. It goes on all the same when that is mended.
 */
export function isHopeless(service: Service, standingOf: (name: string) => Standing | undefined): boolean {
  return blockersOf(service, standingOf).some(name => {
    const standing = standingOf(name)!;
    if (standing.isUnavailable || standing.lacksEngine) return true;
    const { phase, want } = standing.state;
    if (phase.id === 'failed' || phase.id === 'completed' || want === 'down') return true;
    return phase.id === 'waiting' && isHopeless(standing.service, standingOf);
  });
}

function isSatisfied(dependency: Dependency, { service, state, isElsewhere }: Standing): boolean {
  if (isElsewhere) return true;
  const { phase } = state;
  if (state.want === 'down') return false;
  const hasSucceeded = phase.id === 'completed';
  switch (dependency.condition) {
    case 'completed':
      return hasSucceeded;
    case 'ready':
      return phase.id === 'ready' || (hasSucceeded && isTask(service));
    case 'started':
      return ['starting', 'ready', 'unhealthy'].includes(phase.id) || hasSucceeded;
  }
}

/** An optional dependency that is not started, failed, or can't be started holds nobody back. */
function isPassedOver(dependency: Dependency, { state, isUnavailable }: Standing): boolean {
  if (dependency.required) return false;
  return isUnavailable || state.want === 'down' || state.phase.id === 'failed';
}

const isTask = (service: Service) => service.type !== 'external' && service.once;

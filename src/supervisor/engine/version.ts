/** Which version of the API is spoken with an engine. */
import { EngineError } from './engine.js';

/** The newest one that is known to be understood. */
const NEWEST = '1.51';
/** Of Docker 1.12 (2016): health checks, and networks as they are today. */
const OLDEST = '1.24';

/**
 * The engine's own, or the newest we know where it has a newer one. An engine may have given up what we know
 * (`oldestOfEngine`): then its oldest one is nearest.
 */
export function chooseVersion(ofEngine: string, oldestOfEngine: string | undefined): string {
  if (!atLeast(ofEngine, OLDEST))
    throw new EngineError(`it speaks API version ${ofEngine}; ${OLDEST} or newer is needed (Docker 1.12, Podman 3)`, {
      code: 'TOO_OLD',
    });
  const chosen = atLeast(ofEngine, NEWEST) ? NEWEST : ofEngine;
  return oldestOfEngine !== undefined && !atLeast(chosen, oldestOfEngine) ? oldestOfEngine : chosen;
}

export function atLeast(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major > otherMajor || (major === otherMajor && minor >= otherMinor);
}

/** How the words of a container engine are recognised: engines and their versions differ in them, so key words count, not whole texts. */
import type { Diagnostic } from '../../diagnostic.js';
import type { ContainerService } from '../../system.js';

export interface Rule {
  readonly words: RegExp;
  /** Undefined: it was something else after all. */
  tell(found: RegExpExecArray, service: ContainerService): Told | undefined;
}

export interface Told {
  readonly code: string;
  /** What comes after `"name" can't start: `. */
  readonly message: string;
  /** Keys of the service that may have caused it; the first that is written there is its place. */
  readonly keys: readonly string[];
  readonly hint?: string | undefined;
}

export function tell(rules: readonly Rule[], said: string, service: ContainerService): Diagnostic | undefined {
  for (const { words, tell } of rules) {
    const found = words.exec(said);
    const told = found && tell(found, service);
    if (told) return problemOf(service, told);
  }
  return undefined;
}

export function problemOf(service: ContainerService, { code, message, keys, hint }: Told): Diagnostic {
  const key = keys.find(each => service.origins[each]);
  return {
    severity: 'error',
    code,
    message: `"${service.name}" can't start: ${message}`,
    at: (key === undefined ? undefined : service.origins[key]) ?? service.at,
    ...(hint !== undefined && { hint }),
  };
}

/** The engine's own words, without what it says of its inner workings. */
export function plainWords(said: string): string {
  return said
    .trim()
    .replace(/^(?:Error response from daemon: )/, '')
    .replace(/failed to set up container networking: /, '')
    .replace(/driver failed programming external connectivity on endpoint \S+ \([0-9a-f]+\): /, '')
    .replace(/(?:failed to create (?:shim )?task(?: for container)?: )/, '')
    .replace(/OCI runtime create failed: /, '')
    .replace(/(?:runc|crun) create failed: /, '')
    .replace(/(?:container_linux|process_linux|standard_init_linux|rootfs_linux)\.go:\d+: /g, '')
    .replace(/(?:unable to start container process|starting container process caused): /, '')
    .replace(/error during container init: /, '')
    .replace(/: unknown$/, '')
    .replace(/\.$/, '');
}

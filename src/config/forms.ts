/**
 * Which forms a service has: a process, a container, or both.
 *
 * One that says both `run` and an image (`image`, or `build` as a map) can be switched between the two. It begins as its type
 * says; a container with `run` is a process in its other form.
 */
import type { ServiceType } from '../system.js';
import { type KeySpec, keySpec, OWN_WORD } from './keys.js';
import { listed } from './layout.js';
import type { Reader } from './reader.js';
import type { Section } from './section.js';

export interface Forms {
  readonly local: 'process' | 'node' | undefined;
  readonly container: boolean;
  /** Whether `build` says how the image is made, and not a command. */
  readonly buildsImage: boolean;
}

export function formsOf(section: Section, type: ServiceType): Forms {
  const run = section.entry('run') !== undefined;
  const build = section.entry('build')?.value;
  if (type === 'container')
    return { local: run ? 'process' : undefined, container: true, buildsImage: build !== undefined };
  if (type === 'external') return { local: undefined, container: false, buildsImage: false };
  const isImage = build?.kind === 'map';
  const container = run && (isImage || section.entry('image') !== undefined);
  return { local: type, container, buildsImage: container && isImage };
}

/** The form that it does not begin as. */
export function otherForm(type: ServiceType, forms: Forms): 'process' | 'node' | 'container' | undefined {
  return type === 'container' ? forms.local : forms.container ? 'container' : undefined;
}

/** Keys that mean nothing to any form of the service: told, and from then on as if they were absent. */
export function reportMisplacedKeys(section: Section, type: ServiceType, forms: Forms, reader: Reader): void {
  for (const { key, keyNode } of section.keys) {
    const spec: KeySpec | undefined = keySpec(key);
    const has = (form: ServiceType | undefined) => form !== undefined && spec?.services.includes(form);
    if (!spec || has(type) || has(otherForm(type, forms))) continue;
    const message = `"${key}" of ${section.what} is only for services of type ${listed(spec.services)}, not ${type}`;
    const own = forms.local && OWN_WORD[key];
    const hint =
      own === undefined
        ? key === 'image' && forms.local
          ? 'with "run" beside it, the service can be switched between process and container'
          : undefined
        : `fuge's own word for it is "${own}"`;
    if (spec.elsewhere === 'error') reader.report.error('misplaced-key', message, keyNode, { hint });
    else reader.report.warn('misplaced-key', `${message}; it is ignored`, keyNode, { hint });
    section.drop(key);
  }
}

/** Every key of a system file: validation and the key reference in the documentation are both made from this table. */
import type { ServiceType } from '../system.js';
import { CONTAINER_KEYS } from './keys/container.js';
import { CONTAINER_LIMIT_KEYS } from './keys/container-limits.js';
import { CONTAINER_NETWORK_KEYS } from './keys/container-network.js';
import type { KeySpec } from './keys/form.js';
import { GLOBAL_KEYS } from './keys/global.js';
import { PROCESS_KEYS } from './keys/process.js';
import { SERVICE_KEYS } from './keys/service.js';

export { type ContainerPart, type KeySpec, VALUE_FORMS, type ValueType } from './keys/form.js';
export { IGNORED_KEYS, OWN_WORD } from './keys/ignored.js';
export { TOP_LEVEL_KEYS } from './keys/top-level.js';

export const KEYS = [
  ...SERVICE_KEYS,
  ...PROCESS_KEYS,
  ...CONTAINER_KEYS,
  ...CONTAINER_NETWORK_KEYS,
  ...CONTAINER_LIMIT_KEYS,
  ...GLOBAL_KEYS,
] as const;

/** By what they are about, for the key reference. */
export const KEY_TOPICS: readonly (readonly [title: string, keys: readonly KeySpec[]])[] = [
  ['Keys of every service', SERVICE_KEYS],
  ['Keys of processes', PROCESS_KEYS],
  ['Keys of containers', CONTAINER_KEYS],
  ['Keys of containers: networks', CONTAINER_NETWORK_KEYS],
  ['Keys of containers: limits and rights', CONTAINER_LIMIT_KEYS],
  ['Keys of the system', GLOBAL_KEYS],
];

export type KeyName = (typeof KEYS)[number]['key'];
export type TypeOf<K extends KeyName> = Extract<(typeof KEYS)[number], { key: K }>['type'];

const BY_NAME: ReadonlyMap<string, KeySpec> = new Map(KEYS.map(spec => [spec.key, spec]));

export function keySpec(key: string): KeySpec | undefined {
  return BY_NAME.get(key);
}

/** The keys that may stand in `fuge_global`. */
export function globalKeys(): readonly KeySpec[] {
  return KEYS.filter(spec => spec.global);
}

/** The keys that may stand in a service, of one type or of any. */
export function serviceKeys(type?: ServiceType): readonly KeySpec[] {
  return (KEYS as readonly KeySpec[]).filter(spec => (type ? spec.services.includes(type) : spec.services.length > 0));
}

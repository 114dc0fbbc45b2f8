/** What the keys of containers have in common: most come from Compose, and other services pass them over with a warning. */
import type { KeySpec, ValueType } from './form.js';

interface Said extends Pick<KeySpec, 'default' | 'summary' | 'example'> {
  readonly elsewhere?: 'error' | 'warning';
  readonly origin?: KeySpec['origin'];
  /** It may stand in `fuge_global` too, where it means something of its own. */
  readonly global?: true;
  readonly globalExample?: string;
}

export interface ContainerKey<K extends string, T extends ValueType>
  extends Omit<KeySpec, 'key' | 'type' | 'services'> {
  readonly key: K;
  readonly type: T;
  readonly services: readonly ['container'];
}

export function containerKey<const K extends string, const T extends ValueType>(
  key: K,
  type: T,
  said: Said,
): ContainerKey<K, T> {
  return { key, type, global: false, services: ['container'], elsewhere: 'warning', origin: 'Compose', ...said };
}

/** What a container was made from, as one short text: a kept container whose hash is unchanged is started again. */
import { createHash } from 'node:crypto';
import type { CreateOrder } from './create-body.js';
import { LABEL } from './labels.js';

/** Labels that differ from one fuge to the next though the container is the same. */
const VOLATILE = new Set<string>([LABEL.owner, LABEL.ownerStart, LABEL.configHash]);

/** @param ids Of its image and its networks: another one may stand behind the same name, and a container holds on to the old one. */
export function configHash({ body, connect }: CreateOrder, ids: readonly string[]): string {
  const labels = Object.entries((body.Labels ?? {}) as Record<string, string>).filter(([name]) => !VOLATILE.has(name));
  const stable = inKeyOrder({ ...body, Labels: Object.fromEntries(labels), connect, ids });
  return createHash('sha256').update(JSON.stringify(stable)).digest('hex').slice(0, 16);
}

function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inKeyOrder(inner)]));
}

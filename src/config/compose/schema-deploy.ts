/** The keys of `deploy`. */
import {
  integer,
  listOf,
  mapOf,
  number,
  oneWordOf,
  orNothing,
  pairs,
  type Shape,
  text,
  texts,
  uniqueTexts,
} from './schema-shapes.js';

const update = mapOf({
  parallelism: integer,
  delay: text,
  failure_action: text,
  monitor: text,
  max_failure_ratio: number,
  order: oneWordOf('start-first', 'stop-first'),
});

export const reservedDevice: Readonly<Record<string, Shape>> = {
  capabilities: uniqueTexts,
  count: integer,
  device_ids: uniqueTexts,
  driver: text,
  options: pairs,
};

const reservations = mapOf({
  cpus: number,
  memory: text,
  generic_resources: listOf(mapOf({ discrete_resource_spec: mapOf({ kind: text, value: number }) })),
  devices: listOf(mapOf(reservedDevice, { required: ['capabilities'] })),
});

export const deploy: Shape = orNothing(
  mapOf({
    endpoint_mode: text,
    labels: pairs,
    mode: text,
    placement: mapOf({
      constraints: texts,
      preferences: listOf(mapOf({ spread: text })),
      max_replicas_per_node: integer,
    }),
    replicas: integer,
    resources: mapOf({ limits: mapOf({ cpus: number, memory: text, pids: integer }), reservations }),
    restart_policy: mapOf({ condition: text, delay: text, max_attempts: integer, window: text }),
    rollback_config: update,
    update_config: update,
  }),
);

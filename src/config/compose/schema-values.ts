/** Values of Compose services that have keys of their own: ports, mounts, hosts, limits, secrets. */
import {
  either,
  flag,
  integer,
  integerFrom,
  listOf,
  mapOf,
  namesTo,
  number,
  oneWordOf,
  pairs,
  type Shape,
  scalarOf,
  text,
  texts,
  uniqueTexts,
} from './schema-shapes.js';

export const port: Shape = either(
  scalarOf('text', 'number'),
  mapOf({
    name: text,
    mode: text,
    host_ip: text,
    target: integer,
    published: integer,
    protocol: text,
    app_protocol: text,
  }),
);

export const mount: Shape = either(
  text,
  mapOf(
    {
      type: oneWordOf('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
      source: text,
      target: text,
      read_only: flag,
      consistency: text,
      bind: mapOf({
        propagation: text,
        create_host_path: flag,
        recursive: oneWordOf('enabled', 'disabled', 'writable', 'readonly'),
        selinux: oneWordOf('z', 'Z'),
      }),
      volume: mapOf({ labels: pairs, nocopy: flag, subpath: text }),
      tmpfs: mapOf({ size: integerFrom(0), mode: number }),
      image: mapOf({ subpath: text }),
    },
    { required: ['type'] },
  ),
);

export const extraHosts: Shape = either(namesTo(either(text, texts)), uniqueTexts);

export const ulimits: Shape = mapOf(
  {},
  {
    names: {
      value: either(integer, mapOf({ soft: integer, hard: integer }, { required: ['soft', 'hard'] })),
      test: /^[a-z]+$/,
    },
    open: true,
  },
);

/** Secrets or configs that a service or a build gets. */
export const grants: Shape = listOf(
  either(text, mapOf({ source: text, target: text, uid: text, gid: text, mode: number })),
);

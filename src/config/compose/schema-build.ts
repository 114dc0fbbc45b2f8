/** The keys of `build`. */
import { either, flag, integer, mapOf, pairs, type Shape, text, texts } from './schema-shapes.js';
import { extraHosts, grants, ulimits } from './schema-values.js';

export const build: Shape = either(
  text,
  mapOf({
    additional_contexts: pairs,
    args: pairs,
    cache_from: texts,
    cache_to: texts,
    context: text,
    dockerfile: text,
    dockerfile_inline: text,
    entitlements: texts,
    extra_hosts: extraHosts,
    isolation: text,
    labels: pairs,
    network: text,
    no_cache: flag,
    no_cache_filter: either(text, texts),
    platforms: texts,
    privileged: flag,
    provenance: flag,
    pull: flag,
    sbom: flag,
    secrets: grants,
    shm_size: integer,
    ssh: pairs,
    tags: texts,
    target: text,
    ulimits,
  }),
);

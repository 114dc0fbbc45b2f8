/** One service of a Compose project, with the places where its parts were said. */
import type { Origin } from '../../../diagnostic.js';
import { placeOf, type Report } from '../../report.js';
import type { Place } from '../../source.js';
import type { ScalarNode, YamlNode } from '../../yaml.js';
import type { ComposeService } from '../project/canonical.js';
import type { LoadedProject } from '../project/read-project.js';
import { textNode, valueAt } from '../tree.js';

export class SaidService {
  readonly service: ComposeService;
  /** The name in its definition. */
  readonly place: Place;
  readonly node: YamlNode | undefined;

  constructor(
    readonly name: string,
    readonly loaded: LoadedProject,
    readonly report: Report,
  ) {
    const { project, disabled, tree } = loaded;
    this.service = (project.services[name] ?? disabled[name])!;
    const services = valueAt(tree, 'services');
    const entry = services?.kind === 'map' ? services.entries.findLast(one => one.key === name) : undefined;
    this.place = entry?.keyNode ?? tree;
    this.node = entry?.value;
  }

  /** Where a part was said; a default has the place of the service's name. */
  at(...path: readonly (string | number)[]): Place {
    return this.loaded.place(['services', this.name, ...path]) ?? valueAt(this.node, String(path[0])) ?? this.place;
  }

  /** Undefined: it is a default, or from a file of variables. */
  isSaid(...path: readonly (string | number)[]): boolean {
    return this.loaded.place(['services', this.name, ...path]) !== undefined;
  }

  /** A text in the place of a part, for what wants a node. */
  text(text: string, ...path: readonly (string | number)[]): ScalarNode {
    return textNode(text, this.at(...path));
  }

  /** Places by dotted path, for messages at run time; `run` and `path` are what a process is told by. */
  origins(): Record<string, Origin> {
    const origins: Record<string, Origin> = {};
    const set = (key: string, place: Place) => {
      origins[key] = placeOf(place);
    };
    if (this.node?.kind === 'map') for (const { key, value } of this.node.entries) set(key, value);
    for (const name of Object.keys(this.service.environment ?? {}))
      if (this.isSaid('environment', name)) set(`environment.${name}`, this.at('environment', name));
    for (const index of (this.service.ports ?? []).keys()) set(`ports.${index}`, this.at('ports', index));
    const run = (['command', 'entrypoint', 'build'] as const).find(key => this.isSaid(key));
    if (run) set('run', this.at(run));
    if (this.isSaid('build')) set('path', this.at('build', 'context'));
    return origins;
  }
}

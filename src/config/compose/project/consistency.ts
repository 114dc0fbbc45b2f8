/**
 * What must hold between the parts of a project once it is whole: names that are used are defined, no service waits for
 * itself, and no two things are said that exclude each other. (Compose Specification; the rules of the reference loader.)
 *
 * What was wrong in itself was told before; here it may be missing, even where the type says that it is always there.
 */
import { nearest } from '../../../diagnostic.js';
import { findCycle } from '../../../graph.js';
import type { Place } from '../../source.js';
import type { ComposeProject, ComposeService } from './canonical.js';
import { isRemote } from './paths.js';
import type { Path, Reading } from './reading.js';
import type { ResourceKey } from './resources.js';

export interface Checked {
  readonly project: ComposeProject;
  /** Services that take no part, for better messages. */
  readonly disabled: Readonly<Record<string, ComposeService>>;
  readonly reading: Reading;
  /** Where a service is defined. */
  readonly placeOf: (service: string) => Place | undefined;
  /** A system may make something else of a service without an image. */
  readonly needsImage: boolean;
}

export function checkProject(checked: Checked): void {
  // What is missing may be what could not be read, which was told.
  const isWhole = checked.needsImage && !checked.reading.report.hasErrors;
  for (const [name, service] of Object.entries(checked.project.services))
    new ServiceCheck(checked, name, service).run(isWhole);
  checkCycles(checked);
  checkContainerNames(checked);
}

/** The least that a definition must say, where that is more than its name. */
const LEAST: { readonly [kind in ResourceKey]?: string } = {
  secrets: '{file: PATH}',
  configs: '{file: PATH}',
  models: '{model: NAME}',
};

class ServiceCheck {
  constructor(
    private readonly checked: Checked,
    private readonly name: string,
    private readonly service: ComposeService,
  ) {}

  run(isWhole: boolean): void {
    const { service, name } = this;
    if (isWhole && !service.build && !service.image && !service.provider)
      this.#say([], 'compose-no-image', `"${name}" has neither an image nor a build`, 'add image: or build:');
    this.#checkBuild();
    this.#checkNetworks();
    this.#checkDependencies();
    this.#checkReferences();
    this.#checkHealth();
    this.#checkScale();
    this.#checkLimits();
  }

  #checkBuild(): void {
    const { build, platform } = this.service;
    if (!build) return;
    if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined)
      this.#excludes(['build', 'dockerfile_inline'], 'build.dockerfile', 'build.dockerfile_inline');
    if (platform !== undefined && build.platforms && !build.platforms.includes(platform))
      this.#say(
        ['build', 'platforms'],
        'compose-conflict',
        `"build.platforms" of "${this.name}" lacks its platform "${platform}"`,
      );
    for (const [key, context] of Object.entries(build.additional_contexts ?? {}))
      if (context.startsWith('service:') && !isRemote(context))
        this.#needsService(context.slice('service:'.length), ['build', 'additional_contexts', key]);
    for (const [index, { source }] of (build.secrets ?? []).entries())
      this.#needs('secrets', source, ['build', 'secrets', index]);
  }

  #checkNetworks(): void {
    const { network_mode: mode, networks } = this.service;
    if (mode !== undefined && networks && Object.keys(networks).length > 0)
      this.#excludes(['network_mode'], 'network_mode', 'networks');
    for (const network of Object.keys(networks ?? {})) this.#needs('networks', network, ['networks', network]);
  }

  #checkDependencies(): void {
    const { service } = this;
    for (const [other, dependency] of Object.entries(service.depends_on ?? {})) {
      if (!dependency.required && Object.hasOwn(this.checked.disabled, other)) continue;
      this.#needsService(other, ['depends_on', other]);
    }
  }

  #checkReferences(): void {
    const { service } = this;
    for (const [index, { type, source }] of (service.volumes ?? []).entries())
      if (type === 'volume' && source !== undefined) this.#needs('volumes', source, ['volumes', index]);
    for (const [index, { source }] of (service.secrets ?? []).entries())
      this.#needs('secrets', source, ['secrets', index]);
    for (const [index, { source }] of (service.configs ?? []).entries())
      this.#needs('configs', source, ['configs', index]);
    for (const model of Object.keys(service.models ?? {})) this.#needs('models', model, ['models', model]);
    for (const [index, watch] of (service.develop?.watch ?? []).entries())
      if (watch.target === undefined && watch.action?.startsWith('sync'))
        this.#say(
          ['develop', 'watch', index],
          'compose-watch',
          `"${watch.action}" of "${this.name}" does not say where to`,
          'add target: PATH',
        );
  }

  #checkHealth(): void {
    const first = this.service.healthcheck?.test?.[0];
    if (first === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(first)) return;
    this.#say(
      ['healthcheck', 'test'],
      'compose-healthcheck',
      `"healthcheck.test" of "${this.name}" begins with "${first}"`,
      'a list begins with CMD, CMD-SHELL or NONE; a text is run by a shell',
    );
  }

  #checkScale(): void {
    const { scale, deploy, container_name: fixed } = this.service;
    const replicas = deploy?.replicas;
    if (scale !== undefined && replicas !== undefined && scale !== replicas)
      this.#differs(['scale'], 'scale', 'deploy.replicas');
    if (fixed !== undefined && (scale ?? replicas ?? 1) > 1)
      this.#excludes(['container_name'], 'container_name', scale === undefined ? 'deploy.replicas' : 'scale');
  }

  #checkLimits(): void {
    const { service } = this;
    const limits = service.deploy?.resources.limits;
    const reservations = service.deploy?.resources.reservations;
    const pairs = [
      ['cpus', service.cpus, 'deploy.resources.limits.cpus', limits?.cpus],
      ['mem_limit', service.mem_limit, 'deploy.resources.limits.memory', limits?.memory],
      ['mem_reservation', service.mem_reservation, 'deploy.resources.reservations.memory', reservations?.memory],
      ['pids_limit', service.pids_limit, 'deploy.resources.limits.pids', limits?.pids],
    ] as const;
    for (const [key, own, other, theirs] of pairs)
      if (own !== undefined && theirs !== undefined && own !== theirs) this.#differs([key], key, other);
  }

  #needsService(other: string, path: Path): void {
    const { project, disabled } = this.checked;
    if (Object.hasOwn(project.services, other)) return;
    if (Object.hasOwn(disabled, other)) {
      const profiles = disabled[other]!.profiles ?? [];
      this.#say(
        path,
        'compose-disabled-service',
        `"${this.name}" needs "${other}", which takes no part`,
        profiles.length > 0 ? `choose its profile: --profile ${profiles[0]}` : undefined,
      );
      return;
    }
    const near = nearest(other, [...Object.keys(project.services), ...Object.keys(disabled)]);
    this.#say(
      path,
      'unknown-dependency',
      `"${this.name}" depends on "${other}", which is not defined`,
      near && `did you mean "${near}"?`,
    );
  }

  #needs(kind: ResourceKey, other: string | undefined, path: Path): void {
    const defined = this.checked.project[kind] ?? {};
    if (other === undefined || Object.hasOwn(defined, other)) return;
    const near = nearest(other, Object.keys(defined));
    const hint = near ? `did you mean "${near}"?` : `define it: ${kind}: {${other}: ${LEAST[kind] ?? '{}'}}`;
    this.#say(
      path,
      'compose-undefined',
      `"${this.name}" uses the ${kind.slice(0, -1)} "${other}", which is not defined`,
      hint,
    );
  }

  #excludes(path: Path, one: string, other: string): void {
    this.#say(path, 'compose-conflict', `"${this.name}" has both "${one}" and "${other}"`, 'keep one of them');
  }

  #differs(path: Path, one: string, other: string): void {
    this.#say(path, 'compose-conflict', `"${one}" and "${other}" of "${this.name}" differ`, 'keep one of them');
  }

  #say(path: Path, code: string, message: string, hint?: string): void {
    const { reading, placeOf } = this.checked;
    let place: Place | undefined;
    for (let length = path.length; length > 0 && !place; length--)
      place = reading.place(['services', this.name, ...path.slice(0, length)]);
    reading.report.error(code, message, place ?? placeOf(this.name), { hint });
  }
}

function checkCycles({ project, reading, placeOf }: Checked): void {
  const needs = new Map(
    Object.entries(project.services).map(([name, { depends_on: others }]) => [name, Object.keys(others ?? {})]),
  );
  const cycle = findCycle(needs);
  if (!cycle) return;
  const [first, ...others] = cycle.slice(0, -1).map((name, index) => {
    const needed = cycle[index + 1]!;
    return { name, needed, at: reading.place(['services', name, 'depends_on', needed]) ?? placeOf(name) };
  });
  reading.report.error('dependency-cycle', `services wait for each other: ${cycle.join(' → ')}`, first?.at, {
    related: others.flatMap(({ name, needed, at }) =>
      at ? [{ message: `"${name}" depends on "${needed}"`, at }] : [],
    ),
    hint: 'take one of these dependencies out',
  });
}

function checkContainerNames({ project, reading, placeOf }: Checked): void {
  const owners = new Map<string, string>();
  for (const [name, { container_name: fixed }] of Object.entries(project.services)) {
    if (fixed === undefined) continue;
    const owner = owners.get(fixed);
    if (owner === undefined) owners.set(fixed, name);
    else {
      const place = reading.place(['services', name, 'container_name']) ?? placeOf(name);
      const at = reading.place(['services', owner, 'container_name']) ?? placeOf(owner);
      const related = at ? [{ message: `"${owner}" has it here`, at }] : [];
      reading.report.error('compose-conflict', `"${name}" and "${owner}" have one container name, "${fixed}"`, place, {
        related,
      });
    }
  }
}

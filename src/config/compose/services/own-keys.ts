/**
 * `x-fuge:` of a Compose service: keys of a system file's service that go before what follows from the Compose file.
 *
 * `run`, `type`, `path`, `ready`, `monitor` … mean what they mean in a system file. `environment` is added to the service's.
 * `watch` says which files are watched, or false.
 * With `run` and no `type` it is a process.
 */
import path from 'node:path';
import { nearest } from '../../../diagnostic.js';
import type { PortNumbers } from '../../../port-numbers.js';
import type { Draft } from '../../draft.js';
import { keySpec } from '../../keys.js';
import { Reader } from '../../reader.js';
import { readService } from '../../service.js';
import type { MapNode } from '../../yaml.js';
import { entry, isScalar, textNode, valueAt } from '../tree.js';
import type { SaidService } from './said.js';
import { watchRule } from './watch-rule.js';

const TYPES = ['process', 'node', 'task', 'container', 'external'] as const;
/** Keys of a container that may stand here. */
const OWN: readonly string[] = ['image', 'args', 'keep'];
/** Keys of any service that Compose has words for: how many there are is known before their ports are. */
const NOT_HERE: readonly string[] = ['instances', 'instance_of'];
export type OwnType = (typeof TYPES)[number];

/** The map, and the type that it asks for. */
export interface OwnKeys {
  readonly node: MapNode;
  readonly type: OwnType | undefined;
  readonly run: boolean;
}

/** Undefined: there is none. */
export function findOwnKeys(said: SaidService): OwnKeys | undefined {
  const node = valueAt(said.node, 'x-fuge');
  if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
  if (node.kind !== 'map') {
    said.report.error('wrong-type', `"x-fuge" of "${said.name}" must be a map of keys`, node, {
      hint: 'write x-fuge: {run: COMMAND}, or x-fuge: {type: container}',
    });
    return undefined;
  }
  const given = valueAt(node, 'type');
  const run = valueAt(node, 'run') !== undefined;
  if (given === undefined) return { node, type: run ? 'process' : undefined, run };
  const type = isScalar(given) ? TYPES.find(candidate => candidate === given.text) : undefined;
  if (type === undefined) {
    const near = isScalar(given) ? nearest(given.text, TYPES) : undefined;
    said.report.error('wrong-type', `"type" of "${said.name}" must be one of ${TYPES.join(', ')}`, given, {
      hint: near && `did you mean "${near}"?`,
    });
  }
  return { node, type, run };
}

/** The draft with what `x-fuge` says in place of what the Compose file says. */
export function withOwnKeys(draft: Draft, { node, type }: OwnKeys, said: SaidService, numbers: PortNumbers): Draft {
  const entries = node.entries.filter(one => !['type', 'watch', ...NOT_HERE].includes(one.key));
  const typed: MapNode = {
    ...node,
    entries: [entry('type', textNode(type ?? draft.type, node), node), ...withImage(entries, draft, node)],
  };
  const reader = new Reader(said.report, () => undefined, numbers);
  const keyNode = textNode(said.name, said.place);
  const directory = path.dirname(node.source.file);
  const own = readService({ key: said.name, keyNode, value: typed, merged: false }, typed, directory, reader, draft);
  if (own === undefined) return draft;
  reportNotHere(node, said);
  if (own.type === 'container') reportComposeKeys(node, said);
  const { container, hooks, ...keys } = own;
  const set = Object.fromEntries(Object.entries(keys).filter(([key, value]) => isSaid(key, value, node)));
  return {
    ...draft,
    ...set,
    type: own.type,
    ...watchOf(node, directory, reader),
    place: draft.place,
    origins: { ...draft.origins, ...own.origins },
    environment: [...draft.environment, ...own.environment],
    envFiles: [...draft.envFiles, ...own.envFiles],
    ...(hooks &&
      Object.values(hooks).some(hook => hook !== undefined) && {
        hooks: { ...draft.hooks, ...hooks } as Draft['hooks'],
      }),
    ...(draft.container && {
      container: {
        ...draft.container,
        ...(container?.args && { args: container.args }),
        ...(valueAt(node, 'image') && container?.image && { image: container.image }),
        ...keepOf(node, reader),
      },
    }),
  };
}

/** `watch`: whether at all, or which files and directories. */
function watchOf(node: MapNode, directory: string, reader: Reader): Partial<Draft> {
  const given = valueAt(node, 'watch');
  if (given === undefined) return {};
  if (isScalar(given) && typeof given.value === 'boolean') return { monitor: given.value };
  const files = reader.texts(given, 'watch', 'true, false, or a list of files and directories');
  return { monitor: true, watchRules: files.map(({ text }) => watchRule(path.resolve(directory, text), [], [])) };
}

/** Of what is said of a container, what Compose has no key for. */
function keepOf(node: MapNode, reader: Reader): { readonly keep?: boolean } {
  const given = valueAt(node, 'keep');
  const keep = given && reader.boolean(given, 'keep');
  return keep === undefined ? {} : { keep };
}

function reportNotHere(node: MapNode, said: SaidService): void {
  for (const { key, keyNode } of node.entries)
    if (NOT_HERE.includes(key))
      said.report.warn('misplaced-key', `"${key}" in "x-fuge" of "${said.name}" has no effect`, keyNode, {
        hint: 'Compose has "scale" for it: write it in the service itself',
      });
}

/** The other keys of a container are Compose's own; so is tty, which processes have too. */
function reportComposeKeys(node: MapNode, said: SaidService): void {
  for (const { key, keyNode } of node.entries) {
    const spec = keySpec(key);
    const isOfContainer = key === 'tty' || (spec?.services.length === 1 && spec.services[0] === 'container');
    if (!isOfContainer || OWN.includes(key)) continue;
    said.report.warn('misplaced-key', `"${key}" in "x-fuge" of "${said.name}" has no effect`, keyNode, {
      hint: 'Compose has a key for it: write it in the service itself',
    });
  }
}

/** A container must have an image; what the Compose file says is enough. */
function withImage(entries: MapNode['entries'], draft: Draft, node: MapNode): MapNode['entries'] {
  const image = draft.container?.image;
  if (image === undefined || entries.some(one => one.key === 'image')) return entries;
  return [...entries, entry('image', textNode(image, node), node)];
}

/** What is always there in a draft counts only where its key was written. */
function isSaid(key: string, value: unknown, node: MapNode): boolean {
  if (value === undefined || key === 'name' || key === 'environment' || key === 'envFiles') return false;
  if (key === 'path' || key === 'ports') return valueAt(node, key) !== undefined;
  return true;
}

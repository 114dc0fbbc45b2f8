/** A Compose file's services as drafts: `image` runs as a container, `build` as a process from its source. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Origin } from '../../diagnostic.js';
import type { Command } from '../../system.js';
import { splitWords } from '../../words.js';
import { readDependencies } from '../dependencies.js';
import type { Draft, NamedEnvFile } from '../draft.js';
import { readEnvironment } from '../environment.js';
import { isDirectory } from '../find.js';
import { isEmpty } from '../layout.js';
import type { DeclaredPort } from '../ports.js';
import type { Reader } from '../reader.js';
import { placeOf } from '../report.js';
import { readSource, Source } from '../source.js';
import type { Entry, MapNode, YamlNode } from '../yaml.js';
import { readComposePorts } from './ports.js';

export interface ComposeFile {
  readonly include: Entry | undefined;
  /** In file order. Reads the Dockerfiles of services that give no command. */
  drafts(): Promise<Draft[]>;
}

/** What is honoured of a service today; the rest is named in one remark per file. */
const HONOURED = new Set(['image', 'build', 'command', 'ports', 'environment', 'env_file', 'hostname', 'depends_on']);
/** Keys of a file that need no remark. */
const SILENT = new Set(['version', 'name', 'services', 'include', 'volumes', 'networks', 'configs', 'secrets']);

export function readCompose(document: YamlNode, reader: Reader): ComposeFile {
  if (document.kind !== 'map') {
    if (!isEmpty(document)) reader.report.error('not-a-map', 'a Compose file is a map', document);
    return { include: undefined, drafts: async () => [] };
  }
  const top = new Map(document.entries.map(entry => [entry.key, entry]));
  const services = top.get('services');
  // The first form of the format has services at the top level; it knows neither "version" nor "services".
  const old = !top.has('version') && !(services && looksLikeServices(services.value)) && !top.has('include');
  const map = old ? document : services?.value;
  if (!old && map !== undefined && map.kind !== 'map' && !isEmpty(map))
    reader.report.error('wrong-type', '"services" must be a map', map);
  const entries = map?.kind === 'map' ? map.entries.filter(entry => !entry.key.startsWith('x-')) : [];
  return {
    include: old ? undefined : top.get('include'),
    drafts: async () => {
      const drafts: Draft[] = [];
      for (const entry of entries) {
        const draft = await readComposeService(entry, reader);
        if (draft) drafts.push(draft);
      }
      remarkIgnored(old ? [] : document.entries, entries, reader);
      return drafts;
    },
  };
}

/** A service named "services" in the old form would have an image or a build itself. */
function looksLikeServices(node: YamlNode): boolean {
  if (node.kind !== 'map') return true;
  return !node.entries.some(({ key, value }) => (key === 'image' || key === 'build') && value.kind === 'scalar');
}

function remarkIgnored(top: readonly Entry[], services: readonly Entry[], reader: Reader): void {
  const ignored = new Map<string, Entry>();
  const note = (entry: Entry) => {
    if (!entry.key.startsWith('x-') && !ignored.has(entry.key)) ignored.set(entry.key, entry);
  };
  for (const entry of top) if (!SILENT.has(entry.key)) note(entry);
  for (const { value } of services)
    if (value.kind === 'map') for (const entry of value.entries) if (!HONOURED.has(entry.key)) note(entry);
  const [first] = ignored.values();
  if (!first) return;
  const keys = [...ignored.keys()].toSorted().join(', ');
  reader.report.add(
    'info',
    'compose-keys-ignored',
    `these keys of the Compose file have no effect yet: ${keys}`,
    first.keyNode,
  );
}

async function readComposeService(entry: Entry, reader: Reader): Promise<Draft | undefined> {
  const { key: name, keyNode, value: node } = entry;
  const { report } = reader;
  if (node.kind !== 'map') {
    report.error('wrong-type', `the service "${name}" must be a map of keys`, isEmpty(node) ? keyNode : node);
    return undefined;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    report.error('bad-name', `${JSON.stringify(name)} can't be the name of a service`, keyNode, {
      hint: 'use letters, digits, "-", "_" and "."',
    });
    return undefined;
  }
  const values = new Map(node.entries.map(inner => [inner.key, inner.value]));
  const text = (key: string) => {
    const value = values.get(key);
    return value && !isEmpty(value) ? reader.text(value, key)?.text : undefined;
  };
  const directory = path.dirname(node.source.file);
  const build = values.get('build');
  const command = readComposeCommand(values.get('command'), 'command', reader);
  const common = {
    name,
    place: keyNode,
    origins: originsOf(node),
    ports: readPorts(name, values.get('ports'), reader),
    environment: readVariables(values.get('environment'), reader),
    host: text('hostname'),
    dependsOn: readDependsOn(values.get('depends_on'), reader),
  };
  if (build !== undefined && !isEmpty(build)) {
    const context = readBuild(build, directory, reader);
    if (!context) return undefined;
    const own = argvCommand(command) ?? (await commandFromDockerfile(context.dockerfile));
    // A directory that is not there is told of later, and is enough to know.
    if (own === undefined && isDirectory(context.directory))
      report.warn('missing-run', `"${name}" has no command, neither here nor in ${context.dockerfile}`, keyNode, {
        hint: 'add "command:"; until then it can\'t be started',
      });
    return {
      ...common,
      type: 'process',
      path: { directory: context.directory, place: build },
      envFiles: readEnvFiles(values.get('env_file'), [directory, context.directory], reader),
      command: own,
    };
  }
  const image = text('image');
  if (image !== undefined)
    return {
      ...common,
      type: 'container',
      path: undefined,
      envFiles: readEnvFiles(values.get('env_file'), [directory], reader),
      container: { image, args: command },
    };
  if (values.has('image')) return undefined;
  report.warn('compose-service', `"${name}" has neither "image" nor "build" and is left out`, keyNode);
  return undefined;
}

/** A string is split as a shell does, without expansion. */
function readComposeCommand(node: YamlNode | undefined, key: string, reader: Reader): readonly string[] | undefined {
  if (node === undefined || isEmpty(node)) return undefined;
  if (node.kind === 'list') return reader.texts(node, key, 'a command line or a list of words').map(item => item.text);
  const text = reader.text(node, key, 'a command line or a list of words');
  if (!text) return undefined;
  const split = splitWords(text.text);
  if (split.words) return split.words;
  reader.report.error('bad-command', `"${key}" can't be split into words: ${split.problem}`, node);
  return undefined;
}

function argvCommand(words: readonly string[] | undefined): Command | undefined {
  const [first, ...rest] = words ?? [];
  return first === undefined ? undefined : { kind: 'argv', argv: [first, ...rest], source: [first, ...rest].join(' ') };
}

function readBuild(
  node: YamlNode,
  directory: string,
  reader: Reader,
): { directory: string; dockerfile: string } | undefined {
  const values = node.kind === 'map' ? new Map(node.entries.map(entry => [entry.key, entry.value])) : undefined;
  const contextNode = values ? values.get('context') : node;
  const context = contextNode ? reader.text(contextNode, 'build', 'a directory or a map')?.text : '.';
  if (context === undefined) return undefined;
  const dockerfileNode = values?.get('dockerfile');
  const dockerfile = dockerfileNode && reader.text(dockerfileNode, 'dockerfile')?.text;
  const absolute = path.resolve(directory, context);
  return { directory: absolute, dockerfile: path.resolve(absolute, dockerfile ?? 'Dockerfile') };
}

async function commandFromDockerfile(file: string): Promise<Command | undefined> {
  const source = readSource(file);
  if (!(source instanceof Source)) return undefined;
  const { commandOfDockerfile } = await import('./dockerfile.js');
  return commandOfDockerfile(source.text);
}

/** fuge 2's names: the first port is named as the service, the second `<service>2` and so on. */
function readPorts(service: string, node: YamlNode | undefined, reader: Reader): DeclaredPort[] {
  if (node === undefined || isEmpty(node)) return [];
  return readComposePorts(node, reader).map(({ port, node: at }, index) => ({
    name: index === 0 ? service : `${service}${index + 1}`,
    host: port.published ?? port.target,
    target: port.published === undefined ? undefined : port.target,
    protocol: port.protocol,
    node: at,
  }));
}

/** Compose's short form waits only until the other one was started. */
function readDependsOn(node: YamlNode | undefined, reader: Reader) {
  return node === undefined || isEmpty(node) ? [] : readDependencies(node, 'depends_on', reader, 'started');
}

function readVariables(node: YamlNode | undefined, reader: Reader) {
  return node === undefined || isEmpty(node) ? [] : readEnvironment(node, 'environment', reader);
}

/** Relative to the Compose file; where only the build's directory has the file, it is that one, as in fuge 2. */
function readEnvFiles(node: YamlNode | undefined, bases: readonly string[], reader: Reader): NamedEnvFile[] {
  if (node === undefined || isEmpty(node)) return [];
  return (node.kind === 'list' ? node.items : [node]).flatMap((item): NamedEnvFile[] => {
    const values = item.kind === 'map' ? new Map(item.entries.map(entry => [entry.key, entry.value])) : undefined;
    const pathNode = values ? values.get('path') : item;
    const text = pathNode && reader.text(pathNode, 'env_file', 'a file name');
    if (!text) return [];
    const candidates = bases.map(base => path.resolve(base, text.text));
    const required = values?.get('required');
    const format = values?.get('format');
    return [
      {
        path: candidates.find(candidate => existsSync(candidate)) ?? candidates[0]!,
        at: placeOf(text.node),
        place: text.node,
        required: required ? (reader.boolean(required, 'required') ?? true) : true,
        format: format && reader.text(format, 'format')?.text === 'raw' ? 'raw' : 'dotenv',
      },
    ];
  });
}

function originsOf(node: MapNode): Record<string, Origin> {
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, placeOf(value)]));
}

/** One service of a system file, read into a draft. */
import path from 'node:path';
import { PLAIN_PORTS } from '../port-numbers.js';
import type { Command, ServiceType } from '../system.js';
import { parseCommand } from '../words.js';
import type { ContainerContext, readContainer } from './container/read.js';
import { dependenciesOf } from './container/shared-namespaces.js';
import type { Draft } from './draft.js';
import { type Forms, formsOf, otherForm, reportMisplacedKeys } from './forms.js';
import { serviceKeys, VALUE_FORMS } from './keys.js';
import { placePorts, reportHostAddresses, reportPickedElsewhere } from './ports.js';
import { readProbe } from './probes.js';
import { placeOfFragment, type Reader, type Text } from './reader.js';
import { placeOf } from './report.js';
import { reportUnknownKey, SERVICE_TYPES, Section } from './section.js';
import { isKeptWarm, reportTaskKeys, reportTwoRestarts } from './supervision.js';
import type { Entry, MapNode } from './yaml.js';

/** Reads what a service says of its container; loaded only for systems that may have one. */
export interface ContainerReader extends ContainerContext {
  readonly read: typeof readContainer;
}

/**
 * Undefined if it can't be one at all; what is wrong is reported. `node` is the entry's value.
 *
 * @param base What the keys are added to (`x-fuge` in a Compose file): nothing is missing then, and its ports count.
 * @param containers Undefined: of a container only `image` and `args` are read.
 */
export function readService(
  entry: Entry,
  node: MapNode,
  directory: string,
  reader: Reader,
  base?: Draft,
  containers?: ContainerReader,
): Draft | undefined {
  const { key: name, keyNode } = entry;
  const what = `"${name}"`;
  checkName(entry, reader);
  const meant = new Set<string | undefined>();
  const section = new Section(node, what, serviceKeys(), reader, unknown => {
    meant.add(reportUnknownKey(unknown, what, serviceKeys(), reader));
  });
  const written = section.get('type');
  const type = written === 'task' ? 'process' : written;
  const command = readCommand(section, 'run', type ?? 'process', reader);
  const test = readCommand(section, 'test', 'process', reader);
  const hooks = {
    prerun: readCommand(section, 'prerun', 'process', reader),
    onReady: readCommand(section, 'on_ready', 'process', reader),
    onExit: readCommand(section, 'on_exit', 'process', reader),
  };
  if (type === undefined) {
    if (!meant.has('type')) reportMissingType(section, entry, reader);
    return undefined;
  }
  const forms = formsOf(section, type);
  reportMisplacedKeys(section, type, forms, reader);
  const buildText = forms.local && !forms.buildsImage ? readBuildCommand(section, reader) : undefined;
  const build = buildText && parsedCommand(buildText, 'build', 'process', section, reader);
  const once = section.get('once') ?? (written === 'task' ? true : undefined);
  reportTaskKeys(section, written === 'task', once === true, what, reader);

  const pathText = section.get('path');
  const place = { place: pathText?.node ?? keyNode };
  const serviceDirectory = pathText && path.resolve(directory, pathText.text);
  if (forms.container && !forms.buildsImage && !section.get('image')?.text) {
    if (!hasBroken(section, 'image') && !meant.has('image')) reportMissingImage(section, type, entry, reader);
    if (type === 'container') return undefined;
  }
  const declared = section.get('ports');
  // What runs elsewhere stays where it is.
  const numbers = type === 'external' ? { ...PLAIN_PORTS, picked: reader.ports.picked } : reader.ports;
  const ports = (declared && placePorts(declared, name, numbers, reader.report)) ?? base?.ports ?? [];
  if (type === 'external') reportPickedElsewhere(what, ports, reader.report);
  if (!forms.container) reportHostAddresses(what, section.get('ports') ?? [], reader.report);
  const probe = (key: 'ready' | 'live') => {
    const value = section.get(key);
    return value && readProbe(value, { what, key, ports, shell: section.get('shell'), reader });
  };
  const ready = probe('ready');
  const live = probe('live');
  const hasBuild = section.entry('build') !== undefined && !forms.buildsImage && buildText?.text.trim() !== '';
  if (section.get('rebuild_on_change') === true && !hasBuild)
    reader.report.error(
      'rebuild-without-build',
      `${what} has "rebuild_on_change", but no "build" to run`,
      section.entry('rebuild_on_change')!.value,
      { hint: 'add "build: COMMAND"' },
    );
  const warm = type === 'node' && isKeptWarm(section, what, command, reader);
  reportTwoRestarts(section, what, reader);
  const run = section.get('run')?.text.trim();
  if (!base && isLocal(type) && (!section.entry('run') || run === '') && !meant.has('run'))
    reader.report.warn('missing-run', `${what} has no "run", so it can't be started`, keyNode, {
      hint: `add "run: COMMAND"${buildText || section.get('test') ? '; its other commands work' : ''}`,
    });
  return {
    name,
    type,
    place: keyNode,
    origins: section.origins,
    path: serviceDirectory === undefined ? undefined : { directory: serviceDirectory, ...place },
    ports,
    environment: section.get('environment') ?? [],
    envFiles: (section.get('env_file') ?? []).map(({ text, node: at, required, format }) => ({
      path: path.resolve(serviceDirectory ?? directory, text),
      at: placeOf(at),
      place: at,
      required,
      format,
    })),
    command,
    build,
    test,
    container: forms.container ? containerOf(section, name, forms, reader, containers) : undefined,
    alternative: otherForm(type, forms),
    groups: section.get('group'),
    host: section.get('host')?.text || undefined,
    advertised: section.get('auto_generate_environment'),
    dnsEnabled: section.get('dns_enabled'),
    dnsNamespace: section.get('dns_namespace')?.text,
    dnsSuffix: section.get('dns_suffix')?.text,
    tail: section.get('tail'),
    monitor: section.get('monitor'),
    monitorExcludes: section.get('monitor_excludes')?.map(item => item.text),
    watchGitignore: section.get('watch_gitignore'),
    delayMs: section.get('delay_start'),
    restartOnError: section.get('restart_on_error'),
    maxRestarts: section.get('max_restarts'),
    signal: section.get('terminate'),
    graceMs: section.get('stop_grace_period'),
    repository: section.get('repository_url')?.text,
    ready,
    live: live === 'launched' ? undefined : live,
    once,
    hooks,
    rebuildOnChange: section.get('rebuild_on_change'),
    tty: section.get('tty'),
    warm,
    dependsOn: dependenciesOf(section),
    restart: section.get('restart'),
    profiles: section.get('profiles'),
    instances: section.get('instances'),
    instanceOf: readInstanceOf(section, reader),
  };
}

/** It is a part of names, as a service's own name is. */
function readInstanceOf(section: Section, reader: Reader): Draft['instanceOf'] {
  const given = section.get('instance_of');
  if (given === undefined) return undefined;
  const { text: name, node: place } = given;
  if (isName(name)) return { name, place };
  reader.report.error('bad-name', `${JSON.stringify(name)} can't be the name of a service`, place, { hint: NAME_HINT });
  return undefined;
}

export function isLocal(type: ServiceType): boolean {
  return type === 'process' || type === 'node';
}

const NAME_HINT = 'use letters, digits, "-", "_" and "."';

function isName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/^-|[\s/\\,*?[\]{}\x00-\x1f\x7f]/.test(text);
}

/** Names become parts of file names, variables, DNS names and command lines. */
function checkName({ key, keyNode }: Entry, reader: Reader): void {
  if (!isName(key))
    reader.report.error('bad-name', `${JSON.stringify(key)} can't be the name of a service`, keyNode, {
      hint: NAME_HINT,
    });
  else if (key === 'all')
    reader.report.warn('bad-name', '"all" means every service in commands, so this one can\'t be named alone', keyNode);
}

function reportMissingType(section: Section, { key, keyNode }: Entry, reader: Reader): void {
  if (hasBroken(section, 'type')) return;
  const guess = section.entry('image') ? 'container' : section.entry('run') ? 'process' : undefined;
  const hint = guess ? `add "type: ${guess}"` : `add "type:" with one of ${SERVICE_TYPES.join(', ')}`;
  reader.report.error('missing-type', `"${key}" has no "type"`, keyNode, { hint });
}

function reportMissingImage(section: Section, type: ServiceType, { keyNode }: Entry, reader: Reader): void {
  const { what } = section;
  const image = section.entry('image')?.value;
  if (type === 'container')
    reader.report.error('missing-image', `the container ${what} has no image`, image ?? keyNode, {
      hint: 'add "image: NAME", or "build: DIRECTORY"',
    });
  else
    reader.report.error('missing-image', `"image" of ${what} is empty`, image, {
      hint: 'name an image, or leave the key out',
    });
}

/** The key is there, but its value was reported. */
function hasBroken(section: Section, key: 'type' | 'image'): boolean {
  return section.entry(key) !== undefined && section.get(key) === undefined;
}

function containerOf(
  section: Section,
  name: string,
  forms: Forms,
  reader: Reader,
  containers: ContainerReader | undefined,
): Draft['container'] {
  if (!containers) return { image: section.get('image')?.text ?? '', args: section.get('args') };
  return containers.read(section, name, forms.buildsImage, reader, containers);
}

function readBuildCommand(section: Section, reader: Reader): Text | undefined {
  const build = section.get('build');
  if (build?.kind !== 'map') return build && reader.text(build, 'build', VALUE_FORMS.command);
  reader.report.error('wrong-type', `"build" of ${section.what} must be ${VALUE_FORMS.command}, not a map`, build, {
    hint: 'a map says what the image of a container is built from: it needs "run" beside it, or "type: container"',
  });
  return undefined;
}

function readCommand(
  section: Section,
  key: 'run' | 'test' | 'prerun' | 'on_ready' | 'on_exit',
  type: ServiceType,
  reader: Reader,
): Command | undefined {
  const text = section.get(key);
  return text && parsedCommand(text, key, type, section, reader);
}

function parsedCommand(
  text: Text,
  key: string,
  type: ServiceType,
  section: Section,
  reader: Reader,
): Command | undefined {
  const command = parseCommand(text.text, section.get('shell'));
  if (command === undefined) return undefined;
  if ('problem' in command) {
    const place = placeOfFragment(text.node, command.offset, text.text[command.offset] ?? '');
    reader.report.error('bad-command', `"${key}" can't be split into words: ${command.problem}`, place);
    return undefined;
  }
  if (type !== 'node' || command.kind !== 'argv' || command.argv[0] !== 'node') return command;
  const [, script, ...rest] = command.argv;
  if (script !== undefined) return { ...command, argv: [script, ...rest] };
  reader.report.error('bad-command', '"run" names no script after node', text.node);
  return undefined;
}

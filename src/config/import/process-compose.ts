/**
 * process-compose.yaml.
 *
 * Rules (its documentation): texts may have `$NAME` and `${NAME}` (not with `disable_env_expansion`), `$$` for a dollar, and
 * `{{.NAME}}` of `vars`; `.env` beside the file belongs to the environment of all; commands go to bash; restarts wait one
 * second and have no limit; a namespace is a group; `disabled` processes wait to be started by hand.
 */
import path from 'node:path';
import { parseYaml } from '../yaml.js';
import { baseOf, CHANGED, type ImportContext, LEFT_OUT, pathIn } from './context.js';
import { type Key, type ServiceDraft, type SystemDraft, Template } from './draft.js';
import { Fields, readVariables, type Without } from './fields.js';
import { Names } from './names.js';
import { dependencyKeys, readDependencies } from './process-compose-dependencies.js';
import { probeKeys } from './process-compose-probes.js';
import { commandKeysOf, restartKeys, shutdownKeys } from './process-compose-run.js';
import { type GoTexts, goTexts } from './process-compose-texts.js';
import { placedIn, sourceOf } from './surroundings.js';

const MOST_REPLICAS = 50;
const LOGS = 'fuge writes each service to log/NAME.log; "log_path" of fuge_global names another directory';

/** Of the file. */
const FILE_WITHOUT: Without = {
  log_location: LOGS,
  log_configuration: LOGS,
  log_format: LOGS,
  extends: 'import that file, too, and join the two',
  env_cmds: 'set the variables in a shell before fuge starts',
  mcp_server: '',
};
/** Speak of how process-compose itself shows and stops things; nothing is lost without them. */
const OF_ITSELF = [
  'version',
  'log_level',
  'log_length',
  'is_strict',
  'is_tui_disabled',
  'ordered_shutdown',
  'disable_env_expansion',
];

/** Of a process. */
const WITHOUT: Without = {
  log_location: LOGS,
  log_configuration: LOGS,
  is_tty: 'services get no terminal',
  is_interactive: 'services get no terminal',
  launch_timeout_seconds: '',
  is_dotenv_disabled: 'name .env in "env_file" of the services that want it, not in fuge_global',
  mcp: '',
};

export function readProcessCompose(context: ImportContext): SystemDraft {
  const { source, report, around } = context;
  const [root] = parseYaml(source, report);
  if (root?.kind !== 'map') {
    if (!report.hasErrors) report.error('not-a-map', `${source.file} is no map with "processes"`, root);
    return { services: [] };
  }
  const file = new Fields(root, 'the file', report);
  for (const key of OF_ITSELF) file.at(key);
  const texts = goTexts(file.boolean('disable_env_expansion') !== true, file.at('vars'), report);
  const shell = file.map('shell');
  const environment = variablesKey(file, 'the file', texts, report);
  const processes = file.map('processes', 'the file');
  const name = file.text('name');
  file.rest(FILE_WITHOUT, ['processes', 'environment', 'vars', 'shell']);
  if (!processes) {
    if (!report.hasErrors) report.error('no-services', `${source.file} has no "processes"`, root);
    return { services: [] };
  }
  const override = source.file.replace(/(\.ya?ml)$/, '.override$1');
  if (override !== source.file && around.isFile(override))
    report.warn(LEFT_OUT, `${override} is not merged over the file`, undefined, {
      hint: 'import it, too, and join the two',
    });
  const dotenv = sourceOf(path.join(path.dirname(source.file), '.env'), around);
  const reading: Reading = { context, names: new Names(), shell, ports: new Set() };
  const entries = processes.keys().flatMap(key => {
    const node = processes.at(key);
    if (node?.kind === 'map') return [{ given: key, node, fields: new Fields(node, `"${key}"`, report) }];
    report.warn('import-wrong-type', `the process "${key}" should be a map; it is left out`, processes.keyNode(key));
    return [];
  });
  // All names are known before the first one is asked for.
  const copies = entries.map(({ given, fields }) => {
    const count = Math.min(MOST_REPLICAS, Math.max(1, Math.floor(fields.number('replicas') ?? 1)));
    const width = String(count).length;
    const at = processes.keyNode(given);
    return Array.from({ length: count }, (_, n) => {
      const named = count === 1 ? given : `${given}-${String(n).padStart(width, '0')}`;
      const name = reading.names.take(named, report, at);
      return { name, given, number: n, count };
    });
  });
  const group = new Map(entries.map(({ given }, i) => [given, copies[i]!.map(one => one.name)]));
  const waits = readDependencies(entries, group, report);
  const services = entries.flatMap(({ fields, given }, i) => {
    const kept = copies[i]!.map(copy => readProcess(fields, copy, texts, waits, reading));
    fields.rest(WITHOUT);
    return kept.length === 0
      ? []
      : kept.map(service => ({
          ...service,
          remarks: service.remarks.length > 0 ? service.remarks : remarksOf(fields, texts, given),
        }));
  });
  return {
    ...(name !== undefined && { name }),
    services,
    global: [
      { key: 'monitor', value: false, remark: 'a save restarts nothing, as before; true restarts what it belongs to' },
      ...(dotenv ? [{ key: 'env_file', value: pathIn(context, dotenv.file)! }] : []),
      ...environment,
    ],
  };
}

export interface Reading {
  readonly context: ImportContext;
  readonly names: Names;
  readonly shell: Fields | undefined;
  /** Ports that were declared already. */
  readonly ports: Set<number>;
}

export interface Copy {
  readonly name: string;
  /** As the file calls it. */
  readonly given: string;
  readonly number: number;
  readonly count: number;
}

function readProcess(
  fields: Fields,
  copy: Copy,
  outer: GoTexts,
  waits: ReturnType<typeof readDependencies>,
  reading: Reading,
): ServiceDraft {
  const { report } = reading.context;
  fields.at('description');
  const texts = outer.within(fields.at('vars'), { PC_REPLICA_NUM: String(copy.number) });
  const command = commandKeysOf(fields, texts, reading);
  const isTask = waits.isTask(copy.given) && !restartsAlways(fields);
  const isElsewhere = profileOf(fields, report);
  const namespace = fields.text('namespace');
  const environment = variablesKey(fields, `"${copy.given}"`, texts, report, {
    ...(copy.count > 1 && { PC_REPLICA_NUM: String(copy.number), PC_PROC_NAME: copy.given }),
  });
  const directory = fields.text('working_dir');
  const keys: Key[] = [
    ...(command ?? [{ key: 'type', value: 'process' }]).map(key =>
      key.key === 'type' && isTask ? { key: 'type', value: 'task' } : key,
    ),
    { key: 'path', value: directoryOf(directory, texts, reading.context) },
    ...(namespace !== undefined && namespace !== 'default' ? [{ key: 'group', value: texts.text(namespace) }] : []),
    ...(isElsewhere === undefined
      ? []
      : [{ key: 'profiles', value: [isElsewhere], remark: 'it runs when it is named' }]),
    ...envFileKeys(fields, texts, directory, reading.context),
    ...environment,
    ...probeKeys(fields, texts, isTask, reading),
    ...dependencyKeys(copy.given, waits),
    ...restartKeys(fields, isTask),
    ...shutdownKeys(fields, texts),
    ...watchKeys(fields),
  ];
  return { name: copy.name, remarks: [], keys };
}

function remarksOf(fields: Fields, texts: GoTexts, given: string): string[] {
  const description = fields.text('description');
  return description === undefined || description === given ? [] : [texts.plain(description)];
}

function restartsAlways(fields: Fields): boolean {
  return fields.map('availability')?.text('restart') === 'always';
}

/** Processes that process-compose does not start by itself. */
function profileOf(fields: Fields, report: Fields['report']): string | undefined {
  const schedule = fields.at('schedule');
  if (schedule)
    report.warn(
      LEFT_OUT,
      `"schedule" of ${fields.what} has no counterpart; it runs when it is started by hand`,
      fields.keyNode('schedule'),
    );
  if (fields.boolean('is_foreground') === true) {
    report.warn(
      CHANGED,
      `${fields.what} gets no terminal here; it runs when it is started by hand`,
      fields.keyNode('is_foreground'),
    );
    return 'manual';
  }
  return fields.boolean('disabled') === true || schedule ? 'manual' : undefined;
}

function variablesKey(
  fields: Fields,
  what: string,
  texts: GoTexts,
  report: Fields['report'],
  more: Readonly<Record<string, string>> = {},
): Key[] {
  const variables = readVariables(fields.at('environment'), what, report);
  const value = {
    ...more,
    ...Object.fromEntries(variables.map(one => [one.name, one.value === undefined ? null : texts.text(one.value)])),
  };
  return Object.keys(value).length === 0 ? [] : [{ key: 'environment', value }];
}

/** Beside the file or, where it is not there, in the working directory; a service's own are relative to its path. */
function envFileKeys(fields: Fields, texts: GoTexts, directory: string | undefined, context: ImportContext): Key[] {
  const files = fields.texts(fields.has('env_file') ? 'env_file' : 'env_files');
  if (files === undefined) return [];
  const base = baseOf(context);
  const working = path.resolve(base, texts.plain(directory ?? '.'));
  const value = files.map(({ text }) => {
    const written = texts.text(text);
    if (written instanceof Template) return written;
    const isBeside = context.around.isFile(path.resolve(base, written));
    return placedIn(working, isBeside ? base : working, written) ?? '.';
  });
  return [{ key: 'env_file', value }];
}

/** A path with variables can't be put together before they are known. */
function directoryOf(given: string | undefined, texts: GoTexts, context: ImportContext): Key['value'] {
  if (given === undefined) return pathIn(context, '.');
  const text = texts.text(given);
  const plain = text instanceof Template ? text.text : text;
  if (!(text instanceof Template) || !plain.includes('$')) return pathIn(context, plain);
  const base = pathIn(context, '.');
  return /^[$/]/.test(plain) || base === undefined ? text : new Template(`${base.replaceAll('$', '$$$$')}/${plain}`);
}

function watchKeys(fields: Fields): Key[] {
  const watch = fields.map('watch');
  if (!watch) return [];
  const paths = watch.at('paths');
  const excludes: string[] = [];
  for (const item of paths?.kind === 'list' ? paths.items : []) {
    if (item.kind !== 'map') continue;
    const one = new Fields(item, `"watch" of ${fields.what}`, fields.report);
    const where = one.text('path');
    excludes.push(...(one.texts('exclude') ?? []).map(({ text }) => text));
    if (where !== undefined && where !== '.' && where !== './')
      fields.report.warn(
        CHANGED,
        `${fields.what} watches "${where}" only; here its whole path is watched`,
        one.keyNode('path'),
      );
    one.rest({ include: 'fuge restarts on every file that is not excluded' });
  }
  watch.rest({
    cascade: '"restart: true" in "depends_on" does the same',
    debounce: '',
    max_entries: '',
    buffer_size: '',
    disable_default_excludes: '',
  });
  return [
    { key: 'monitor', value: true },
    ...(excludes.length > 0 ? [{ key: 'monitor_excludes', value: excludes }] : []),
  ];
}

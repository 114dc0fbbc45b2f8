/**
 * mprocs.yaml and mprocs.json.
 *
 * Rules (its documentation): a process is a text for the shell, a list of words, or a map with `shell` or `cmd`; paths are
 * relative to where mprocs is started, `<CONFIG_DIR>` is the file's directory; a variable that is null is taken away;
 * `$select: os` chooses by operating system; processes start by themselves and are not started again.
 */
import { splitWords } from '../../words.js';
import type { Report } from '../report.js';
import { type MapNode, parseYaml, type YamlNode } from '../yaml.js';
import { argvKeys, commandKeys } from './commands.js';
import { baseOf, CHANGED, type ImportContext, pathIn } from './context.js';
import { type Key, type ServiceDraft, type SystemDraft, Template } from './draft.js';
import { Fields, isNull, readVariables, type Without } from './fields.js';
import { Names } from './names.js';

/** Speak of the screen of mprocs alone. */
const OF_ITSELF = [
  ...['hide_keymap_window', 'mouse_scroll_speed', 'scrollback', 'proc_list_width', 'proc_list_title', 'keymap_procs'],
  ...['keymap_term', 'keymap_copy', 'proc_list_height', 'proc_list_position', 'keymap'],
];
const FILE_WITHOUT: Without = {
  server: 'other programs reach a running system through the fuge command',
  on_init: '',
  on_all_finished: '',
  proc_log: 'fuge writes each service to log/NAME.log',
  log_dir: '"log_path" of fuge_global names the directory',
};
const WITHOUT: Without = {
  log: 'fuge writes each service to log/NAME.log',
  log_dir: 'fuge writes each service to log/NAME.log',
};

/** Rust's names of operating systems. */
const SYSTEMS: Readonly<Record<string, string>> = {
  darwin: 'macos',
  win32: 'windows',
  linux: 'linux',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
};

export function readMprocs(context: ImportContext): SystemDraft {
  const { source, report } = context;
  const [root] = parseYaml(source, report);
  const chosen = root && selected(root, context.platform, report);
  if (chosen?.kind !== 'map') {
    if (!report.hasErrors) report.error('not-a-map', `${source.file} is no map with "procs"`, root);
    return { services: [] };
  }
  const file = new Fields(chosen, 'the file', report);
  for (const key of OF_ITSELF) file.at(key);
  const procs = file.map('procs', 'the file');
  file.rest(FILE_WITHOUT, ['procs']);
  const names = new Names();
  const entries = (procs?.keys() ?? []).flatMap(given => {
    const node = procs!.at(given);
    return node ? [{ given, node, name: names.take(given, report, procs!.keyNode(given)) }] : [];
  });
  if (entries.length === 0 && !report.hasErrors)
    report.error('no-services', `${source.file} has no "procs"`, undefined, { hint: 'processes stand below "procs:"' });
  return {
    services: entries.flatMap(({ given, node, name }) => readProc(given, name, node, names, context) ?? []),
    global: [
      { key: 'monitor', value: false, remark: 'a save restarts nothing, as before; true restarts what it belongs to' },
    ],
  };
}

function readProc(
  given: string,
  name: string,
  node: YamlNode,
  names: Names,
  context: ImportContext,
): ServiceDraft | undefined {
  const { report } = context;
  const here: Key = { key: 'path', value: pathIn(context, '.') };
  if (node.kind === 'scalar') return { name, remarks: [], keys: [...commandKeys(node.text), here] };
  if (node.kind === 'list') return { name, remarks: [], keys: [...argvKeys(wordsOf(node)), here] };
  const fields = new Fields(node, `"${given}"`, report);
  const command = commandOf(fields, report);
  const autostart = fields.boolean('autostart');
  const keys: Key[] = [
    ...(command ?? [{ key: 'type', value: 'process' }]),
    { key: 'path', value: pathIn(context, directoryOf(fields.text('cwd'), context)) },
    ...(autostart === false ? [{ key: 'profiles', value: ['manual'], remark: 'it runs when it is named' }] : []),
    ...environmentKeys(fields, context),
    ...dependencyKeys(fields, names, given, report),
    ...(fields.boolean('autorestart') === true
      ? [{ key: 'restart', value: { when: 'always', max: 1000 }, remark: 'it had no limit' }]
      : []),
    ...stopKeys(fields),
  ];
  for (const key of OF_ITSELF) fields.at(key);
  fields.rest(WITHOUT);
  return { name, remarks: [], keys };
}

function commandOf(fields: Fields, report: Report): Key[] | undefined {
  const shell = fields.text('shell');
  const cmd = fields.at('cmd');
  if (shell !== undefined) {
    if (cmd) report.warn(CHANGED, `${fields.what} has both "shell" and "cmd"; "shell" counts`, fields.keyNode('cmd'));
    return commandKeys(shell);
  }
  const words = cmd?.kind === 'scalar' ? splitWords(cmd.text).words : cmd?.kind === 'list' ? wordsOf(cmd) : undefined;
  if (words && words.length > 0) return argvKeys(words);
  report.warn('missing-run', `${fields.what} has neither "shell" nor "cmd", so it can't be started`, fields.node);
  return undefined;
}

function wordsOf(node: YamlNode): string[] {
  return node.kind === 'list' ? node.items.flatMap(item => (item.kind === 'scalar' ? [item.text] : [])) : [];
}

function directoryOf(given: string | undefined, context: ImportContext): string {
  return given === undefined ? '.' : given.replace(/^<CONFIG_DIR>/, () => baseOf(context));
}

function environmentKeys(fields: Fields, context: ImportContext): Key[] {
  const { report } = context;
  const node = fields.at('env');
  const variables = readVariables(node, fields.what, report);
  const value: Record<string, string | Template | null> = {};
  for (const one of variables) {
    if (one.value === undefined && node?.kind === 'map') {
      report.warn(CHANGED, `${fields.what} takes ${one.name} out of the environment; here it is empty`, one.at);
      value[one.name] = '';
    } else value[one.name] = one.value ?? null;
  }
  const added = fields.texts('add_path');
  if (added && added.length > 0) {
    const own = value.PATH;
    const literal = (text: string) => text.replaceAll('$', '$$$$');
    const before = typeof own === 'string' ? literal(own) : '$PATH';
    const more = added.map(({ text }) => literal(text.replace(/^<CONFIG_DIR>/, () => baseOf(context))));
    value.PATH = new Template([before, ...more].join(':'));
  }
  return Object.keys(value).length === 0 ? [] : [{ key: 'environment', value }];
}

function dependencyKeys(fields: Fields, names: Names, given: string, report: Report): Key[] {
  const wanted = (fields.texts('deps') ?? []).flatMap(({ text, ...at }) => {
    const known = text === given ? [] : names.of(text);
    if (known.length === 0)
      report.warn(
        'import-left-out',
        `${fields.what} depends on "${text}", which the file does not have; that is left out`,
        at,
      );
    return known;
  });
  return wanted.length === 0
    ? []
    : [{ key: 'depends_on', value: Object.fromEntries(wanted.map(name => [name, 'started'])) }];
}

function stopKeys(fields: Fields): Key[] {
  const stop = fields.at('stop');
  if (!stop) return [];
  const isSignal = stop.kind === 'scalar' && /^SIG(INT|TERM|KILL|HUP|QUIT|USR1|USR2)$/.test(stop.text);
  if (isSignal) return [{ key: 'terminate', value: stop.text }];
  if (stop.kind === 'scalar' && stop.text === 'hard-kill') return [{ key: 'terminate', value: 'SIGKILL' }];
  const keys =
    stop.kind === 'map' ? new Fields(stop, `"stop" of ${fields.what}`, fields.report).texts('send-keys') : undefined;
  // A terminal makes SIGINT of Ctrl-C.
  if (keys?.length === 1 && /^<c-c>$/i.test(keys[0]!.text)) return [{ key: 'terminate', value: 'SIGINT' }];
  fields.leaveOut('stop', 'services get no keyboard; "terminate" names the signal that stops one');
  return [];
}

/** Every `$select: os` replaced by what it chooses. Each node once, however many aliases lead to it. */
function selected(node: YamlNode, platform: string, report: Report, done = new Map<YamlNode, YamlNode>()): YamlNode {
  const before = done.get(node);
  if (before) return before;
  const inner = (one: YamlNode) => selected(one, platform, report, done);
  const by = node.kind === 'map' ? node.entries.find(({ key }) => key === '$select') : undefined;
  let result: YamlNode = node;
  if (node.kind === 'list') result = { ...node, items: node.items.map(inner) };
  else if (node.kind === 'map' && by) result = inner(choose(node, by.value, platform, report));
  else if (node.kind === 'map')
    result = { ...node, entries: node.entries.map(entry => ({ ...entry, value: inner(entry.value) })) };
  done.set(node, result);
  return result;
}

function choose(node: MapNode, by: YamlNode, platform: string, report: Report): YamlNode {
  const nothing: YamlNode = {
    kind: 'scalar',
    value: null,
    text: '',
    plain: true,
    source: node.source,
    start: node.start,
    end: node.end,
  };
  if (by.kind !== 'scalar' || by.text !== 'os') {
    report.warn('import-wrong-type', '"$select" can only be "os"; the value is left out', by);
    return nothing;
  }
  const system = SYSTEMS[platform] ?? platform;
  const entry = node.entries.find(({ key }) => key === system) ?? node.entries.find(({ key }) => key === '$else');
  const others = node.entries.filter(one => one !== entry && one.key !== '$select');
  if (!entry) {
    report.warn('import-wrong-type', `"$select" has nothing for ${system} and no "$else"; the value is left out`, node);
    return nothing;
  }
  if (others.length > 0 && !isNull(entry.value))
    report.warn(
      CHANGED,
      `"$select" chooses by operating system; the value ${entry.key === '$else' ? 'for all others' : `for ${entry.key}`} is taken`,
      entry.keyNode,
    );
  return entry.value;
}

/**
 * pm2's ecosystem files: JavaScript, JSON (with comments) and YAML.
 *
 * Rules (its documentation): `apps` is a list; the name is by default that of the script; the interpreter follows from the
 * script's extension; in cluster mode all instances share one port; an app is started again whenever it ends, at most
 * 16 times in a row; it is stopped by SIGINT and killed after 1600 ms; files are watched only where `watch` says so.
 */
import path from 'node:path';
import { parseYaml, type YamlNode } from '../yaml.js';
import { baseOf, CHANGED, type ImportContext, pathIn } from './context.js';
import { type Key, type ServiceDraft, type SystemDraft, Template, type Value } from './draft.js';
import { Fields, readVariables, type Without } from './fields.js';
import { readLiteral } from './literal.js';
import { Names } from './names.js';
import { pm2CommandKeys } from './pm2-command.js';

const LOGS = 'fuge writes each service to log/NAME.log';
const WITHOUT: Without = {
  ...Object.fromEntries(
    [
      'out_file',
      'out',
      'output',
      'out_log',
      'error_file',
      'error',
      'err',
      'err_file',
      'err_log',
      'log_file',
      'log',
      'log_type',
    ].map(key => [key, LOGS]),
  ),
  disable_logs: LOGS,
  log_date_format: 'fuge knows when each line came; "logs" can show it',
  time: 'fuge knows when each line came; "logs" can show it',
  pid_file: '"fuge ps --json" says the process ids',
  pid: '"fuge ps --json" says the process ids',
  max_memory_restart: '',
  wait_ready: 'say in "ready" how it is found out: {http: /health}, {log: "listening"}',
  listen_timeout: '',
  shutdown_with_message: 'a service is stopped by a signal: "terminate"',
  cron_restart: '',
  cron: '',
  watch_delay: '',
  watch_options: '"monitor_excludes" names what is not watched',
  min_uptime: '"restart" has "window" and "max" to tell a loop of restarts',
  uid: 'services run as the user who runs fuge',
  user: 'services run as the user who runs fuge',
  gid: 'services run as the user who runs fuge',
  treekill: 'fuge always stops all processes of a service',
  filter_env: '',
  post_update: '"build" of a service is what "fuge build" runs',
  increment_var: '',
};
/** Speak of pm2 itself; nothing is lost without them. */
const OF_ITSELF = [
  ...[
    'vizion',
    'pmx',
    'automation',
    'trace',
    'disable_trace',
    'v8',
    'event_loop_inspector',
    'deep_monitoring',
    'force',
    'io',
  ],
  ...[
    'append_env_to_name',
    'kill_retry_time',
    'write',
    'windowsHide',
    'username',
    'install_url',
    'merge_logs',
    'combine_logs',
  ],
  ...['disable_source_map_support', 'execute_command', 'instance_var'],
];
const MOST_INSTANCES = 50;

export function readPm2(context: ImportContext): SystemDraft {
  const { source, report } = context;
  const isYaml = /\.ya?ml$/.test(source.file);
  const literal = isYaml
    ? { root: parseYaml(source, report)[0], templates: new Set<YamlNode>() }
    : readLiteral(source, report);
  const apps = appsOf(literal.root, context);
  const reading: Reading = { context, names: new Names(), templates: literal.templates, ports: new Set() };
  const services = apps.flatMap((node, i) => {
    if (node.kind === 'map') return readApp(new Fields(node, `app ${i + 1}`, report), reading);
    report.warn('import-wrong-type', `app ${i + 1} should be a map; it is left out`, node);
    return [];
  });
  if (services.length === 0 && !report.hasErrors)
    report.error('no-services', `${source.file} has no "apps" that could be read`, literal.root);
  return {
    services,
    global: [
      { key: 'monitor', value: false, remark: 'as pm2 without "watch"' },
      { key: 'terminate', value: 'SIGINT', remark: 'the signal of pm2' },
      { key: 'stop_grace_period', value: '1600ms', remark: 'the patience of pm2' },
    ],
  };
}

export interface Reading {
  readonly context: ImportContext;
  readonly names: Names;
  /** Texts with variables in them. */
  readonly templates: ReadonlySet<YamlNode>;
  /** Ports that were declared already. */
  readonly ports: Set<number>;
}

/** A list, one app, or a map with `apps`. */
function appsOf(root: YamlNode | undefined, { report }: ImportContext): readonly YamlNode[] {
  if (root?.kind === 'list') return root.items;
  if (root?.kind !== 'map') return [];
  const file = new Fields(root, 'the file', report);
  if (file.has('script') || file.has('exec')) return [root];
  const apps = file.at('apps');
  file.rest({ deploy: 'deployment is no matter of fuge' }, ['apps']);
  if (apps?.kind === 'list') return apps.items;
  return apps?.kind === 'map' ? [apps] : [];
}

function readApp(app: Fields, reading: Reading): ServiceDraft[] {
  const { context, names } = reading;
  const { report } = context;
  const script = app.scalar('script') ?? app.scalar('exec');
  const said = app.text('name') ?? (script && path.basename(script.text.split(' ')[0]!, path.extname(script.text)));
  const given = `${app.text('name_prefix') ?? ''}${said ?? 'app'}`;
  const fields = new Fields(app.node, `"${given}"`, report);
  for (const key of ['script', 'exec', 'name', 'name_prefix', ...OF_ITSELF]) fields.at(key);
  const cwd = fields.scalar('cwd');
  const directory = directoryOf(cwd, reading);
  const command = pm2CommandKeys(
    fields,
    script,
    cwd && !reading.templates.has(cwd) ? path.resolve(baseOf(context), cwd.text) : baseOf(context),
    reading,
  );
  const count = instancesOf(fields);
  const namespace = fields.text('namespace');
  const environment = environmentOf(fields, reading);
  const base = [
    { key: 'path', value: directory },
    ...(namespace !== undefined && namespace !== 'default' ? [{ key: 'group', value: namespace }] : []),
    ...(fields.boolean('autostart') === false
      ? [{ key: 'profiles', value: ['manual'], remark: 'it runs when it is named' }]
      : []),
  ];
  const more = [...restartKeys(fields), ...stopKeys(fields), ...watchKeys(fields)];
  const port = portOf(fields, environment, reading);
  fields.rest(WITHOUT);
  return Array.from({ length: count }, (_, n) => {
    const variables = count > 1 ? { ...environment, NODE_APP_INSTANCE: String(n) } : environment;
    return {
      name: names.take(n === 0 ? given : `${given}-${n}`, report, fields.keyNode('name') ?? script),
      remarks: [],
      keys: [
        ...command,
        ...base,
        ...(n === 0 && port !== undefined ? [{ key: 'ports', value: [`main=${port}`] }] : []),
        ...(Object.keys(variables).length > 0 ? [{ key: 'environment', value: variables }] : []),
        ...more,
      ],
    };
  });
}

function directoryOf(cwd: ReturnType<Fields['scalar']>, { templates, context }: Reading): Value | undefined {
  if (!cwd) return pathIn(context, '.');
  return templates.has(cwd) ? new Template(cwd.text) : pathIn(context, cwd.text);
}

/** Copies, each a process of its own; a cluster shares one port and is one service here. */
function instancesOf(fields: Fields): number {
  const given = fields.scalar('instances');
  const mode = fields.text('exec_mode') ?? '';
  const isCluster = mode.startsWith('cluster') || (given !== undefined && !mode.startsWith('fork'));
  const count = Number(given?.text ?? 1);
  if (isCluster && given && count !== 1) {
    fields.report.warn(
      CHANGED,
      `${fields.what} is a cluster that shares one port; here it is one process`,
      fields.keyNode('instances'),
      { hint: '"instances" runs several, each with a port of its own' },
    );
    return 1;
  }
  if (!Number.isInteger(count) || count < 1) return 1;
  if (count > MOST_INSTANCES)
    fields.report.warn(
      CHANGED,
      `${fields.what} has ${count} instances; ${MOST_INSTANCES} are written`,
      fields.keyNode('instances'),
    );
  return Math.min(count, MOST_INSTANCES);
}

function environmentOf(fields: Fields, { context, templates }: Reading): Record<string, string | Template | null> {
  const { report } = context;
  for (const key of fields.keys())
    if (key.startsWith('env_') && key !== 'env_file')
      fields.leaveOut(
        key,
        `pm2 takes it with "--env ${key.slice(4)}" only; what of it is wanted goes to "environment"`,
      );
  return Object.fromEntries(
    readVariables(fields.at('env'), fields.what, report).map(({ name, value, at }) => [
      name,
      value === undefined ? '' : templates.has(at) ? new Template(value) : value,
    ]),
  );
}

function portOf(fields: Fields, environment: Record<string, unknown>, { ports }: Reading): number | undefined {
  const said = fields.number('port') ?? Number(environment.PORT);
  if (!Number.isInteger(said) || said < 1 || said > 65_535) return undefined;
  if (ports.has(said)) {
    fields.report.warn(
      CHANGED,
      `port ${said} is that of another app already; ${fields.what} is told it, and has none of its own`,
      fields.keyNode('port') ?? fields.keyNode('env'),
    );
    environment.PORT = String(said);
    return undefined;
  }
  ports.add(said);
  return said;
}

function restartKeys(fields: Fields): Key[] {
  const delay = fields.number('restart_delay');
  const growing = fields.number('exp_backoff_restart_delay');
  const max = fields.number('max_restarts') ?? 16;
  const codes = fields.texts('stop_exit_codes')?.flatMap(({ text }) => (/^\d+$/.test(text) ? [Number(text)] : []));
  if (fields.boolean('autorestart') === false) return [];
  const pause =
    growing !== undefined && growing > 0
      ? { backoff: `${growing}ms`, backoff_max: `${Math.max(15_000, growing)}ms` }
      : delay === undefined || delay === 0
        ? {}
        : { backoff: `${delay}ms`, backoff_max: `${delay}ms` };
  const when = codes && codes.length > 0 ? { when: 'on-failure', success: codes } : { when: 'always' };
  return [{ key: 'restart', value: { ...when, max: Math.floor(max), ...pause } }];
}

function stopKeys(fields: Fields): Key[] {
  const timeout = fields.number('kill_timeout');
  return timeout === undefined ? [] : [{ key: 'stop_grace_period', value: `${timeout}ms` }];
}

function watchKeys(fields: Fields): Key[] {
  const node = fields.at('watch');
  const ignored = fields.texts('ignore_watch')?.map(({ text }) => text);
  const isWatched = node !== undefined && !(node.kind === 'scalar' && (node.value === false || node.text === 'false'));
  if (!isWatched) return [];
  const isPart =
    node.kind === 'list' ||
    (node.kind === 'scalar' && node.value !== true && node.text !== 'true' && node.text !== '.');
  if (isPart)
    fields.report.warn(
      CHANGED,
      `${fields.what} watches some directories only; here its whole path is watched`,
      fields.keyNode('watch'),
      {
        hint: '"monitor_excludes" names what is not watched',
      },
    );
  return [
    { key: 'monitor', value: true },
    ...(ignored && ignored.length > 0 ? [{ key: 'monitor_excludes', value: ignored }] : []),
  ];
}

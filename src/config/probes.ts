/** `ready` and `live`: how it is found out that a service is ready, and that it still lives. */
import type { Probe, ProbeTiming } from '../system.js';
import { parseCommand } from '../words.js';
import type { DeclaredPort } from './ports.js';
import { readDuration } from './quantities-reader.js';
import { placeOfFragment, type Reader } from './reader.js';
import { checkKeys, entriesOf } from './submap.js';
import type { MapNode, YamlNode } from './yaml.js';

/** What a probe needs to know of its service. */
export interface ProbeContext {
  /** `"web"`. */
  readonly what: string;
  readonly key: 'ready' | 'live';
  readonly ports: readonly DeclaredPort[];
  readonly shell: boolean | undefined;
  readonly reader: Reader;
}

const KINDS = ['http', 'tcp', 'exec', 'log'] as const;
const TIMING = ['interval', 'timeout', 'retries', 'start_period'] as const;
const DEFAULT_TIMING: ProbeTiming = { intervalMs: 5000, timeoutMs: 1000, retries: 3, startPeriodMs: 0 };
/** Any answer but an error. */
const DEFAULT_STATUS = [200, 399] as const;

/** `launched`: ready as soon as it runs (`ready: false`). Undefined: what is wrong was reported. */
export function readProbe(node: YamlNode, context: ProbeContext): Probe | 'launched' | undefined {
  const { key, what, reader } = context;
  const { report } = reader;
  if (node.kind === 'scalar' && node.value === false && key === 'ready') return 'launched';
  if (node.kind !== 'map') {
    const hint = `write ${key}: {http: /health}, {tcp: 3000}, {exec: COMMAND}${key === 'ready' ? ', {log: REGEX} or false' : ''}`;
    report.error('wrong-type', `"${key}" of ${what} must be a map with a kind of probe`, node, { hint });
    return undefined;
  }
  const values = entriesOf(node);
  checkKeys(node, `"${key}" of ${what}`, [...KINDS, ...TIMING], report);
  const kinds = KINDS.filter(kind => values.has(kind));
  if (kinds.length !== 1) {
    const said = kinds.length === 0 ? 'says none of' : `says ${kinds.join(' and ')}, but must say only one of`;
    report.error('bad-probe', `"${key}" of ${what} ${said} ${KINDS.join(', ')}`, node);
    return undefined;
  }
  const timing = readTiming(values, reader);
  const kind = kinds[0]!;
  const value = values.get(kind)!;
  if (kind === 'log' && key === 'live') {
    report.error('bad-probe', `"live" of ${what} can't be a log: silence does not tell whether it lives`, value);
    return undefined;
  }
  switch (kind) {
    case 'http':
      return readHttp(value, timing, context);
    case 'tcp': {
      const port = readPort(value, context);
      return port === undefined ? undefined : { kind: 'tcp', port, ...timing };
    }
    case 'exec':
      return readExec(value, timing, context);
    case 'log':
      return readLog(value, timing, context);
  }
}

function readTiming(values: ReadonlyMap<string, YamlNode>, reader: Reader): ProbeTiming {
  const duration = (key: (typeof TIMING)[number], least: number) => {
    const node = values.get(key);
    const ms = node && readDuration(node, key, reader);
    if (ms === undefined || ms >= least) return ms;
    reader.report.error('wrong-type', `"${key}" must be at least ${least} ms`, node);
    return undefined;
  };
  const retries = values.get('retries');
  const form = 'a whole number from 1';
  return {
    intervalMs: duration('interval', 10) ?? DEFAULT_TIMING.intervalMs,
    timeoutMs: duration('timeout', 10) ?? DEFAULT_TIMING.timeoutMs,
    retries:
      (retries && reader.integer(retries, 'retries', { min: 1, max: 1_000_000, form })) ?? DEFAULT_TIMING.retries,
    startPeriodMs: duration('start_period', 0) ?? DEFAULT_TIMING.startPeriodMs,
  };
}

function readHttp(node: YamlNode, timing: ProbeTiming, context: ProbeContext): Probe | undefined {
  const { reader, key, what } = context;
  const isMap = node.kind === 'map';
  // `http:` and `http: true` are a look at the first page.
  const isBare = saysNothing(node);
  if (isMap) checkKeys(node, `"${key}.http" of ${what}`, ['path', 'port', 'status'], reader.report);
  const values = isMap ? entriesOf(node as MapNode) : new Map<string, YamlNode>(isBare ? [] : [['path', node]]);
  const pathNode = values.get('path');
  const path = pathNode ? reader.text(pathNode, 'path')?.text : '/';
  const port = readPort(values.get('port'), context, node);
  const status = readStatus(values.get('status'), reader);
  const isRooted = path === undefined || path.startsWith('/');
  if (!isRooted)
    reader.report.error('bad-probe', `the path of an HTTP probe begins with "/", not "${path}"`, pathNode, {
      hint: pathHint(path),
    });
  if (path === undefined || !isRooted || port === undefined || status === undefined) return undefined;
  return { kind: 'http', path, port, status, ...timing };
}

/** A port or a whole address stands where the path does: they have a place of their own. */
function pathHint(path: string): string {
  if (/^\d+$/.test(path)) return `write http: {port: ${path}}`;
  const [, port, rest] = /^https?:\/\/[^/:]*(?::(\d+))?(\/.*)?$/.exec(path) ?? [];
  if (port !== undefined) return `write http: {port: ${port}, path: ${rest ?? '/'}}`;
  return /^https?:/.test(path) ? `write ${rest ?? '/'}` : `write /${path}`;
}

function saysNothing(node: YamlNode): boolean {
  return node.kind === 'scalar' && (node.value === null || node.value === true);
}

function readStatus(node: YamlNode | undefined, reader: Reader): readonly [number, number] | undefined {
  if (!node) return DEFAULT_STATUS;
  const form = 'a status like 200, or a range like 200-299';
  const text = reader.text(node, 'status', form)?.text.trim();
  if (text === undefined) return undefined;
  const [, least, most = least] = /^(\d{3})(?:\s*-\s*(\d{3}))?$/.exec(text) ?? [];
  if (least !== undefined && Number(least) >= 100 && Number(least) <= Number(most))
    return [Number(least), Number(most)];
  reader.report.error('wrong-type', `"status" must be ${form}, not "${text}"`, node);
  return undefined;
}

/** A number, the name of a declared port, or (absent, empty or true) the first declared TCP port. */
function readPort(node: YamlNode | undefined, context: ProbeContext, fallbackPlace = node): number | undefined {
  const { reader, ports, what, key } = context;
  const { report } = reader;
  if (!node || saysNothing(node)) {
    const first = ports.find(port => port.protocol === 'tcp');
    if (first) return first.host;
    report.error('bad-probe', `"${key}" of ${what} needs a port, and ${what} declares none`, fallbackPlace, {
      hint: 'name it in the probe, or declare it under ports',
    });
    return undefined;
  }
  const form = 'a port number, or the name of a declared port';
  const text = reader.text(node, 'port', form);
  if (!text) return undefined;
  const named = ports.find(port => port.name === text.text);
  if (named?.protocol === 'tcp') return named.host;
  if (named) {
    report.error(
      'bad-probe',
      `"${named.name}" of ${what} is a port of ${named.protocol}, and a probe needs one of tcp`,
      text.node,
    );
    return undefined;
  }
  const number = Number(text.text);
  // A port of its own moves with the system's offset.
  const moved = ports.find(port => port.protocol === 'tcp' && port.written === number);
  if (Number.isInteger(number) && number >= 1 && number <= 65535) return moved?.host ?? number;
  const declared = ports.filter(port => port.protocol === 'tcp').map(port => port.name);
  const hint = declared.length > 0 ? `declared are ${declared.join(', ')}` : undefined;
  report.error('bad-probe', `"${text.text}" is ${form.replace('a port', 'no port')} of ${what}`, text.node, { hint });
  return undefined;
}

function readExec(node: YamlNode, timing: ProbeTiming, { reader, shell }: ProbeContext): Probe | undefined {
  const text = reader.text(node, 'exec', 'a command line');
  const command = text && parseCommand(text.text, shell);
  if (!text) return undefined;
  if (command === undefined) {
    reader.report.error('bad-command', '"exec" is empty', node);
    return undefined;
  }
  if ('problem' in command) {
    const place = placeOfFragment(text.node, command.offset, text.text[command.offset] ?? '');
    reader.report.error('bad-command', `"exec" can't be split into words: ${command.problem}`, place);
    return undefined;
  }
  return { kind: 'exec', command, ...timing };
}

function readLog(node: YamlNode, timing: ProbeTiming, { reader }: ProbeContext): Probe | undefined {
  const text = reader.text(node, 'log', 'a regular expression');
  if (!text) return undefined;
  if (text.text === '') {
    reader.report.error('bad-probe', '"log" is empty', node, { hint: 'any line is "."' });
    return undefined;
  }
  try {
    new RegExp(text.text);
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: /, '');
    reader.report.error('bad-probe', `"log" is no regular expression: ${reason}`, text.node);
    return undefined;
  }
  return { kind: 'log', pattern: text.text, ...timing };
}

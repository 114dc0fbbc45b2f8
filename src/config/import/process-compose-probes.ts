/**
 * Probes of process-compose.
 *
 * Rules (its documentation): `exec` succeeds with exit code 0, `http_get` with `status_code` (200); a look every 10 s, a
 * timeout of 1 s, 3 failures; `ready_log_line` is a part of a line, or a regular expression.
 */
import { shellFeature, splitWords } from '../../words.js';
import { quote } from './commands.js';
import { CHANGED, LEFT_OUT } from './context.js';
import { type Key, Template, type Value } from './draft.js';
import type { Fields } from './fields.js';
import type { Reading } from './process-compose.js';
import type { GoTexts } from './process-compose-texts.js';

const LOCAL = /^(localhost|127\.0\.0\.1|0\.0\.0\.0|::1?|\[::1?\])?$/;

export function probeKeys(fields: Fields, texts: GoTexts, isTask: boolean, reading: Reading): Key[] {
  const readiness = fields.map('readiness_probe');
  const liveness = fields.map('liveness_probe');
  const line = fields.text('ready_log_line');
  if (isTask) {
    for (const key of ['readiness_probe', 'liveness_probe', 'ready_log_line'])
      if (fields.has(key)) fields.leaveOut(key, 'others wait for its end: it is a task');
    return [];
  }
  const ready = readiness ? probeOf(readiness, texts) : undefined;
  const live = liveness ? probeOf(liveness, texts) : undefined;
  const port = ready?.port ?? live?.port;
  const isNew = port !== undefined && !reading.ports.has(port);
  if (isNew) reading.ports.add(port);
  const log = line === undefined ? undefined : { log: texts.text(patternOf(line, fields)) };
  return [
    ...(isNew ? [{ key: 'ports', value: [`main=${port}`] }] : []),
    ...(ready || log ? [{ key: 'ready', value: ready?.value ?? log }] : []),
    ...(live ? [{ key: 'live', value: live.value }] : []),
  ];
}

/** Undefined: it can't be looked at from here; that was told. */
function probeOf(probe: Fields, texts: GoTexts): { value: Value; port: number | undefined } | undefined {
  const http = probe.map('http_get');
  const exec = probe.map('exec');
  const duration = (key: string) => {
    const seconds = probe.number(key);
    return seconds === undefined ? undefined : `${seconds}s`;
  };
  const timing = {
    interval: duration('period_seconds'),
    timeout: duration('timeout_seconds'),
    retries: probe.number('failure_threshold'),
    start_period: duration('initial_delay_seconds'),
  };
  probe.at('success_threshold');
  probe.rest({});
  if (http) return httpOf(http, timing, texts);
  if (exec) return execOf(exec, timing, texts);
  probe.report.warn('import-wrong-type', `${probe.what} has neither "http_get" nor "exec"; it is left out`, probe.node);
  return undefined;
}

function httpOf(http: Fields, timing: { readonly [key: string]: Value | undefined }, texts: GoTexts) {
  const { report } = http;
  const host = texts.plain(http.text('host') ?? '');
  const scheme = texts.plain(http.text('scheme') ?? 'http').toLowerCase();
  const given = texts.text(http.text('port') ?? (scheme === 'https' ? '443' : '80'), http.scalar('port'));
  const status = http.number('status_code') ?? http.number('http_code') ?? 200;
  const written = texts.text(http.text('path') ?? '/', http.scalar('path'));
  const path = typeof written === 'string' && !written.startsWith('/') ? `/${written}` : written;
  http.rest({ headers: 'a probe of fuge sends no headers of your own' });
  if (!LOCAL.test(host)) {
    report.warn(LEFT_OUT, `${http.what} looks at ${host}; fuge looks at this machine alone`, http.scalar('host'), {
      hint: 'an "exec" probe may ask anything',
    });
    return undefined;
  }
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : undefined;
  const port = number ?? given;
  const declared = number !== undefined && number >= 1 && number <= 65_535 ? number : undefined;
  if (number !== undefined && declared === undefined) {
    report.warn('import-wrong-type', `${number} is no port; the probe is left out`, http.scalar('port'));
    return undefined;
  }
  if (scheme === 'https') {
    report.warn(
      CHANGED,
      `${http.what} speaks https; here it is looked whether the port accepts connections`,
      http.scalar('scheme'),
    );
    return { value: { tcp: port, ...timing }, port: declared };
  }
  return { value: { http: { path, port, status }, ...timing }, port: declared };
}

function execOf(exec: Fields, timing: { readonly [key: string]: Value | undefined }, texts: GoTexts) {
  const command = exec.text('command');
  const directory = exec.text('working_dir');
  exec.rest({});
  if (command === undefined || command.trim() === '') {
    exec.report.warn('import-wrong-type', `${exec.what} has no "command"; it is left out`, exec.node);
    return undefined;
  }
  const text = texts.text(
    directory === undefined ? command : `cd ${quote(directory)} && ${command}`,
    exec.scalar('command'),
  );
  const line = text instanceof Template ? text.text : text;
  // It went to a shell, and nothing but the line itself says so here.
  const isPlain = splitWords(line).words !== undefined && !/[$*?~[\n]/.test(line);
  const run = isPlain || shellFeature(line) !== undefined ? line : `sh -c ${quote(line.trim())}`;
  return { value: { exec: text instanceof Template ? new Template(run) : run, ...timing }, port: undefined };
}

/** Go and JavaScript write most regular expressions alike; one that JavaScript can't read is taken letter by letter. */
function patternOf(line: string, fields: Fields): string {
  try {
    new RegExp(line);
    return line;
  } catch {
    fields.report.warn(
      CHANGED,
      `"ready_log_line" of ${fields.what} is no regular expression here; it is looked for as it stands`,
      fields.scalar('ready_log_line'),
    );
    return line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
}

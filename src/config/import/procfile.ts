/**
 * Procfiles: `name: command` lines.
 *
 * Rules (foreman and honcho; overmind where it says more): a name has letters, digits, `-` and `_`; blank lines and those
 * that begin with `#` are nothing. Each process gets a PORT: 5000, or PORT of `.env`, plus 100 for each line before it.
 * `.env` beside the file is every process's environment. overmind also reads `.overmind.env` (overmind.ts).
 */
import path from 'node:path';
import { parseDotenv } from '../../dotenv.js';
import { commandKeys } from './commands.js';
import { baseOf, type ImportContext, LEFT_OUT, pathIn } from './context.js';
import type { Key, ServiceDraft, SystemDraft } from './draft.js';
import { Names } from './names.js';
import { type Formation, NO_SETTINGS, readOvermind } from './overmind.js';
import { relativeTo, sourceOf } from './surroundings.js';

const LINE = /^([\w.-]+):\s*(.+)$/;
const FIRST_PORT = 5000;
const STEP = 100;

export function readProcfile(context: ImportContext): SystemDraft {
  const { source, around } = context;
  const base = baseOf(context);
  const dotenv = sourceOf(path.join(base, '.env'), around);
  const settingsFile = sourceOf(path.join(base, '.overmind.env'), around);
  const settings = settingsFile ? readOvermind(settingsFile, context.report) : NO_SETTINGS;
  const ownPort = dotenv && Number(parseDotenv(dotenv.text).values.get('PORT'));
  const hasOwnPort = ownPort !== undefined && isPort(ownPort);
  const firstPort = settings.port ?? (hasOwnPort ? ownPort : FIRST_PORT);
  const step = settings.step ?? STEP;
  const envFiles = [dotenv, settingsFile].flatMap(file => (file ? [pathIn(context, file.file)!] : []));

  const names = new Names();
  const services = linesOf(context).flatMap(({ name, command, start, end, index }): ServiceDraft[] => {
    const count = settings.formation(name);
    if (count === 0 || settings.ignored.has(name)) {
      context.report.warn(LEFT_OUT, `"${name}" is left out, as .overmind.env says`, { source, start, end });
      return [];
    }
    return Array.from({ length: count }, (_, copy) => {
      const port = firstPort + index * step + copy;
      const keys = [
        ...commandKeys(command),
        { key: 'path', value: relativeTo(context.directory, base) },
        ...(settings.noPort ? [] : portKeys(name, command, port, hasOwnPort)),
        ...settingKeys(name, settings),
      ];
      return {
        name: names.take(copy === 0 ? name : `${name}-${copy + 1}`, context.report, { source, start, end }),
        remarks: [],
        keys,
      };
    });
  });
  return {
    services,
    global: [
      { key: 'monitor', value: false, remark: 'a save restarts nothing, as before; true restarts what it belongs to' },
      ...(envFiles.length > 0 ? [{ key: 'env_file', value: envFiles }] : []),
      ...(settings.timeoutSeconds === undefined
        ? []
        : [{ key: 'stop_grace_period', value: `${settings.timeoutSeconds}s` }]),
    ],
  };
}

interface ProcfileLine {
  readonly name: string;
  readonly command: string;
  readonly start: number;
  readonly end: number;
  /** Among the processes, from 0. */
  readonly index: number;
}

function linesOf({ source, report }: ImportContext): ProcfileLine[] {
  const found: ProcfileLine[] = [];
  let offset = 0;
  for (const whole of source.text.split('\n')) {
    const [start, end] = [offset, offset + whole.length];
    offset = end + 1;
    const line = whole.replace(/^\ufeff/, '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, command] = LINE.exec(line) ?? [];
    if (name === undefined || command === undefined) {
      report.warn('import-syntax', 'this line is no "name: command"; it is left out', { source, start, end });
      continue;
    }
    if (found.some(other => other.name === name))
      report.warn('import-syntax', `"${name}" stands twice in the file`, { source, start, end });
    found.push({ name, command, start, end, index: found.length });
  }
  if (found.length === 0)
    report.error('no-services', `${source.file} has no line of the form "name: command"`, undefined, {
      hint: 'a Procfile has lines like "web: npm start"',
    });
  return found;
}

/** Only what listens has a port: others would be waited for in vain. They are told the variable all the same. */
function portKeys(name: string, command: string, port: number, hasOwnPort: boolean): Key[] {
  if (!isPort(port)) return [];
  const listens = name === 'web' || /\$\{?PORT\b/.test(command);
  const variable = { key: 'environment', value: { PORT: String(port) } };
  if (!listens) return [variable];
  // PORT of .env would go before the one that fuge gives out.
  return [{ key: 'ports', value: [`main=${port}`] }, ...(hasOwnPort ? [variable] : [])];
}

function settingKeys(name: string, settings: Formation): Key[] {
  const signal = settings.signals(name);
  return [
    ...(settings.restarts(name) ? [{ key: 'restart', value: 'always' }] : []),
    ...(signal === undefined ? [] : [{ key: 'terminate', value: signal }]),
  ];
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65_535;
}

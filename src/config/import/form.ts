/** Which form a file has: by its name, else by what is in it. */
import path from 'node:path';
import { isComposeName } from '../find.js';
import { Report } from '../report.js';
import type { Source } from '../source.js';
import { parseYaml } from '../yaml.js';

export const FORMS = ['procfile', 'compose', 'process-compose', 'mprocs', 'pm2', 'dotenv', 'package'] as const;
export type Form = (typeof FORMS)[number];

/** As people call them. */
export const FORM_NAMES: Readonly<Record<Form, string>> = {
  procfile: 'a Procfile',
  compose: 'a Compose file',
  'process-compose': 'a file of process-compose',
  mprocs: 'a file of mprocs',
  pm2: "pm2's ecosystem file",
  dotenv: 'a file of variables',
  package: 'a package.json',
};

const BY_NAME: readonly (readonly [RegExp, Form])[] = [
  [/^package\.json$|^pnpm-workspace\.ya?ml$/, 'package'],
  [/^procfile([.-].+)?$|\.procfile$/i, 'procfile'],
  [/^process-compose([.-][\w.-]+)?\.ya?ml$/, 'process-compose'],
  [/^mprocs([.-][\w.-]+)?\.(ya?ml|json)$/, 'mprocs'],
  [/^(ecosystem|pm2|process)([.-][\w.-]+)?\.(c?js|mjs|json5?|ya?ml)$|\.config\.[cm]?js$/, 'pm2'],
  [/^\.?env$|^\.env\.[\w.-]+$|\.env$/, 'dotenv'],
];

const BY_KEY: readonly (readonly [string, Form])[] = [
  ['processes', 'process-compose'],
  ['procs', 'mprocs'],
  ['apps', 'pm2'],
  ['services', 'compose'],
];

/** `system`: a system file of fuge already. Undefined: none of the forms. */
export function formOf(source: Source): Form | 'system' | undefined {
  const name = path.basename(source.file);
  const byName = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  // process-compose also takes compose.yaml for its own.
  const isYaml = /\.(ya?ml|json)$/.test(name);
  if (byName) return byName;
  if (!isYaml) return undefined;
  const [root] = parseYaml(source, new Report(), { mergeTags: true });
  if (root?.kind === 'list')
    return root.items.some(item => item.kind === 'map' && item.entries.some(({ key }) => key === 'script'))
      ? 'pm2'
      : undefined;
  if (root?.kind !== 'map') return isComposeName(source.file) ? 'compose' : undefined;
  const keys = new Set(root.entries.map(({ key }) => key));
  const byKey = BY_KEY.find(([key]) => keys.has(key))?.[1];
  const hasServices = root.entries.some(
    ({ value }) => value.kind === 'map' && value.entries.some(({ key }) => key === 'type'),
  );
  if (keys.has('fuge_global') || (byKey === undefined && hasServices)) return 'system';
  return byKey ?? (isComposeName(source.file) ? 'compose' : undefined);
}

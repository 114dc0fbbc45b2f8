/** Turns a file of another tool into a commented system file, with a diagnostic for all that has no counterpart. */
import path from 'node:path';
import type { Diagnostic } from '../../diagnostic.js';
import { loadText } from '../load.js';
import { Report } from '../report.js';
import { Source } from '../source.js';
import { readComposeImport } from './compose.js';
import type { ImportContext } from './context.js';
import type { SystemDraft } from './draft.js';
import { readEnvFile } from './env-file.js';
import { evaluateFile } from './evaluate.js';
import { FORM_NAMES, FORMS, type Form, formOf } from './form.js';
import { isFreePort } from './free-port.js';
import { readMprocs } from './mprocs.js';
import { readPackageJson } from './package-json.js';
import { readPm2 } from './pm2.js';
import { readProcessCompose } from './process-compose.js';
import { readProcfile } from './procfile.js';
import { fileSystem } from './surroundings.js';
import { writeSystem } from './write.js';

export type { Form } from './form.js';

export interface ImportOptions {
  /** What relative paths are relative to; default: the working directory. */
  readonly cwd?: string;
  /** Where the system file will stand: its paths are relative to that; default: the directory of the imported file. */
  readonly directory?: string;
  /** Of which tool the file is; default: by its name and its content. */
  readonly form?: Form;
  /** Runs a JavaScript file with Node and takes what it exports; default: only what is written down in it is read. */
  readonly evaluate?: boolean;
  /** What variables of a Compose file are looked up in; default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Chooses between operating systems, in Node's words; default: this one. */
  readonly platform?: string;
}

export interface ImportResult {
  /** The system file. Present exactly if no diagnostic is an error. */
  readonly text: string | undefined;
  /** Of which tool the file is, where that was found out. */
  readonly form: Form | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export async function importSystem(file: string, options: ImportOptions = {}): Promise<ImportResult> {
  const { cwd = process.cwd() } = options;
  const absolute = path.resolve(cwd, file);
  const report = new Report();
  const failed = (form?: Form): ImportResult => ({ text: undefined, form, diagnostics: report.inOrder([absolute]) });
  const found = fileSystem.read(absolute);
  if (!(found instanceof Source)) {
    const hint =
      found.code === 'not-a-file' && fileSystem.isDirectory(absolute) ? '"fuge init" looks at a directory' : undefined;
    report.error(found.code, found.message, undefined, { hint });
    return failed();
  }
  const form = options.form ?? formOf(found);
  if (form === undefined || form === 'system') {
    const hint = `known are ${FORMS.map(one => FORM_NAMES[one]).join(', ')}; "--as" says which one it is`;
    if (form === 'system') report.error('import-form', `${absolute} is a system file of fuge already`);
    else report.error('import-form', `${absolute} is of no form that can be imported`, undefined, { hint });
    return failed();
  }
  const isCode = form === 'pm2' && /\.[cm]?js$/.test(absolute);
  const source = isCode && options.evaluate ? await evaluateFile(absolute, report) : found;
  if (!source) return failed(form);
  const directory = path.resolve(cwd, options.directory ?? path.dirname(absolute));
  const context: ImportContext = {
    source,
    report,
    directory,
    around: fileSystem,
    platform: options.platform ?? process.platform,
  };
  const { draft, said } = await read(form, context, options);
  const isEmpty = draft.services.length === 0 && (draft.include ?? []).length === 0;
  if (isEmpty && !report.hasErrors && said.every(({ severity }) => severity !== 'error'))
    report.error('no-services', `${absolute} has no service that could be read`);
  const diagnostics = [...said, ...report.inOrder([absolute])];
  if (report.hasErrors || diagnostics.some(({ severity }) => severity === 'error'))
    return { text: undefined, form, diagnostics };
  const relative = path.relative(directory, absolute).split(path.sep).join('/');
  const text = writeSystem(draft, `Made by "fuge import" of ${relative}, ${FORM_NAMES[form]}.`);
  return { text, form, diagnostics: [...diagnostics, ...(await mistakesIn(text, directory, options))] };
}

async function read(
  form: Form,
  context: ImportContext,
  options: ImportOptions,
): Promise<{ readonly draft: SystemDraft; readonly said: readonly Diagnostic[] }> {
  const { directory, around } = context;
  const packages = { directory, around, isFree: isFreePort };
  switch (form) {
    case 'compose': {
      const { draft, diagnostics } = await readComposeImport(context, options.env ? { env: options.env } : {});
      // What fuge decides on each service is told whenever the file is loaded.
      return { draft, said: diagnostics.filter(({ severity }) => severity !== 'info') };
    }
    case 'procfile':
      return { draft: readProcfile(context), said: [] };
    case 'process-compose':
      return { draft: readProcessCompose(context), said: [] };
    case 'mprocs':
      return { draft: readMprocs(context), said: [] };
    case 'pm2':
      return { draft: readPm2(context), said: [] };
    case 'dotenv':
      return { draft: await readEnvFile(context, packages), said: [] };
    case 'package':
      return { draft: await readPackageJson(context, packages), said: [] };
  }
}

/** What was written is loaded before anybody gets it: what is still wrong with it is told of the result, by its lines. */
export async function mistakesIn(
  text: string,
  directory: string,
  options: Pick<ImportOptions, 'env'>,
): Promise<readonly Diagnostic[]> {
  const file = path.join(directory, 'fuge.yml');
  const { diagnostics } = await loadText(text, file, options.env ? { env: options.env } : {});
  return diagnostics
    .filter(({ severity, code }) => severity === 'error' && code !== 'include-missing')
    .map(({ message, ...rest }) => ({ ...rest, severity: 'warning' as const, message: `in the result, ${message}` }));
}

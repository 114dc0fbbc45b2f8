/** Texts of process-compose: variables of the environment, and `{{.NAME}}` of its own `vars`. */
import type { Report } from '../report.js';
import type { Place } from '../source.js';
import type { YamlNode } from '../yaml.js';
import { CHANGED } from './context.js';
import { Template } from './draft.js';

export interface GoTexts {
  /** With variables of the environment left in, where the file has them replaced. `at` is where it stands, for messages. */
  text(given: string, at?: Place): string | Template;
  /** For a comment. */
  plain(given: string): string;
  /** Whether dollars stand for variables. */
  readonly expands: boolean;
  /** With the `vars` of a process and those that are put in over the outer ones. */
  within(vars: YamlNode | undefined, more: Readonly<Record<string, string>>): GoTexts;
}

/** @param expands False with `disable_env_expansion`. */
export function goTexts(
  expands: boolean,
  vars: YamlNode | undefined,
  report: Report,
  outer: ReadonlyMap<string, string> = new Map(),
  more: Readonly<Record<string, string>> = {},
): GoTexts {
  const values = new Map(outer);
  if (vars?.kind === 'map')
    for (const { key, value } of vars.entries) if (value.kind === 'scalar') values.set(key, value.text);
  for (const [name, value] of Object.entries(more)) values.set(name, value);

  const fill = (given: string) =>
    given.replace(
      /\{\{\s*(?:\.(\w+)|"((?:[^"\\]|\\.)*)")\s*\}\}/g,
      (whole, name: string | undefined, literal: string | undefined) =>
        name === undefined ? literal!.replace(/\\(.)/g, '$1') : (values.get(name) ?? whole),
    );
  const told = new Set<string>();
  const text = (given: string, at?: Place) => {
    // A literal `{{ "{{ … }}" }}` is one of Go's own escapes and no template any more.
    const escapes = /\{\{\s*"/.test(given);
    const filled = fill(given);
    if (!escapes && /\{\{/.test(filled) && !told.has(filled)) {
      told.add(filled);
      const what = /\{\{.*?\}\}/.exec(filled)?.[0] ?? '{{';
      const hint = 'only {{.NAME}} of "vars" is replaced: write the value';
      report.warn(CHANGED, `the template ${what} is kept as it is`, at ?? vars, { hint });
    }
    return expands && filled.includes('$') ? new Template(filled) : filled;
  };
  return {
    expands,
    text,
    plain: fill,
    within: (inner, added) => goTexts(expands, inner, report, values, added),
  };
}

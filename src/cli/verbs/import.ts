/** `import`: a system file of a file of another tool, printed or written. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type ImportForm, importForms, importSystem } from '../../index.js';
import { count } from '../render/duration.js';
import type { VerbImplementation } from '../verb.js';
import { writeNew } from '../write-new.js';

const USAGE = 2;

export const importFile: VerbImplementation = {
  async run({ out }, { words, flags }) {
    const output = flags.get('output') as string | undefined;
    const form = flags.get('as') as string | undefined;
    if (form !== undefined && !importForms.includes(form as ImportForm)) {
      out.complain(`"${form}" is no form that can be imported: it is one of ${importForms.join(', ')}`);
      return USAGE;
    }
    if (output !== undefined && existsSync(output)) {
      out.complain(`${output} exists already; it is left as it is`);
      return USAGE;
    }
    const { text, diagnostics } = await importSystem(words[0]!, {
      ...(output !== undefined && { directory: path.dirname(path.resolve(output)) }),
      ...(form !== undefined && { form: form as ImportForm }),
      evaluate: flags.has('evaluate'),
    });
    for (const diagnostic of diagnostics) out.diagnose(diagnostic);
    if (text === undefined) return USAGE;
    if (output === undefined) {
      out.print(text.replace(/\n$/, ''));
      return 0;
    }
    const problem = writeNew(output, output, text);
    if (problem !== undefined) {
      out.complain(problem);
      return USAGE;
    }
    const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
    const said = warnings === 0 ? '' : `, with ${count(warnings, 'warning')}`;
    out.print(`wrote ${output}${said}; start it with "fuge shell ${output} --start"`);
    return 0;
  },
};

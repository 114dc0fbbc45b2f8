/** `check`: every problem of the system file, nothing started. */
import type { System } from '../../index.js';
import { paintDiagnostic } from '../output.js';
import { describeDiagnostic } from '../render/diagnostic.js';
import { count } from '../render/duration.js';
import type { VerbImplementation } from '../verb.js';

export const check: VerbImplementation = {
  async run({ out, reload }, { flags }) {
    const { system, diagnostics } = await reload();
    const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error').length;
    const warnings = diagnostics.filter(diagnostic => diagnostic.severity === 'warning').length;
    if (flags.has('json')) {
      for (const diagnostic of diagnostics) out.json(describeDiagnostic(diagnostic));
      out.json({
        type: 'summary',
        file: system?.file ?? null,
        services: system?.services.size ?? null,
        errors,
        warnings,
      });
    } else {
      // Here the diagnostics are the answer, so they go where answers go.
      for (const diagnostic of diagnostics) out.print(paintDiagnostic(diagnostic, out.paint));
      const found = [errors > 0 && count(errors, 'error'), warnings > 0 && count(warnings, 'warning')].filter(Boolean);
      const problems = found.length > 0 ? found.join(', ') : 'no problems';
      const say = errors > 0 ? out.paint.red : warnings > 0 ? out.paint.yellow : out.paint.green;
      out.print(`${system ? `${summarise(system)}: ` : ''}${say(problems)}`);
    }
    return errors > 0 ? 2 : 0;
  },
};

/** `5 services (4 process, 1 container)`. */
export function summarise(system: System): string {
  const types = new Map<string, number>();
  for (const { type } of system.services.values()) types.set(type, (types.get(type) ?? 0) + 1);
  const parts = [...types].map(([type, number]) => `${number} ${type}`).join(', ');
  return count(system.services.size, 'service') + (parts === '' ? '' : ` (${parts})`);
}

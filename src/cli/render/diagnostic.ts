/** What `--json` says of a diagnostic: the names are stable, what is unknown is null. */
import type { Diagnostic } from '../../index.js';

export function describeDiagnostic({ severity, code, message, at, hint, related }: Diagnostic) {
  return {
    type: 'diagnostic',
    severity,
    code,
    message,
    file: at?.file ?? null,
    line: at?.line ?? null,
    column: at?.column ?? null,
    hint: hint ?? null,
    related: (related ?? []).map(other => ({
      message: other.message,
      file: other.at.file,
      line: other.at.line,
      column: other.at.column,
    })),
  };
}

/**
 * Finds the user's runtime directory, where running systems are registered, for a client that starts us with few variables.
 *
 * Clients hand on PATH, HOME and the like, but often not XDG_RUNTIME_DIR; terminals have it wherever systemd (or elogind) made
 * `/run/user/<uid>` for the session. Without it we would look elsewhere than the user's own fuge.
 */
import { statSync } from 'node:fs';

/** What XDG_RUNTIME_DIR should be; undefined: leave it as it is. */
export function missingRuntimeDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  userId: number | undefined = process.getuid?.(),
  root = '/run/user',
): string | undefined {
  if (environment.XDG_RUNTIME_DIR || userId === undefined) return undefined;
  const directory = `${root}/${userId}`;
  const stats = statSync(directory, { throwIfNoEntry: false });
  return stats?.isDirectory() && stats.uid === userId ? directory : undefined;
}

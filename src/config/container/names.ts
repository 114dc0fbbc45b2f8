/** Names of containers, of which an engine has each only once. */
import type { Draft } from '../draft.js';
import type { Report } from '../report.js';
import type { Source } from '../source.js';

/**
 * Two services of one `container_name`: the second one could not start beside the first. Of services with profiles it may be
 * meant that only one of them ever runs.
 */
export function reportNameConflicts(drafts: readonly Draft[], systemFile: Source, report: Report): void {
  const taken = new Map<string, Draft>();
  for (const draft of drafts) {
    const name = draft.container?.containerName;
    if (name === undefined) continue;
    const other = taken.get(name);
    if (!other) {
      taken.set(name, draft);
      continue;
    }
    // Those of one Compose project were compared when it was read.
    if (draft.place.source !== systemFile && other.place.source !== systemFile) continue;
    const hasProfiles = [draft, other].some(one => (one.profiles ?? []).length > 0);
    report.add(
      hasProfiles ? 'warning' : 'error',
      'name-conflict',
      `"${draft.name}" and "${other.name}" have the same container_name "${name}"`,
      draft.place,
      {
        related: [{ message: `"${other.name}" is here`, at: other.place }],
        hint: hasProfiles ? 'only one of them can run' : 'give one of them another name',
      },
    );
  }
}

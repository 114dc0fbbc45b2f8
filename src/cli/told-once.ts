/** A system that is loaded again says nothing that it said before and that asks for nothing: what `info` tells is told once. */
import type { Diagnostic, LoadResult } from '../index.js';

/** As `load`, without the information of `told` and of what it gave itself; warnings and errors come each time. */
export function tellingOnce(load: () => Promise<LoadResult>, told: readonly Diagnostic[]): () => Promise<LoadResult> {
  const known = new Set(told.filter(isInformation).map(contentOf));
  return async () => {
    const loaded = await load();
    const isNews = (one: Diagnostic) => !isInformation(one) || !known.has(contentOf(one));
    const diagnostics = loaded.diagnostics.filter(isNews);
    for (const one of diagnostics.filter(isInformation)) known.add(contentOf(one));
    return { ...loaded, diagnostics };
  };
}

const isInformation = ({ severity }: Diagnostic) => severity === 'info';

/** Whatever line it stands in now. */
function contentOf({ code, message, related = [] }: Diagnostic): string {
  return [code, message, ...related.map(other => other.message)].join('\n');
}

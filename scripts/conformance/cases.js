// What several counterparts need of a case.
/** The cases give variables as an object. */
export const lookupIn = env => name => (Object.hasOwn(env ?? {}, name) ? env[name] : undefined);

/** The value, or the problem thrown. */
export function takeFrom(result, key) {
  if (result.problem !== undefined) throw new Error(result.problem);
  return result[key];
}

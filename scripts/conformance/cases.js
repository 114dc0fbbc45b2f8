// What several counterparts need of a case.
/** The cases give variables as an object. */
export const lookupIn = env => name => (Object.hasOwn(env ?? {}, name) ? env[name] : undefined);

/**
 * The name of a Compose project, made from a directory's name, `name:` or an option.
 *
 * Rule (Compose Specification, "name"): lower case; what is not a letter a-z, a digit, `_` or `-` is left out; it begins
 * with a letter or digit.
 */

/** The nearest name that is allowed; empty if nothing of the text is. A name is valid exactly if it is its own normal form. */
export function normaliseProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

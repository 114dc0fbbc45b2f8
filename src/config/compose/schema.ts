/** Which keys a Compose file may have, and what their values may be. */
import type { Report } from '../report.js';
import type { YamlNode } from '../yaml.js';

/**
 * Tells of every unknown key (with the one that was probably meant) and every value of a wrong type or form, at its place.
 * The tree may have its variables replaced or not: a text with a `$` that was not replaced is no error where a number is
 * wanted, and neither is a replaced text (`interpolated`) that reads as the wanted type. True if nothing was wrong.
 */
export function checkComposeSchema(_document: YamlNode, _report: Report): boolean {
  throw new Error('not built yet');
}

/**
 * What JSON Schemas are made of (draft-07, which editors know best).
 *
 * A scalar with a variable in it may become anything, so each form of a scalar also takes a text with a "$".
 */

/** A schema as plain data. */
export type Schema = { readonly [keyword: string]: unknown };

const VARIABLE: Schema = { type: 'string', pattern: '\\$' };
/** Has no value, which is told and passed over, as while somebody types. */
export const NULL: Schema = { type: 'null' };

/** Any scalar but null: `8080` and `true` are texts, too. */
export const TEXT: Schema = { type: ['string', 'number', 'boolean'] };
export const TEXT_OR_NULL: Schema = { type: ['string', 'number', 'boolean', 'null'] };
export const BOOLEAN = orVariable({ type: 'boolean' });

export function orVariable(...forms: readonly Schema[]): Schema {
  return { anyOf: [...forms, VARIABLE] };
}

export function anyOf(...forms: readonly Schema[]): Schema {
  return forms.length === 1 ? forms[0]! : { anyOf: forms };
}

export function integer(minimum: number, maximum?: number): Schema {
  return orVariable({ type: 'integer', minimum, ...(maximum !== undefined && { maximum }) });
}

/** A text of one of these words. */
export function words(known: readonly string[]): Schema {
  return orVariable({ enum: known });
}

/** A text of a pattern, or with a variable. */
export function pattern(source: string): Schema {
  return { type: 'string', pattern: `${source}|\\$` };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function oneOrList(item: Schema): Schema {
  return anyOf(item, listOf(item));
}

/** A map of these keys; those that begin with `x-` are the user's own. */
export function mapOf(properties: Readonly<Record<string, Schema>>, others: Schema = {}): Schema {
  return { type: 'object', properties, patternProperties: { '^x-': {} }, additionalProperties: false, ...others };
}

/** Schemas have no flag for patterns that do not mind upper and lower case. */
export function anyCase(text: string): string {
  return text.replace(/[a-z]/gi, letter => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}

/** Schemas of values that a service's container shares with Compose, from the kinds that read them. */
import type { Kind, WrittenForm } from '../compose/project/values.js';
import { anyOf, BOOLEAN, listOf, mapOf, NULL, orVariable, pattern, type Schema, TEXT, TEXT_OR_NULL } from './form.js';
import { duration, size } from './quantities.js';

/** YAML 1.1's words count where Compose reads. */
const TRUTH: Schema = {
  anyOf: [
    BOOLEAN,
    NULL,
    {
      type: 'string',
      pattern: '^([tTfFyYnN]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF]|[01])$',
    },
    { enum: [0, 1] },
  ],
};
const DIGITS: Schema = { type: 'string', pattern: '^[-+.\\s]*\\d[-+\\d.eExXoOa-fA-F\\s]*$' };

/** Host and address. */
const HOST = pattern('^[^=:]+[=:]');

/** Names with texts. */
const MAPPING: Schema = anyOf(listOf(TEXT_OR_NULL), { type: 'object', additionalProperties: TEXT_OR_NULL });

const SCHEMAS: { readonly [F in WrittenForm]: (kind: Kind) => Schema } = {
  text: () => TEXT_OR_NULL,
  boolean: () => TRUTH,
  number: () => orVariable({ type: 'number' }, DIGITS, NULL),
  integer: () => orVariable({ type: 'integer' }, DIGITS, NULL),
  size: () => anyOf(size(-1), NULL),
  duration: () => anyOf(duration(0), NULL),
  map: kind => anyOf(fieldsOf(kind), NULL),
  'text-or-map': kind => anyOf(TEXT, fieldsOf(kind), NULL),
  list: kind => anyOf(listOf(eachOf(kind)), NULL),
  'list-or-text': kind => anyOf(listOf(eachOf(kind)), TEXT, NULL),
  dictionary: kind => anyOf(dictionary(kind), NULL),
  'names-or-dictionary': kind => anyOf(listOf(TEXT_OR_NULL), dictionary(kind), NULL),
  'number-or-map': kind => anyOf(orVariable({ type: 'integer' }, DIGITS), fieldsOf(kind), NULL),
  words: () => anyOf(TEXT, listOf(TEXT_OR_NULL), NULL),
  mapping: () => anyOf(MAPPING, NULL),
  hosts: () =>
    anyOf(
      HOST,
      listOf(HOST),
      { type: 'object', additionalProperties: anyOf(TEXT_OR_NULL, listOf(TEXT_OR_NULL)) },
      NULL,
    ),
};

/** A kind without a form may hold anything. */
export function schemaOfKind(kind: Kind): Schema {
  return kind.form === undefined ? {} : SCHEMAS[kind.form](kind);
}

/** Without the forms other than a map. */
export function fieldsOf({ fields = {} }: Kind): Schema {
  return mapOf(Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, schemaOfKind(kind)])));
}

function eachOf({ each }: Kind): Schema {
  return each ? schemaOfKind(each) : {};
}

function dictionary(kind: Kind): Schema {
  return { type: 'object', additionalProperties: eachOf(kind) };
}

/**
 * The JSON Schema of a system file, made from the tables that it is checked by.
 *
 * A file that loads passes it. Of files that don't load it refuses those whose problem a schema can say: unknown keys, values of
 * a wrong form, words that are not known, and what a type of service must or can't have.
 */
import type { ServiceType } from '../../system.js';
import { LOCAL } from '../keys/form.js';
import {
  globalKeys,
  IGNORED_KEYS,
  KEYS,
  type KeySpec,
  OWN_WORD,
  serviceKeys,
  TOP_LEVEL_KEYS,
  VALUE_FORMS,
} from '../keys.js';
import { Report } from '../report.js';
import { Source } from '../source.js';
import { parseYaml, type YamlNode } from '../yaml.js';
import { anyOf, mapOf, NULL, oneOrList, type Schema, TEXT } from './form.js';
import { SCHEMA_ADDRESS } from './line.js';
import { schemaOfValue } from './values.js';

/** Read only of a service that is no longer something else: what another type has there is passed over with a warning. */
const LATE_TYPES: ReadonlySet<KeySpec['type']> = new Set([
  ...(['mounts', 'tmpfs', 'networks', 'named-values', 'hosts'] as const),
  ...(['healthcheck', 'devices', 'ulimits', 'logging', 'probe', 'build'] as const),
]);
const NAME = '^(?!-)(?!\\.{1,2}$)[^\\s/\\\\,*?\\[\\]{}\\u0000-\\u001f\\u007f]+$';

export function systemSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: SCHEMA_ADDRESS,
    title: 'System file of fuge',
    description: 'A system of services. Every key at the top but fuge_global, include and name is a service.',
    type: 'object',
    properties: topLevel(),
    patternProperties: { '^x-': { description: "The user's own; fuge passes over it" } },
    additionalProperties: { $ref: '#/definitions/service' },
    propertyNames: { pattern: NAME },
    definitions: { fuge_global: globalSchema(), service: serviceSchema() },
  };
}

function topLevel(): Record<string, Schema> {
  const forms: { readonly [K in (typeof TOP_LEVEL_KEYS)[number]['key']]: Schema } = {
    fuge_global: anyOf({ $ref: '#/definitions/fuge_global' }, NULL),
    include: anyOf(oneOrList(TEXT), NULL),
    // A service may have this name.
    name: anyOf(TEXT, NULL, { $ref: '#/definitions/service' }),
  };
  return Object.fromEntries(
    TOP_LEVEL_KEYS.map(({ key, summary, example }) => [
      key,
      { description: `${summary}.`, ...examples(example), ...forms[key] },
    ]),
  );
}

function globalSchema(): Schema {
  const known = globalKeys().map(spec => [spec.key, property(spec, true)] as const);
  const elsewhere = KEYS.filter(({ global }) => !global).map(({ key }) => [
    key,
    withoutEffect('it belongs in a service'),
  ]);
  return mapOf(Object.fromEntries([...known, ...elsewhere, ...ignored()]), {
    description: 'Settings for the whole system and defaults for its services.',
  });
}

function serviceSchema(): Schema {
  const specs = serviceKeys();
  const known = specs.map(spec => [spec.key, property(spec, false)] as const);
  const elsewhere = KEYS.filter(({ services }) => services.length === 0).map(({ key }) => [
    key,
    withoutEffect('it belongs in fuge_global'),
  ]);
  return mapOf(Object.fromEntries([...known, ...elsewhere, ...ignored()]), {
    description: 'A service.',
    required: ['type'],
    allOf: [...lateValues(specs), ...rulesOfTypes(specs)],
  });
}

/** What is said about a key, and its form unless that depends on the service. */
function property(spec: KeySpec, global: boolean): Schema {
  const { summary, default: fallback, example, globalExample } = spec;
  const form =
    spec.type === 'build' || (!global && LATE_TYPES.has(spec.type)) ? {} : nullable(schemaOfValue(spec, global));
  return {
    description: `${summary}.\n\nValue: ${VALUE_FORMS[spec.type]}.\nDefault: ${fallback}.`,
    ...defaultOf(spec),
    ...examples((global ? globalExample : undefined) ?? example),
    ...form,
  };
}

function nullable(schema: Schema): Schema {
  return anyOf(...((schema.anyOf as readonly Schema[] | undefined) ?? [schema]), NULL);
}

/** Where the text of the default is a value. */
function defaultOf({ default: text, choices, type }: KeySpec): Schema {
  if (/^(true|false)$/.test(text) && type === 'boolean') return { default: text === 'true' };
  if (/^\d+$/.test(text) && !['text', 'strings'].includes(type)) return { default: Number(text) };
  const isWord = choices?.includes(text) || /^(\d+s|SIGTERM|never|missing|127\.0\.0\.1)$/.test(text);
  return isWord ? { default: text } : {};
}

function examples(line: string): Schema {
  const [root] = parseYaml(new Source('', line), new Report());
  return root?.kind === 'map' ? { examples: root.entries.map(({ value }) => plain(value)) } : {};
}

function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

/** Editors say it where it stands, and do not offer it. */
function withoutEffect(why: string): Schema {
  return { doNotSuggest: true, deprecationMessage: `Has no effect here: ${why}.` };
}

function ignored(): (readonly [string, Schema])[] {
  return [...IGNORED_KEYS].map(key => {
    const own = OWN_WORD[key];
    return [key, withoutEffect(own === undefined ? 'fuge has no such key' : `fuge's own word for it is "${own}"`)];
  });
}

/** Objects with the key `then` are mistaken for promises where they are written as such. */
const when = (condition: Schema, consequence: Schema): Schema =>
  Object.fromEntries([
    ['if', condition],
    ['then', consequence],
  ]);
const isOf = (types: readonly string[]): Schema => ({ properties: { type: { enum: types } }, required: ['type'] });
const not = (schema: Schema): Schema => ({ not: schema });
const all = (...schemas: readonly Schema[]): Schema => ({ allOf: schemas });
const has = (key: string): Schema => ({ required: [key], properties: { [key]: not(NULL) } });

const LOCAL_TYPES = [...LOCAL, 'task'];
const HAS_IMAGE_MAP: Schema = { required: ['build'], properties: { build: { type: 'object' } } };
const CAN_BE_CONTAINER = anyOf(
  not(isOf([...LOCAL_TYPES, 'external'])),
  all(has('run'), anyOf(has('image'), HAS_IMAGE_MAP)),
);

/** Each where the loader reads it. */
function lateValues(specs: readonly KeySpec[]): Schema[] {
  const late = specs.filter(({ type }) => LATE_TYPES.has(type));
  const among = (isMeant: (spec: KeySpec) => boolean) => ({
    properties: Object.fromEntries(
      late.filter(isMeant).map(spec => [spec.key, nullable(schemaOfValue(spec, false))] as const),
    ),
  });
  const isContainers = ({ services }: KeySpec) => services.length === 1 && services[0] === 'container';
  return [
    when(CAN_BE_CONTAINER, among(isContainers)),
    when(
      not(isOf(['external'])),
      among(({ type }) => type === 'build'),
    ),
    // Of what runs to its end they are passed over.
    when(
      all(not(isOf(['external', 'task'])), { properties: { once: anyOf({ const: false }, NULL) } }),
      among(({ type }) => type === 'probe'),
    ),
    when(all(isOf(LOCAL_TYPES), not(has('run'))), { properties: { build: anyOf(TEXT, NULL) } }),
  ];
}

/** Keys that are an error on other types, and what a container must have. */
function rulesOfTypes(specs: readonly KeySpec[]): Schema[] {
  const without = (isRefused: (spec: KeySpec) => boolean) => ({
    properties: Object.fromEntries(
      specs.filter(spec => spec.elsewhere === 'error' && isRefused(spec)).map(({ key }) => [key, NULL]),
    ),
  });
  const lacks = (types: readonly ServiceType[]) => (spec: KeySpec) => !types.some(type => spec.services.includes(type));
  return [
    when(isOf(['external']), without(lacks(['external']))),
    when(all(isOf(['container']), not(has('run'))), without(lacks(['container']))),
    when(all(isOf(LOCAL_TYPES), not(CAN_BE_CONTAINER)), without(lacks(LOCAL))),
    when(isOf(['container']), anyOf(has('image'), has('build'))),
  ];
}

/** The notation of the table of Compose keys: what a value may be as a scalar, as a list and as a map. */

export type ScalarType = 'text' | 'number' | 'integer' | 'boolean' | 'null';

/** A value may be of each form that is given; each form stands for itself. */
export interface Shape {
  readonly scalar?: ScalarShape;
  readonly list?: ListShape;
  readonly map?: MapShape;
}

export interface ScalarShape {
  readonly types: readonly ScalarType[];
  /** The only texts. */
  readonly words?: readonly string[];
  /** What a text looks like, and that in words. */
  readonly pattern?: { readonly test: RegExp; readonly form: string };
  /** Bounds of a number. */
  readonly min?: number;
  readonly max?: number;
}

export interface ListShape {
  readonly items: Shape;
  /** A text or number that comes again is an error. Where Compose makes of two one, that was done before. */
  readonly unique?: boolean;
}

export interface MapShape {
  /** What each key may have. */
  readonly keys: Readonly<Record<string, Shape>>;
  /** Keys that are names: what they may look like (default: anything but nothing), and what each has. */
  readonly names?: { readonly test?: RegExp; readonly value: Shape };
  readonly required?: readonly string[];
  /** Other keys are allowed, and not looked at; default false. */
  readonly open?: boolean;
  /** Keys that begin with `x-` are the user's own; default true. */
  readonly extensions?: boolean;
}

export const text: Shape = { scalar: { types: ['text'] } };
/** Compose takes the text for the value, so that a variable may stand for it. */
export const flag: Shape = { scalar: { types: ['boolean', 'text'] } };
export const number: Shape = { scalar: { types: ['number', 'text'] } };
export const integer: Shape = { scalar: { types: ['integer', 'text'] } };

export function oneWordOf(...words: readonly string[]): Shape {
  return { scalar: { types: ['text'], words } };
}

export function scalarOf(...types: readonly ScalarType[]): Shape {
  return { scalar: { types } };
}

/** A whole number within bounds, or text. */
export function integerFrom(min: number, max?: number): Shape {
  return { scalar: { types: ['integer', 'text'], min, ...(max !== undefined && { max }) } };
}

export function listOf(items: Shape): Shape {
  return { list: { items } };
}

export function uniqueListOf(items: Shape): Shape {
  return { list: { items, unique: true } };
}

export function mapOf(keys: Readonly<Record<string, Shape>>, more: Omit<MapShape, 'keys'> = {}): Shape {
  return { map: { keys, ...more } };
}

/** A map from names to values. */
export function namesTo(value: Shape, test?: RegExp): Shape {
  return { map: { keys: {}, names: test ? { value, test } : { value }, extensions: false } };
}

/** One of several; no two of them of the same form. */
export function either(...shapes: readonly Shape[]): Shape {
  return Object.assign({}, ...shapes) as Shape;
}

/** Also nothing at all (`key:` without a value). */
export function orNothing(shape: Shape): Shape {
  return { ...shape, scalar: { ...shape.scalar, types: [...(shape.scalar?.types ?? []), 'null'] } };
}

export const texts = listOf(text);
export const uniqueTexts = uniqueListOf(text);
export const textOrTexts = either(text, texts);
export const textOrUniqueTexts = either(text, uniqueTexts);
/** `NAME=value` in a list, or a map. */
export const pairs = either(namesTo(scalarOf('text', 'number', 'boolean', 'null')), uniqueTexts);
/** Options of a driver. */
export const options = namesTo(scalarOf('text', 'number'));
/** A command line, or its words. */
export const command = orNothing(textOrTexts);
/** Names of services, networks, volumes and so on. */
export const NAME = /^[a-zA-Z0-9._-]+$/;

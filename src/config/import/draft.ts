/** What an imported file becomes before it is written: services in the words of a system file, with remarks. */

/**
 * A text in which `$NAME` and `${NAME}` stand for variables, as in a system file. In a plain string a dollar is a
 * dollar: the writer protects it.
 */
export class Template {
  constructor(readonly text: string) {}
}

export type Value =
  | string
  | number
  | boolean
  | null
  | Template
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

/** One key of a section. A value that is undefined is left out. */
export interface Key {
  readonly key: string;
  readonly value: Value | undefined;
  /** Said behind the value. */
  readonly remark?: string | undefined;
}

export interface ServiceDraft {
  readonly name: string;
  /** Lines of comment above it. */
  readonly remarks: readonly string[];
  /** In the order in which they are written. */
  readonly keys: readonly Key[];
  /** Why it is written as a comment only; undefined: it is a service. */
  readonly leftOut?: string | undefined;
}

export interface SystemDraft {
  /** The system's name, where the file gives one. */
  readonly name?: string | undefined;
  /** Lines of comment at the top, below the line that says what it was made from. */
  readonly remarks?: readonly string[];
  /** Keys of fuge_global. */
  readonly global?: readonly Key[];
  /** Compose files, relative to the system file. */
  readonly include?: readonly string[];
  /** Remarks above the includes. */
  readonly includeRemarks?: readonly string[];
  readonly services: readonly ServiceDraft[];
}

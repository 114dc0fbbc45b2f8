/** Arguments that several tools share, and what is made of them. */
import { selectServices } from '../select.js';
import { type ArgumentSchema, type Call, type ObjectSchema, Refusal } from './tool.js';

/** Names that a refusal lists. */
const LISTED = 40;

export function objectOf(
  properties: Readonly<Record<string, ArgumentSchema>>,
  required: readonly string[] = [],
): ObjectSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

/** `services`, with what it means where it is left out. */
export function servicesArgument(whenNone: string | undefined): ArgumentSchema {
  const default_ = whenNone === undefined ? '' : ` Default: ${whenNone}.`;
  return {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    ...(whenNone === undefined && { minItems: 1 }),
    description: `Names of services or groups, patterns like "api-*", or "all".${default_}`,
  };
}

export const serviceArgument: ArgumentSchema = { type: 'string', minLength: 1, description: 'Name of one service.' };

const MOMENTS = 'how long ago ("90s", "5m", "1h30m"), a time of day ("14:05"), or ISO 8601 ("2026-01-31T14:05:30Z")';

/** Which lines: the same for logs and grep. */
export const choiceArguments = {
  since: { type: 'string', description: `Only lines printed since then: ${MOMENTS}.` },
  until: { type: 'string', description: 'Only lines printed until then, in the same forms.' },
  level: {
    type: 'string',
    enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    description: 'Only lines as grave as this or graver, as far as a line says its level (JSON, logfmt or plain text).',
  },
} as const satisfies Record<string, ArgumentSchema>;

export interface ChoiceGiven {
  readonly since?: string;
  readonly until?: string;
  readonly level?: string;
}

/** The same as flags of a command. */
export function choiceFlags({ since, until, level }: ChoiceGiven): ReadonlyMap<string, string> {
  const given = Object.entries({ since, until, level });
  return new Map(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The services that these words mean, in the system's order; all where none is given. */
export function servicesOfWords(
  { system }: Call,
  words: readonly string[] | undefined,
  active = false,
): readonly string[] {
  if (system.services.size === 0) return [];
  const selection = selectServices(words === undefined || words.length === 0 ? ['all'] : words, system, active);
  if (selection.kind === 'services') return selection.services;
  const near = selection.near === undefined ? '' : ` Did you mean "${selection.near}"?`;
  const names = [...system.services.keys()];
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  const what = /[*?]/.test(selection.word)
    ? `no service matches "${selection.word}".`
    : `no service or group is called "${selection.word}".`;
  throw new Refusal(`${what}${near} There are: ${names.slice(0, LISTED).join(', ')}${more}`);
}

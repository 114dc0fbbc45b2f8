/**
 * Hides secrets in whatever is told to an agent: log lines, errors, the system file.
 *
 * - the values of variables of the services whose names look secret, wherever they stand;
 * - passwords in URLs;
 * - what is written behind `password=`, `token:`, `Authorization: Bearer` and the like.
 *
 * A value is sought only where it can't be an ordinary word: six characters or more, not letters alone, no path, no number.
 */
import type { Supervisor } from '../../index.js';
import { looksSecret, MASK, maskUrls } from '../render/secrets.js';

const ASSIGNED =
  /((?:password|passwd|passphrase|secret|token|(?:api|access|private)[_-]?key|authorization|cookie|credentials?)\\?["']?\s*[:=]\s*\\?["']?(?:(?:bearer|basic)\s+)?)([^\s"'\\,;&}]{3,})/gi;
const BEARER = /\b(bearer\s+)([\w.~+/=-]{8,})/gi;
/** Says that there is none. */
const NO_SECRET = /^(undefined|null|none|true|false|missing|required|invalid|empty|expired|••••••)\b/i;

export class Secrets {
  readonly #values: readonly string[];

  constructor(values: Iterable<string>) {
    this.#values = [...new Set(values)].filter(isTelling).sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    let masked = text;
    for (const value of this.#values) if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    const hide = (whole: string, before: string, value: string) => (NO_SECRET.test(value) ? whole : before + MASK);
    return maskUrls(masked).replace(ASSIGNED, hide).replace(BEARER, hide);
  }

  /** Every text in it, however deep; names of fields stay. */
  maskAll<Value>(value: Value): Value {
    return this.#maskAny(value) as Value;
  }

  #maskAny(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map(each => this.#maskAny(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.#maskAny(each)]));
  }
}

function isTelling(value: string): boolean {
  return (
    value.length >= 6 &&
    !/^[A-Za-z]+$/.test(value) &&
    !/^[\d.]+$/.test(value) &&
    !/^\/[\w@%.-]+(\/[\w@%.-]+)+$/.test(value)
  );
}

/** The values of all variables of the services whose names look secret. */
export async function secretsOf(supervisor: Supervisor): Promise<readonly string[]> {
  const local = [...supervisor.system.services.values()].filter(({ type }) => type !== 'external');
  const reports = await Promise.allSettled(local.map(({ name }) => supervisor.environment(name)));
  const variables = reports.flatMap(report => (report.status === 'fulfilled' ? report.value.variables : []));
  return variables.filter(({ name }) => looksSecret(name)).map(({ value }) => value);
}

/** A system file with the values behind secret-looking names masked: `DB_PASSWORD: ••••••`. */
export function maskSystemFile(text: string): string {
  return text
    .split('\n')
    .map(line =>
      line.replace(/^(\s*(?:-\s+)?["']?([\w.-]+)["']?\s*[:=]\s*)([^\s#$].*)$/, (whole, before: string, name: string) =>
        looksSecret(name) ? before + MASK : whole,
      ),
    )
    .join('\n');
}

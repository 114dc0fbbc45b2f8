/**
 * What is answered to a question: pure. A name of ours without the type that was asked for has no data (NOERROR with SOA); a
 * name of ours that is not there does not exist (NXDOMAIN with SOA); what is not ours is for somebody else.
 */
import type { DnsRecord } from '../../dns-record.js';
import type { Zone } from './records.js';

/** s that an answer may be kept (CoreDNS' default for services). */
export const TTL = 5;
/** Names that stand for other names, one after the other. */
export const LONGEST_CHAIN = 8;

export interface Question {
  readonly name: string;
  /** `A`, `SRV`, `ANY` … */
  readonly type: string;
}

export type Answer =
  | {
      readonly kind: 'data';
      readonly answers: readonly DnsRecord[];
      readonly additionals: readonly DnsRecord[];
      /** The name, not one of ours, that the last of the answers leads to: there is more to be said by somebody else. */
      readonly leadsTo?: string;
    }
  /** `apex` names the zone whose SOA goes along. */
  | { readonly kind: 'no-data' | 'no-name'; readonly apex: string }
  | { readonly kind: 'not-ours' };

/** Answers from one state of the zone. */
export class Answers {
  readonly #byName = new Map<string, DnsRecord[]>();
  /** Names that only have names below them: they exist, and have no data. */
  readonly #between = new Set<string>();
  readonly #apexes: readonly string[];

  constructor(zone: Zone) {
    this.#apexes = zone.apexes;
    for (const record of zone.records) {
      this.#byName.set(record.name, [...(this.#byName.get(record.name) ?? []), record]);
      for (let dot = record.name.indexOf('.'); dot !== -1; dot = record.name.indexOf('.', dot + 1))
        this.#between.add(record.name.slice(dot + 1));
    }
  }

  to(question: Question): Answer {
    const name = lowerCase(question.name).replace(/\.$/, '');
    const known = this.#byName.get(name);
    const apex = this.#apexOf(name);
    if (!known) {
      // Above our zones and records of others' zones there is more than we know of.
      if (apex === undefined) return { kind: 'not-ours' };
      return { kind: this.#between.has(name) ? 'no-data' : 'no-name', apex };
    }
    const { answers, leadsTo } = this.#resolve(known, question.type);
    if (answers.length === 0) return { kind: 'no-data', apex: apex ?? name };
    const targets = answers.flatMap(record => (record.type === 'SRV' ? record.target : []));
    const additionals = [...new Set(targets)].flatMap(target =>
      (this.#byName.get(target) ?? []).filter(({ type }) => type === 'A' || type === 'AAAA'),
    );
    return { kind: 'data', answers, additionals, ...(leadsTo !== undefined && { leadsTo }) };
  }

  /** A name that stands for another one is answered with that one's records as well. */
  #resolve(known: readonly DnsRecord[], type: string): { answers: DnsRecord[]; leadsTo?: string } {
    const answers: DnsRecord[] = [];
    let records = known;
    for (let links = 0; links < LONGEST_CHAIN; links++) {
      const fitting = records.filter(record => type === 'ANY' || record.type === type);
      answers.push(...fitting);
      const link = records.find(record => record.type === 'CNAME');
      if (fitting.length > 0 || link?.type !== 'CNAME' || answers.includes(link)) break;
      answers.push(link);
      const next = this.#byName.get(link.target);
      if (!next) return this.#apexOf(link.target) === undefined ? { answers, leadsTo: link.target } : { answers };
      records = next;
    }
    return { answers };
  }

  /** The longest end of the name that is ours. */
  #apexOf(name: string): string | undefined {
    const fitting = this.#apexes.filter(apex =>
      apex === '' ? isSingle(name) : name === apex || name.endsWith(`.${apex}`),
    );
    return fitting.toSorted((a, b) => b.length - a.length)[0];
  }
}

/** `web`, `_http._tcp.web`: without namespace and suffix these are ours, and no other names. */
function isSingle(name: string): boolean {
  return /^(_[^.]+\.){0,2}[^._][^.]*$/.test(name);
}

/** Only the letters of ASCII have two forms in DNS. */
export function lowerCase(name: string): string {
  return name.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

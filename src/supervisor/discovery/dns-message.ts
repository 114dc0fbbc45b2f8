/** DNS messages: a request read from its bytes, and the bytes of its response. */
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type Answer as WireRecord,
} from 'dns-packet';
import type { DnsRecord } from '../../dns-record.js';
import { type Answers, LONGEST_CHAIN, lowerCase, TTL } from './answer.js';

/** Bytes over UDP where the client does not say that it takes more (RFC 1035). */
const PLAIN_LIMIT = 512;
/** Bytes over UDP that pass everywhere without being taken apart (DNS flag day 2020). */
const EDNS_LIMIT = 1232;
const HEADER_BYTES = 12;
const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;

export const RCODE = {
  formatError: 1,
  serverFailure: 2,
  noName: 3,
  notImplemented: 4,
  refused: 5,
  badVersion: 16,
} as const;

/** The types that we may have something to say about; the others are only numbers. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
};
const OPT = 41;
const DNSSEC_OK = 0x8000;
const CLASS_IN = 1;

export type Request =
  | {
      readonly kind: 'question';
      readonly id: number;
      readonly name: string;
      readonly type: string;
      readonly isInternet: boolean;
      /** As it came: it goes back byte by byte, which some clients compare. */
      readonly bytes: Buffer;
      readonly wantsRecursion: boolean;
      /** Of the extension (RFC 6891) that the client speaks; undefined: none. */
      readonly edns: { readonly version: number; readonly wantsSecurity: boolean } | undefined;
      /** Bytes that the client takes over UDP. */
      readonly limit: number;
    }
  /** It can be told that it is wrong, or not even that. */
  | { readonly kind: 'malformed'; readonly id: number; readonly flags: number; readonly rcode: number }
  | { readonly kind: 'nothing' };

/** Never throws. */
export function readRequest(bytes: Buffer): Request {
  if (bytes.length < HEADER_BYTES || (bytes[2]! & 0x80) !== 0) return { kind: 'nothing' }; // a response: never answered
  const id = bytes.readUInt16BE(0);
  // Opcode and the wish for recursion go back as they came.
  const wrong = (rcode: number) => ({ kind: 'malformed', id, flags: bytes.readUInt16BE(2) & 0x7900, rcode }) as const;
  if (((bytes[2]! >> 3) & 0xf) !== 0) return wrong(RCODE.notImplemented);
  if (bytes.readUInt16BE(4) !== 1) return wrong(RCODE.formatError);
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = bytes[at++]; length !== 0; length = bytes[at++]) {
    // There is nothing before the question that its name could point to.
    if (length === undefined || length > LONGEST_LABEL || at + length > bytes.length) return wrong(RCODE.formatError);
    // A dot within a label does not part names.
    labels.push(bytes.toString('utf8', at, at + length).replaceAll('.', '\\.'));
    at += length;
  }
  if (at - HEADER_BYTES > LONGEST_NAME || at + 4 > bytes.length) return wrong(RCODE.formatError);
  const type = bytes.readUInt16BE(at);
  const isInternet = bytes.readUInt16BE(at + 2) === CLASS_IN;
  const extensions = readExtensions(bytes, at + 4);
  if (!extensions || extensions.length > 1) return wrong(RCODE.formatError);
  const [edns] = extensions;
  return {
    kind: 'question',
    id,
    name: labels.join('.'),
    type: TYPES[type] ?? `TYPE${type}`,
    isInternet,
    bytes: bytes.subarray(HEADER_BYTES, at + 4),
    wantsRecursion: (bytes[2]! & 1) !== 0,
    edns,
    limit: Math.max(PLAIN_LIMIT, Math.min(edns?.size ?? PLAIN_LIMIT, EDNS_LIMIT)),
  };
}

/** The OPT records after the question; undefined: the records are not what their lengths say. */
function readExtensions(bytes: Buffer, from: number) {
  const found: { size: number; version: number; wantsSecurity: boolean }[] = [];
  const counts = [6, 8, 10].map(at => bytes.readUInt16BE(at)) as [number, number, number];
  let at = from;
  for (let left = counts[0] + counts[1] + counts[2]; left > 0; left--) {
    const isRoot = bytes[at] === 0;
    for (let length = bytes[at++]; length !== 0; length = bytes[at++]) {
      if (length === undefined) return undefined;
      if (length >= 0xc0) {
        at++; // a pointer ends the name
        break;
      }
      if (length > LONGEST_LABEL) return undefined;
      at += length;
    }
    if (at + 10 > bytes.length) return undefined;
    const type = bytes.readUInt16BE(at);
    if (type === OPT) {
      if (!isRoot || left > counts[2]) return undefined;
      const wantsSecurity = (bytes[at + 6]! & 0x80) !== 0;
      found.push({ size: bytes.readUInt16BE(at + 2), version: bytes[at + 5]!, wantsSecurity });
    }
    at += 10 + bytes.readUInt16BE(at + 8);
    if (at > bytes.length) return undefined;
  }
  return found;
}

/** What somebody else said about a name that one of ours leads to. */
export interface Chased {
  readonly rcode: number;
  readonly records: readonly WireRecord[];
}

/** The question about another name, as of somebody who wants recursion. */
export function questionAbout(name: string, request: Extract<Request, { kind: 'question' }>): Buffer {
  const labels = name.split('.').flatMap(label => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]);
  const header = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0]), request.bytes.subarray(-4)]);
}

/** The links from `name` on and the addresses they end in; undefined: it can't be read. */
export function readChased(response: Buffer, name: string, type: 'A' | 'AAAA'): Chased | undefined {
  let all: readonly WireRecord[];
  try {
    all = decode(response).answers ?? [];
  } catch {
    return undefined;
  }
  const records: WireRecord[] = [];
  const seen = new Set<string>();
  for (let at = lowerCase(name); !seen.has(at) && seen.size < LONGEST_CHAIN; ) {
    seen.add(at);
    const here = all.filter(record => lowerCase(record.name) === at);
    const fitting = here.filter(record => record.type === type);
    const link = here.find(record => record.type === 'CNAME');
    records.push(...(fitting.length > 0 || link?.type !== 'CNAME' ? fitting : [link]));
    if (fitting.length > 0 || link?.type !== 'CNAME') break;
    at = lowerCase(link.data);
  }
  // What could not be said again in the same words is not passed on.
  if (!records.every(record => isSayable(record.name) && (record.type !== 'CNAME' || isSayable(record.data))))
    return undefined;
  return { rcode: response[3]! & 0xf, records };
}

const isSayable = (name: string) =>
  name.length <= 253 && /^[!-~]+$/.test(name) && name.split('.').every(label => label.length <= LONGEST_LABEL);

/** Undefined: the name is not ours. `limit` is in bytes; a response that is longer is cut, and says so. */
export function respond(
  request: Extract<Request, { kind: 'question' }>,
  answers: Answers,
  limit: number,
  recursion: boolean,
  chased?: Chased,
): Buffer | undefined {
  const answer = answers.to(request);
  if (answer.kind === 'not-ours') return undefined;
  const isSoa = answer.kind === 'no-data' && request.type === 'SOA' && answer.apex === lowerCase(request.name);
  const authorities = answer.kind === 'data' || isSoa ? [] : [soa(answer.apex)];
  // Of several names that stand for each other the last one decides (RFC 6604).
  const rcode = answer.kind === 'no-name' ? RCODE.noName : (chased?.rcode ?? 0);
  const records = answer.kind === 'data' ? answer : { answers: [], additionals: [] };
  const content = {
    rcode,
    flags: AUTHORITATIVE_ANSWER,
    ...records,
    authorities,
    ...(isSoa && { soa: answer.apex }),
    ...(chased && { chased: chased.records }),
  };
  const whole = write(request, content, recursion);
  if (whole.length <= limit) return whole;
  // What only goes along is left out first, and nobody has to ask again for it (RFC 2181, 9).
  const bare = write(request, { ...content, additionals: [] }, recursion);
  if (bare.length <= limit) return bare;
  const flags = AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE;
  return write(request, { rcode, flags, answers: [], additionals: [], authorities: [] }, recursion);
}

/** A response without data. */
export function refuse(request: Extract<Request, { kind: 'question' }>, rcode: number, recursion: boolean): Buffer {
  return write(request, { rcode, flags: 0, answers: [], additionals: [], authorities: [] }, recursion);
}

/** To what could not be read: its header, and what is wrong. */
export function complain({ id, flags, rcode }: Extract<Request, { kind: 'malformed' }>): Buffer {
  return encode({ id, type: 'response', flags: flags | rcode });
}

interface Content {
  readonly rcode: number;
  readonly flags: number;
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly authorities: readonly WireRecord[];
  /** The zone whose SOA was asked for. */
  readonly soa?: string;
  /** After the answers. */
  readonly chased?: readonly WireRecord[];
}

function write(request: Extract<Request, { kind: 'question' }>, content: Content, recursion: boolean): Buffer {
  const flags =
    content.flags |
    (content.rcode & 0xf) |
    (request.wantsRecursion ? RECURSION_DESIRED : 0) |
    (recursion ? RECURSION_AVAILABLE : 0);
  const opt = {
    type: 'OPT' as const,
    name: '.' as const,
    udpPayloadSize: EDNS_LIMIT,
    extendedRcode: content.rcode >> 4,
    ednsVersion: 0,
    flags: request.edns?.wantsSecurity ? DNSSEC_OK : 0,
    flag_do: request.edns?.wantsSecurity ?? false,
    options: [],
  };
  const answers = [...content.answers.map(record => wireOf(record, request.name)), ...(content.chased ?? [])];
  const rest = encode({
    id: request.id,
    type: 'response',
    flags,
    answers: content.soa === undefined ? answers : [soa(content.soa)],
    authorities: [...content.authorities],
    additionals: [...content.additionals.map(record => wireOf(record)), ...(request.edns ? [opt] : [])],
  });
  // Nothing in it points anywhere, so the question fits in as it came.
  rest.writeUInt16BE(1, 4);
  return Buffer.concat([rest.subarray(0, HEADER_BYTES), request.bytes, rest.subarray(HEADER_BYTES)]);
}

/** @param name As the question spells it: some clients compare letter by letter. */
function wireOf(record: DnsRecord, name: string = record.name): WireRecord {
  const common = { name: lowerCase(name) === record.name ? name : record.name, ttl: TTL, class: 'IN' as const };
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { ...common, type: record.type, data: record.address };
    case 'CNAME':
    case 'PTR':
      return { ...common, type: record.type, data: record.target };
    case 'SRV': {
      const { priority, weight, port, target } = record;
      return { ...common, type: 'SRV', data: { priority, weight, port, target } };
    }
    case 'TXT':
      return { ...common, type: 'TXT', data: record.text };
  }
}

/** For how long it may be remembered that there is nothing: as long as an answer. */
function soa(apex: string): WireRecord {
  const below = apex === '' ? '' : `.${apex}`;
  return {
    type: 'SOA',
    name: apex === '' ? '.' : apex,
    ttl: TTL,
    data: {
      mname: `ns.dns${below}`,
      rname: `hostmaster${below}`,
      serial: 1,
      refresh: 7200,
      retry: 1800,
      expire: 86_400,
      minimum: TTL,
    },
  };
}

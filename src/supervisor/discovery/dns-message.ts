/** DNS messages: a request read from its bytes, and the bytes of its response. */
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type Answer as WireRecord,
} from 'dns-packet';
import type { DnsRecord } from '../../dns-record.js';
import { type Answers, TTL } from './answer.js';

/** Bytes over UDP where the client does not say that it takes more (RFC 1035). */
const PLAIN_LIMIT = 512;
/** Bytes over UDP that pass everywhere without being taken apart (DNS flag day 2020). */
const EDNS_LIMIT = 1232;
const HEADER_BYTES = 12;
const LONGEST_NAME = 255;

export const RCODE = { formatError: 1, serverFailure: 2, noName: 3, notImplemented: 4, refused: 5 } as const;

export type Request =
  | {
      readonly kind: 'question';
      readonly id: number;
      readonly name: string;
      readonly type: string;
      readonly class: string;
      readonly wantsRecursion: boolean;
      readonly hasEdns: boolean;
      /** Bytes that the client takes over UDP. */
      readonly limit: number;
    }
  /** It can be told that it is wrong, or not even that. */
  | { readonly kind: 'malformed'; readonly id: number; readonly rcode: number }
  | { readonly kind: 'nothing' };

/** Never throws. */
export function readRequest(bytes: Buffer): Request {
  if (bytes.length < HEADER_BYTES || (bytes[2]! & 0x80) !== 0) return { kind: 'nothing' }; // a response: never answered
  const id = bytes.readUInt16BE(0);
  const opcode = (bytes[2]! >> 3) & 0xf;
  if (opcode !== 0) return { kind: 'malformed', id, rcode: RCODE.notImplemented };
  const malformed = { kind: 'malformed', id, rcode: RCODE.formatError } as const;
  if (bytes.readUInt16BE(4) !== 1) return malformed;
  let packet: ReturnType<typeof decode>;
  try {
    packet = decode(bytes);
  } catch {
    return malformed;
  }
  const [question] = packet.questions ?? [];
  if (!question || question.name.length > LONGEST_NAME) return malformed;
  const edns = packet.additionals?.find(record => record.type === 'OPT');
  const wanted = edns && 'udpPayloadSize' in edns ? edns.udpPayloadSize : PLAIN_LIMIT;
  return {
    kind: 'question',
    id,
    name: question.name,
    type: question.type,
    class: question.class ?? 'IN',
    wantsRecursion: (bytes[2]! & 1) !== 0,
    hasEdns: edns !== undefined,
    limit: Math.max(PLAIN_LIMIT, Math.min(wanted, EDNS_LIMIT)),
  };
}

/** Undefined: the name is not ours. `limit` is in bytes; a response that is longer is cut, and says so. */
export function respond(
  request: Extract<Request, { kind: 'question' }>,
  answers: Answers,
  limit: number,
  recursion: boolean,
): Buffer | undefined {
  const answer = answers.to(request);
  if (answer.kind === 'not-ours') return undefined;
  const authorities = answer.kind === 'data' ? [] : [soa(answer.apex)];
  const rcode = answer.kind === 'no-name' ? RCODE.noName : 0;
  const records = answer.kind === 'data' ? answer : { answers: [], additionals: [] };
  const whole = write(request, { rcode, flags: AUTHORITATIVE_ANSWER, ...records, authorities }, recursion);
  if (whole.length <= limit) return whole;
  const flags = AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE;
  return write(request, { rcode, flags, answers: [], additionals: [], authorities: [] }, recursion);
}

/** A response without data. */
export function refuse(request: Extract<Request, { kind: 'question' }>, rcode: number, recursion: boolean): Buffer {
  return write(request, { rcode, flags: 0, answers: [], additionals: [], authorities: [] }, recursion);
}

/** To what could not be read: its header, and what is wrong. */
export function complain(id: number, rcode: number): Buffer {
  return encode({ id, type: 'response', flags: rcode });
}

interface Content {
  readonly rcode: number;
  readonly flags: number;
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly authorities: readonly WireRecord[];
}

function write(request: Extract<Request, { kind: 'question' }>, content: Content, recursion: boolean): Buffer {
  const flags =
    content.flags |
    content.rcode |
    (request.wantsRecursion ? RECURSION_DESIRED : 0) |
    (recursion ? RECURSION_AVAILABLE : 0);
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: EDNS_LIMIT,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
  return encode({
    id: request.id,
    type: 'response',
    flags,
    questions: [{ name: request.name, type: request.type, class: request.class }],
    answers: content.answers.map((record, index) => wireOf(record, index === 0 ? request.name : undefined)),
    authorities: content.authorities,
    additionals: [...content.additionals.map(record => wireOf(record)), ...(request.hasEdns ? [opt] : [])],
  } as Packet);
}

/** @param name As the question spells it: some clients compare letter by letter. */
function wireOf(record: DnsRecord, name: string = record.name): WireRecord {
  const common = { name: name.toLowerCase() === record.name ? name : record.name, ttl: TTL, class: 'IN' as const };
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

/**
 * What a running fuge and those that attach to it say to each other: JSON-RPC 2.0, one message a line, over a unix socket.
 * docs/protocol.md describes it for others.
 */
import type { Reread, ServiceStatus, Usage, Zone } from './control.js';
import type { Diagnostic } from './diagnostic.js';
import type { Event, Exit, StreamName } from './event.js';
import type { System } from './system.js';

/** Changes with whatever an older client would misunderstand; what is merely added leaves it alone. */
export const PROTOCOL_VERSION = 1;

/** The first message of a connection, a notification from fuge. */
export interface Hello {
  readonly protocol: number;
  /** Its version. */
  readonly fuge: string;
  readonly pid: number;
  /** The system's name, and its file (absolute path). */
  readonly system: string;
  readonly file: string;
  /** It is being stopped as a whole. */
  readonly isClosing: boolean;
}

/** A {@link System}, with lists of pairs in place of its maps. */
export type WireSystem = {
  readonly [K in keyof System]: System[K] extends ReadonlyMap<infer Key, infer Value>
    ? readonly (readonly [Key, Value])[]
    : System[K];
};

/** What a subscription begins with; the events that follow lead on from here. */
export interface Snapshot {
  readonly system: WireSystem;
  readonly statuses: readonly ServiceStatus[];
}

/** An event as it is sent: with what the receiver would otherwise have to ask for again and again. */
export interface EventMessage {
  readonly event: Event;
  /** The status of its service after the event, where it may have changed. */
  readonly status?: ServiceStatus;
  /** After `reloaded`. */
  readonly snapshot?: Snapshot;
}

/** Requests: what each takes, and what it is answered with. */
export interface Methods {
  subscribe: { params: { lines?: boolean; backlog?: number }; result: Snapshot };
  unsubscribe: { params: object; result: null };
  system: { params: object; result: WireSystem };
  statuses: { params: object; result: readonly ServiceStatus[] };
  start: { params: OrderParams; result: readonly WireOutcome[] };
  stop: { params: { services: readonly string[] }; result: readonly WireOutcome[] };
  restart: { params: OrderParams; result: readonly WireOutcome[] };
  kill: { params: { services: readonly string[] }; result: readonly WireOutcome[] };
  switch: { params: OrderParams; result: readonly WireOutcome[] };
  watch: { params: { services: readonly string[]; on: boolean }; result: null };
  tail: { params: { services: readonly string[]; on: boolean }; result: null };
  set: { params: { service: string; variable: string; value: string | null }; result: null };
  environment: { params: { service: string }; result: import('./control.js').EnvironmentReport };
  lines: { params: { service: string; limit?: number }; result: readonly import('./event.js').Line[] };
  zone: { params: object; result: Zone };
  logFiles: { params: { service: string }; result: readonly string[] };
  usage: { params: object; result: readonly (readonly [string, Usage])[] };
  run: {
    params: { service: string; command: import('./system.js').Command; label: string; quiet?: boolean };
    result: Exit;
  };
  exec: {
    params: { service: string; command: readonly string[]; session: number } & Omit<
      import('./control.js').ExecOptions,
      'onOutput' | 'terminal'
    > & { terminal?: { readonly columns: number; readonly rows: number } };
    result: null;
  };
  openTerminal: { params: { service: string; session: number; columns: number; rows: number }; result: null };
  reload: { params: { system: WireSystem }; result: import('./event.js').Changes };
  reloadFile: { params: object; result: Reread };
  /** No answer comes: the connection ends when nothing of the system is left. */
  close: { params: { force?: boolean; volumes?: boolean }; result: null };
}
export type Method = keyof Methods;

export interface OrderParams {
  readonly services: readonly string[];
  readonly debug?: boolean;
  readonly patienceMs?: number;
}
export type WireOutcome = import('./control.js').Outcome;

/** Notifications to fuge, beyond requests. `data` is base64. */
export interface ClientNotifications {
  /** Gives up the request of this id (only `run` can be). */
  cancel: { readonly id: number };
  input: { readonly session: number; readonly data: string };
  endInput: { readonly session: number };
  resize: { readonly session: number; readonly columns: number; readonly rows: number };
  closeSession: { readonly session: number };
}

/** Notifications from fuge. `data` is base64. */
export interface ServerNotifications {
  hello: Hello;
  event: EventMessage;
  output: { readonly session: number; readonly stream: StreamName; readonly data: string };
  exited: { readonly session: number; readonly exit: Exit };
}

/** Codes of errors: those of JSON-RPC, and one for what fuge refuses. */
export const ERROR = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  /** A bug. */
  internal: -32603,
  /** `data.diagnostic` says why. */
  refused: 1,
} as const;

export interface ErrorReply {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly diagnostic: Diagnostic };
}

const MAPS = ['services', 'alternatives', 'networks', 'volumes'] as const satisfies readonly (keyof System)[];

/** For the wire: JSON knows no maps, and its objects reorder names that are numbers. */
export function encodeSystem(system: System): WireSystem {
  const maps = Object.fromEntries(MAPS.map(key => [key, [...system[key]]]));
  return { ...system, ...maps } as unknown as WireSystem; // the maps are pairs now
}

export function decodeSystem(wire: WireSystem): System {
  const maps = Object.fromEntries(MAPS.map(key => [key, new Map<string, unknown>(wire[key])]));
  return { ...wire, ...maps } as unknown as System; // the maps are those of a system
}

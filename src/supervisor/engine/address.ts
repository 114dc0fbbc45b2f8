/** Where a container engine listens, and the ways to write that. */

/** Of files, as text. */
export interface EngineTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** False: whoever answers is believed. */
  readonly verifies: boolean;
}

export type EngineAddress = {
  /** For people and for the guard: `unix:///var/run/docker.sock`. */
  readonly url: string;
} & (
  | {
      /** A unix socket, or a named pipe on Windows. */
      readonly kind: 'socket';
      readonly path: string;
    }
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly port: number;
      /** Before each path: ``, or `/docker` without a final slash. */
      readonly prefix: string;
      /** Undefined: in plain text. */
      readonly tls: EngineTls | undefined;
    }
  | {
      /** `docker system dial-stdio` over there, started by the ssh of this machine. */
      readonly kind: 'ssh';
      readonly host: string;
      readonly user: string | undefined;
      readonly port: number | undefined;
      /** The engine's socket over there; undefined: the usual one. */
      readonly path: string | undefined;
    }
);

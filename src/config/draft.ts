/** A service as its file says it, before the global settings fill what it leaves open. Fuge and Compose files both give these. */
import type { ContainerSettings } from '../container.js';
import type { Origin } from '../diagnostic.js';
import type { Command, EnvFile, GivenFile, Hooks, Instance, Probe, ServiceType, WatchRule } from '../system.js';
import type { Translation } from '../translation.js';
import type { DraftDependency } from './dependencies.js';
import type { Variable } from './environment.js';
import type { DeclaredPort } from './ports.js';
import type { DraftRestart } from './restart.js';
import type { Place } from './source.js';

/** An env file with the place that names it. */
export interface NamedEnvFile extends EnvFile {
  readonly place: Place;
}

export interface Draft {
  readonly name: string;
  readonly type: ServiceType;
  /** The name in its definition. */
  readonly place: Place;
  readonly origins: Readonly<Record<string, Origin>>;
  /** Absolute; undefined: the directory of the system file. */
  readonly path: { readonly directory: string; readonly place: Place } | undefined;
  readonly ports: readonly DeclaredPort[];
  readonly environment: readonly Variable[];
  readonly envFiles: readonly NamedEnvFile[];
  readonly files?: readonly GivenFile[] | undefined;
  /** For what the env files say. */
  readonly translation?: Translation | undefined;
  /** See {@link Service} of a process: what its image would set. */
  readonly imageEnvironment?: Readonly<Record<string, string>> | undefined;
  readonly command?: Command | undefined;
  readonly build?: Command | undefined;
  readonly test?: Command | undefined;
  /** Of a container: what it says; the rest is {@link PLAIN_CONTAINER}. */
  readonly container?: Partial<ContainerSettings> | undefined;
  /** What it can be switched to: the same in another form, see {@link System.alternatives}. */
  readonly alternative?: 'process' | 'node' | 'container' | undefined;
  /** The same where the other form says other things, too; in place of {@link alternative}. */
  readonly otherForm?: Draft | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly host?: string | undefined;
  readonly advertised?: boolean | undefined;
  readonly dnsEnabled?: boolean | undefined;
  readonly dnsNamespace?: string | undefined;
  readonly dnsSuffix?: string | undefined;
  readonly tail?: boolean | undefined;
  readonly monitor?: boolean | undefined;
  readonly monitorExcludes?: readonly string[] | undefined;
  readonly watchGitignore?: boolean | undefined;
  /** In place of the service's directory. */
  readonly watchRules?: readonly WatchRule[] | undefined;
  readonly delayMs?: number | undefined;
  readonly restartOnError?: boolean | undefined;
  readonly maxRestarts?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  readonly graceMs?: number | undefined;
  readonly repository?: string | undefined;
  readonly ready?: Probe | 'launched' | undefined;
  readonly live?: Probe | undefined;
  readonly once?: boolean | undefined;
  readonly hooks?: Hooks | undefined;
  readonly rebuildOnChange?: boolean | undefined;
  /** Of a process; a container's is in its settings. */
  readonly tty?: boolean | undefined;
  readonly warm?: boolean | undefined;
  readonly dependsOn?: readonly DraftDependency[] | undefined;
  readonly restart?: DraftRestart | undefined;
  readonly profiles?: readonly string[] | undefined;
  /** How many of it run side by side; default 1. */
  readonly instances?: InstanceCount | undefined;
  /** Those, where they differ in more than their ports; in place of copies of this draft. */
  readonly copies?: readonly Draft[] | undefined;
  /** It is one of several that are written one by one. */
  readonly instanceOf?: { readonly name: string; readonly place: Place } | undefined;
  /** Set when all services are known, see instances.ts. */
  readonly instance?: Instance | undefined;
}

export interface InstanceCount {
  /** 0 to 100. */
  readonly count: number;
  readonly place: Place;
}

/**
 * The fuge behind `fuge up -d`: runs one system without a terminal until it is told to stop.
 *
 * Who started it hears by IPC whether the system is claimed, attaches to it like anybody else, and lets go when the services
 * have been started; should it end before that, so does this one.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSupervisor, type Diagnostic, type System, withoutWatching } from '../index.js';
import { compileLater } from './compile-later.js';
import { load } from './file-operand.js';
import { formatInstant } from './render/duration.js';
import { EventText } from './render/events.js';
import { createPaint } from './render/paint.js';
import { tellingOnce } from './told-once.js';
import { fugeVersion } from './version.js';

/** What is asked of it, as its only argument. */
export interface BackgroundOrder {
  readonly file: string | undefined;
  readonly profiles: readonly string[];
  readonly portOffset: string | undefined;
  readonly watch: boolean;
  /** Applies the system file whenever it is saved. */
  readonly watchConfig: boolean;
}

/** What it tells who started it, once. */
export interface BackgroundReport {
  /** The system file that it has claimed; undefined: it ends, and the diagnostics say why. */
  readonly file: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const paint = createPaint(false);

async function run(order: BackgroundOrder): Promise<void> {
  compileLater();
  const read = async () => {
    const { system, diagnostics } = await load(order.file, order.profiles, order.portOffset);
    return { system: system && !order.watch ? withoutWatching(system) : system, diagnostics };
  };
  const { system, diagnostics } = await read();
  if (!system) return report({ file: undefined, diagnostics });
  const say = openLog(system);
  const supervisor = await createSupervisor(system, {
    load: tellingOnce(read, diagnostics),
    reachableAs: fugeVersion(),
    reloadsOnSave: order.watchConfig,
  });
  let unreachable: Diagnostic | undefined;
  const text = new EventText(supervisor, { paint });
  supervisor.subscribe(
    event => {
      if (event.type === 'notice' && event.diagnostic.code === 'not-reachable')
        unreachable = asRefusal(event.diagnostic);
      const sentence = text.sentence(event);
      if (sentence !== undefined) say(sentence);
      // Whoever asked for it: this waits for the same end.
      if (event.type === 'closing') void end();
    },
    { lines: false },
  );
  // The services may all rest.
  const alive = setInterval(() => {}, 2 ** 30);
  let hasEnded = false;
  const end = async (options: { readonly force?: boolean } = {}) => {
    await supervisor.close(options);
    if (hasEnded) return;
    hasEnded = true;
    say('ended');
    clearInterval(alive);
    if (process.connected) process.disconnect();
  };
  let isTold = false;
  process.on('SIGTERM', () => {
    void end({ force: isTold });
    isTold = true;
  });
  process.on('SIGINT', () => {}).on('SIGHUP', () => {});
  process.on('uncaughtException', error => {
    say(`fuge has a bug: ${error.stack}. Please report this to the project`);
    process.exitCode = 1;
    void end();
  });
  let isReleased = false;
  process.on('message', () => {
    isReleased = true;
  });
  process.on('disconnect', () => {
    if (!isReleased) void end();
  });
  const refusal = (await supervisor.claim()) ?? unreachable;
  if (refusal) {
    report({ file: undefined, diagnostics: [...diagnostics, refusal] });
    return end();
  }
  say(`runs "${system.name}" (pid ${process.pid}): ${system.file}`);
  report({ file: system.file, diagnostics });
}

/** Without a prompt there is no way in but the socket. */
const asRefusal = (problem: Diagnostic): Diagnostic => ({
  ...problem,
  severity: 'error',
  hint: 'nothing could stop a system in the background then: set XDG_RUNTIME_DIR to a folder of your own, or run "fuge up" without -d',
});

function report(message: BackgroundReport): void {
  // Undefined values are no part of a message.
  process.send?.(message, undefined, undefined, () => {
    if (message.file === undefined) process.disconnect();
  });
}

/** Where it says what it has nobody to tell: `fuge.log` beside the log files of the services. */
function openLog({ logDirectory, services }: System): (text: string) => void {
  if (services.has('fuge')) return () => {};
  try {
    mkdirSync(logDirectory, { recursive: true });
  } catch {
    return () => {}; // read-only: the services run without log files as well, and are told of with a warning
  }
  const log = createWriteStream(join(logDirectory, 'fuge.log'), { flags: 'a', mode: 0o600 });
  log.on('error', () => {}); // a full disk is no reason to stop the services
  return text => void log.write(`${formatInstant(Date.now())} ${text}\n`);
}

run(JSON.parse(process.argv[2]!) as BackgroundOrder).catch((error: Error) => {
  report({ file: undefined, diagnostics: [{ severity: 'error', code: 'bug', message: String(error.stack) }] });
  process.exitCode = 1;
});

/**
 * A Compose healthcheck as the probe of a process.
 *
 * A look with curl or wget at this machine becomes a request of our own, since a container's image brings these programs and
 * this machine may not. Anything else is run as it is, with the container's paths and ports replaced. Times are Compose's: an
 * interval and a timeout of 30 s, 3 retries, no start period.
 */
import type { Command, Probe, ProbeTiming } from '../../../system.js';
import { commandOf } from '../invocation.js';
import type { ComposeHealthcheck } from '../project/canonical.js';
import { milliseconds } from './supervised.js';

const URL_HERE = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(\/[^\s'"|;&]*)?$/;

/** @param localize Replaces what a container sees by what is here. */
export function probeOf(
  check: ComposeHealthcheck | undefined,
  localize: (command: Command) => Command,
): Probe | undefined {
  const [form, ...words] = check?.test ?? [];
  if (check === undefined || check.disable || form === undefined || form === 'NONE') return undefined;
  const timing: ProbeTiming = {
    intervalMs: milliseconds(check.interval) || 30_000,
    timeoutMs: milliseconds(check.timeout) || 30_000,
    retries: check.retries || 3,
    startPeriodMs: milliseconds(check.start_period) ?? 0,
  };
  const command =
    form === 'CMD-SHELL'
      ? commandOf({ form: 'shell', line: words.join(' ') })
      : commandOf({ form: 'exec', words: form === 'CMD' ? words : [form, ...words] });
  if (command === undefined) return undefined;
  const local = localize(command);
  return { ...(requestOf(local) ?? { kind: 'exec', command: local }), ...timing };
}

function requestOf(
  command: Command,
): { kind: 'http'; path: string; port: number; status: [number, number] } | undefined {
  const line = command.kind === 'shell' ? command.line : undefined;
  // `|| exit 1` says what is so without it.
  const plain = line?.replace(/\s*\|\|\s*(exit\s+\d+|false)\s*$/, '');
  if (plain !== undefined && /[|;&<>$`()]/.test(plain)) return undefined;
  const words =
    command.kind === 'argv' ? command.argv : plain!.split(/\s+/).map(word => word.replace(/^(['"])(.*)\1$/, '$2'));
  if (!/(^|\/)(curl|wget)$/.test(words[0] ?? '')) return undefined;
  const urls = words.flatMap(word => URL_HERE.exec(word) ?? []);
  const isPlain = words
    .slice(1)
    .every(word => !/^(-X|--request|-H|--header|-d|--data|-k|--insecure|--post-data)/.test(word));
  const [url] = words.filter(word => URL_HERE.test(word));
  if (urls.length === 0 || url === undefined || !url.startsWith('http:') || !isPlain) return undefined;
  const [, port, path] = URL_HERE.exec(url)!;
  return { kind: 'http', path: path ?? '/', port: Number(port ?? 80), status: [200, 399] };
}

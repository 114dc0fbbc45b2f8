/** A container's healthcheck, from Compose's form. */
import type { ContainerSettings } from '../../container.js';
import { commandOf } from '../compose/invocation.js';
import type { ComposeHealthcheck } from '../compose/project/canonical.js';
import { parseDuration } from '../quantities.js';

/** The first word of the test says how the others are run; without such a word they are run as they are. */
export function healthcheckOf(check: ComposeHealthcheck | undefined): ContainerSettings['healthcheck'] {
  if (check === undefined) return undefined;
  const [form, ...words] = check.test ?? [];
  if (check.disable || form === 'NONE') return 'none';
  const test =
    form === undefined
      ? undefined
      : form === 'CMD-SHELL'
        ? ({ kind: 'shell', line: words.join(' '), source: words.join(' ') } as const)
        : commandOf({ form: 'exec', words: form === 'CMD' ? words : [form, ...words] });
  return {
    test,
    intervalMs: milliseconds(check.interval),
    timeoutMs: milliseconds(check.timeout),
    retries: check.retries,
    startPeriodMs: milliseconds(check.start_period),
    startIntervalMs: milliseconds(check.start_interval),
  };
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

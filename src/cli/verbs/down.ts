/** `down`: stops the whole system, whoever runs it, and waits until nothing of it is left. */
import { shortenPath } from '../output.js';
import { stopSystem } from '../shell/closing.js';
import { Writer } from '../terminal/writer.js';
import type { VerbImplementation } from '../verb.js';

export const down: VerbImplementation = {
  async run(context, { flags }) {
    const { supervisor, system, out, signal } = context;
    const volumes = flags.has('volumes');
    if (context.shell) {
      // Who typed it at a prompt of another fuge's system ends that one; the prompt goes with it.
      await supervisor.close({ volumes });
      return 0;
    }
    if (!context.isRunning && !volumes) {
      if (flags.has('json')) out.json({ system: system.name, file: system.file, wasRunning: false });
      else out.print(`nothing runs ${shortenPath(system.file)}`);
      return 0;
    }
    if (flags.has('json')) {
      await supervisor.close({ volumes, force: flags.has('force') });
      out.json({ system: system.name, file: system.file, wasRunning: context.isRunning });
      return 0;
    }
    const writer = new Writer({ stream: process.stdout });
    const force = () => void supervisor.close({ force: true });
    signal.addEventListener('abort', force, { once: true });
    try {
      await stopSystem(supervisor, writer, { volumes, force: flags.has('force') });
    } finally {
      signal.removeEventListener('abort', force);
    }
    await writer.drained();
    return 0;
  },
};

/** The command line's entry: starts as little as the command needs. */
import * as module from 'node:module';
import { versionText } from './version.js';

const argv = process.argv.slice(2);

if (argv.length === 1 && /^(version|--version|-v)$/.test(argv[0]!)) {
  // The parser of arguments costs more than this whole command.
  process.stdout.write(`${versionText()}\n`);
} else {
  // Node 22 and later keep what they compiled: a quarter of the start.
  (module as { enableCompileCache?: () => void }).enableCompileCache?.();
  const { runCommandLine } = await import('./argv.js');
  process.exitCode = await runCommandLine(argv);
}

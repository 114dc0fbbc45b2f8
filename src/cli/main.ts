/** The command line's entry: starts as little as the command needs. */
import * as module from 'node:module';
import { versionText } from './version.js';

const argv = process.argv.slice(2);

if (argv.length === 1 && /^(version|--version|-v)$/.test(argv[0]!)) {
  // The parser of arguments costs more than this whole command.
  process.stdout.write(`${versionText()}\n`);
} else if (argv[0] === 'complete' && argv[1] === '--') {
  // What a shell's completion asks, see `fuge completion`: every Tab waits for it.
  const { answerCompletion } = await import('./completion/answer.js');
  const candidates = await answerCompletion(argv.slice(2), process.cwd());
  if (candidates.length > 0) process.stdout.write(`${candidates.join('\n')}\n`);
} else {
  // Node 22 and later keep what they compiled: a quarter of the start.
  (module as { enableCompileCache?: () => void }).enableCompileCache?.();
  const { runCommandLine } = await import('./argv.js');
  process.exitCode = await runCommandLine(argv);
}

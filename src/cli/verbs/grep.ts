/** `grep`: searches the log files of services, older ones first. */
import { allLines } from '../log-files.js';
import { makeSafe } from '../terminal/safe-text.js';
import type { VerbImplementation } from '../verb.js';

export const grep: VerbImplementation = {
  async run({ supervisor, system, out, signal }, { services, words, flags }) {
    const [source = ''] = words;
    let pattern: RegExp;
    try {
      pattern = new RegExp(source, flags.has('ignore-case') ? 'i' : '');
    } catch (error) {
      out.complain(
        `"${source}" is no regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`,
      );
      return 2;
    }
    const names = [...system.services.keys()];
    let found = 0;
    for (const service of services)
      for (const file of await supervisor.logFiles(service)) {
        const label = file.endsWith('.1') ? `${service}.1` : service;
        for await (const [line, raw] of allLines(file)) {
          if (signal.aborted) return 1;
          const text = makeSafe(raw, false);
          const match = pattern.exec(text);
          if (!match) continue;
          found++;
          if (flags.has('json')) out.json({ service, file, line, text });
          else
            out.print(
              `${out.paint.service(names.indexOf(service), label)}:${line}: ${highlight(text, match, out.paint.bold)}`,
            );
        }
      }
    if (found === 0 && !flags.has('json'))
      out.complain(`no line of ${services.length === 1 ? services[0] : 'any log'} matches ${source}`);
    return found > 0 ? 0 : 1;
  },
};

function highlight(text: string, match: RegExpExecArray, paint: (text: string) => string): string {
  const end = match.index + match[0].length;
  return `${text.slice(0, match.index)}${paint(match[0])}${text.slice(end)}`;
}

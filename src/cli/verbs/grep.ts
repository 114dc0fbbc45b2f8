/** `grep`: searches the log files of services, older ones first. */
import { LogReader } from '../../index.js';
import { type Choice, entryOfFile, isChosen, readChoice, timelessText } from '../log-choice.js';
import { allLines } from '../log-files.js';
import { makeSafe } from '../terminal/safe-text.js';
import type { VerbImplementation } from '../verb.js';

export const grep: VerbImplementation = {
  async run({ supervisor, system, out, signal }, { services, words, flags }) {
    const read = readChoice(flags);
    if (read.kind === 'problem') {
      out.complain(read.message);
      return 2;
    }
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
    const timeless: string[] = [];
    for (const service of services) {
      const filter = new Filter(read.choice, service);
      for (const file of await supervisor.logFiles(service)) {
        const label = file.endsWith('.1') ? `${service}.1` : service;
        for await (const [line, raw] of allLines(file)) {
          if (signal.aborted) return 1;
          const fits = filter.fits(raw);
          const text = makeSafe(raw, false);
          const match = pattern.exec(text);
          if (!match || !fits) continue;
          found++;
          if (flags.has('json')) out.json({ service, file, line, text });
          else
            out.print(
              `${out.paint.service(names.indexOf(service), label)}:${line}: ${highlight(text, match, out.paint.bold)}`,
            );
        }
      }
      if (filter.isTimeless) timeless.push(service);
    }
    if (timeless.length > 0) out.complain(timelessText(timeless));
    if (found === 0 && !flags.has('json'))
      out.complain(`no line of ${services.length === 1 ? services[0] : 'any log'} matches ${source}`);
    return found > 0 ? 0 : 1;
  },
};

/** Which lines of a service are searched. Lines are looked into only where a choice was made. */
class Filter {
  readonly #choice: Choice;
  readonly #service: string;
  readonly #reader = new LogReader();
  #lines = 0;
  #timed = 0;

  constructor(choice: Choice, service: string) {
    this.#choice = choice;
    this.#service = service;
  }

  /** Of every line, in their order: what a line is may depend on the one before it. */
  fits(line: string): boolean {
    const { since, until, level } = this.#choice;
    if (since === undefined && until === undefined && level === undefined) return true;
    const entry = entryOfFile(this.#service, line, this.#reader);
    if (since !== undefined || until !== undefined) this.#lines++;
    if (entry.at !== undefined) this.#timed++;
    return isChosen(entry, this.#choice);
  }

  /** A time was asked for, and no line has one. */
  get isTimeless(): boolean {
    return this.#lines > 0 && this.#timed === 0;
  }
}

function highlight(text: string, match: RegExpExecArray, paint: (text: string) => string): string {
  const end = match.index + match[0].length;
  return `${text.slice(0, match.index)}${paint(match[0])}${text.slice(end)}`;
}

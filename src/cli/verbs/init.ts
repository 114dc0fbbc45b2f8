/** `init`: writes a system file for a directory, and says what was found and what comes next. */
import path from 'node:path';
import { proposeSystem } from '../../index.js';
import { count } from '../render/duration.js';
import { padToWidth, widthOf } from '../render/width.js';
import type { VerbImplementation } from '../verb.js';
import { writeNew } from '../write-new.js';

const USAGE = 2;

export const init: VerbImplementation = {
  async run({ out }, { words, flags }) {
    const directory = path.resolve(words[0] ?? '.');
    const { file, text, found, services, before, diagnostics } = await proposeSystem(directory);
    for (const diagnostic of diagnostics) out.diagnose(diagnostic);
    if (text === undefined) return USAGE;
    if (flags.has('print')) {
      out.print(text.replace(/\n$/, ''));
      return 0;
    }
    const shown = path.relative(process.cwd(), file);
    const problem = writeNew(file, shown, text);
    if (problem !== undefined) {
      out.complain(problem);
      return USAGE;
    }
    const left = Math.max(...found.map(one => widthOf(one.file)));
    for (const one of found) out.print(`  ${padToWidth(one.file, left)}  ${one.says}`);
    out.print('');
    out.print(`wrote ${shown}: ${count(services.length, 'service')} (${services.join(', ')})`);
    out.print('next:');
    const here = path.relative(process.cwd(), directory);
    const at = here === '' ? '' : ` ${here}`;
    const steps = [
      ...before.map(command => [command, 'its packages are not installed'] as const),
      [`fuge check${at}`, 'tells what may be wrong with it'] as const,
      [`fuge shell${at} --start`, 'starts all, with a prompt'] as const,
    ];
    const wide = Math.max(...steps.map(([command]) => widthOf(command)));
    for (const [command, says] of steps) out.print(`  ${padToWidth(command, wide)}  ${says}`);
    return 0;
  },
};

/** `doctor`: what is wrong with the machine or the system, and how to mend it. */
import { examine, type Finding } from '../../index.js';
import { count } from '../render/duration.js';
import { padToWidth, widthOf, wrapText } from '../render/width.js';
import type { Output, VerbImplementation } from '../verb.js';

export const doctor: VerbImplementation = {
  async run({ out, reload }, { flags }) {
    const findings = await examine(await reload(), { isTerminal: out.isTerminal });
    const numberOf = (status: Finding['status']) => findings.filter(finding => finding.status === status).length;
    const problems = numberOf('problem');
    const warnings = numberOf('warning');
    if (flags.has('json')) {
      for (const { check, status, message, remedy } of findings)
        out.json({ type: 'finding', check, status, message, remedy: remedy ?? null });
      out.json({ type: 'summary', ok: numberOf('ok'), warnings, problems });
    } else {
      const left = Math.max(...findings.map(({ check }) => widthOf(check)));
      for (const finding of findings) out.print(describe(finding, left, out));
      out.print('');
      out.print(summary(problems, warnings, out));
    }
    return problems > 0 ? 1 : 0;
  },
};

function describe({ check, status, message, remedy }: Finding, left: number, out: Output): string {
  const { paint } = out;
  const [sign, colour] = (
    { ok: ['ok     ', paint.green], warning: ['warning', paint.yellow], problem: ['problem', paint.red] } as const
  )[status];
  const indent = ' '.repeat(widthOf(sign) + 2 + left + 2);
  const lines = out.isTerminal ? wrapText(message, out.width - indent.length) : [message];
  // Below the message, so that it can be taken as it is.
  if (remedy !== undefined) lines.push(paint.bold(remedy));
  return `${colour(sign)}  ${padToWidth(check, left)}  ${lines.join(`\n${indent}`)}`;
}

function summary(problems: number, warnings: number, { paint }: Output): string {
  if (problems + warnings === 0) return paint.green('all is well');
  const found = [problems > 0 && count(problems, 'problem'), warnings > 0 && count(warnings, 'warning')];
  return (problems > 0 ? paint.red : paint.yellow)(found.filter(Boolean).join(', '));
}

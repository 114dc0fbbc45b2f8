/** The system file: whether it loads. */
import { formatOrigin } from '../../../diagnostic.js';
import { type Check, ok, problem, type Told, warning } from '../finding.js';

export const systemFile: Check = {
  name: 'system',
  subject: 'the system file',
  async run({ system, diagnostics }) {
    // Without one the machine can be looked at all the same.
    if (!system && diagnostics.every(({ code }) => code === 'file-missing') && diagnostics.length > 0)
      return [warning(`${diagnostics[0]!.message}: only the machine was looked at`, 'fuge init')];
    const told = diagnostics
      .filter(({ severity }) => severity !== 'info')
      .map(({ severity, message, at, hint }): Told => {
        const said = `${at ? `${formatOrigin(at)}: ` : ''}${message}`;
        return severity === 'error' ? problem(said, hint) : warning(said, hint);
      });
    if (!system) return told;
    const { size } = system.services;
    return [ok(`${system.file} loads: ${size} ${size === 1 ? 'service' : 'services'}`), ...told];
  },
};

/** The terminal: its kind, and whether it shows more than ASCII. */
import { type Check, ok, warning } from '../finding.js';

export const terminal: Check = {
  name: 'terminal',
  subject: 'the terminal',
  async run({ environment, isTerminal }) {
    if (!isTerminal) return [ok('no terminal: output is plain lines')];
    const { TERM = '', LC_ALL, LC_CTYPE, LANG } = environment;
    if (TERM === '' || TERM === 'dumb')
      return [
        warning(
          `TERM is ${TERM === '' ? 'not set' : '"dumb"'}: there are no colours, and no lines above the prompt`,
          'export TERM=xterm-256color',
        ),
      ];
    const locale = LC_ALL || LC_CTYPE || LANG || '';
    if (process.platform !== 'win32' && !/utf-?8/i.test(locale))
      return [
        warning(`the locale ("${locale}") is not UTF-8: signs beyond ASCII may look wrong`, 'export LC_ALL=C.UTF-8'),
      ];
    return [ok(`${TERM}, ${locale}`)];
  },
};

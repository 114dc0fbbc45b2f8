/** Flags that several commands share. */
import type { Flag } from '../../verb.js';

export const json: Flag = { name: 'json', summary: 'prints one JSON object a line', argvOnly: true };
export const reveal: Flag = { name: 'reveal', summary: 'shows secrets instead of masking them' };

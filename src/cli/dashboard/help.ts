/** The help of the dashboard, made from the table of keys. */
import { padToWidth, widthOf } from '../render/width.js';
import { KEYS, keyText, type Topic } from './keys.js';

const TOPICS: readonly Topic[] = ['Move', 'Services', 'Logs', 'Look', 'Leave'];

/** Lines with SGR colours, a heading for each topic. */
export function helpLines(): readonly string[] {
  const texts = KEYS.map(key => [key, key.keys.map(keyText).join(' ')] as const);
  const width = Math.max(...texts.map(([, text]) => widthOf(text)));
  return TOPICS.flatMap((topic, index) => [
    ...(index === 0 ? [] : ['']),
    `\x1b[1m${topic}\x1b[22m`,
    ...texts
      .filter(([key]) => key.topic === topic)
      .map(([key, text]) => `  \x1b[1m${padToWidth(text, width)}\x1b[22m  ${key.help}`),
  ]);
}

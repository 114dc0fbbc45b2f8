/** How many columns text takes in a terminal: wide characters, emoji and colours counted right. */
import measure from 'fast-string-truncated-width';

/** Columns of one line. */
export function widthOf(text: string): number {
  return measure(text).width;
}

/** The text cut to so many columns, with … where something is missing. */
export function cutToWidth(text: string, columns: number): string {
  if (columns <= 0) return '';
  const found = measure(text, { limit: columns, ellipsis: '…', ellipsisWidth: 1 });
  return found.truncated ? `${text.slice(0, found.index)}${found.ellipsed ? '…' : ''}` : text;
}

/** The text filled with blanks up to so many columns. */
export function padToWidth(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Lines of at most so many columns, broken between words; a longer word stays whole. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

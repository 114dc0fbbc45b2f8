/** White space as BuildKit sees it: Unicode's, without the byte order mark that JavaScript counts in. */

export function isSpace(c: string | undefined): boolean {
  return c !== undefined && /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(c);
}

export function trimStart(text: string): string {
  let start = 0;
  while (isSpace(text[start])) start++;
  return text.slice(start);
}

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

export function trimSpace(text: string): string {
  return trimStart(trimEnd(text));
}

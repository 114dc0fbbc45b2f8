/** The version of fuge, read from its package file. */
import { readFileSync } from 'node:fs';

export function fugeVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** `fuge 3.0.0` on the first line, then what it runs on. */
export function versionText(): string {
  return `fuge ${fugeVersion()}\nNode ${process.version.slice(1)}, ${process.platform} ${process.arch}`;
}

/** What a Dockerfile's image would run: ENTRYPOINT and CMD in force at its last stage. */
import type { Command } from '../../system.js';
import { parseCommand } from '../../words.js';

/** A command in exec form is a list, in shell form a line. */
type Form = readonly string[] | string;

/** Undefined if the Dockerfile says neither, or inherits them from a base image. */
export function commandOfDockerfile(text: string): Command | undefined {
  let stages = new Map<string, { cmd?: Form | undefined; entrypoint?: Form | undefined }>();
  let current: { cmd?: Form | undefined; entrypoint?: Form | undefined } = {};
  for (const line of logicalLines(text)) {
    const [, word, rest] = /^(\w+)\s+([\s\S]*)$/.exec(line) ?? [];
    switch (word?.toUpperCase()) {
      case 'FROM': {
        const [, base, name] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(rest!) ?? [];
        current = { ...stages.get(base?.toLowerCase() ?? '') };
        stages = new Map(stages).set((name ?? String(stages.size)).toLowerCase(), current);
        break;
      }
      case 'CMD':
        current.cmd = formOf(rest!);
        break;
      case 'ENTRYPOINT':
        current.entrypoint = formOf(rest!);
        break;
    }
  }
  return commandOf(current.entrypoint, current.cmd);
}

function commandOf(entrypoint: Form | undefined, cmd: Form | undefined): Command | undefined {
  // The shell form of ENTRYPOINT ignores CMD.
  if (typeof entrypoint === 'string') return shellForm(entrypoint);
  if (entrypoint === undefined || entrypoint.length === 0) {
    if (typeof cmd === 'string') return shellForm(cmd);
    return cmd && argvOf(cmd);
  }
  return argvOf([...entrypoint, ...(typeof cmd === 'string' ? ['/bin/sh', '-c', cmd] : (cmd ?? []))]);
}

function argvOf(words: readonly string[]): Command | undefined {
  const [first, ...rest] = words;
  return first === undefined ? undefined : { kind: 'argv', argv: [first, ...rest], source: words.join(' ') };
}

/** Docker runs it with sh -c; without anything that a shell would expand, the words alone do the same. */
function shellForm(line: string): Command | undefined {
  const command = parseCommand(line, /[$*?~[\]]/.test(line) ? true : undefined);
  return command && 'problem' in command ? { kind: 'shell', line, source: line } : command;
}

function formOf(rest: string): Form {
  if (rest.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(rest);
      if (Array.isArray(list) && list.every(item => typeof item === 'string')) return list;
    } catch {
      // Docker, too, takes what is no JSON as the shell form.
    }
  }
  return rest;
}

/** Instructions with their continuation lines joined, comments and here-documents left out. */
function* logicalLines(text: string): Generator<string> {
  const continuation = /^#\s*escape\s*=\s*`/im.test(text.slice(0, 400)) ? '`' : '\\';
  let pending = '';
  let heredocs: string[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (heredocs.length > 0) {
      if (line.replace(/^\t+/, '') === heredocs[0]) heredocs = heredocs.slice(1);
      continue;
    }
    if (/^\s*#/.test(line)) continue;
    if (line.trim() === '') continue;
    const trimmed = line.trimEnd();
    if (trimmed.endsWith(continuation)) {
      pending += trimmed.slice(0, -1);
      continue;
    }
    const whole = (pending + line).trim();
    pending = '';
    if (/^(RUN|COPY|ADD)\s/i.test(whole))
      heredocs = [...whole.matchAll(/<<-?\s*(["']?)([A-Za-z_]\w*)\1/g)].map(match => match[2]!);
    if (whole !== '') yield whole;
  }
  if (pending.trim() !== '') yield pending.trim();
}

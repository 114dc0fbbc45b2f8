/**
 * What in a Dockerfile needs BuildKit. Docker's engine offers BuildKit to its own command only; asked to build, it takes its
 * older builder, which refuses these in words that don't tell (a here-document is an `unknown instruction: ECHO` to it).
 *
 * Source: the Dockerfile reference, which says of each of them that it came with a version of Dockerfile's syntax.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['link', 'chmod', 'parents', 'exclude'],
  ADD: ['link', 'chmod', 'checksum', 'keep-git-dir', 'unpack', 'exclude'],
};

/** Undefined: nothing that is known of. */
export function needsBuildKit(dockerfile: string): { readonly what: string; readonly line: number } | undefined {
  const lines = dockerfile.split('\n');
  let isContinued = false;
  for (const [index, text] of lines.entries()) {
    if (/^\s*(#|$)/.test(text)) continue; // also between the lines of one instruction
    const found = isContinued ? undefined : feature(text);
    if (found !== undefined) return { what: found, line: index + 1 };
    isContinued = /\\\s*$/.test(text);
  }
  return undefined;
}

function feature(text: string): string | undefined {
  const [, word = '', rest = ''] = /^\s*([a-z]+)\s+(.*)$/i.exec(text) ?? [];
  const instruction = word.toUpperCase();
  const flags = /^(?:--\S+\s+)*/.exec(rest)?.[0] ?? '';
  const flag = FLAGS[instruction]?.find(name => new RegExp(`(?:^|\\s)--${name}(?:[=\\s])`).test(flags));
  if (flag !== undefined) return `${instruction} --${flag}`;
  if (instruction in FLAGS && /(?:^|\s)<<-?["']?[A-Za-z_]\w*["']?(?:\s|$)/.test(rest)) return `${instruction} <<`;
  if (instruction === 'FROM') {
    const platform = /^--platform=\S*\$\{?((?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT))\b/.exec(flags)?.[1];
    if (platform !== undefined) return `FROM --platform=$${platform}`;
  }
  return undefined;
}

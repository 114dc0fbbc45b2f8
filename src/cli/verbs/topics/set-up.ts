/** Commands about the machine, editors and shells. */
import type { Verb } from '../../verb.js';
import { json } from './flags.js';

export const setUp: readonly Verb[] = [
  {
    name: 'doctor',
    topic: 'begin',
    summary: 'finds what is in the way, and says what mends it',
    details:
      'Looks at Node, the system file, programs and directories of the services, ports and who holds them, the container engine, the limits on watches and open files, the disk, what killed fuges left, and the terminal. Nothing is changed. Each remedy is a command where there is one. Works without a system file, and with a broken one. Exit code 1 if there is a problem; warnings alone are none.',
    operands: [],
    flags: [json],
    examples: [
      { line: 'doctor', says: 'the machine, and the system file here or above' },
      { line: 'doctor --json', says: 'one finding a line: check, status, message, remedy' },
    ],
    loadsItself: true,
    where: ['argv'],
    load: async () => (await import('../doctor.js')).doctor,
  },
  {
    name: 'schema',
    topic: 'begin',
    summary: 'prints the JSON Schema of the system file',
    details:
      'By it editors complete and check a system file. The same text lies in the package as schema/fuge.schema.json; docs/editor.md says how editors find it.',
    operands: [],
    flags: [],
    examples: [{ line: 'schema > fuge.schema.json', says: 'beside the system file' }],
    on: 'none',
    where: ['argv'],
    load: async () => (await import('../schema.js')).schema,
  },
  {
    name: 'completion',
    topic: 'begin',
    summary: 'prints what makes Tab complete in your shell',
    details:
      'Commands, flags and their values, system files, and the services and groups of the system file are completed.\n\nBash: add `source <(fuge completion bash)` to ~/.bashrc (of bash 3, as on macOS: `eval "$(fuge completion bash)"`).\n\nZsh: add `source <(fuge completion zsh)` to ~/.zshrc, below `autoload -Uz compinit && compinit`.\n\nFish: `fuge completion fish > ~/.config/fish/completions/fuge.fish`.',
    operands: [{ kind: 'choice', words: ['bash', 'zsh', 'fish'], optional: false }],
    flags: [],
    examples: [{ line: 'completion bash', says: 'the script, to be read by bash' }],
    on: 'none',
    where: ['argv'],
    load: async () => (await import('../completion.js')).completion,
  },
];

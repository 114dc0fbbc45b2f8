/** How soon V8 compiles what runs often: a decision of the whole process, so it is the command line's, not the library's. */

/** In bytes of bytecode that a function has run; V8's own default is 132 KiB. */
const BUDGET = 4_000_000;

/**
 * Node 20 compiles a function for speed when it has run for about a millisecond. In the first second of a flood that takes
 * 100 ms of a processor which the service and fuge need themselves: with this a million lines take a tenth to a fifth
 * less on two of them (`npm run bench -- lines`), and what goes on for longer is compiled some moments later. Node 22 and
 * later count otherwise, and have nothing to set.
 */
export function compileLater(): void {
  if (/^20\./.test(process.versions.node))
    process.getBuiltinModule('node:v8').setFlagsFromString(`--interrupt-budget=${BUDGET}`);
}

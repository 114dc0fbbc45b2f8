/**
 * Puts the command line's modules together, one file for each step of a start: Node takes longer to find, read and link a
 * hundred small modules than to run them. The modules of dist stay as they are, for who uses the library.
 *
 * `fuge ps` reads 8 files instead of 51, the prompt 13 instead of 170. All in one file would be slower again: a command
 * would pay for what the others need.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';

/** What is loaded together: these modules, and what they import that no earlier step has. */
const STEPS = [
  { name: 'version', modules: ['cli/version.js'] },
  { name: 'commands', modules: ['cli/argv.js'] },
  { name: 'attach', modules: ['config/find.js', 'supervisor/registry.js', 'remote/client.js'] },
  { name: 'ps', modules: ['cli/verbs/ps.js'] },
  { name: 'load', modules: ['config/load.js', 'supervisor/port-numbers/choose.js'] },
  { name: 'shell', modules: ['cli/shell.js', 'cli/take-over.js'] },
  { name: 'supervisor', modules: ['supervisor/supervisor.js', 'remote/door.js'] },
];

/**
 * Where a module looks for a file beside it, it finds it from its bundle, too: `../../package.json` because dist/program
 * is as deep as dist/cli, the programs that are started by their path because they are laid where the bundle looks for them.
 */
const PROGRAMS = {
  'program/main': 'cli/main.js',
  'program/background': 'cli/background.js',
  'engine/sweep-after-death': 'supervisor/engine/sweep-after-death.js',
};

/** Loaded by Node as they lie in src: from the library's folder, and from where the bundle looks for them. */
const COPIES = { 'supervisor/runners/node-gate.cjs': ['supervisor/runners', 'runners'] };

/** @param dist Absolute path of what the compiler wrote. */
export async function bundle(dist) {
  for (const folder of ['program', 'engine', 'runners']) rmSync(join(dist, folder), { recursive: true, force: true });
  for (const [file, folders] of Object.entries(COPIES))
    for (const folder of folders) {
      mkdirSync(join(dist, folder), { recursive: true });
      copyFileSync(join(dist, '..', 'src', file), join(dist, folder, basename(file)));
    }
  const steps = new Map();
  const bundled = await rolldown({
    input: Object.fromEntries(Object.entries(PROGRAMS).map(([name, file]) => [name, join(dist, file)])),
    platform: 'node',
    external: id => !/^[./]/.test(id),
    checks: { ineffectiveDynamicImport: false },
    plugins: [
      {
        name: 'steps',
        buildEnd() {
          divide(dist, id => this.getModuleInfo(id)?.importedIds ?? [], steps);
        },
      },
    ],
  });
  const { output } = await bundled.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'program/[name]-[hash].js',
    comments: false,
    codeSplitting: {
      groups: STEPS.map(({ name }, i) => ({ name, test: id => steps.get(id) === name, priority: STEPS.length - i })),
    },
  });
  await bundled.close();
  const detours = detoursIn(output);
  for (const { fileName, code } of output) {
    // V8 keeps the text of all that is loaded, and with one character beyond Latin-1 every other takes two bytes, too.
    if (!detours.has(basename(fileName))) writeFileSync(join(dist, fileName), asciiOf(withoutDetours(code, detours)));
    else rmSync(join(dist, fileName));
  }
}

/**
 * Files that only pass on some of what another one exports, under the names that an `import()` expects. Each would cost a
 * start half a millisecond: by file name, where it leads and what is called there how.
 */
function detoursIn(output) {
  const found = new Map();
  for (const { fileName, code, isEntry } of output) {
    const [, names, target] = /^export \{ ([^}]*) \} from "\.\/([^"/]+)";$/.exec(code.trim()) ?? [];
    if (isEntry || target === undefined) continue;
    const pairs = names.split(', ').map(each => each.split(' as '));
    found.set(basename(fileName), { target, pairs: pairs.map(([there, here = there]) => `${here}: m.${there}`) });
  }
  for (const { code } of output)
    for (const [, file] of code.matchAll(/\bfrom "\.[^"]*\/([^"/]+)"/g))
      if (found.has(file)) throw new Error(`${file} passes on, and is imported by name`);
  return found;
}

function withoutDetours(code, detours) {
  return code.replace(/\bimport\("(\.[^"]*\/)([^"/]+)"\)/g, (whole, folder, file) => {
    const detour = detours.get(file);
    return detour ? `import("${folder}${detour.target}").then(m => ({ ${detour.pairs.join(', ')} }))` : whole;
  });
}

/** Says of each module in which step it is loaded first. */
function divide(dist, importsOf, steps) {
  for (const { name, modules } of STEPS) {
    const open = modules.map(module => join(dist, module));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (steps.has(id)) continue;
      steps.set(id, name);
      open.push(...importsOf(id).filter(each => each.startsWith(dist)));
    }
  }
}

/** Characters beyond ASCII stand in texts and patterns only, where their escapes mean the same. */
function asciiOf(code) {
  return code.replace(/[^\x00-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

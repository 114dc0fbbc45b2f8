// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases write directories like this
// What each service with "build" of real Compose projects would run here: their Dockerfiles are put beside them as far as
// they are among the cases.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSystem } from '../../dist/index.js';

/** Lines `project  service  what it runs`; a decision that leads nowhere is a failure. */
export async function decisions(folder) {
  const read = file => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const dockerfiles = read('dockerfile.json').filter(one => one.origin === 'real-world' && one.source);
  const projects = read('projects_realworld.json').filter(one => !('error' in one) && one.expected?.services);
  const lines = [];
  const failures = [];
  for (const one of projects) {
    const directory = mkdtempSync(path.join(tmpdir(), 'fuge-decisions-'));
    try {
      const home = path.posix.dirname(one.source ?? '');
      const files = { ...one.files };
      for (const { source, input } of dockerfiles)
        if (source.startsWith(`${home}/`)) files[path.posix.relative(home, source)] = input;
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(directory, name);
        if (!file.startsWith(directory)) continue;
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      for (const { build } of Object.values(one.expected.services)) {
        const context = build?.context?.replaceAll('${ROOT}', directory);
        if (context?.startsWith(directory)) mkdirSync(context, { recursive: true });
      }
      const [first] = one.config_files ?? Object.keys(one.files);
      const { system, diagnostics } = await loadSystem(path.join(directory, first), { env: one.env ?? {} });
      if (!system) {
        failures.push(`decisions ${one.id}: ${diagnostics.find(({ severity }) => severity === 'error')?.message}`);
        continue;
      }
      for (const [name, { build }] of Object.entries(one.expected.services)) {
        const service = system.services.get(name);
        if (!build || !service) continue;
        const isContainer = service.type === 'container';
        const what = isContainer
          ? 'container'
          : (service.command?.source ??
            (service.disabled && `disabled: ${service.disabled.replaceAll(directory, '.')}`));
        lines.push(`${home.replace(/^.*:/, '').padEnd(40)} ${name.padEnd(20)} ${what}`);
        if (!what || (isContainer && !service.build)) failures.push(`decisions ${one.id}: "${name}" runs nothing`);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return { lines, failures };
}

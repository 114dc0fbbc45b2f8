// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases write directories like this
// Whole Compose projects: the files are written into a temporary directory, and the canonical form is compared.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { composeJson } from '../../../dist/config/compose/project/compose-json.js';
import { readProject } from '../../../dist/config/compose/project/read-project.js';
import { Report } from '../../../dist/config/report.js';

const project = {
  run(one) {
    const top = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge-conformance-')));
    try {
      const root = path.join(top, 'proj');
      mkdirSync(root);
      const here = text =>
        text.replaceAll('${ROOT}', root).replaceAll('${PARENT}', top).replaceAll('${HOME}', homedir());
      for (const [name, content] of Object.entries(one.files ?? {})) {
        const file = path.resolve(root, here(name));
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      const report = new Report();
      const cwd = path.resolve(root, here(one.cwd ?? '.'));
      mkdirSync(cwd, { recursive: true });
      const loaded = readProject(
        {
          cwd,
          env: Object.fromEntries(Object.entries(one.env ?? {}).map(([name, value]) => [name, here(value)])),
          files: one.config_discovery ? [] : (one.config_files ?? []).map(here),
          name: one.project_name,
          ...(one.profiles && { profiles: one.profiles }),
          services: one.services ?? [],
          envFiles: (one.env_files ?? []).map(here),
        },
        report,
      );
      if (!loaded) {
        const error = report.inOrder([]).find(diagnostic => diagnostic.severity === 'error');
        throw new Error(`${error.code}: ${error.message}`);
      }
      const text = JSON.stringify({
        expected: composeJson(loaded.project),
        ...(one.compose_files && { compose_files: loaded.files }),
        ...(one.disabled_services && { disabled_services: Object.keys(loaded.disabled).sort() }),
        ...(one.start_levels && { start_levels: levels(loaded.project.services) }),
      });
      return JSON.parse(text.replaceAll(root, '${ROOT}').replaceAll(top, '${PARENT}'));
    } finally {
      rmSync(top, { recursive: true, force: true });
    }
  },
  expected: ({ expected, compose_files, disabled_services, start_levels }) => ({
    expected: JSON.parse(JSON.stringify(expected).replaceAll('${HOME}', homedir())),
    ...(compose_files && { compose_files }),
    ...(disabled_services && { disabled_services }),
    ...(start_levels && { start_levels }),
  }),
};

function levels(services) {
  const left = new Set(Object.keys(services));
  const result = [];
  while (left.size > 0) {
    const level = [...left].filter(
      name => !Object.keys(services[name].depends_on ?? {}).some(other => left.has(other)),
    );
    for (const name of level) left.delete(name);
    result.push(level.sort());
  }
  return result;
}

export { project as projects, project as projects_handmade, project as projects_realworld };

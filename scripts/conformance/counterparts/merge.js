// merge.json: two Compose files, and the tree that comes of them before any form is made canonical.
import { mergeTrees } from '../../../dist/config/compose/merge.js';
import { Report } from '../../../dist/config/report.js';
import { Source } from '../../../dist/config/source.js';
import { parseYaml } from '../../../dist/config/yaml.js';

export const merge = {
  run: one => {
    const report = new Report();
    const [base, override] = ['base', 'override'].map(
      name => parseYaml(new Source(`${name}.yaml`, one[name]), report, { mergeTags: true })[0],
    );
    const merged = mergeTrees(base, override, report);
    const error = report.inOrder([]).find(diagnostic => diagnostic.severity === 'error');
    if (error) throw new Error(error.message);
    return toJson(merged);
  },
};

function toJson(node) {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  return Object.fromEntries(node.entries.map(entry => [entry.key, toJson(entry.value)]));
}

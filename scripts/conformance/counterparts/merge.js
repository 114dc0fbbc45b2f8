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
    return valueOf(merged);
  },
};

function valueOf(node) {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(valueOf);
  return Object.fromEntries(node.entries.map(entry => [entry.key, valueOf(entry.value)]));
}

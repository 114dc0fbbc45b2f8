// Trees against the table of Compose keys.
import { checkComposeSchema } from '../../../dist/config/compose/schema.js';
import { Report } from '../../../dist/config/report.js';
import { Source } from '../../../dist/config/source.js';
import { parseYaml } from '../../../dist/config/yaml.js';

export const schema = {
  run: one => {
    const report = new Report();
    for (const document of parseYaml(new Source('case.yaml', JSON.stringify(one.input)), report))
      checkComposeSchema(document, report);
    const [error] = report.inOrder([]);
    if (error) throw new Error(error.message);
    return 'valid';
  },
};

/** Parses Compose texts for a test, and shows a tree as plain values. */

import { Report } from '../../../src/config/report.js';
import { Source } from '../../../src/config/source.js';
import { parseYaml, type YamlNode } from '../../../src/config/yaml.js';
import { type Diagnostic, formatDiagnostic } from '../../../src/diagnostic.js';

export class Trees {
  readonly report = new Report();

  parse(file: string, text: string): YamlNode {
    const [tree] = parseYaml(new Source(file, text), this.report, { mergeTags: true });
    if (!tree) throw new Error(`${file} is empty`);
    return tree;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.report.inOrder([]);
  }

  /** Every diagnostic in full. */
  get said(): string {
    return this.diagnostics.map(one => formatDiagnostic(one)).join('\n');
  }
}

export function plain(node: YamlNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(entry => [entry.key, plain(entry.value)]));
}

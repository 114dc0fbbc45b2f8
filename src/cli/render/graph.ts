/** The dependency graph as a tree for reading, as Mermaid, as dot: pure. */
import type { Service } from '../../index.js';

/** A service and what it needs. */
export interface GraphNode {
  readonly name: string;
  readonly needs: readonly GraphEdge[];
  /** How it stands now, in words and painted; empty where no system runs. */
  readonly state: string;
}

export interface GraphEdge {
  readonly name: string;
  readonly condition: 'started' | 'ready' | 'completed';
  readonly required: boolean;
  readonly restart: boolean;
}

/** The named services and all that they need, directly or not, in the system's order. */
export function nodesOf(
  services: ReadonlyMap<string, Service>,
  names: Iterable<string>,
  stateOf: (name: string) => string = () => '',
): GraphNode[] {
  const wanted = new Set<string>();
  const visit = (name: string): void => {
    const service = services.get(name);
    if (!service || wanted.has(name)) return;
    wanted.add(name);
    for (const dependency of service.dependsOn) visit(dependency.service);
  };
  for (const name of names) visit(name);
  return [...services.values()]
    .filter(({ name }) => wanted.has(name))
    .map(({ name, dependsOn }) => ({
      name,
      state: stateOf(name),
      needs: dependsOn
        .filter(({ service }) => services.has(service))
        .map(({ service, condition, required, restart }) => ({ name: service, condition, required, restart })),
    }));
}

export interface TreeStyle {
  readonly widthOf: (text: string) => number;
  readonly paintName: (name: string) => string;
  readonly dim: (text: string) => string;
}

/**
 * Trees of lines: below a service stands what it needs. The roots are the services that no other of these needs. What
 * has stood in full before is not unfolded again.
 */
export function renderTree(nodes: readonly GraphNode[], { widthOf, paintName, dim }: TreeStyle): string[] {
  const byName = new Map(nodes.map(node => [node.name, node]));
  const needed = new Set(nodes.flatMap(node => node.needs.map(({ name }) => name)));
  const rows: { plain: string; text: string; state: string }[] = [];
  const unfolded = new Set<string>();
  const add = (name: string, branch: string, indent: string, edge: GraphEdge | undefined): void => {
    const node = byName.get(name)!;
    const isKnown = unfolded.has(name) && node.needs.length > 0;
    const remark = [edge && describeEdge(edge), isKnown && 'see above'].filter(Boolean).join(', ');
    const tail = remark === '' ? '' : ` (${remark})`;
    rows.push({
      plain: `${branch}${name}${tail}`,
      text: `${dim(branch)}${paintName(name)}${dim(tail)}`,
      state: node.state,
    });
    if (isKnown) return;
    unfolded.add(name);
    for (const [i, need] of node.needs.entries()) {
      const isLast = i === node.needs.length - 1;
      add(need.name, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`, need);
    }
  };
  for (const { name } of nodes) if (!needed.has(name)) add(name, '', '', undefined);
  const left = Math.max(0, ...rows.map(row => widthOf(row.plain)));
  return rows.map(({ plain, text, state }) =>
    state === '' ? text : `${text}${' '.repeat(left - widthOf(plain))}  ${state}`,
  );
}

/** Mermaid: an arrow leads from a service to what it needs. */
export function renderMermaid(nodes: readonly GraphNode[]): string[] {
  // Words like `end` break Mermaid as ids, so ids are our own.
  const ids = new Map(nodes.map(({ name }, i) => [name, `s${i + 1}`]));
  const label = (text: string) => text.replaceAll('"', '#quot;');
  return [
    'flowchart TD',
    ...nodes.map(({ name, state }) => {
      const second = state === '' ? '' : `<br/>${label(state)}`;
      return `  ${ids.get(name)}["${label(name)}${second}"]`;
    }),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map(edge => {
        const words = describeEdge(edge);
        const arrow = edge.required ? '-->' : '-.->';
        return `  ${ids.get(name)} ${arrow}${words === '' ? '' : `|${words}|`} ${ids.get(edge.name)}`;
      }),
    ),
  ];
}

/** Graphviz: an arrow leads from a service to what it needs. */
export function renderDot(nodes: readonly GraphNode[], title: string): string[] {
  const protect = (text: string) => text.replace(/["\\]/g, '\\$&');
  const quote = (text: string) => `"${protect(text)}"`;
  return [
    `digraph ${quote(title)} {`,
    '  node [shape=box];',
    ...nodes.map(({ name, state }) => {
      // \n is a line break within a label.
      const label = state === '' ? '' : ` [label="${protect(name)}\\n${protect(state)}"]`;
      return `  ${quote(name)}${label};`;
    }),
    ...nodes.flatMap(({ name, needs }) =>
      needs.map(edge => {
        const words = describeEdge(edge);
        const attributes = [words === '' ? '' : `label=${quote(words)}`, edge.required ? '' : 'style=dashed'];
        const list = attributes.filter(attribute => attribute !== '').join(', ');
        return `  ${quote(name)} -> ${quote(edge.name)}${list === '' ? '' : ` [${list}]`};`;
      }),
    ),
    '}',
  ];
}

/** What is not as usual: by default a service waits until the other is ready, and can't do without it. */
function describeEdge({ condition, required, restart }: GraphEdge): string {
  return [condition === 'ready' ? '' : condition, required ? '' : 'optional', restart ? 'restarts with it' : '']
    .filter(part => part !== '')
    .join(', ');
}

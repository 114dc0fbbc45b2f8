// The dependency graph: tree, Mermaid, dot.
import { describe, expect, it } from 'vitest';
import { nodesOf, renderDot, renderMermaid, renderTree } from '../../../src/cli/render/graph.js';
import type { Dependency } from '../../../src/system.js';
import { nodeService, systemOf } from '../../rig/system.js';

const need = (service: string, more: Partial<Dependency> = {}): Dependency => ({
  service,
  condition: 'ready',
  required: true,
  restart: false,
  at: undefined,
  ...more,
});

const { services } = systemOf([
  nodeService('db'),
  nodeService('migrate', { dependsOn: [need('db')] }),
  nodeService('api', { dependsOn: [need('db'), need('migrate', { condition: 'completed' })] }),
  nodeService('cache'),
  nodeService('web', { dependsOn: [need('api', { restart: true }), need('cache', { required: false })] }),
  nodeService('lonely'),
]);
const plain = {
  widthOf: (text: string) => text.length,
  paintName: (name: string) => name,
  dim: (text: string) => text,
};
const tree = (names: Iterable<string>, stateOf?: (name: string) => string) =>
  renderTree(nodesOf(services, names, stateOf), plain);

describe('the tree', () => {
  it('shows below each service what it needs, and unfolds nothing twice', () => {
    expect(tree(services.keys())).toEqual([
      'web',
      '├─ api (restarts with it)',
      '│  ├─ db',
      '│  └─ migrate (completed)',
      '│     └─ db',
      '└─ cache (optional)',
      'lonely',
    ]);
  });

  it('a subtree that stood before is only pointed at', () => {
    const twice = systemOf([
      nodeService('a', { dependsOn: [need('c')] }),
      nodeService('b', { dependsOn: [need('c', { condition: 'started' })] }),
      nodeService('c', { dependsOn: [need('d')] }),
      nodeService('d'),
    ]);
    expect(renderTree(nodesOf(twice.services, twice.services.keys()), plain)).toEqual([
      'a',
      '└─ c',
      '   └─ d',
      'b',
      '└─ c (started, see above)',
    ]);
  });

  it('begins with the services that were named, and has all that they need', () => {
    expect(tree(['migrate'])).toEqual(['migrate', '└─ db']);
    expect(tree(['migrate', 'lonely'])).toEqual(['migrate', '└─ db', 'lonely']);
  });

  it('has states in a column of their own', () => {
    const states: Record<string, string> = { db: 'ready', migrate: 'waiting for db' };
    expect(tree(['migrate'], name => states[name]!)).toEqual(['migrate  waiting for db', '└─ db    ready']);
  });
});

it('Mermaid: our own ids, dotted arrows for what is optional', () => {
  expect(renderMermaid(nodesOf(services, ['web']))).toEqual([
    'flowchart TD',
    '  s1["db"]',
    '  s2["migrate"]',
    '  s3["api"]',
    '  s4["cache"]',
    '  s5["web"]',
    '  s2 --> s1',
    '  s3 --> s1',
    '  s3 -->|completed| s2',
    '  s5 -->|restarts with it| s3',
    '  s5 -.->|optional| s4',
  ]);
  expect(renderMermaid(nodesOf(services, ['db'], () => 'failed: "x"'))).toEqual([
    'flowchart TD',
    '  s1["db<br/>failed: #quot;x#quot;"]',
  ]);
});

it('dot: quoted names, dashed arrows for what is optional', () => {
  expect(renderDot(nodesOf(services, ['web']), 'shop')).toEqual([
    'digraph "shop" {',
    '  node [shape=box];',
    '  "db";',
    '  "migrate";',
    '  "api";',
    '  "cache";',
    '  "web";',
    '  "migrate" -> "db";',
    '  "api" -> "db";',
    '  "api" -> "migrate" [label="completed"];',
    '  "web" -> "api" [label="restarts with it"];',
    '  "web" -> "cache" [label="optional", style=dashed];',
    '}',
  ]);
  expect(
    renderDot(
      nodesOf(services, ['db'], () => 'a "b"'),
      's',
    )[2],
  ).toBe('  "db" [label="db\\na \\"b\\""];');
});

import { expect, test } from 'vitest';
import { resolveExtends } from '../../../src/config/compose/extends.js';
import { mergeTrees, settleTree } from '../../../src/config/compose/merge.js';
import { valueAt } from '../../../src/config/compose/tree.js';
import { placeOf } from '../../../src/config/report.js';
import type { YamlNode } from '../../../src/config/yaml.js';
import { plain, Trees } from './trees.js';

/** Resolves the first of the files, which lie in /shop; the tree still has its tags. */
function resolve(files: Readonly<Record<string, string>>, trees = new Trees()) {
  const main = Object.keys(files)[0]!;
  const loaded: string[] = [];
  const tree = resolveExtends(trees.parse(`/shop/${main}`, files[main]!), {
    file: `/shop/${main}`,
    directory: '/shop',
    report: trees.report,
    load(file, at) {
      loaded.push(file);
      const text = files[file.replace('/shop/', '')];
      if (text === undefined) {
        trees.report.error('file-missing', `${file} does not exist`, at);
        return undefined;
      }
      return { tree: trees.parse(file, text), file };
    },
  });
  const { services } = plain(settleTree(tree)) as { services: Record<string, Record<string, unknown>> };
  return { tree, services, said: trees.said, loaded };
}

function web(node: YamlNode): YamlNode | undefined {
  return valueAt(valueAt(node, 'services'), 'web');
}

test('a service begins as the one that it extends', () => {
  const { services, said } = resolve({
    'compose.yml': `
services:
  base: {image: node, environment: {A: 1, B: 1}, depends_on: [db], links: [db], volumes_from: [db]}
  web: {extends: base, environment: {B: 2}, command: start}
  db: {image: pg}
`,
  });
  expect(said).toBe('');
  expect(services.web).toEqual({
    image: 'node',
    environment: ['A=1', 'B=2'],
    depends_on: ['db'],
    links: ['db'],
    volumes_from: ['db'],
    command: 'start',
  });
  expect(services.base).toEqual({
    image: 'node',
    environment: { A: 1, B: 1 },
    depends_on: ['db'],
    links: ['db'],
    volumes_from: ['db'],
  });
});

test('chains are followed, in whatever order the services stand', () => {
  const { services } = resolve({
    'compose.yml': `
services:
  c: {extends: {service: b}, cap_add: [C]}
  b: {extends: a, cap_add: [B]}
  a: {image: x, cap_add: [A]}
`,
  });
  expect(services.c).toEqual({ image: 'x', cap_add: ['A', 'B', 'C'] });
  expect(services.b).toEqual({ image: 'x', cap_add: ['A', 'B'] });
});

test('what is taken over keeps the place in the file that said it', () => {
  const { tree } = resolve({
    'compose.yml': 'services: {web: {extends: {file: base.yml, service: web}}}',
    'base.yml': 'services:\n  web:\n    image: node\n',
  });
  expect(placeOf(valueAt(web(tree), 'image')!)).toMatchObject({ file: '/shop/base.yml', line: 3, column: 12 });
});

test('a file may extend a further one, relative to its own directory, and is read once', () => {
  const { services, loaded } = resolve({
    'compose.yml': `
services:
  a: {extends: {file: one/base.yml, service: x}}
  b: {extends: {file: one/base.yml, service: y}}
`,
    'one/base.yml': `
services:
  x: {extends: y, init: true}
  y: {extends: {file: ../two/base.yml, service: z}}
`,
    'two/base.yml': 'services: {z: {build: ./z}}',
  });
  expect(services).toEqual({ a: { build: './z', init: true }, b: { build: './z' } });
  expect(loaded).toEqual(['/shop/one/base.yml', '/shop/two/base.yml']);
});

test('!reset and !override speak to what is taken over, and then to the file before', () => {
  const files = {
    'over.yml': `
services:
  base: {image: node, ports: ["80:80"], depends_on: [a], cap_add: [A]}
  web: {extends: base, ports: !reset [], depends_on: !override [b]}
  next: {extends: web, ports: ["90:90"], depends_on: [c]}
`,
  };
  const trees = new Trees();
  const { tree, services } = resolve(files, trees);
  expect(services.web).toEqual({ image: 'node', depends_on: ['b'], cap_add: ['A'] });
  expect(services.next).toEqual({
    image: 'node',
    ports: ['90:90'],
    depends_on: {
      b: { condition: 'service_started', required: true },
      c: { condition: 'service_started', required: true },
    },
    cap_add: ['A'],
  });
  const before = trees.parse('base.yml', 'services: {web: {ports: ["70:70"], depends_on: [z], cap_add: [Z]}}');
  expect(plain(web(mergeTrees(before, tree, trees.report)))).toEqual({
    image: 'node',
    depends_on: ['b'],
    cap_add: ['Z', 'A'],
  });
});

test('a service without a key has nothing to give, and what extends it stays as it is', () => {
  const { services, said } = resolve({
    'compose.yml': 'services: {web: {image: x, extends: {file: sub/base.yml, service: none}}}',
    'sub/base.yml': 'services: {none: }',
  });
  expect(said).toBe('');
  expect(services.web).toEqual({ image: 'x', extends: { file: 'sub/base.yml', service: 'none' } });
});

test('a cycle is told with the place of each step', () => {
  const { services, said } = resolve({
    'compose.yml': 'services:\n  a:\n    extends: b\n    init: true\n  b:\n    extends: {file: base.yml, service: c}\n',
    'base.yml': 'services:\n  c:\n    extends: {service: d}\n  d:\n    extends: {file: compose.yml, service: a}\n',
  });
  expect(services.a).toEqual({ init: true });
  expect(said).toBe(
    [
      '/shop/compose.yml:3:14 error compose-extends-cycle: services extend each other: a → b → c → d → a',
      '  3 |     extends: b',
      '    |              ~',
      '  /shop/compose.yml:6:40: "b" extends "c" here',
      '  /shop/base.yml:3:24: "c" extends "d" here',
      '  /shop/base.yml:5:43: "d" extends "a" here',
      '  hint: remove one of these "extends"',
    ].join('\n'),
  );
});

test('a service that extends itself is a cycle', () => {
  expect(resolve({ 'compose.yml': 'services: {a: {extends: a}}' }).said).toBe(
    [
      '/shop/compose.yml:1:25 error compose-extends-cycle: services extend each other: a → a',
      '  1 | services: {a: {extends: a}}',
      '    |                         ~',
      '  hint: remove one of these "extends"',
    ].join('\n'),
  );
});

test('a service or file that is not there is told where it is named', () => {
  expect(resolve({ 'compose.yml': 'services: {web: {extends: bse}, base: {image: x}}' }).said).toBe(
    [
      '/shop/compose.yml:1:27 error compose-extends: "web" extends "bse", which is not defined in this file',
      '  1 | services: {web: {extends: bse}, base: {image: x}}',
      '    |                           ~~~',
      '  hint: did you mean "base"?',
    ].join('\n'),
  );
  expect(
    resolve({
      'compose.yml': 'services:\n  web:\n    extends: {file: base.yml, service: x}',
      'base.yml': 'services: {}',
    }).said,
  ).toBe(
    [
      '/shop/compose.yml:3:40 error compose-extends: "web" extends "x", which /shop/base.yml does not define',
      '  3 |     extends: {file: base.yml, service: x}',
      '    |                                        ~',
    ].join('\n'),
  );
  expect(
    resolve({ 'compose.yml': 'services: {web: {extends: {file: no.yml, service: x}, init: true}}' }).services.web,
  ).toEqual({ init: true });
  expect(
    resolve({
      'compose.yml': 'services:\n  web:\n    extends: {file: base.yml, service: x}',
      'base.yml': 'volumes: {}',
    }).said,
  ).toBe(
    [
      '/shop/compose.yml:3:21 error compose-extends: /shop/base.yml has no services',
      '  3 |     extends: {file: base.yml, service: x}',
      '    |                     ~~~~~~~~',
    ].join('\n'),
  );
});

test('extends must name a service', () => {
  expect(resolve({ 'compose.yml': 'services: {web: {extends: {file: base.yml}}}' }).said).toBe(
    [
      '/shop/compose.yml:1:27 error compose-extends: "extends" of "web" says no service',
      '  1 | services: {web: {extends: {file: base.yml}}}',
      '    |                           ~~~~~~~~~~~~~~~~',
      '  hint: add service: NAME',
    ].join('\n'),
  );
  expect(resolve({ 'compose.yml': 'services: {web: {extends: [base]}}' }).said).toBe(
    [
      '/shop/compose.yml:1:27 error compose-extends: "extends" of "web" must name a service',
      '  1 | services: {web: {extends: [base]}}',
      '    |                           ~~~~~~',
      '  hint: write extends: NAME, or extends: {file: FILE, service: NAME}',
    ].join('\n'),
  );
});

test('a chain of a thousand services is refused, not a crash', () => {
  const services = Array.from({ length: 1000 }, (_, i) => `  s${i}: {extends: s${i + 1}}`);
  const { said } = resolve({ 'compose.yml': `services:\n${services.join('\n')}\n  s1000: {image: x}\n` });
  expect(said).toBe(
    [
      '/shop/compose.yml:2:17 error compose-extends: more than 500 services extend one another in a row',
      '  2 |   s0: {extends: s1}',
      '    |                 ~~',
    ].join('\n'),
  );
});

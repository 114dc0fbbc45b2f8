import { describe, expect, test } from 'vitest';
import { mergeTrees, settleTree } from '../../../src/config/compose/merge.js';
import { uniqueBy } from '../../../src/config/compose/settle.js';
import { valueAt } from '../../../src/config/compose/tree.js';
import { placeOf } from '../../../src/config/report.js';
import { plain, Trees } from './trees.js';

function merge(base: string, over: string) {
  const trees = new Trees();
  const node = mergeTrees(trees.parse('base.yml', base), trees.parse('over.yml', over), trees.report);
  return { node, value: plain(node), said: trees.said };
}

/** One key of the service `web`, given by two files. */
function mergeKey(key: string, base: string, over: string): unknown {
  const { value, said } = merge(`services: {web: {${key}: ${base}}}`, `services: {web: {${key}: ${over}}}`);
  expect(said).toBe('');
  return (value as { services: { web: Record<string, unknown> } }).services.web[key];
}

describe('what both files say', () => {
  test('maps merge key by key, and a later text replaces the earlier one', () => {
    const { value } = merge(
      'services: {web: {image: old, restart: always}, db: {image: pg}}',
      'services: {web: {image: new}, cache: {image: redis}}\nvolumes: {data: {}}',
    );
    expect(value).toEqual({
      services: { web: { image: 'new', restart: 'always' }, db: { image: 'pg' }, cache: { image: 'redis' } },
      volumes: { data: {} },
    });
  });

  test('lists append', () => {
    expect(mergeKey('security_opt', '[a, b]', '[c]')).toEqual(['a', 'b', 'c']);
    expect(mergeKey('volumes_from', '[a]', '[b]')).toEqual(['a', 'b']);
  });

  test('command, entrypoint and the test of a healthcheck are replaced', () => {
    expect(mergeKey('command', '[a, b]', '[c]')).toEqual(['c']);
    expect(mergeKey('command', '[a, b]', 'run it')).toBe('run it');
    expect(mergeKey('command', '[a, b]', 'null')).toBe(null);
    expect(mergeKey('entrypoint', 'sh', '[node]')).toEqual(['node']);
    expect(mergeKey('healthcheck', '{test: [CMD, a], retries: 3}', '{test: b}')).toEqual({ test: 'b', retries: 3 });
  });

  test('a key without a value takes nothing away', () => {
    expect(mergeKey('deploy', '{replicas: 2}', '')).toEqual({ replicas: 2 });
    expect(merge('volumes: {data: {driver: local}}', 'volumes: {data: }').value).toEqual({
      volumes: { data: { driver: 'local' } },
    });
  });

  test('what begins with x- is replaced as a whole', () => {
    expect(mergeKey('x-fuge', '{run: a, path: b}', '{run: c}')).toEqual({ run: 'c' });
  });

  test('a list can not be merged with a map, and both places are told', () => {
    const { value, said } = merge('services: {web: {ports: ["80"]}}', 'services:\n  web:\n    ports: {a: b}\n');
    expect(value).toEqual({ services: { web: { ports: ['80'] } } });
    expect(said).toBe(
      [
        'over.yml:3:12 error compose-merge: "services.web.ports" is a map here, which can\'t be merged with a list',
        '  3 |     ports: {a: b}',
        '    |            ~~~~~~',
        '  base.yml:1:25: the list is here',
        '  hint: write a list, or put !override before the value to replace the earlier one',
      ].join('\n'),
    );
  });

  test('a text can not replace a map', () => {
    expect(merge('services: {web: {deploy: {replicas: 1}}}', 'services: {web: {deploy: 2}}').said).toBe(
      [
        'over.yml:1:26 error compose-merge: "services.web.deploy" is a text here, which can\'t be merged with a map',
        '  1 | services: {web: {deploy: 2}}',
        '    |                          ~',
        '  base.yml:1:26: the map is here',
        '  hint: write a map, or put !override before the value to replace the earlier one',
      ].join('\n'),
    );
  });

  test('every value keeps the place in its own file', () => {
    const { node } = merge(
      'services:\n  web:\n    image: a\n    environment: {A: 1}\n',
      'services:\n  web:\n    environment:\n      B: 2\n',
    );
    const web = valueAt(valueAt(node, 'services'), 'web');
    expect(placeOf(valueAt(web, 'image')!)).toMatchObject({ file: 'base.yml', line: 3, column: 12 });
    const environment = valueAt(web, 'environment');
    if (environment?.kind !== 'list') throw new Error('no list');
    expect(environment.items.map(placeOf)).toMatchObject([
      { file: 'base.yml', line: 4, column: 19, endColumn: 23 },
      { file: 'over.yml', line: 4, column: 7, endColumn: 11 },
    ]);
  });
});

describe('variables, labels and their like', () => {
  test.each(['environment', 'labels', 'annotations', 'sysctls'])('%s merge by key, whichever form they have', key => {
    expect(mergeKey(key, '[A=1, B=2]', '[B=3, C]')).toEqual(['A=1', 'B=3', 'C']);
    expect(mergeKey(key, '{A: 1, B: 2}', '[B=3]')).toEqual(['A=1', 'B=3']);
    expect(mergeKey(key, '[A=1, B=2]', '{B: "", A: }')).toEqual(['A', 'B=']);
    expect(mergeKey(key, '{A: true}', '{A: 1.10}')).toEqual(['A=1.10']);
  });

  test('so do those of build, deploy, networks and volumes', () => {
    expect(mergeKey('build', '{args: {A: 1}, labels: [L=1]}', '{args: [A=2], labels: {M: 1}}')).toEqual({
      args: ['A=2'],
      labels: ['L=1', 'M=1'],
    });
    expect(mergeKey('deploy', '{labels: {A: 1}}', '{labels: {A: 2}}')).toEqual({ labels: ['A=2'] });
    expect(merge('networks: {n: {labels: [A=1]}}', 'networks: {n: {labels: {A: 2}}}').value).toEqual({
      networks: { n: { labels: ['A=2'] } },
    });
    expect(merge('volumes: {v: {labels: [A=1]}}', 'volumes: {v: {labels: {B: 2}}}').value).toEqual({
      volumes: { v: { labels: ['A=1', 'B=2'] } },
    });
  });

  test('hosts are added: one name may have several addresses', () => {
    expect(mergeKey('extra_hosts', '[a=1.1.1.1]', '[a=1.1.1.1, a=2.2.2.2]')).toEqual(['a=1.1.1.1', 'a=2.2.2.2']);
    expect(mergeKey('extra_hosts', '{a: 1.1.1.1}', '{a: [1.1.1.1, 3.3.3.3]}')).toEqual(['a=1.1.1.1', 'a=3.3.3.3']);
    expect(mergeKey('build', '{extra_hosts: [a=1.1.1.1]}', '{extra_hosts: {b: 2.2.2.2}}')).toEqual({
      extra_hosts: ['a=1.1.1.1', 'b=2.2.2.2'],
    });
  });

  test('one text counts as a list of one', () => {
    expect(mergeKey('env_file', 'a.env', 'b.env')).toEqual(['a.env', 'b.env']);
    expect(mergeKey('env_file', '[a.env, b.env]', '[{path: a.env, required: false}]')).toEqual([
      { path: 'a.env', required: false },
      'b.env',
    ]);
    expect(mergeKey('dns', '1.1.1.1', '[8.8.8.8, 1.1.1.1]')).toEqual(['1.1.1.1', '8.8.8.8']);
    expect(mergeKey('tmpfs', '[/run]', '/tmp')).toEqual(['/run', '/tmp']);
  });
});

describe('unique entries', () => {
  test('a mount replaces the one at the same target, in its position', () => {
    expect(mergeKey('volumes', '["./a:/a", "b:/b:ro"]', '["./other:/a", "/c"]')).toEqual([
      './other:/a',
      'b:/b:ro',
      '/c',
    ]);
    expect(mergeKey('volumes', '["./a:/a"]', '[{type: volume, source: v, target: /a}]')).toEqual([
      { type: 'volume', source: 'v', target: '/a' },
    ]);
    expect(mergeKey('volumes', "['C:\\a:/a']", "['D:\\b:/a']")).toEqual(['D:\\b:/a']);
  });

  test('a device is known by its path in the container, a secret and a config by where they are mounted', () => {
    expect(mergeKey('devices', '["/dev/a:/dev/x"]', '["/dev/b:/dev/x:rw"]')).toEqual(['/dev/b:/dev/x:rw']);
    expect(mergeKey('secrets', '[a, b]', '[{source: c, target: /run/secrets/a}]')).toEqual([
      { source: 'c', target: '/run/secrets/a' },
      'b',
    ]);
    expect(mergeKey('configs', '[a]', '[{source: a, mode: 288}]')).toEqual([{ source: 'a', mode: 288 }]);
  });

  test('a port in the long form is known by address, published, target and protocol', () => {
    expect(
      mergeKey(
        'ports',
        '[{target: 80, published: "8080"}, "9000"]',
        '[{target: 80, published: 8080, protocol: tcp, host_ip: 0.0.0.0}, {target: 80, published: 8080, protocol: udp}, 9000]',
      ),
    ).toEqual([
      { target: 80, published: 8080, protocol: 'tcp', host_ip: '0.0.0.0' },
      9000,
      { target: 80, published: 8080, protocol: 'udp' },
    ]);
  });

  test('profiles, capabilities, exposed ports and aliases occur once', () => {
    expect(mergeKey('profiles', '[a, b]', '[b, c]')).toEqual(['a', 'b', 'c']);
    expect(mergeKey('cap_add', '[A]', '[A, B]')).toEqual(['A', 'B']);
    expect(mergeKey('expose', '["80"]', '[80, 81]')).toEqual([80, 81]);
    expect(mergeKey('networks', '{n: {aliases: [a]}}', '{n: {aliases: [b, a]}}')).toEqual({
      n: { aliases: ['a', 'b'] },
    });
  });

  test('they are unique in a single file, too', () => {
    const trees = new Trees();
    const tree = trees.parse('base.yml', 'services: {web: {environment: [A=1, A=2], command: [a, a]}}');
    expect(plain(settleTree(tree))).toEqual({ services: { web: { environment: ['A=2'], command: ['a', 'a'] } } });
  });

  test('what has no key stays', () => {
    expect(uniqueBy(['a', 'b', 'a'], () => undefined)).toEqual(['a', 'b', 'a']);
  });
});

describe('short and long forms', () => {
  test('networks and models of a list are names without settings', () => {
    expect(mergeKey('networks', '[a, b]', '{b: {aliases: [x]}}')).toEqual({ a: null, b: { aliases: ['x'] } });
    expect(mergeKey('networks', '{a: {aliases: [x]}}', '[a, c]')).toEqual({ a: { aliases: ['x'] }, c: null });
    expect(mergeKey('models', '[m]', '{n: {endpoint_var: X}}')).toEqual({ m: null, n: { endpoint_var: 'X' } });
  });

  test('dependencies of a list are started and required', () => {
    expect(
      mergeKey('depends_on', '[db]', '{db: {condition: service_healthy}, mq: {condition: service_started}}'),
    ).toEqual({
      db: { condition: 'service_healthy', required: true },
      mq: { condition: 'service_started' },
    });
    expect(mergeKey('depends_on', '{db: {condition: service_healthy, restart: true}}', '[db]')).toEqual({
      db: { condition: 'service_started', required: true, restart: true },
    });
  });

  test('a build that is a text is its context', () => {
    expect(mergeKey('build', '.', '{target: dev}')).toEqual({ context: '.', target: 'dev' });
    expect(mergeKey('build', '{context: a, target: dev}', 'b')).toEqual({ context: 'b', target: 'dev' });
  });

  test("a logging driver's options go with it", () => {
    expect(mergeKey('logging', '{driver: a, options: {x: 1}}', '{driver: b, options: {y: 2}}')).toEqual({
      driver: 'b',
      options: { y: 2 },
    });
    expect(mergeKey('logging', '{driver: a, options: {x: 1}}', '{options: {y: 2}}')).toEqual({
      driver: 'a',
      options: { x: 1, y: 2 },
    });
  });

  test('a ulimit is replaced as a whole', () => {
    expect(mergeKey('ulimits', '{nofile: {soft: 1, hard: 2}, nproc: 3}', '{nofile: {soft: 5}}')).toEqual({
      nofile: { soft: 5 },
      nproc: 3,
    });
  });

  test('the pools of a network are known by their subnet', () => {
    const pools = (text: string) => `networks: {n: {ipam: {config: ${text}}}}`;
    expect(merge(pools('[{subnet: a, gateway: x}]'), pools('[{subnet: a, ip_range: y}, {subnet: b}]')).value).toEqual({
      networks: { n: { ipam: { config: [{ subnet: 'a', gateway: 'x', ip_range: 'y' }, { subnet: 'b' }] } } },
    });
  });
});

describe('!reset and !override', () => {
  test('!reset removes a key, whatever stands behind it', () => {
    expect(mergeKey('ports', '["80:80"]', '!reset []')).toBeUndefined();
    expect(mergeKey('ports', '["80:80"]', '!reset')).toBeUndefined();
    expect(merge('services: {web: {}, db: {}}', 'services: {db: !reset {image: x}}').value).toEqual({
      services: { web: {} },
    });
  });

  test('!reset removes one variable', () => {
    expect(mergeKey('environment', '{A: 1, B: 2}', '{A: !reset , C: 3}')).toEqual(['B=2', 'C=3']);
    expect(mergeKey('environment', '[A=1, B=2]', '{A: !reset }')).toEqual(['B=2']);
  });

  test('!override replaces what would be merged, and what stands in it is merged no more', () => {
    expect(mergeKey('ports', '["80:80"]', '!override ["81:81"]')).toEqual(['81:81']);
    expect(mergeKey('environment', '[A=1]', '!override {B: 2}')).toEqual({ B: 2 });
    expect(merge('services: {web: {image: a, init: true}}', 'services: {web: !override {image: b}}').value).toEqual({
      services: { web: { image: 'b' } },
    });
  });

  test('in the first file there is nothing to reset, so the key is left out', () => {
    expect(mergeKey('ports', '!reset ["80:80"]', '["81:81"]')).toEqual(['81:81']);
    expect(mergeKey('ports', '!override ["80:80"]', '["81:81"]')).toEqual(['80:80', '81:81']);
  });

  test('they reach through anchors and merge keys', () => {
    expect(
      merge(
        'services: {a: {ports: ["80"]}, b: {ports: ["81"]}}',
        'x-none: &none\n  ports: !reset []\nservices:\n  a:\n    <<: *none\n  b: {<<: *none}\n',
      ).value,
    ).toEqual({ 'x-none': {}, services: { a: {}, b: {} } });
  });
});

test('an alias file that would unfold to billions of values is settled at once', () => {
  const lines = ['a0: &a0 [x]'];
  for (let level = 1; level <= 9; level++)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
  const trees = new Trees();
  const tree = settleTree(trees.parse('laughs.yml', `${lines.join('\n')}\nz: !reset\n`));
  expect(valueAt(tree, 'a9')).toMatchObject({ kind: 'list' });
  expect(valueAt(tree, 'z')).toBeUndefined();
});

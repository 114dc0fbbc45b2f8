// A loaded system told again in the words of a system file.
import { describe, expect, it } from 'vitest';
import { describeSystem } from '../../src/config/describe/system.js';
import { KEYS, type KeySpec } from '../../src/config/keys.js';
import { printYaml, describeSystem as whole } from '../../src/index.js';
import type { System } from '../../src/system.js';
import { load } from './files.js';

const env = { HOME: '/home/me' };

/** What a system means, whatever file says it. */
function meaning(system: System): unknown {
  const { services, alternatives, networks, volumes, ...rest } = system;
  const text = JSON.stringify(
    {
      ...rest,
      services: [...services],
      alternatives: [...alternatives],
      networks: [...networks],
      volumes: [...volumes],
    },
    (key, value) =>
      ['at', 'origins', 'origin', 'file', 'files', 'directory', 'source'].includes(key) ? undefined : value,
  );
  return JSON.parse(text);
}

async function told(
  files: string | Record<string, string>,
  file = 'fuge.yml',
): Promise<{ system: System; yaml: string }> {
  const { system, said } = await load(files, { env, file });
  if (!system) throw new Error(said);
  return { system, yaml: await printYaml(describeSystem(system)) };
}

/** A service that this key can stand in. */
function serviceWith(spec: KeySpec): string {
  const example = spec.example.replace(/^(?=.)/gm, '  ');
  const type = ['process', 'node', 'container', 'external'].find(each =>
    (spec.services as readonly string[]).includes(each),
  );
  const base =
    type === 'container'
      ? ['type: container', ...(spec.key === 'image' ? [] : ['image: x'])]
      : type === 'external'
        ? ['type: external', ...(spec.key === 'ports' ? [] : ['ports: [80]'])]
        : [`type: ${type ?? 'process'}`, ...(spec.key === 'run' ? [] : ['run: server'])];
  if (spec.key === 'rebuild_on_change') base.push('build: make');
  if (spec.key === 'ready' || spec.key === 'live') base.push('ports: [3000]');
  const lines = spec.key === 'type' ? ['run: server'] : base;
  const needed = /\b(db|migrate|cache|auth|users)\b/.test(spec.example) && spec.key === 'depends_on';
  const others = needed
    ? ['db', 'migrate', 'cache', 'auth', 'users'].map(name => `${name}: {type: task, run: x}\n`).join('')
    : '';
  return `${others}web:\n${lines.map(line => `  ${line}\n`).join('')}${example}\n`;
}

describe('a system that is told again means the same', () => {
  it.each(KEYS.filter(spec => spec.services.length > 0 && spec.key !== 'shell').map(spec => [spec.key, spec] as const))(
    'with %s',
    async (_key, spec) => {
      const { system, yaml } = await told({ 'fuge.yml': serviceWith(spec), 'app/x': '', '.env': '', 'web.env': '' });
      const again = await told({ 'fuge.yml': yaml, 'app/x': '', '.env': '', 'web.env': '' });
      expect(meaning(again.system)).toEqual(meaning(system));
    },
  );

  it('with dollars, quotes and shells in it', async () => {
    const { system, yaml } = await told(`web:
  type: process
  run: echo "a  b" 'c$$d' | cat > "x y"
  test: printf '%s\\n' "it's" \\$HOME
  environment: {PRICE: 5$$, QUOTE: "say \\"x\\"", MULTI: "a\\nb", NUMBER: "08"}
`);
    expect(meaning((await told(yaml)).system)).toEqual(meaning(system));
  });
});

describe('where a value comes from', () => {
  it('is its place, the variables there, or nobody', async () => {
    const { system } = await load(
      {
        'fuge.yml':
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for the interpolation of the file
          "name: shop\nfuge_global: {tail: false}\nweb:\n  type: process\n  run: '${PROGRAM:-server} ${MODE} ${LEVEL}'\n  environment: {A: '1'}\n",
        '.env': 'LEVEL=debug\n',
      },
      { env: { ...env, MODE: 'fast' } },
    );
    const { originOf } = await whole(system!, { ...env, MODE: 'fast' });
    expect(originOf(['web', 'run'])).toMatchObject({
      kind: 'file',
      at: { line: 5, column: 8 },
      variables: [
        { name: 'PROGRAM', from: 'default' },
        { name: 'MODE', from: 'environment' },
        { name: 'LEVEL', from: '.env' },
      ],
    });
    expect(originOf(['web', 'environment', 'A'])).toMatchObject({ at: { line: 6, column: 20 }, variables: [] });
    expect(originOf(['web', 'tail'])).toMatchObject({ at: { line: 2, column: 21 } });
    expect(originOf(['web', 'host'])).toEqual({ kind: 'default' });
    expect(originOf(['name'])).toMatchObject({ at: { line: 1, column: 7 } });
  });
});

it('of a Compose file, a system file can be made', async () => {
  const { system, yaml } = await told(
    {
      'compose.yaml': `services:
  db: {image: 'redis:7', ports: ['6379:6379'], volumes: ['data:/data'], healthcheck: {test: redis-cli ping, interval: 1s}}
  api: {image: 'node:22', command: node server.js, depends_on: [db], environment: {A: b}}
volumes: {data: {}}
`,
    },
    'compose.yaml',
  );
  expect(system.file).toMatch(/compose\.yaml$/);
  const again = await told(yaml);
  const { logDirectory: _a, name: _b, ...one } = meaning(system) as Record<string, unknown>;
  const { logDirectory: _c, name: _d, ...two } = meaning(again.system) as Record<string, unknown>;
  expect(two).toEqual(one);
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
// Projects of several files: overrides, extends and include, and where each value of the whole was said.
import { describe, expect, it } from 'vitest';
import { loadProject } from './project.js';

describe('an included file', () => {
  const included = {
    'compose.yaml': 'include: [sub/compose.yaml]\nservices: {web: {image: "w:${V:-none}", depends_on: [db]}}\n',
    'sub/compose.yaml':
      'name: other\nx-a: b\nservices: {db: {build: ., image: "db:$V", env_file: e.env, environment: [V]}}\nvolumes: {data: }\n',
    'sub/.env': 'V=sub\n',
    'sub/e.env': 'E=${V}\n',
  };

  it('is read in its own directory, with its own .env', () => {
    const { project, said } = loadProject(included);
    expect(said).toBe('');
    expect(project).toMatchObject({
      name: 'shop',
      services: {
        db: { image: 'db:sub', build: { context: '<shop>/sub' }, environment: { V: 'sub', E: 'sub' } },
        web: { image: 'w:none' },
      },
      volumes: { data: { name: 'shop_data' } },
    });
    expect(project).not.toHaveProperty('x-a');
  });

  it("sees the includer's variables first", () => {
    expect(loadProject(included, { env: { V: 'env' } }).service('db').image).toBe('db:env');
  });

  it('may be several files, with another directory and other variables', () => {
    const { service } = loadProject({
      'compose.yaml': 'include: [{path: [i/a.yml, i/b.yml], project_directory: ., env_file: i/v.env}]\n',
      'i/a.yml': 'services: {a: {build: ., image: "a:$V"}}\n',
      'i/b.yml': 'services: {a: {hostname: "$V"}}\n',
      'i/v.env': 'V=v\n',
      'i/.env': 'V=not\n',
    });
    expect(service('a')).toMatchObject({ build: { context: '<shop>' }, image: 'a:v', hostname: 'v' });
  });

  it('lies below the file that includes it', () => {
    const { service } = loadProject({
      'compose.yaml': 'include: [i.yml]\nservices: {a: {image: mine, environment: !override {B: b}}}\n',
      'i.yml': 'services: {a: {image: theirs, hostname: h, environment: {A: a}}}\n',
    });
    expect(service('a')).toMatchObject({ image: 'mine', hostname: 'h', environment: { B: 'b' } });
  });

  it('that includes itself is an error, however far the way', () => {
    const { said } = loadProject({
      'compose.yaml': 'include: [a.yml]\n',
      'a.yml': 'include: [b.yml]\n',
      'b.yml': 'include:\n  - a.yml\n',
    });
    expect(said).toBe(`b.yml:2:5 error include-loop: "a.yml" includes itself: a.yml -> b.yml -> a.yml
  2 |   - a.yml
    |     ~~~~~`);
  });

  it('that is missing, remote or no file is told at its name', () => {
    expect(
      loadProject('include: [no.yml, "oci://x/y", .]\nservices: {a: {image: x}}').said,
    ).toBe(`compose.yaml:1:11 error file-missing: no.yml does not exist
  1 | include: [no.yml, "oci://x/y", .]
    |           ~~~~~~
compose.yaml:1:19 error include-remote: "oci://x/y" is not a file here; only files can be included
  1 | include: [no.yml, "oci://x/y", .]
    |                   ~~~~~~~~~~~
compose.yaml:1:32 error not-a-file: <shop> is a directory, not a file
  1 | include: [no.yml, "oci://x/y", .]
    |                                ~`);
  });
});

describe('an extended service', () => {
  it('of another file keeps the paths of that file', () => {
    const { service } = loadProject({
      'compose.yaml':
        'services: {web: {extends: {file: base/b.yml, service: base}, volumes: ["./y:/y"], environment: {B: "2"}}}',
      'base/b.yml':
        'services: {base: {build: ., env_file: e.env, volumes: ["./x:/x"], environment: {A: "1", B: "1"}, develop: {watch: [{path: w, action: rebuild}]}}}',
      'base/e.env': 'C=3\n',
    });
    expect(service('web')).toMatchObject({
      build: { context: '<shop>/base' },
      environment: { A: '1', B: '2', C: '3' },
      volumes: [{ source: '<shop>/base/x' }, { source: '<shop>/y' }],
      develop: { watch: [{ path: '<shop>/base/w' }] },
    });
    expect(service('web')).not.toHaveProperty('extends');
  });
});

describe('the origin of a value', () => {
  it('is where it was said, through overrides, extends and includes', () => {
    const { origin } = loadProject({
      'compose.yaml': `include: [inc.yml]
services:
  web:
    extends: {file: base.yml, service: base}
    ports:
      - 80:80
`,
      'compose.override.yaml': 'services:\n  web:\n    environment:\n      B: "2"\n',
      'base.yml': 'services:\n  base:\n    image: x\n    environment:\n      A: "1"\n      B: "1"\n',
      'inc.yml': 'services:\n  db:\n    image: y\n',
    });
    expect(origin('services', 'web', 'image')).toBe('base.yml:3:12');
    expect(origin('services', 'web', 'ports', 0)).toBe('compose.yaml:6:9');
    expect(origin('services', 'web', 'environment', 'A')).toBe('base.yml:5:7');
    expect(origin('services', 'web', 'environment', 'B')).toBe('compose.override.yaml:4:7');
    expect(origin('services', 'db', 'image')).toBe('inc.yml:3:12');
    expect(origin('services', 'db', 'networks', 'default')).toBeUndefined();
  });

  it('is where an error of an override points to', () => {
    const { said } = loadProject({
      'compose.yaml': 'services:\n  web: {image: x}\n',
      'compose.override.yaml': 'services:\n  web:\n    mem_limit: lots\n',
    });
    expect(said).toContain('compose.override.yaml:3:16 error');
  });
});

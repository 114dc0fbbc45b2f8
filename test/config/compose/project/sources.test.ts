// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
// Where a project comes from: its files, its name, its variables.
import { describe, expect, it } from 'vitest';
import { loadProject } from './project.js';

const A = 'services: {a: {image: x}}\n';

describe('the files of a project', () => {
  it('are the nearest upwards under one of the default names, with the override beside it', () => {
    const { loaded, service, said } = loadProject(
      { 'compose.yml': A, 'compose.override.yml': 'services: {a: {hostname: h}}', 'deep/er/x': '' },
      { cwd: 'deep/er' },
    );
    expect(said).toBe('');
    expect(service('a')).toMatchObject({ image: 'x', hostname: 'h' });
    expect(loaded?.files.map(file => file.slice(file.lastIndexOf('/') + 1))).toEqual([
      'compose.yml',
      'compose.override.yml',
    ]);
  });

  it('are taken in the order of the names, and the others are told of', () => {
    const { service, said } = loadProject({ 'docker-compose.yml': 'services: {z: {image: z}}', 'compose.yaml': A });
    expect(service('a').image).toBe('x');
    expect(said).toBe(
      'warning compose-files: there are several Compose files here: compose.yaml is taken, not docker-compose.yml',
    );
  });

  it('are those that are named, without the override; paths start from the first one', () => {
    const { project } = loadProject(
      {
        'one/a.yml': 'services: {a: {build: ./web}}',
        'two/b.yml': 'services: {b: {build: ./api}}',
        'one/compose.override.yaml': 'services: {c: {image: x}}',
      },
      { files: ['one/a.yml', 'two/b.yml'] },
    );
    expect(Object.keys(project!.services)).toEqual(['a', 'b']);
    expect(project?.services.b?.build?.context).toBe('<shop>/one/api');
    expect(project?.name).toBe('one');
  });

  it('are those of COMPOSE_FILE, which the .env may give', () => {
    const { project } = loadProject({
      '.env': 'COMPOSE_FILE=a.yml,b.yml\nCOMPOSE_PATH_SEPARATOR=,\n',
      'a.yml': A,
      'b.yml': 'services: {b: {image: y}}',
    });
    expect(Object.keys(project!.services)).toEqual(['a', 'b']);
  });

  it('that are not there are told of', () => {
    expect(loadProject({ 'x.txt': '' }, { files: ['no.yml'] }).said).toBe('error file-missing: no.yml does not exist');
  });

  it('may be empty, but not all of them', () => {
    expect(loadProject({ 'a.yml': A, 'b.yml': '# nothing\n' }, { files: ['a.yml', 'b.yml'] }).said).toBe('');
    expect(loadProject('').said).toBe('error compose-empty: compose.yaml: there is nothing in it');
  });

  it('may have several documents, each over the one before', () => {
    expect(loadProject('services: {a: {image: x}}\n---\nservices: {a: {image: y}}\n').service('a').image).toBe('y');
  });
});

describe('the name of a project', () => {
  const files = { 'compose.yaml': 'name: from-file\nservices: {a: {image: "${COMPOSE_PROJECT_NAME}"}}' };

  it('is the given one, then the variable, then that of the file, then the directory', () => {
    const env = { COMPOSE_PROJECT_NAME: 'from-env' };
    expect(loadProject(files, { name: 'given', env }).project?.name).toBe('given');
    expect(loadProject(files, { env }).project?.name).toBe('from-env');
    expect(loadProject(files).project?.name).toBe('from-file');
    expect(loadProject(A).project?.name).toBe('shop');
  });

  it('is there for interpolation', () => {
    expect(loadProject(files, { name: 'given', env: { COMPOSE_PROJECT_NAME: 'env' } }).service('a').image).toBe(
      'given',
    );
  });

  it('is the last one of several files, with its variables replaced, and normalised', () => {
    const { project } = loadProject(
      { 'a.yml': 'name: a\n', 'b.yml': 'name: My_${N}\n', 'c.yml': A },
      { files: ['a.yml', 'b.yml', 'c.yml'], env: { N: 'Shop!' } },
    );
    expect(project?.name).toBe('my_shop');
  });

  it('that is given must be allowed', () => {
    expect(loadProject(A, { name: 'My Shop' }).said).toBe(
      `error bad-name: the project name is "My Shop", which can't be the name of a project\n  hint: "myshop" would do`,
    );
  });
});

describe('the variables of a project', () => {
  const files = { 'compose.yaml': 'services: {a: {image: "$A-$B"}}', '.env': 'A=dot\nB=${A}2\n' };

  it('are those of the process, even empty ones, over those of the .env', () => {
    expect(loadProject(files).service('a').image).toBe('dot-dot2');
    expect(loadProject(files, { env: { A: '' } }).service('a').image).toBe('-2');
  });

  it('come from other files if those are named, the last one first', () => {
    const all = { ...files, 'one.env': 'A=1\nB=1', 'two.env': 'B=2' };
    expect(loadProject(all, { envFiles: ['one.env', 'two.env'] }).service('a').image).toBe('1-2');
  });

  it('do not come from a .env that is switched off', () => {
    const { service } = loadProject(files, { env: { COMPOSE_DISABLE_ENV_FILE: 'true', A: 'p', B: 'q' } });
    expect(service('a').image).toBe('p-q');
  });

  it('that a broken .env has are told with their line', () => {
    expect(loadProject({ ...files, '.env': 'A=1\nB B=2\n' }).said).toContain(
      '.env:2:2 error env-file-syntax: "B B" contains a space, names can\'t',
    );
  });
});

describe('the environment of a container', () => {
  it('is what the service says, over its files, the last file over the first', () => {
    const { service } = loadProject(
      {
        'compose.yaml':
          'services: {a: {image: x, env_file: [one.env, {path: two.env}, {path: none.env, required: false}], environment: {OWN: "1", BARE: }}}',
        'one.env': 'OWN=0\nONE=${OWN}\nBOTH=1\n',
        'two.env': 'BOTH=2\n',
      },
      { env: { BARE: 'b' } },
    );
    expect(service('a').environment).toEqual({ OWN: '1', ONE: '1', BOTH: '2', BARE: 'b' });
  });

  it('has null for a bare name that nobody sets', () => {
    expect(loadProject('services: {a: {image: x, environment: [A]}}').service('a').environment).toEqual({ A: null });
  });

  it('takes a raw file as it is', () => {
    const { service } = loadProject({
      'compose.yaml': 'services: {a: {image: x, env_file: [{path: r.env, format: raw}]}}',
      'r.env': 'A="$B"\n',
    });
    expect(service('a').environment).toEqual({ A: '"$B"' });
  });

  it('needs its files, unless the service takes no part', () => {
    const yaml = 'services: {a: {image: x, env_file: no.env, profiles: [p]}}';
    expect(loadProject(yaml).said).toBe('');
    expect(loadProject(yaml, { profiles: ['p'] }).said).toContain(
      'compose.yaml:1:36 error env-file: no.env does not exist',
    );
  });

  it('is joined by labels from files, under those of the service', () => {
    const { service } = loadProject({
      'compose.yaml': 'services: {a: {image: x, label_file: l.env, labels: {b: own}}}',
      'l.env': 'a=1\nb=2\n',
    });
    expect(service('a').labels).toEqual({ a: '1', b: 'own' });
  });
});

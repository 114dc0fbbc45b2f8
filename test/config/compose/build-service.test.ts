// What a service with `build` runs, and where.
import { describe, expect, test } from 'vitest';
import { make } from './compose-services.js';

/** One service `web` with its source in `web/`, as it would be run here. */
function web(keys: string, files: Readonly<Record<string, string>> = {}) {
  const made = make({ 'compose.yaml': `services:\n  web:\n    build: ./web\n${keys}`, 'web/': '', ...files });
  expect(made.said).toBe('');
  const { type, path, command } = made.draft('web');
  const shown = command?.source.replaceAll(`${made.directory}/`, '');
  return {
    type,
    directory: path?.directory.replace(`${made.directory}/`, ''),
    command: shown,
    remark: made.remarks[0],
  };
}

const NODE = 'FROM node\nWORKDIR /app\nCOPY . .\n';

describe('the command', () => {
  test("is the service's own before all others", () => {
    expect(web('    command: node other.js\n', { 'web/Dockerfile': `${NODE}CMD ["node", "index.js"]\n` })).toEqual({
      type: 'process',
      directory: 'web',
      command: 'node other.js',
      remark: '"web" runs node other.js in web',
    });
    expect(web('    entrypoint: [node, a.js]\n    command: [--fast]\n').command).toBe('node a.js --fast');
  });

  test("goes behind the Dockerfile's entrypoint, unless that only wraps it", () => {
    const dockerfile = (entrypoint: string) => ({ 'web/Dockerfile': `${NODE}ENTRYPOINT ${entrypoint}\nCMD ["x"]\n` });
    expect(web('    command: [server.js]\n', dockerfile('["node"]')).command).toBe('node server.js');
    expect(web('    command: npm start\n', dockerfile('["/sbin/tini", "-g", "--"]')).command).toBe('npm start');
    expect(web('    command: npm start\n', dockerfile('["docker-entrypoint.sh"]')).command).toBe('npm start');
    expect(web('    entrypoint: npm start\n', dockerfile('["node"]')).command).toBe('npm start');
  });

  test('is ENTRYPOINT and CMD of the target stage', () => {
    const dockerfile = `FROM node AS base\nWORKDIR /app\nCOPY . .\nFROM base AS dev\nCMD ["npm", "run", "watch"]\nFROM base\nENTRYPOINT ["node"]\nCMD ["index.js", "a b"]\n`;
    expect(web('', { 'web/Dockerfile': dockerfile })).toMatchObject({
      command: "node index.js 'a b'",
      remark: '"web" runs node index.js \'a b\' in web (web/Dockerfile)',
    });
    const other = make({
      'compose.yaml': 'services: {web: {build: {context: web, dockerfile: Other, target: dev}}}',
      'web/Other': dockerfile,
    });
    expect(other.draft('web').command?.source).toBe('npm run watch');
  });

  test('in shell form needs a shell only where a shell does something', () => {
    expect(web('', { 'web/Dockerfile': `${NODE}CMD npm start\n` }).command).toBe('npm start');
    const made = make({
      'compose.yaml': 'services: {web: {build: .}}',
      Dockerfile: `${NODE}CMD npm run build && node dist\n`,
    });
    expect(made.draft('web').command).toMatchObject({ kind: 'shell', line: 'npm run build && node dist' });
  });

  test('may be inline', () => {
    const made = make(
      'services: {web: {build: {context: ., dockerfile_inline: "FROM node\\nWORKDIR /a\\nCOPY . .\\nCMD node x.js"}}}',
    );
    expect(made.draft('web').command?.source).toBe('node x.js');
  });

  test('is the dev script of package.json, else its start script', () => {
    const json = (scripts: object) => ({ 'web/package.json': JSON.stringify({ scripts }) });
    expect(web('', json({ dev: 'x', start: 'y' }))).toMatchObject({
      command: 'npm run dev',
      remark: '"web" runs npm run dev in web (web/package.json)',
    });
    expect(web('', { 'web/Dockerfile': NODE, ...json({ start: 'y' }) }).command).toBe('npm start');
  });

  test('is a program that npm installed in the source', () => {
    expect(web('', { 'web/Dockerfile': `${NODE}CMD ["ng", "serve"]\n`, 'web/node_modules/.bin/ng': '' }).command).toBe(
      'web/node_modules/.bin/ng serve',
    );
  });
});

describe('a container', () => {
  const container = (keys: string, files: Readonly<Record<string, string>> = {}) => {
    const { type, remark } = web(keys, files);
    return { type, remark };
  };

  test('is what says nowhere what it runs', () => {
    expect(container('')).toEqual({
      type: 'container',
      remark: '"web" is built and runs as a container: nothing says what it runs',
    });
    expect(container('', { 'web/Dockerfile': 'FROM nginx\nCOPY conf /etc/nginx/nginx.conf\n' })).toEqual({
      type: 'container',
      remark: '"web" is built and runs as a container: its Dockerfile leaves the command to its base image',
    });
  });

  test('is what runs a program that its image compiles or brings', () => {
    const build = 'FROM go AS build\nWORKDIR /src\nCOPY . .\nRUN go build\n';
    expect(
      container('', { 'web/Dockerfile': `${build}FROM scratch\nCOPY --from=build /src/x /bin/x\nCMD ["/bin/x"]\n` }),
    ).toEqual({ type: 'container', remark: '"web" is built and runs as a container: /bin/x is only in its image' });
    expect(
      container('', {
        'web/Dockerfile': `${build}FROM java\nCOPY --from=build /src/a.jar /a.jar\nCMD java -jar /a.jar\n`,
      }),
    ).toEqual({ type: 'container', remark: '"web" is built and runs as a container: /a.jar is only in its image' });
    expect(
      container('', {
        'web/Dockerfile': `${build}FROM net\nWORKDIR /app\nCOPY --from=build /out .\nENTRYPOINT ["dotnet", "a.dll"]\n`,
      }),
    ).toEqual({
      type: 'container',
      remark: '"web" is built and runs as a container: what it runs is made while its image is built',
    });
    expect(container('', { 'web/Dockerfile': 'FROM php\nCOPY . /var/www\nCMD ["apache2-foreground"]\n' })).toEqual({
      type: 'container',
      remark: '"web" is built and runs as a container: apache2-foreground is part of its image',
    });
    expect(container('    command: /server\n')).toEqual({
      type: 'container',
      remark: '"web" is built and runs as a container: /server is only in its image',
    });
  });

  test('is preferred to nothing, not to a script of package.json', () => {
    const dockerfile = 'FROM node AS build\nWORKDIR /app\nCOPY . .\nFROM nginx\nCOPY --from=build /app/dist /html\n';
    expect(
      web('', { 'web/Dockerfile': dockerfile, 'web/package.json': '{"scripts": {"start": "vite"}}' }).command,
    ).toBe('npm start');
  });

  test('is built from what its service says, and told why a Dockerfile is of no use', () => {
    const made = make({
      'compose.yaml': `
services:
  web:
    build: {context: web, target: prod, args: {A: 1}, tags: [x], extra_hosts: [a=1.1.1.1]}
`,
      'web/Dockerfile': 'FROM node AS dev\n',
    });
    expect(made.remarks).toEqual(['"web" is built and runs as a container: web/Dockerfile has no stage "prod"']);
    expect(made.draft('web').container).toMatchObject({
      image: 'shop-web',
      build: {
        context: `${made.directory}/web`,
        dockerfile: 'Dockerfile',
        target: 'prod',
        args: { A: '1' },
        tags: ['x'],
        extraHosts: ['a:1.1.1.1'],
      },
    });
  });

  test('is not built from a repository, and is told so', () => {
    const made = make('services: {web: {build: "https://example.com/a.git"}}');
    expect(made.said).toBe(
      [
        'compose.yaml:1:25 warning compose-build: "web" is not built here: its source is https://example.com/a.git',
        '  1 | services: {web: {build: "https://example.com/a.git"}}',
        '    |                         ~~~~~~~~~~~~~~~~~~~~~~~~~~~',
        '  hint: clone it, or build the image yourself and name it with "image:"',
      ].join('\n'),
    );
    expect(made.draft('web')).toMatchObject({ type: 'container', container: { image: 'shop-web', build: undefined } });
  });
});

describe('the directory', () => {
  test('is where the working directory is mounted from', () => {
    expect(
      web('    command: node a.js\n    working_dir: /app\n    volumes: [./api/src:/app]\n', { 'api/src/': '' })
        .directory,
    ).toBe('api/src');
    expect(
      web('    working_dir: /code/sub\n    command: a\n    volumes: [./api:/code]\n', { 'api/sub/': '' }).directory,
    ).toBe('api/sub');
  });

  test('is where the working directory was copied from', () => {
    expect(
      web('', { 'web/Dockerfile': 'FROM a\nWORKDIR /x\nCOPY server /x\nCMD node a.js\n', 'web/server/': '' }).directory,
    ).toBe('web/server');
    expect(
      web('', { 'web/Dockerfile': 'FROM a\nCOPY . /x\nWORKDIR /x/server\nCMD node a.js\n', 'web/server/': '' })
        .directory,
    ).toBe('web/server');
  });

  test('is the context where the container has it elsewhere', () => {
    expect(web('    working_dir: /nowhere\n    command: a\n').directory).toBe('web');
  });

  test('that is missing is told as of any service', () => {
    const made = make('services: {web: {build: ./gone, command: x}}');
    expect(made.draft('web')).toMatchObject({ type: 'process', path: { directory: `${made.directory}/gone` } });
  });
});

describe('paths of the container', () => {
  test('become those of this machine, where they are there', () => {
    const { command } = web(
      '    command: [/app/run.sh, --config=/etc/app.json, /dev/null, "http://x/app/run.sh"]\n    volumes: [./conf.json:/etc/app.json:ro]\n',
      { 'web/Dockerfile': NODE, 'web/run.sh': '', 'conf.json': '' },
    );
    expect(command).toBe('web/run.sh --config=conf.json /dev/null http://x/app/run.sh');
  });

  test('a program of the system is looked for by its name', () => {
    expect(web('    command: [/usr/local/bin/surely-not-here, a]\n').command).toBe('surely-not-here a');
  });
});

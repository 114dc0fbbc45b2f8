// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
// The canonical form of a service: short forms turned long, defaults filled in, values in their own types.
import { describe, expect, it } from 'vitest';
import { loadProject } from './project.js';

const one = (yaml: string) => loadProject(`services:\n  a:\n    image: x\n${yaml}`).service('a');

describe('a service', () => {
  it('has a command and an entrypoint that are null where the image decides', () => {
    expect(one('')).toEqual({ image: 'x', command: null, entrypoint: null, networks: { default: null } });
  });

  it('has its command split into words as a shell would, and [] clears it', () => {
    const service = one(`    command: sh -c 'echo "$$HOME"'\n    entrypoint: []\n`);
    expect(service.command).toEqual(['sh', '-c', 'echo "$HOME"']);
    expect(service.entrypoint).toEqual([]);
  });

  it('says a command that can not be split, at its place', () => {
    const { said, project } = loadProject(`services:\n  a:\n    image: x\n    command: echo 'a\n`);
    expect(project).toBeUndefined();
    expect(said).toContain(
      'compose.yaml:4:14 error compose-value: "services.a.command" can\'t be split into words: the quote \' is never closed',
    );
  });

  it('gets its build from a text, with the default Dockerfile and an absolute context', () => {
    const { service } = loadProject(
      'services:\n  a: {build: ./web}\n  b: {build: {dockerfile_inline: FROM x}}\n  c: {build: "https://x.org/y.git"}\n',
    );
    expect(service('a').build).toEqual({ context: '<shop>/web', dockerfile: 'Dockerfile' });
    expect(service('b').build).toEqual({ context: '<shop>', dockerfile_inline: 'FROM x' });
    expect(service('c').build).toEqual({ context: 'https://x.org/y.git', dockerfile: 'Dockerfile' });
  });

  it('resolves build arguments that have no value, and leaves out those that nobody sets', () => {
    const yaml =
      'services:\n  a: {build: {context: ., args: [A, B, C=c], additional_contexts: {d: ./d, e: "docker-image://f"}}}\n';
    expect(loadProject(yaml, { env: { A: 'a' } }).service('a').build).toMatchObject({
      args: { A: 'a', C: 'c' },
      additional_contexts: { d: '<shop>/d', e: 'docker-image://f' },
    });
  });

  it('says where in the container each port and mount is', () => {
    const { said } = loadProject(
      'services:\n  a:\n    image: x\n    ports: [{published: 80}]\n    volumes: [{type: bind, source: ./a}]\n',
    );
    expect(said).toBe(
      [
        'compose.yaml:4:13 error compose-value: "services.a.ports[0]" has no "target"',
        '  4 |     ports: [{published: 80}]',
        '    |             ~~~~~~~~~~~~~~~',
        'compose.yaml:5:15 error compose-value: "services.a.volumes[0]" has no "target"',
        '  5 |     volumes: [{type: bind, source: ./a}]',
        '    |               ~~~~~~~~~~~~~~~~~~~~~~~~~',
      ].join('\n'),
    );
  });

  it('has ports in the long form, one for each of a range, equal ones once', () => {
    const { ports } = one(
      '    ports: ["8000-8001:80-81", "127.0.0.1:9000:90/udp", 70, {target: 80, published: 8000}]\n',
    );
    expect(ports).toEqual([
      { mode: 'ingress', target: 80, published: '8000', protocol: 'tcp' },
      { mode: 'ingress', target: 81, published: '8001', protocol: 'tcp' },
      { mode: 'ingress', host_ip: '127.0.0.1', target: 90, published: '9000', protocol: 'udp' },
      { mode: 'ingress', target: 70, protocol: 'tcp' },
    ]);
  });

  it('has volumes in the long form: binds absolute, named ones, anonymous ones and tmpfs', () => {
    const { service } = loadProject(
      `services:
  a:
    image: x
    volumes: [./src/:/app/, "~/data:/data:ro", db:/var, /tmp/x, {type: tmpfs, target: /t, tmpfs: {size: 1k}}, {type: bind, source: ., target: /b, bind: {propagation: rslave}}]
volumes: {db: }
`,
      { env: { HOME: '/home/me' } },
    );
    expect(service('a').volumes).toEqual([
      { type: 'bind', source: '<shop>/src', target: '/app', bind: { create_host_path: true } },
      { type: 'bind', source: '/home/me/data', target: '/data', read_only: true, bind: { create_host_path: true } },
      { type: 'volume', source: 'db', target: '/var', volume: {} },
      { type: 'volume', target: '/tmp/x', volume: {} },
      { type: 'tmpfs', target: '/t', tmpfs: { size: '1024' } },
      { type: 'bind', source: '<shop>', target: '/b', bind: { propagation: 'rslave', create_host_path: true } },
    ]);
  });

  it('depends on what it links to, shares a namespace with or takes volumes from', () => {
    const { service } = loadProject(`services:
  a: {image: x, links: ["b:db"], network_mode: "service:c", volumes_from: ["d:ro"], depends_on: {c: {condition: service_healthy}}}
  b: {image: x}
  c: {image: x}
  d: {image: x}
`);
    expect(service('a').depends_on).toEqual({
      b: { condition: 'service_started', required: true, restart: true },
      c: { condition: 'service_healthy', required: true },
      d: { condition: 'service_started', required: true },
    });
    expect(service('a').networks).toBeUndefined();
  });

  it('has sizes in bytes, durations as Go prints them, and counts as numbers', () => {
    const service = one(`    mem_limit: 1.5gb
    shm_size: 64m
    stop_grace_period: 90s
    healthcheck: {test: curl x, interval: 1h0m1.5s, timeout: 100ms, retries: 0}
    cpus: "0.5"
    scale: 0
    ulimits: {nproc: 100, nofile: {soft: 1, hard: 2}}
`);
    expect(service).toMatchObject({
      mem_limit: '1610612736',
      shm_size: '67108864',
      stop_grace_period: '1m30s',
      healthcheck: { test: ['CMD-SHELL', 'curl x'], interval: '1h0m1.5s', timeout: '100ms', retries: 0 },
      cpus: 0.5,
      scale: 0,
      ulimits: { nproc: 100, nofile: { soft: 1, hard: 2 } },
    });
  });

  it('keeps what is said to be false where that differs from nothing, and leaves it out elsewhere', () => {
    expect(one('    init: false\n    attach: false\n    tty: false\n    ports: []\n    labels: {}\n')).toEqual({
      image: 'x',
      init: false,
      attach: false,
      command: null,
      entrypoint: null,
      networks: { default: null },
    });
  });

  it('has texts where YAML has numbers and booleans', () => {
    const { environment, labels } = one(
      '    environment: {A: 1, B: true, C: 1.50, D: 022, E: "022", F: yes, G: 0x10}\n    labels: {l: 2, m: }\n',
    );
    expect(environment).toEqual({ A: '1', B: 'true', C: '1.5', D: '18', E: '022', F: 'yes', G: '16' });
    expect(labels).toEqual({ l: '2', m: '' });
  });

  it('mounts a secret below /run/secrets, and has the permissions of files in octal', () => {
    const { service } = loadProject(`services:
  a: {image: x, secrets: [s, {source: s, target: t, mode: 0440}], configs: [c]}
secrets: {s: {file: s.txt}}
configs: {c: {content: hello}}
`);
    expect(service('a').secrets).toEqual([
      { target: '/run/secrets/s', source: 's' },
      { target: 't', source: 's', mode: '0440' },
    ]);
    expect(service('a').configs).toEqual([{ source: 'c' }]);
  });

  it('has what watches its files with absolute paths', () => {
    const { service } = loadProject(
      'services:\n  a:\n    build: .\n    develop: {watch: [{path: ./src, action: sync, target: /app, ignore: node_modules/}]}\n',
    );
    expect(service('a').develop).toEqual({
      watch: [
        { path: '<shop>/src', action: 'sync', target: '/app', ignore: ['node_modules/'], exec: { command: null } },
      ],
    });
  });

  it('asks for all devices where it says neither how many nor which', () => {
    expect(one('    gpus: all\n').gpus).toEqual([{ count: -1 }]);
    expect(one('    gpus: [{driver: nvidia}, {device_ids: ["0"]}]\n').gpus).toEqual([
      { driver: 'nvidia', count: -1 },
      { device_ids: ['0'] },
    ]);
  });

  it('has the hosts it knows as host=address, by name, and devices in their parts', () => {
    const service = one(
      '    extra_hosts: {z: host-gateway, b: ["1.1.1.1", "::1"]}\n    devices: [/dev/a, "/dev/b:/dev/c:r"]\n',
    );
    expect(service.extra_hosts).toEqual(['b=1.1.1.1', 'b=::1', 'z=host-gateway']);
    expect(service.devices).toEqual([
      { source: '/dev/a', target: '/dev/a', permissions: 'rwm' },
      { source: '/dev/b', target: '/dev/c', permissions: 'r' },
    ]);
  });
});

describe('a project', () => {
  it('names its resources after itself, and external ones as they are called', () => {
    const { project, said } = loadProject(`name: shop
services:
  a: {image: x, networks: {back: {aliases: [db]}, front: }}
networks: {back: , front: {name: outer, external: true}}
volumes:
  data: {driver: local, driver_opts: {type: none, o: bind, device: ./data}}
  old: {external: {name: gone}}
secrets: {s: {environment: TOKEN}}
configs: {c: {external: true}}
`);
    expect(project).toMatchObject({
      networks: { back: { name: 'shop_back', ipam: {} }, front: { name: 'outer', external: true, ipam: {} } },
      volumes: {
        data: { name: 'shop_data', driver_opts: { type: 'none', o: 'bind', device: '<shop>/data' } },
        old: { name: 'gone', external: true },
      },
      secrets: { s: { name: 'shop_s', environment: 'TOKEN' } },
      configs: { c: { name: 'c', external: true } },
    });
    expect(Object.keys(project!.networks!)).not.toContain('default');
    expect(said).toBe(`compose.yaml:7:19 warning compose-old-form: "volumes.old.external.name" is the old form
  7 |   old: {external: {name: gone}}
    |                   ~~~~~~~~~~~~
  hint: write name: gone and external: true`);
  });

  it('has the network default only if a service is on it', () => {
    expect(loadProject('services: {a: {image: x, network_mode: host}}').project?.networks).toBeUndefined();
    expect(loadProject('services: {a: {image: x}}').project?.networks).toEqual({
      default: { name: 'shop_default', ipam: {} },
    });
  });

  it('keeps extensions of the top level, and drops them inside', () => {
    const { project } = loadProject('x-a: {b: [1]}\nservices: {a: {image: x, x-b: c}}');
    expect(project).toMatchObject({ 'x-a': { b: [1] } });
    expect(project?.services.a).not.toHaveProperty('x-b');
  });

  it('has its parts of blkio_config in capitals, as the reference prints them', () => {
    const { service } = loadProject(
      'services: {a: {image: x, blkio_config: {weight: 1, device_read_bps: [{path: /dev/a, rate: 1k}]}}}',
    );
    expect(service('a').blkio_config).toEqual({ weight: 1, device_read_bps: [{ Path: '/dev/a', Rate: '1024' }] });
  });
});

describe('an interpolated value', () => {
  it('is cast to what its place wants, in long forms and in quotes too', () => {
    const { service } = loadProject(
      `services:
  a:
    image: "x:\${N}"
    init: "\${YES}"
    cpus: \${HALF}
    ports: [{target: "\${N}", published: "\${N}"}]
    deploy: {replicas: "\${N}"}
    environment: {A: "\${N}"}
`,
      { env: { N: '2', YES: 'yes', HALF: '.5' } },
    );
    expect(service('a')).toMatchObject({
      image: 'x:2',
      init: true,
      cpus: 0.5,
      ports: [{ target: 2, published: '2' }],
      deploy: { replicas: 2 },
      environment: { A: '2' },
    });
  });

  it('that does not fit its place is told there', () => {
    const { said } = loadProject('services:\n  a:\n    image: x\n    scale: ${N}\n', { env: { N: 'many' } });
    expect(said).toContain('compose.yaml:4:12 error');
  });

  it('without a value is empty, with a warning that shows the text', () => {
    const { said, service } = loadProject('services:\n  a:\n    image: x$TAG\n    dns: ${DNS}\n');
    expect(service('a')).toMatchObject({ image: 'x' });
    expect(service('a').dns).toBeUndefined();
    expect(said).toBe(`compose.yaml:3:13 warning unset-variable: "$TAG" is replaced by nothing, because TAG is not set
  3 |     image: x$TAG
    |             ~~~~
  hint: set it, give a default as in \${TAG:-default}, or write $$ for a "$" that is meant
compose.yaml:4:10 warning unset-variable: "\${DNS}" is replaced by nothing, because DNS is not set
  4 |     dns: \${DNS}
    |          ~~~~~~
  hint: set it, give a default as in \${DNS:-default}, or write $$ for a "$" that is meant`);
  });

  it('that is required is told at its place with its reason', () => {
    const { said, project } = loadProject('services:\n  a:\n    image: ${TAG:?say which}\n');
    expect(project).toBeUndefined();
    expect(said).toBe(`compose.yaml:3:12 error required-variable: TAG must be set: say which
  3 |     image: \${TAG:?say which}
    |            ~~~~~~~~~~~~~~~~~`);
  });
});

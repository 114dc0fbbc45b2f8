// What a project may not say, each told at the place that says it.
import { describe, expect, it } from 'vitest';
import { loadProject } from './project.js';

/** The messages alone. */
const messages = (yaml: string) =>
  loadProject(yaml)
    .said.split('\n')
    .filter(line => line.includes(' error ') || line.startsWith('error '))
    .map(line => line.replace(/^\S+ error /, ''));

describe('a project', () => {
  it('must define what its services use', () => {
    expect(
      messages(`services:
  a: {image: x, networks: [n], volumes: ["vol:/x"], secrets: [s], configs: [c], depends_on: [b]}
`),
    ).toEqual([
      'compose-undefined: "a" uses the network "n", which is not defined',
      'compose-undefined: "a" uses the volume "vol", which is not defined',
      'compose-undefined: "a" uses the secret "s", which is not defined',
      'compose-undefined: "a" uses the config "c", which is not defined',
      'unknown-dependency: "a" depends on "b", which is not defined',
    ]);
  });

  it('points at the use, and suggests what was meant', () => {
    expect(
      loadProject('services:\n  a:\n    image: x\n    networks:\n      - bakc\nnetworks: {back: }\n').said,
    ).toBe(`compose.yaml:5:9 error compose-undefined: "a" uses the network "bakc", which is not defined
  5 |       - bakc
    |         ~~~~
  hint: did you mean "back"?`);
  });

  it('is told how to define what is missing, so that the definition is one', () => {
    expect(
      loadProject('services:\n  a:\n    image: x\n    secrets:\n      - key\n').said,
    ).toBe(`compose.yaml:5:9 error compose-undefined: "a" uses the secret "key", which is not defined
  5 |       - key
    |         ~~~
  hint: define it: secrets: {key: {file: PATH}}`);
  });

  it('has no services that wait for each other', () => {
    expect(
      messages(
        'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, links: [c]}\n  c: {image: x, depends_on: [a]}\n',
      ),
    ).toEqual(['dependency-cycle: services wait for each other: a → b → c → a']);
  });

  it('has an image or a build in every service', () => {
    expect(messages('services:\n  a: {hostname: x}\n')).toEqual([
      'compose-no-image: "a" has neither an image nor a build',
    ]);
  });

  it('has each container name once, and none for several containers', () => {
    expect(
      messages(
        'services:\n  a: {image: x, container_name: c}\n  b: {image: x, container_name: c}\n  d: {image: x, container_name: e, scale: 2}\n',
      ),
    ).toEqual([
      'compose-conflict: "b" and "a" have one container name, "c"',
      'compose-conflict: "d" has both "container_name" and "scale"',
    ]);
  });

  it('does not say two things that exclude each other', () => {
    expect(
      messages(`services:
  a: {image: x, network_mode: host, networks: [default]}
  b: {image: x, scale: 2, deploy: {replicas: 3}}
  c: {image: x, mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}}
  d: {build: {dockerfile: a, dockerfile_inline: FROM b}}
  e: {build: {platforms: [linux/amd64]}, platform: linux/arm64}
`),
    ).toEqual([
      'compose-conflict: "a" has both "network_mode" and "networks"',
      'compose-conflict: "scale" and "deploy.replicas" of "b" differ',
      'compose-conflict: "mem_limit" and "deploy.resources.limits.memory" of "c" differ',
      'compose-conflict: "d" has both "build.dockerfile" and "build.dockerfile_inline"',
      'compose-conflict: "build.platforms" of "e" lacks its platform "linux/arm64"',
    ]);
  });

  it('has resources that are either outside or described', () => {
    expect(
      messages(`services: {}
volumes: {v: {external: true, driver: x}, w: {name: a, external: {name: b}}}
secrets: {s: {}}
configs: {c: {file: a, content: b}}
`),
    ).toEqual([
      'compose-conflict: the volume "v" is external, so "driver" says nothing about it',
      'compose-conflict: "volumes.w" has two names, "a" and "b"',
      'compose-conflict: the secret "s" has no content',
      'compose-conflict: the config "c" has both "file" and "content"',
    ]);
  });

  it('has health tests and watches that can be carried out', () => {
    expect(
      messages(`services:
  a: {image: x, healthcheck: {test: [curl, x]}}
  b: {build: ., develop: {watch: [{path: x, action: sync}]}}
`),
    ).toEqual([
      'compose-healthcheck: "healthcheck.test" of "a" begins with "curl"',
      'compose-watch: "sync" of "b" does not say where to',
    ]);
  });

  it('has text keys, each once', () => {
    expect(messages('services:\n  a: {image: x}\n  a: {image: y}\n  1: {image: z}\n')).toEqual([
      'duplicate-key: the key "a" is defined twice',
      'bad-key: the key 1 is no text',
    ]);
  });
});

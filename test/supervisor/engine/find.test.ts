import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseEngineAddress } from '../../../src/supervisor/engine/address.js';
import { findEngine, type Surroundings } from '../../../src/supervisor/engine/find.js';
import { sshArguments } from '../../../src/supervisor/engine/ssh-connection.js';

const TLS = { ca: 'CA', cert: 'CERT', key: 'KEY', verifies: true };
const parse = (text: string, tls?: typeof TLS) => parseEngineAddress(text, { home: '/home/ada', tls });

describe('an address of an engine', () => {
  test.each([
    ['unix:///run/d.sock', { kind: 'socket', url: 'unix:///run/d.sock', path: '/run/d.sock' }],
    ['/run/d.sock', { kind: 'socket', url: 'unix:///run/d.sock', path: '/run/d.sock' }],
    ['~/d.sock', { kind: 'socket', url: 'unix:///home/ada/d.sock', path: '/home/ada/d.sock' }],
    [
      'npipe:////./pipe/docker_engine',
      { kind: 'socket', url: 'npipe:////./pipe/docker_engine', path: '//./pipe/docker_engine' },
    ],
    [
      '\\\\.\\pipe\\docker_engine',
      { kind: 'socket', url: 'npipe:////./pipe/docker_engine', path: '//./pipe/docker_engine' },
    ],
    [
      'tcp://build:4000',
      { kind: 'http', url: 'tcp://build:4000', host: 'build', port: 4000, prefix: '', tls: undefined },
    ],
    ['tcp://build', { kind: 'http', url: 'tcp://build:2375', host: 'build', port: 2375, prefix: '', tls: undefined }],
    ['build:4000', { kind: 'http', url: 'tcp://build:4000', host: 'build', port: 4000, prefix: '', tls: undefined }],
    [
      'tcp://[::1]:4000',
      { kind: 'http', url: 'tcp://[::1]:4000', host: '::1', port: 4000, prefix: '', tls: undefined },
    ],
    [
      'http://build/docker/',
      { kind: 'http', url: 'tcp://build:80/docker', host: 'build', port: 80, prefix: '/docker', tls: undefined },
    ],
    [
      'ssh://ada@build',
      { kind: 'ssh', url: 'ssh://ada@build', host: 'build', user: 'ada', port: undefined, path: undefined },
    ],
    [
      'ssh://build:2222/run/d.sock',
      {
        kind: 'ssh',
        url: 'ssh://build:2222/run/d.sock',
        host: 'build',
        user: undefined,
        port: 2222,
        path: '/run/d.sock',
      },
    ],
  ])('may be written %s', (text, address) => {
    expect(parse(text)).toEqual(address);
  });

  test('is spoken to with TLS where that is set, or by https', () => {
    expect(parse('tcp://build', TLS)).toMatchObject({ url: 'https://build:2376', port: 2376, tls: TLS });
    expect(parse('https://build')).toMatchObject({ port: 443, tls: { ca: undefined, verifies: true } });
    expect(parse('http://build:2375', TLS)).toMatchObject({ tls: undefined });
  });

  test.each([
    '',
    'build',
    'unix://',
    'unix://d.sock',
    'fd://',
    'tpc://build',
    'tcp://',
    'tcp://ada@build',
    'ssh://ada:secret@build',
    'ssh://build/$(x)',
    '/',
    'tcp://build:99999',
  ])('is not "%s"', text => expect(parse(text)).toBeUndefined());

  test('by ssh leads to what the docker command runs over there', () => {
    const address = parse('ssh://ada@build:2222/run/d.sock');
    expect(address?.kind === 'ssh' && sshArguments(address)).toEqual(
      '-o ConnectTimeout=10 -o BatchMode=yes -T -l ada -p 2222 -- build docker --host unix:///run/d.sock system dial-stdio'.split(
        ' ',
      ),
    );
  });
});

/** A machine with these files and sockets. */
function machine(
  more: Partial<Omit<Surroundings, 'read' | 'isSocket'>> & { files?: Record<string, string>; sockets?: string[] },
): Surroundings {
  const { files = {}, sockets = [], ...rest } = more;
  return {
    environment: {},
    platform: 'linux',
    home: '/home/ada',
    userId: 1000,
    read: file => files[file],
    isSocket: file => sockets.includes(file),
    ...rest,
  };
}

const urls = (setting: string | undefined, around: Surroundings) => {
  const found = findEngine(setting, around);
  return found.problem ?? { source: found.source, urls: found.addresses.map(({ url }) => url) };
};

const meta = (name: string) =>
  `/home/ada/.docker/contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`;
const context = (Host: string, more = {}) => JSON.stringify({ Endpoints: { docker: { Host, ...more } } });

describe('the engine', () => {
  const files = {
    '/home/ada/.docker/config.json': '{"currentContext":"current"}',
    [meta('current')]: context('unix:///current.sock'),
    [meta('named')]: context('tcp://named:2375'),
  };
  const environment = { DOCKER_HOST: 'unix:///host.sock', DOCKER_CONTEXT: 'named' };

  test('is where the system file says, before all others', () => {
    expect(urls('unix:///own.sock', machine({ environment, files }))).toEqual({
      source: 'container_engine_url',
      urls: ['unix:///own.sock'],
    });
  });

  test('is where DOCKER_HOST, DOCKER_CONTEXT and the current context say, in this order', () => {
    expect(urls(undefined, machine({ environment, files }))).toEqual({
      source: 'DOCKER_HOST',
      urls: ['unix:///host.sock'],
    });
    expect(urls(undefined, machine({ environment: { DOCKER_CONTEXT: 'named' }, files }))).toEqual({
      source: 'the docker context "named"',
      urls: ['tcp://named:2375'],
    });
    expect(urls(undefined, machine({ files }))).toEqual({
      source: 'the docker context "current"',
      urls: ['unix:///current.sock'],
    });
  });

  test('is in the usual places for the context named default, those first that are there', () => {
    const sockets = [
      '/home/ada/.colima/default/docker.sock',
      '/var/run/docker.sock',
      '/run/user/1000/podman/podman.sock',
    ];
    expect(urls(undefined, machine({ environment: { DOCKER_CONTEXT: 'default' }, files, sockets }))).toEqual({
      source: undefined,
      urls: [
        'unix:///var/run/docker.sock',
        'unix:///home/ada/.colima/default/docker.sock',
        'unix:///run/user/1000/podman/podman.sock',
      ],
    });
  });

  test('is told to be looked for in vain, with every place', () => {
    expect(findEngine(undefined, machine({ environment: { XDG_RUNTIME_DIR: '/xdg' } }))).toEqual({
      addresses: [],
      source: undefined,
      looked: [
        '/var/run/docker.sock',
        '/xdg/docker.sock',
        '/home/ada/.docker/run/docker.sock',
        '/home/ada/.docker/desktop/docker.sock',
        '/home/ada/.orbstack/run/docker.sock',
        '/home/ada/.colima/default/docker.sock',
        '/home/ada/.rd/docker.sock',
        '/xdg/podman/podman.sock',
        '/run/podman/podman.sock',
      ],
    });
  });

  test('is behind a named pipe on Windows', () => {
    expect(urls(undefined, machine({ platform: 'win32' }))).toMatchObject({
      urls: [
        'npipe:////./pipe/docker_engine',
        'npipe:////./pipe/dockerDesktopLinuxEngine',
        'npipe:////./pipe/podman-machine-default',
      ],
    });
  });

  test('is believed by the files of DOCKER_CERT_PATH', () => {
    const certificates = { '/certs/ca.pem': 'CA', '/certs/cert.pem': 'CERT', '/certs/key.pem': 'KEY' };
    const secure = { DOCKER_HOST: 'tcp://build', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
    expect(findEngine(undefined, machine({ environment: secure, files: certificates }))).toMatchObject({
      addresses: [{ tls: TLS }],
    });
    expect(urls(undefined, machine({ environment: secure }))).toEqual({
      severity: 'error',
      code: 'engine-tls',
      message: 'DOCKER_CERT_PATH names "/certs", where no ca.pem can be read',
      hint: 'docker makes ca.pem, cert.pem and key.pem there',
    });
  });

  test('has no place where the words are none', () => {
    expect(urls('tpc://x', machine({}))).toEqual({
      severity: 'error',
      code: 'engine-address',
      message: 'container_engine_url is no address of a container engine: "tpc://x"',
      hint: 'write unix:///PATH, tcp://HOST:PORT, http://HOST:PORT, https://HOST:PORT, ssh://USER@HOST or npipe:////./pipe/NAME',
    });
    expect(urls(undefined, machine({ environment: { DOCKER_CONTEXT: 'gone' } }))).toEqual({
      severity: 'error',
      code: 'engine-context',
      message: 'there is no docker context "gone"',
      hint: '`docker context ls` shows those there are; choose one with `docker context use NAME`',
    });
  });
});

import { describe, expect, test } from 'vitest';
import { type EngineAddress, parseEngineAddress } from '../../../src/supervisor/engine/address.js';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { noEngine, unreachableEngine } from '../../../src/supervisor/engine/engine-problem.js';
import { chooseVersion } from '../../../src/supervisor/engine/version.js';

const address = (text: string): EngineAddress => parseEngineAddress(text, { home: '/home/ada', tls: undefined })!;

function told(text: string, about: { status?: number; code?: string }, words = 'words', source?: string) {
  const problem = unreachableEngine(address(text), new EngineError(words, about), { source, platform: 'linux' });
  expect(problem.severity).toBe('error');
  return `${problem.code}: ${problem.message} (${problem.hint})`;
}

describe('an engine that is not to be had', () => {
  test('is told of with the places that were looked at', () => {
    expect(noEngine(['/var/run/docker.sock', '/home/ada/.rd/docker.sock'], '/home/ada')).toEqual({
      severity: 'error',
      code: 'no-engine',
      message: 'no container engine was found (looked for /var/run/docker.sock, ~/.rd/docker.sock)',
      hint: 'install and start Docker (https://docs.docker.com/get-docker) or Podman, or name its address with DOCKER_HOST or container_engine_url',
    });
  });

  test.each<[string, { status?: number; code?: string }, string, string]>([
    [
      '/d.sock',
      { code: 'ENOENT' },
      'connect ENOENT /d.sock',
      'engine-not-running: the container engine does not run: there is nothing at unix:///d.sock (DOCKER_HOST) (start it, for instance with `sudo systemctl start docker`, or check DOCKER_HOST)',
    ],
    [
      'tcp://build',
      { code: 'ECONNREFUSED' },
      'x',
      'engine-not-running: the container engine does not run: nobody answers at tcp://build:2375 (DOCKER_HOST) (start it, or check DOCKER_HOST)',
    ],
    [
      '/d.sock',
      { code: 'EACCES' },
      'x',
      'engine-permission: you may not use the container engine at unix:///d.sock (DOCKER_HOST) (for Docker, `sudo usermod -aG docker $USER` and log in again; or run it rootless)',
    ],
    [
      'tcp://build',
      { code: 'ENOTFOUND' },
      'x',
      "engine-unreachable: the container engine at tcp://build:2375 (DOCKER_HOST) can't be reached (ENOTFOUND) (check DOCKER_HOST)",
    ],
    [
      'tcp://build',
      { code: 'ETIMEDOUT' },
      'x',
      'engine-unreachable: the container engine at tcp://build:2375 (DOCKER_HOST) does not answer (see whether it hangs, or check DOCKER_HOST)',
    ],
    [
      'tcp://build',
      { code: 'NOT_AN_ENGINE' },
      'x',
      'engine-address: what answers at tcp://build:2375 (DOCKER_HOST) is no container engine (check DOCKER_HOST)',
    ],
    [
      'tcp://build',
      { code: 'HPE_INVALID_CONSTANT' },
      'Parse Error',
      'engine-address: what answers at tcp://build:2375 (DOCKER_HOST) is no container engine (check DOCKER_HOST)',
    ],
    [
      'tcp://build',
      { status: 404 },
      'x',
      'engine-address: what answers at tcp://build:2375 (DOCKER_HOST) is no container engine (status 404) (check DOCKER_HOST)',
    ],
    [
      'tcp://build',
      { status: 400 },
      'Client sent an HTTP request to an HTTPS server.',
      'engine-tls: the container engine at tcp://build:2375 (DOCKER_HOST) wants TLS (write https:// in place of tcp://, or set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH)',
    ],
    [
      'https://build',
      { code: 'EPROTO' },
      'SSL routines: wrong version number',
      'engine-tls: the container engine at https://build:443 (DOCKER_HOST) speaks no TLS (check DOCKER_HOST)',
    ],
    [
      'https://build',
      { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
      'self-signed certificate',
      'engine-tls: the container engine at https://build:443 (DOCKER_HOST) is not trusted, or does not trust us: self-signed certificate (check DOCKER_TLS_VERIFY, and the ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH)',
    ],
    [
      'ssh://ada@build:22',
      { code: 'SSH' },
      'Warning\nPermission denied (publickey).',
      "engine-unreachable: the container engine at ssh://ada@build:22 (DOCKER_HOST) can't be reached by ssh: Permission denied (publickey) (`ssh -p 22 ada@build docker version` must work without a question)",
    ],
  ])('at %s with %o says so', (text, about, words, sentence) => {
    expect(told(text, about, words, 'DOCKER_HOST')).toBe(sentence);
  });

  test('in a usual place is told of without a source', () => {
    expect(told('/d.sock', { code: 'ECONNREFUSED' })).toBe(
      'engine-not-running: the container engine does not run: nobody answers at unix:///d.sock (start it, for instance with `sudo systemctl start docker`, or name its address with DOCKER_HOST or container_engine_url)',
    );
  });

  test('may have a path that no system takes', () => {
    const path = `/${'x'.repeat(120)}`;
    expect(told(path, { code: 'ENOENT' })).toBe(
      `engine-address: the path of the socket is too long: unix://${path} (it may have 107 bytes)`,
    );
  });
});

describe('the version of the API', () => {
  test("is the engine's, or the newest that is known here, or its oldest where it has left that behind", () => {
    expect(chooseVersion('1.41', '1.12')).toBe('1.41');
    expect(chooseVersion('1.24', undefined)).toBe('1.24');
    expect(chooseVersion('1.99', '1.44')).toBe('1.51');
    expect(chooseVersion('1.99', '1.60')).toBe('1.60');
  });

  test('must not be too old', () => {
    expect(() => chooseVersion('1.23', undefined)).toThrow(
      'it speaks API version 1.23; 1.24 or newer is needed (Docker 1.12, Podman 3)',
    );
  });
});

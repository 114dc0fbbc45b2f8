import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DockerCredentials, type RunKeychain } from '../../../src/supervisor/engine/credentials.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const decode = (header: string | undefined) => header && JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
const HUB = 'https://index.docker.io/v1/';

function credentials(config: object, runKeychain?: RunKeychain): DockerCredentials {
  const folder = mkdtempSync(path.join(tmpdir(), 'fuge-credentials-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  return new DockerCredentials({ DOCKER_CONFIG: folder, PATH: '' }, runKeychain);
}

/** A keychain by what it holds; counts how often it is asked. */
function keychain(logins: Record<string, [user: string, secret: string]>) {
  const asked: string[] = [];
  const run: RunKeychain = async (program, action, input) => {
    asked.push(`${program} ${action} ${input}`.trim());
    if (action === 'list') return JSON.stringify(Object.fromEntries(Object.keys(logins).map(name => [name, 'x'])));
    const login = logins[input];
    if (!login) throw new Error('credentials not found in native keychain');
    return JSON.stringify({ ServerURL: input, Username: login[0], Secret: login[1] });
  };
  return { run, asked };
}

describe('what to log in with', () => {
  test('is in config.json, under the name of the registry', async () => {
    const found = credentials({
      auths: {
        [HUB]: { auth: base64('ada:a:b') },
        'ghcr.io': { auth: base64('bob:secret') },
        'https://old.test/v1/': { username: 'eve', password: 'pw' },
        'azure.test': { auth: base64('x:'), identitytoken: 'token' },
      },
    });
    expect(decode(await found.forImage('redis'))).toEqual({ username: 'ada', password: 'a:b', serveraddress: HUB });
    expect(decode(await found.forImage('ghcr.io/x/y:1'))).toMatchObject({ username: 'bob', password: 'secret' });
    expect(decode(await found.forImage('old.test/y'))).toMatchObject({ username: 'eve', password: 'pw' });
    expect(decode(await found.forImage('azure.test/y'))).toEqual({
      identitytoken: 'token',
      serveraddress: 'azure.test',
    });
    expect(await found.forImage('other.test/y')).toBeUndefined();
    expect(await found.forImage('No/Image')).toBeUndefined();
  });

  test('is asked of the keychain of the registry, else of the one for all, else looked up in the file', async () => {
    const { run, asked } = keychain({ 'a.test': ['ada', '1'], [HUB]: ['<token>', '2'] });
    const found = credentials(
      { credsStore: 'all', credHelpers: { 'a.test': 'own' }, auths: { 'b.test': { auth: base64('bob:3') } } },
      run,
    );
    expect(decode(await found.forImage('a.test/x'))).toMatchObject({ username: 'ada', password: '1' });
    expect(decode(await found.forImage('redis'))).toEqual({ identitytoken: '2', serveraddress: HUB });
    expect(decode(await found.forImage('b.test/x'))).toMatchObject({ username: 'bob', password: '3' });
    expect(asked).toEqual(['own get a.test', `all get ${HUB}`, 'all get b.test']);
  });

  test('is asked for once by those who want it at the same moment', async () => {
    const { run, asked } = keychain({ [HUB]: ['ada', '1'] });
    const found = credentials({ credsStore: 'all' }, run);
    await Promise.all(['redis', 'nginx', 'postgres'].map(image => found.forImage(image)));
    expect(asked).toEqual([`all get ${HUB}`]);
  });

  test('is nothing where there is no file, or no keychain of that name', async () => {
    const missing = new DockerCredentials({ DOCKER_CONFIG: path.join(tmpdir(), 'there-is-no-such-folder') });
    expect(await missing.forImage('redis')).toBeUndefined();
    expect(await missing.forBuild()).toBeUndefined();
    expect(await credentials({ credsStore: 'nosuch' }).forImage('redis')).toBeUndefined();
    expect(await credentials({ credsStore: '../evil' }).forImage('redis')).toBeUndefined();
  });

  test('is all of it for a build', async () => {
    const { run } = keychain({ [HUB]: ['ada', '1'] });
    const found = credentials({ credsStore: 'all', auths: { 'https://b.test/v2/': { auth: base64('bob:3') } } }, run);
    expect(decode(await found.forBuild())).toEqual({
      [HUB]: { username: 'ada', password: '1', serveraddress: HUB },
      'b.test': { username: 'bob', password: '3', serveraddress: 'b.test' },
    });
  });
});

// Commands about code: apply, papply, build, test; pull and status where there is no repository.
import { describe, expect, it } from 'vitest';
import type { Command, Exit } from '../../../src/index.js';
import { FakeSupervisor } from '../../rig/fake-supervisor.js';
import { containerService, nodeService, systemOf } from '../../rig/system.js';
import { type } from '../../rig/verb.js';

const command = (source: string): Command => ({ kind: 'shell', line: source, source });

class Commanded extends FakeSupervisor {
  /** What a service's command ends with; default success. */
  exits: Record<string, Exit> = {};
  override async run(name = '', ran?: Command, label = '') {
    this.calls.push(`${label} in ${name}: ${ran?.source}`);
    return this.exits[name] ?? super.run();
  }
}

describe('apply', () => {
  const make = () =>
    new Commanded(
      systemOf([
        nodeService('api', { cwd: '/shop/one' }),
        nodeService('worker', { cwd: '/shop/one' }),
        nodeService('web', { cwd: '/shop/two' }),
        nodeService('gone', { cwd: '/shop/gone', disabled: 'its path is missing' }),
        containerService('redis'),
      ]),
    );

  it.each(['apply', 'papply'])('%s runs the line once in every directory', async verb => {
    const supervisor = make();
    expect(await type(`${verb} git status -s | head`, supervisor)).toMatchObject({ code: 0, text: '' });
    expect(supervisor.calls).toEqual([`${verb} in api: git status -s | head`, `${verb} in web: git status -s | head`]);
  });

  it('goes on after a failure, and names what failed', async () => {
    const supervisor = make();
    supervisor.exits = { api: { reason: 'code', code: 2 } };
    expect(await type('apply false', supervisor)).toMatchObject({
      code: 1,
      text: '✗ api: code 2\nfailed in 1 of 2: api',
    });
  });

  it('says where there is no directory', async () => {
    expect(await type('apply ls', new Commanded(systemOf([])))).toMatchObject({
      code: 0,
      text: 'no service here has a directory',
    });
  });
});

describe('build and test', () => {
  const make = () =>
    new Commanded(
      systemOf([
        nodeService('api', { test: command('npm test'), build: command('tsc') }),
        nodeService('web', { test: command('vitest') }),
        nodeService('db'),
      ]),
    );

  it('test runs one after the other and counts', async () => {
    const supervisor = make();
    const { code, text } = await type('test', supervisor);
    expect(code).toBe(0);
    expect(text).toMatch(/^api: npm test\nweb: vitest\n2 passed in \d\.\d+ s$/);
    expect(supervisor.calls).toEqual(['test in api: npm test', 'test in web: vitest']);
  });

  it('a failure is told and gives 1', async () => {
    const supervisor = make();
    supervisor.exits = { api: { reason: 'code', code: 1 } };
    const { code, text } = await type('test', supervisor);
    expect(code).toBe(1);
    expect(text).toMatch(/^api: npm test\n✗ api: test failed: code 1\nweb: vitest\n1 passed, 1 failed \(api\) in /);
  });

  it('build takes the build command', async () => {
    const supervisor = make();
    expect((await type('build', supervisor)).text).toMatch(/^api: tsc\n1 built in /);
  });

  it('instances of one service that build the same do it once', async () => {
    const instance = (number: number, source: string) =>
      nodeService(`web-${number}`, { instance: { of: 'web', number }, build: command(source) });
    const supervisor = new Commanded(systemOf([instance(1, 'tsc'), instance(2, 'tsc'), instance(3, 'make')]));
    await type('build web', supervisor);
    expect(supervisor.calls).toEqual(['build in web-1: tsc', 'build in web-3: make']);
  });

  it('one that was named without such a command is told, and gives 1', async () => {
    expect(await type('test db', make())).toMatchObject({
      code: 1,
      text: 'db: it has no test command\nno test command is defined',
    });
  });
});

describe('pull and status without a repository', () => {
  it.each(['pull', 'status'])('%s says so', async verb => {
    const supervisor = new Commanded(systemOf([nodeService('api')]));
    expect(await type(verb, supervisor)).toMatchObject({ code: 0, text: 'no service has a repository_url' });
    expect((await type(`${verb} api`, supervisor)).code).toBe(1);
  });
});

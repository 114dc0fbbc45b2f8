// The example system, run by the real binary as its README says.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fuge = path.join(root, 'bin/fuge.js');
const GATEWAY = 'http://127.0.0.1:3000';

/** A copy of the example, so that saving its files changes nothing here. */
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'fuge-example-'));
  cpSync(path.join(root, 'examples/system'), directory, {
    recursive: true,
    filter: source => path.basename(source) !== 'log',
  });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [fuge, ...args], { cwd: directory, env, encoding: 'utf8', timeout: 50_000 });
};

/** fuge over the example, its prompt fed through a pipe. */
class Session {
  output = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;

  constructor() {
    const env = { ...process.env, NO_COLOR: '1' };
    this.#child = spawn(process.execPath, [fuge, 'shell', 'fuge.yml'], { cwd: directory, env });
    this.#child.stdout!.setEncoding('utf8').on('data', text => {
      this.output += text;
    });
    this.#child.stderr!.setEncoding('utf8').on('data', text => {
      this.output += text;
    });
    this.#closed = once(this.#child, 'close');
  }

  type(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** Waits for text in what was printed since `from`. */
  async sees(pattern: RegExp, from = 0): Promise<void> {
    await vi.waitFor(() => expect(this.output.slice(from)).toMatch(pattern), { timeout: 20_000, interval: 20 });
  }

  /** Ends the input and gives the exit code. */
  async end(): Promise<number | null> {
    this.#child.stdin!.end();
    const [code] = await this.#closed;
    return code as number | null;
  }

  /** Whatever went wrong: nothing is left for the next test. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await this.#closed;
  }
}

interface Card {
  name: string;
  answers: boolean;
  pid?: number;
}
const services = async (): Promise<Card[]> => {
  const response = await fetch(`${GATEWAY}/services`);
  return ((await response.json()) as { services: Card[] }).services;
};
const service = async (name: string) => (await services()).find(card => card.name === name)!;
const customer = async (id: number) => {
  const response = await fetch(`${GATEWAY}/customers/${id}`);
  return { status: response.status, body: (await response.json()) as Record<string, Record<string, unknown>> };
};
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 25 });

function edit(file: string, change: (text: string) => string): void {
  const full = path.join(directory, file);
  writeFileSync(full, change(readFileSync(full, 'utf8')));
}

describe('the example system', () => {
  it('has no problems', () => {
    const { status, stdout, stderr } = run('check', 'fuge.yml');
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '4 services (3 node, 1 process): no problems\n',
      stderr: '',
    });
  });

  it('passes its own tests, one service after the other', () => {
    const { status, stdout, stderr } = run('test', 'fuge.yml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.match(/ℹ fail 0/g)).toHaveLength(4);
  });

  it('fails its tests if one service fails its own', () => {
    edit('credit-scores/scores.js', text => text.replace('const LOWEST_SCORE = 300', 'const LOWEST_SCORE = 200'));
    const { status, stdout } = run('test', 'fuge.yml');
    expect(status).toBe(1);
    expect([stdout.match(/ℹ fail 0/g)?.length, stdout.match(/ℹ fail 1/g)?.length]).toEqual([3, 1]);
  });

  it('starts, joins three answers, restarts what is saved, survives a broken service, and stops cleanly', async () => {
    const session = new Session();
    try {
      session.type('start all');
      await until(async () => expect((await services()).filter(card => card.answers)).toHaveLength(4));
      const before = await services();
      expect(await customer(1)).toEqual({
        status: 200,
        body: {
          id: '1',
          customer: { id: 1, name: 'Ada Lindqvist', city: 'Göteborg', since: 2011 },
          creditScore: { score: 520, outOf: 850, grade: 'C' },
          socialSecurity: { number: '•••-••-4821' },
        },
      });

      // A save restarts that service, and only that one.
      edit('customers/customers.js', text => text.replace('Göteborg', 'Malmö'));
      await until(async () => expect((await customer(1)).body.customer).toMatchObject({ city: 'Malmö' }));
      await until(async () => expect((await service('customers')).answers).toBe(true));
      const after = await services();
      const restarted = after.filter((card, i) => card.pid !== before[i]!.pid).map(card => card.name);
      expect(restarted).toEqual(['customers']);

      // What is excluded or read on every request restarts nothing: the next restart is that of the service saved last.
      edit('gateway/page/page.css', text => `${text}\n`);
      edit('gateway/test/gateway.test.js', text => `${text}\n`);

      // Broken: the gateway still answers with what the others know. The save that mends it revives it.
      edit('customers/customers.js', text => text.replace('const customers', 'cnst customers'));
      await session.sees(/SyntaxError: Unexpected identifier 'customers'/);
      await until(async () => {
        const { status, body } = await customer(1);
        expect({ status, customer: body.customer }).toEqual({
          status: 200,
          customer: { unavailable: 'customers does not answer' },
        });
        expect(body.socialSecurity).toEqual({ number: '•••-••-4821' });
      });
      edit('customers/customers.js', text => text.replace('cnst customers', 'const customers'));
      await until(async () => expect((await customer(1)).body.customer).toMatchObject({ city: 'Malmö' }));
      expect((await service('gateway')).pid).toBe(before[0]!.pid);

      session.type('exit');
      expect(await session.end()).toBe(0);
      await expect(fetch(GATEWAY)).rejects.toThrow('fetch failed');
    } finally {
      await session.dispose();
    }
  });

  it('is told by the prompt where its services are', async () => {
    const session = new Session();
    try {
      session.type('env gateway');
      await session.sees(/CREDIT_SCORES_SERVICE_PORT/);
      expect(session.output).toMatch(/CREDIT_SCORES_SERVICE_HOST\W+127\.0\.0\.1/);
      expect(session.output).toMatch(/CREDIT_SCORES_SERVICE_PORT\W+3002/);
      expect(await session.end()).toBe(0);
    } finally {
      await session.dispose();
    }
  });
});

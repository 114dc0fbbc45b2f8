// An editor's language server completes, explains and checks a system file by the schema, asked as editors ask it: LSP on stdio.
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = pathToFileURL(path.join(root, 'examples/system/other.yml')).href;
const HEAD = '# yaml-language-server: $schema=../../schema/fuge.schema.json\n';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri: string;
    readonly version?: number;
    readonly diagnostics: readonly { readonly message: string }[];
  };
  readonly result?: unknown;
}

/** Speaks JSON-RPC with it: each message is preceded by its length. */
class LanguageServer {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #diagnostics: ((messages: readonly string[]) => void)[] = [];
  #received = Buffer.alloc(0);
  #count = 0;

  constructor() {
    const module = path.join(
      path.dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json')),
      'bin/yaml-language-server',
    );
    this.#child = spawn(process.execPath, [module, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  request<T>(method: string, params: object): Promise<T> {
    const id = ++this.#count;
    this.#send({ jsonrpc: '2.0', id, method, params });
    return new Promise(resolve => this.#answers.set(id, resolve as (result: unknown) => void));
  }

  notify(method: string, params: object): void {
    this.#send({ jsonrpc: '2.0', method, params });
  }

  /** What it says of the file next. */
  nextDiagnostics(): Promise<readonly string[]> {
    return new Promise(resolve => this.#diagnostics.push(resolve));
  }

  end(): void {
    this.#child.kill();
  }

  #send(message: object): void {
    const body = JSON.stringify(message);
    this.#child.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.subarray(0, Math.max(end, 0)).toString())?.[1],
      );
      if (end < 0 || this.#received.length < end + 4 + length) return;
      this.#take(JSON.parse(this.#received.subarray(end + 4, end + 4 + length).toString()) as Message);
      this.#received = this.#received.subarray(end + 4 + length);
    }
  }

  #take({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics')
      this.#diagnostics.shift()?.(params!.diagnostics.map(({ message }) => message));
    // What it asks of the editor needs an answer: an editor without any settings.
    else if (method !== undefined && id !== undefined)
      this.#send({ jsonrpc: '2.0', id, result: method === 'workspace/configuration' ? [{}, {}, {}, {}, {}] : null });
    else if (id !== undefined) this.#answers.get(id)?.(result);
  }
}

let server: LanguageServer;
let version = 1;

beforeAll(async () => {
  server = new LanguageServer();
  await server.request('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } }, publishDiagnostics: {} },
    },
  });
  server.notify('initialized', {});
  server.notify('workspace/didChangeConfiguration', {
    settings: { yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } } },
  });
  server.notify('textDocument/didOpen', { textDocument: { uri: file, languageId: 'yaml', version, text: '' } });
});
afterAll(() => server.end());

/** The text, and where `|` stands in it. */
function show(marked: string): { readonly line: number; readonly character: number } {
  const text = HEAD + marked.replace('|', '');
  server.notify('textDocument/didChange', {
    textDocument: { uri: file, version: ++version },
    contentChanges: [{ text }],
  });
  const before = (HEAD + marked).split('|')[0]!.split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

async function completions(marked: string): Promise<string[]> {
  const position = show(marked);
  const list = await server.request<{ items: readonly { label: string }[] }>('textDocument/completion', {
    textDocument: { uri: file },
    position,
  });
  return list.items.map(({ label }) => label);
}

it('completes keys of a service', async () => {
  const keys = await completions('web:\n  type: process\n  mon|\n');
  expect(keys).toEqual(expect.arrayContaining(['monitor', 'monitor_excludes']));
  expect(keys).not.toContain('deploy');
});

it('completes the words of a key', async () => {
  expect(await completions('web:\n  type: |\n')).toEqual(
    expect.arrayContaining(['process', 'node', 'task', 'container', 'external']),
  );
});

it('completes keys inside a probe and inside a health check', async () => {
  expect(await completions('web:\n  type: process\n  run: a\n  ready:\n    |\n')).toEqual(
    expect.arrayContaining(['http', 'tcp', 'exec', 'log', 'interval']),
  );
  expect(await completions('db:\n  type: container\n  image: a\n  healthcheck:\n    |\n')).toEqual(
    expect.arrayContaining(['test', 'start_period']),
  );
});

it('explains a key', async () => {
  const position = show('web:\n  type: process\n  run: a\n  ta|il: true\n');
  const hover = await server.request<{ contents: { value: string } }>('textDocument/hover', {
    textDocument: { uri: file },
    position,
  });
  expect(hover.contents.value).toContain('Whether output is shown at first');
});

it('finds a misspelt key', async () => {
  const said = server.nextDiagnostics();
  show('web:\n  type: process\n  run: a\n  comand: b\n');
  expect(await said).toEqual(['Property comand is not allowed.']);
});

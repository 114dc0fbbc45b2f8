/** A real Docker engine for tests, made for this run (or the tests are skipped), its images, a registry, and looks at what is left in it. */
import { describe, expect, inject, onTestFinished, vi } from 'vitest';
import * as api from '../../scripts/engine/api.js';
import { TestEngine } from '../../scripts/engine/engine.js';
import * as recipes from '../../scripts/engine/images.js';
import { TestRegistry } from '../../scripts/engine/registry.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the engine's socket; empty: there is none, and it was said why. */
    engineSocket: string;
  }
}

/** Skipped where no engine can be made. */
export function describeOnEngine(name: string, tests: () => void): void {
  describe.skipIf(inject('engineSocket') === '')(name, tests);
}

/** Path of the socket of the engine that all tests share. */
export const engineSocket = (): string => inject('engineSocket');
/** For `DOCKER_HOST` and `container_engine_url`. */
export const engineUrl = (): string => `unix://${engineSocket()}`;

/** Asks an engine, the shared one unless told otherwise; answers have the shape of its API. */
// biome-ignore lint/suspicious/noExplicitAny: what the engine's API answers is looked at by the test that asks
export const ask = (method: string, path: string, body?: object, socket = engineSocket()): Promise<any> =>
  api.ask(socket, method, path, { body });

/** Images that tests can ask for, by name. */
const IMAGES = {
  /** A shell with the usual commands. */
  'busybox:1': recipes.busybox,
  /** The Node that runs the tests, and busybox. */
  'node:test': recipes.node,
  /** Debian's Redis, to be used like the image of that name. */
  'redis:7-alpine': recipes.redis,
  /** Its HEALTHCHECK succeeds when /tmp/healthy exists. */
  'probed:1': recipes.probed,
  /** Its STOPSIGNAL, SIGUSR1, ends it with 0, SIGTERM does not. */
  'signalled:1': recipes.signalled,
  /** Ignores every polite signal. */
  'stubborn:1': recipes.stubborn,
  /** Prints without end. */
  'flooding:1': recipes.flooding,
};
export type ImageName = keyof typeof IMAGES;

/** Makes an image that is not there yet, and gives its name. */
export async function image(name: ImageName, socket = engineSocket()): Promise<ImageName> {
  const images = await ask('GET', '/images/json', undefined, socket);
  if (!images.some(({ RepoTags }: { RepoTags: string[] | null }) => RepoTags?.includes(name)))
    await recipes.makeImage(socket, name, IMAGES[name]());
  return name;
}

/** An image of one layer for one test; what it starts with is in {@link recipes}. */
export async function makeImage(name: string, recipe: recipes.ImageRecipe, socket = engineSocket()): Promise<string> {
  await recipes.makeImage(socket, name, recipe);
  onTestFinished(async () => {
    await ask('DELETE', `/images/${name}?force=1`, undefined, socket).catch(() => {});
  });
  return name;
}

export { recipes };

/** An engine for one test, which may stop and start it. */
export async function openEngine(options: { liveRestore?: boolean } = {}): Promise<TestEngine> {
  const engine = await TestEngine.open(options);
  onTestFinished(() => engine.close());
  return engine;
}

/** A registry for one test; with `guarded` it wants {@link USER} and {@link PASSWORD}. */
export async function openRegistry(options: { guarded?: boolean } = {}): Promise<TestRegistry> {
  const registry = await TestRegistry.open(options);
  onTestFinished(() => registry.close());
  return registry;
}

export { PASSWORD, USER } from '../../scripts/engine/registry.js';

/** A running container in a network of its own that nobody here has to do with; it goes with the test. */
export async function makeForeign(socket = engineSocket()) {
  const foreign = await api.makeForeign(socket, await image('busybox:1', socket));
  onTestFinished(() => foreign.remove());
  return foreign;
}

/** Makes and starts a container by the engine's own words; it goes with the test. Gives its id. */
export async function runContainer(body: object, socket = engineSocket()): Promise<string> {
  const { Id: id } = await ask('POST', '/containers/create', body, socket);
  onTestFinished(async () => {
    await ask('DELETE', `/containers/${id}?force=1&v=1`, undefined, socket).catch(() => {});
  });
  await ask('POST', `/containers/${id}/start`, undefined, socket);
  return id;
}

/** What a container has printed so far. */
export const printedBy = (id: string, socket = engineSocket()) => api.printedBy(socket, id);

/** Containers with a label (`name` or `name=value`), running or not. */
export const containersOf = (
  label: string,
  socket = engineSocket(),
): Promise<{ Id: string; Names: string[]; State: string; Labels: Record<string, string> }[]> =>
  ask(
    'GET',
    `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`,
    undefined,
    socket,
  );

/** Waits until no container and no network of fuge is in the engine. */
export const expectNothingLeft = (socket = engineSocket()): Promise<void> =>
  vi.waitFor(async () => expect(await api.leftIn(socket)).toEqual([]), { timeout: 30_000, interval: 50 });

/** One engine for all tests of a run; where none can be made, they are skipped, and the reason is told once. */
import type { TestProject } from 'vitest/node';
import { TestEngine } from '../../scripts/engine/engine.js';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const engine = await TestEngine.open();
    project.provide('engineSocket', engine.socket);
    return () => engine.close();
  } catch (error) {
    const { message: reason } = error as Error;
    // Where an engine was promised, skipped tests would hide that there is none.
    if (process.env.FUGE_TEST_ENGINE === 'must') throw new Error(`no container engine for the tests: ${reason}`);
    console.log(`The tests on a container engine are skipped: ${reason}.`);
    project.provide('engineSocket', '');
    return undefined;
  }
}

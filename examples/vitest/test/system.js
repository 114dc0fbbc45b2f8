// Runs once, before all tests: the system is up when the first one begins, and gone after the last.
import { fileURLToPath } from 'node:url';
import { startSystem } from 'fuge';

export default async function setup(project) {
  const system = await startSystem(fileURLToPath(new URL('../fuge.yml', import.meta.url)));
  // Tests run in processes of their own: they are given what can be sent there.
  project.provide('urls', system.urls);
  return () => system.stop();
}

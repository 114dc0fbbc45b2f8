/** Whether a fuge runs this system, and answers. */
import { connect } from 'node:net';
import { Registry, registryDirectory } from '../../registry.js';
import { type Check, ok, warning } from '../finding.js';

export const running: Check = {
  name: 'running',
  subject: 'the fuge that runs this system',
  async run({ system, environment }, signal) {
    if (!system) return [];
    const owner = new Registry(registryDirectory(environment)).findOwner(system.file);
    if (!owner) return [ok('no fuge runs this system now')];
    const { pid, socket } = owner;
    if (!socket) return [ok(`a fuge runs this system (pid ${pid}); it can't be reached from here`)];
    if (await answers(socket, signal)) return [ok(`a fuge runs this system (pid ${pid})`)];
    return [warning(`the fuge that runs this system (pid ${pid}) does not answer at ${socket}`, `kill ${pid}`)];
  },
};

function answers(path: string, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
    signal.addEventListener('abort', () => end(false));
  });
}

// What `warm: true` gains and costs: a save until the new process answers, and the memory of the process that waits, for a
// service that loads nothing and for one that loads a large library.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compare, folder, freePorts, hasWarm, interleave, openSystem, root } from '../harness.js';
import { HttpServices } from '../http-service.js';

export const title = 'A warm start';
export const limitedBy = "the program's own load, which nothing can do before the save";

const QUIET_MS = 1200;
const LOADS = {
  'a service that loads node:http only': '',
  'a service that loads a large library (yaml-language-server)': `require(${JSON.stringify(join(root, 'node_modules', 'yaml-language-server'))});`,
};

/** Memory of a process and all below it, MB: what it shares is divided among those who share it. */
function memoryBelow(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter(each => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]));
    } catch {
      // it has ended meanwhile
    }
  }
  const isBelow = each => each === pid || (parents.has(each) && isBelow(parents.get(each)));
  let sum = 0;
  for (const each of [...parents.keys()].filter(isBelow)) {
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'latin1'))[1]) / 1024;
    } catch {
      // it has ended meanwhile
    }
  }
  return sum;
}

async function open(load, isWarm, port) {
  const services = new HttpServices();
  const cwd = folder({
    'server.js': services.source({ port, load }),
    'lib.js': '',
    'fuge.yml': `web:\n  type: node\n  run: server.js\n  ports: [main=${port}]\n${isWarm ? '  warm: true\n' : ''}`,
  });
  const system = await openSystem(cwd);
  await system.enter('start all', /^\d+ ready in/);
  return { services, cwd, system, at: performance.now() };
}

export default async function warm(runs) {
  if (!hasWarm) {
    console.log('skipped: this fuge has no key warm');
    return [];
  }
  const results = [];
  for (const [what, load] of Object.entries(LOADS)) {
    const ports = await freePorts(2);
    const opened = { cold: await open(load, false, ports[0]), warm: await open(load, true, ports[1]) };
    const took = { cold: [], warm: [] };
    const memory = { cold: [], warm: [] };
    let count = 0;
    const contender = name => async () => {
      const service = opened[name];
      await pause(Math.max(100, service.at + QUIET_MS - performance.now()));
      memory[name].push(memoryBelow(service.system.pid));
      const answered = service.services.answered();
      const began = performance.now();
      writeFileSync(join(service.cwd, 'lib.js'), `// ${++count}`);
      service.at = await answered;
      return service.at - began;
    };
    try {
      Object.assign(took, await interleave({ cold: contender('cold'), warm: contender('warm') }, runs * 2));
    } finally {
      for (const { system, services } of Object.values(opened)) {
        await system.close();
        await services.close();
      }
    }
    const named = measured => ({ 'warm: false': measured.cold, 'warm: true': measured.warm });
    for (const values of Object.values(memory)) values.shift(); // of the round that does not count
    const begun = 'the process that waits has loaded Node and nothing of the service';
    results.push(
      compare(`${what}: save → the new process answers HTTP`, named(took), 'warm: true', 'warm: false', { below: 1 }),
      compare(`${what}: memory of fuge and all that it runs`, named(memory), 'warm: true', 'warm: false', {
        unit: 'MB',
        note: begun,
      }),
    );
  }
  return results;
}

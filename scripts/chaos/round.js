// Plays one round in a folder of its own, and tells what was left.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { filesOf, isFree, kinOf, processes, socketsBelow } from './outside.js';

/** ms in which nothing may be left after fuge was killed: the promise is 2 s, the machine may be loaded. */
const KILLED_MS = 2000;
const SLACK_MS = 8000;
/** ms that fuge may take to end after it was told: every level of dependencies may have one that ignores SIGTERM. */
const ENDING_MS = 60_000;
/** ms that a guard that was killed alone has to be replaced. */
const REPLACED_MS = 5000;
const LOOK_EVERY_MS = 20;
/** Characters of what fuge says that are kept, and told. */
const KEPT = 200_000;
const KEPT_OF_STORY = 3000;

/** How fuge names a port that Docker lost track of. */
const ENGINES_OWN = /, which Docker left behind|by the container engine itself, for a container that is gone/;

const WORKER = `
const [...words] = process.argv.slice(2);
if (words.includes('stubborn')) for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
if (words.includes('listen')) require('node:net').createServer().listen(Number(words.at(-1)), '127.0.0.1', () => console.log('listening'));
else setInterval(() => {}, 1e6);
console.log('up');
`;
const DAEMON = `trap '' TERM INT HUP\nwhile :; do sleep 0.2; done\n`;

let nextPort = 20_000 + (process.pid % 100) * 100;

/** @param engine A ChaosEngine, where there may be containers. */
export async function playRound(plan, { number, fuge, folder, engine }) {
  const round = new Round(plan, number, fuge, path.join(folder, String(number)), engine);
  await round.play();
  return round.result;
}

class Round {
  #plan;
  #fuge;
  #folder;
  #project;
  #entry;
  #env;
  #ports = new Map();
  #events = [];
  #problems = [];
  #shells = [];
  #began = performance.now();
  #cleanMs = 0;
  #number;
  #pids = [];
  #engine;
  /** A container and a network that are none of fuge's business. */
  #foreign;

  constructor(plan, number, fuge, folder, engine) {
    this.#plan = plan;
    this.#number = number;
    this.#fuge = fuge;
    this.#folder = folder;
    this.#engine = engine;
    this.#project = path.join(folder, 'project');
    this.#entry = `CHAOS_ROUND=${process.pid}-${number}`;
    const own = name => path.join(folder, name);
    this.#env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TERM: 'xterm',
      SHELL: '/bin/sh',
      CHAOS_ROUND: this.#entry.split('=')[1],
      TMPDIR: own('tmp'),
      XDG_RUNTIME_DIR: own('run'),
      XDG_STATE_HOME: own('state'),
      ...(engine ? { DOCKER_HOST: engine.url, DOCKER_CONFIG: own('docker') } : {}),
    };
  }

  get result() {
    return {
      number: this.#number,
      services: this.#plan.services.length,
      death: this.#plan.death,
      isTerminal: this.#plan.isTerminal,
      problems: this.#problems,
      events: this.#events,
      systemFile: readFileSync(path.join(this.#project, 'fuge.yml'), 'utf8'),
      output: this.#shells.map(({ said }) => said.slice(-KEPT_OF_STORY)).join('\n--- the next fuge:\n'),
      cleanMs: Math.round(this.#cleanMs),
      tookMs: Math.round(performance.now() - this.#began),
      folder: this.#folder,
    };
  }

  async play() {
    try {
      await this.#prepare();
      const first = await this.#open(this.#plan.isTerminal);
      for (const action of this.#plan.actions) {
        if (first.hasEnded) break;
        await this.#act(first, action);
      }
      if (first.hasEnded) this.#problem(`fuge ended before its time, with ${first.end}`);
      else await this.#die(first);
      await this.#startAgain();
    } catch (error) {
      this.#problem(`the round itself failed: ${error.stack}`);
    }
    for (const { pid } of this.#kin()) kill(pid, 'SIGKILL');
    await this.#foreign?.remove();
    await this.#engine?.clear();
  }

  #note(text) {
    this.#events.push(`${String(Math.round(performance.now() - this.#began)).padStart(6)} ms  ${text}`);
  }

  #problem(text) {
    this.#note(`PROBLEM: ${text}`);
    this.#problems.push(text);
  }

  #kin() {
    return kinOf(this.#entry, this.#pids);
  }

  async #prepare() {
    for (const name of ['project', 'tmp', 'run', 'state'])
      mkdirSync(path.join(this.#folder, name), { recursive: true });
    for (const { name, hasPort } of this.#plan.services) if (hasPort) this.#ports.set(name, await freePort());
    const write = (name, text) => writeFileSync(path.join(this.#project, name), text);
    write('worker.cjs', WORKER);
    write('daemon.sh', DAEMON);
    write('package.json', '{ "private": true, "scripts": { "work": "node worker.cjs" } }\n');
    this.#writeSystem(new Map());
    this.#foreign = await this.#engine?.makeForeign();
  }

  /** @param versions By service: how often it was changed. */
  #writeSystem(versions) {
    const { services, global } = this.#plan;
    const lines = ['fuge_global:', ...Object.entries(global).map(([key, value]) => `  ${key}: ${value}`)];
    for (const { name, run, image, args, port: inside, keys } of services) {
      const port = this.#ports.get(name);
      if (image) lines.push(`${name}:`, '  type: container', `  image: ${image}`);
      else lines.push(`${name}:`, '  type: process', `  run: ${run.replace('PORT', String(port))}`);
      if (args) lines.push(`  args: ${JSON.stringify(args)}`);
      if (port !== undefined) lines.push('  ports:', `    - main=${port}${image ? `:${inside}` : ''}`);
      else if (image) lines.push('  ports: []');
      lines.push('  environment:', `    - VERSION=${versions.get(name) ?? 0}`, ...keys.map(line => `  ${line}`));
    }
    writeFileSync(path.join(this.#project, 'fuge.yml'), `${lines.join('\n')}\n`);
  }

  /** Opens `fuge shell` over a pipe, or in a terminal that `script` makes. */
  async #open(isTerminal) {
    const options = { cwd: this.#project, env: this.#env };
    const command = [process.execPath, this.#fuge, 'shell', 'fuge.yml'];
    const child = isTerminal
      ? spawn('script', ['-qfec', command.join(' '), '/dev/null'], options)
      : spawn(command[0], command.slice(1), options);
    const shell = {
      child,
      isTerminal,
      hasEnded: false,
      end: '',
      pid: child.pid,
      ended: undefined,
      said: '',
      greeted: false,
      versions: new Map(),
    };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        shell.said = (shell.said + text).slice(-KEPT);
        shell.greeted ||= shell.said.includes('  system "');
      });
    child.stdin.on('error', () => {});
    shell.ended = new Promise(resolve =>
      child.once('exit', (code, signal) => {
        shell.hasEnded = true;
        shell.end = signal ?? `code ${code}`;
        resolve();
      }),
    );
    if (isTerminal) {
      const find = () => processes().find(each => each.parent === child.pid && each.command.includes('fuge.yml'));
      const found = await until(() => find() !== undefined, 10_000);
      if (!found) throw new Error('script did not start fuge');
      // script runs a shell, which replaces itself or not.
      const below = processes().find(({ parent }) => parent === find().pid);
      shell.pid = /^\S*node /.test(find().command) ? find().pid : (below?.pid ?? find().pid);
      await until(() => shell.said.includes('fuge> ') || shell.hasEnded, 10_000);
      const nodes = this.#kin().filter(({ command }) => /^\S*node \S*fuge\S* shell/.test(command));
      if (nodes.length === 1) shell.pid = nodes[0].pid;
    }
    this.#pids.push(shell.pid);
    this.#shells.push(shell);
    await until(() => shell.greeted || shell.hasEnded, 10_000);
    this.#note(`fuge shell (pid ${shell.pid}, ${isTerminal ? 'in a terminal' : 'from a pipe'})`);
    return shell;
  }

  async #act(shell, action) {
    switch (action.type) {
      case 'wait':
        return delay(action.ms);
      case 'type':
        return this.#type(shell, action.line);
      case 'save':
        this.#note(`save ${action.file}`);
        writeFileSync(path.join(this.#project, action.file), WORKER);
        return;
      case 'change system':
        this.#note(`change ${action.service} in fuge.yml`);
        shell.versions.set(action.service, (shell.versions.get(action.service) ?? 0) + 1);
        this.#writeSystem(shell.versions);
        return this.#type(shell, 'reload');
      case 'kill guard': {
        this.#note('kill -9 of the guard alone');
        const killed = this.#kin().filter(isGuard);
        for (const { pid } of killed) kill(pid, 'SIGKILL');
        // It is replaced; who kills both before that gives fuge no chance.
        const isReplaced = () => this.#kin().some(each => isGuard(each) && !killed.some(({ pid }) => pid === each.pid));
        if (killed.length > 0) await until(() => isReplaced() || shell.hasEnded, REPLACED_MS);
        return;
      }
      case 'blow':
        this.#note(`${action.blow} the container of ${action.service}`);
        this.#note(`(${await this.#engine.strike(action.service, action.blow)})`);
        return;
      case 'restart engine':
        this.#note('restart the engine');
        await this.#engine.restart();
        this.#note('(it answers again)');
        return;
      case 'signal': {
        const mark = `FUGE_RUN=${shell.pid}-`;
        const its = this.#kin().filter(
          ({ environment }) => environment.includes(mark) && environment.includes(`:${action.service}:`),
        );
        const target = its[0];
        this.#note(
          `${action.signal} to ${action.toGroup ? 'the group of ' : ''}${action.service} (${target?.pid ?? 'not running'})`,
        );
        if (target) kill(action.toGroup ? -target.group : target.pid, action.signal);
        return;
      }
    }
  }

  #type(shell, line) {
    this.#note(`type ${JSON.stringify(line)}`);
    shell.child.stdin.write(`${line}${shell.isTerminal ? '\r' : '\n'}`);
  }

  async #die(shell) {
    const { death } = this.#plan;
    this.#note(`death: ${death}`);
    const from = performance.now();
    const isKilled = death.includes('kill -9');
    // Within its first moments fuge is registered, and nobody is there yet who could outlive it.
    const hadGuard = this.#kin().some(isGuard);
    if (death === 'exit') this.#type(shell, 'exit');
    // The first ones end commands that wait: as many as were typed.
    else if (death === 'Ctrl-C') for (let n = 0; n < 10 && !shell.hasEnded; n++) await this.#interrupt(shell);
    else if (death === 'closed terminal') kill(shell.child.pid, 'SIGKILL');
    else if (death === 'end of input') shell.child.stdin.end();
    else if (death === 'kill -9') kill(shell.pid, 'SIGKILL');
    else if (death === 'kill -9 with its guard') this.#killBoth(shell);
    else if (death === 'SIGINT twice' || death === 'SIGTERM, then kill -9') {
      kill(shell.pid, isKilled ? 'SIGTERM' : 'SIGINT');
      await delay(this.#plan.betweenMs);
      kill(shell.pid, isKilled ? 'SIGKILL' : 'SIGINT');
    } else kill(shell.pid, death);

    const isGone = () => !processes().some(({ pid }) => pid === shell.pid);
    if (!(await until(isGone, ENDING_MS))) {
      const busy = this.#kin().map(({ pid, command }) => `${pid} ${command}`);
      this.#problem(`fuge has not ended ${ENDING_MS / 1000} s after ${death}; alive: ${busy.join(' | ')}`);
      kill(shell.pid, 'SIGKILL');
    }
    shell.child.stdin.destroy();
    await shell.ended;
    this.#note(`fuge is gone (${shell.end})`);
    if (death === 'kill -9 with its guard') return;
    if (!isKilled) await this.#checkContainers(`when fuge had ended after ${death}`);
    // Who was told to end has seen to everything when it ends; only its guard may be on its way.
    if (!isKilled)
      this.#left(
        `when fuge had ended after ${death}`,
        this.#kin().filter(each => !isGuard(each)),
      );
    const patience = KILLED_MS + SLACK_MS;
    const isClean = await until(() => this.#kin().length === 0, patience);
    if (!isClean) this.#left(`${patience} ms after ${death}`);
    if (isKilled) await this.#checkContainers(`${patience} ms after ${death}`, patience);
    this.#cleanMs = performance.now() - from;
    if (!isKilled) await this.#checkFiles(`after ${death}`);
    await this.#checkPorts(`after ${death}`);
    if (isKilled && hadGuard && !(await until(() => filesOf(path.join(this.#folder, 'run')).length <= 1, patience)))
      this.#problem(`registration left after ${death}`);
  }

  async #interrupt(shell) {
    shell.child.stdin.write('\x03');
    await Promise.race([shell.ended, delay(1500)]);
  }

  #killBoth(shell) {
    // A fuge that still runs would replace its guard.
    kill(shell.pid, 'SIGSTOP');
    for (const guard of this.#kin().filter(isGuard)) kill(guard.pid, 'SIGKILL');
    kill(shell.pid, 'SIGKILL');
  }

  async #startAgain() {
    const { again } = this.#plan;
    const from = performance.now();
    const shell = await this.#open(false);
    this.#type(shell, `start ${again.join(' ')}`);
    this.#type(shell, 'exit');
    if (!(await until(() => shell.hasEnded, ENDING_MS))) {
      this.#problem(`the next fuge has not ended ${ENDING_MS / 1000} s after exit`);
      kill(shell.pid, 'SIGKILL');
      await shell.ended;
    }
    this.#note(`the next fuge is gone (${shell.end})`);
    const { said } = shell;
    // Docker loses track of a port when it is restarted in the middle of a start; fuge can only say what to do.
    const wasRestarted = this.#plan.actions.some(({ type }) => type === 'restart engine');
    const isOurs = line => /another fuge runs|is taken by/.test(line) && !(wasRestarted && ENGINES_OWN.test(line));
    const refusal = said.split('\n').find(isOurs);
    if (refusal) this.#problem(`the next fuge could not start: ${refusal}`);
    if (!/^code [01]$/.test(shell.end)) this.#problem(`the next fuge ended with ${shell.end}`);
    if (!(await until(() => this.#kin().length === 0, SLACK_MS))) this.#left('after the next start');
    if (this.#plan.death === 'kill -9 with its guard') this.#cleanMs = performance.now() - from;
    await this.#checkContainers('after the next start');
    if (this.#foreign && !(await this.#foreign.isUntouched())) this.#problem("somebody else's container was touched");
    await this.#checkPorts('after the next start');
    await this.#checkFiles('after the next start');
    for (const { said } of this.#shells)
      if (said.includes('fuge has a bug')) this.#problem(/fuge has a bug.*/.exec(said)[0]);
    if (this.#problems.length === 0) rmSync(path.join(this.#folder, 'tmp'), { recursive: true, force: true });
  }

  #left(when, processes = this.#kin()) {
    for (const { pid, parent, state, command, environment } of processes) {
      const mark = /FUGE_RUN=([^\0]*)/.exec(environment)?.[1] ?? 'no mark';
      this.#problem(`left ${when}: pid ${pid} (parent ${parent}, state ${state}, ${mark}): ${command.slice(0, 200)}`);
    }
  }

  /** Nothing of fuge's is in the engine, within so many ms. */
  async #checkContainers(when, patience = 0) {
    if (!this.#engine) return;
    const end = performance.now() + patience;
    let left = await this.#engine.left();
    for (; left.length > 0 && performance.now() < end; left = await this.#engine.left()) await delay(LOOK_EVERY_MS);
    for (const each of left) this.#problem(`left in the engine ${when}: ${each}`);
  }

  async #checkPorts(when) {
    // Those of containers are the engine's, and it keeps one now and then when it is restarted in the middle of a start.
    const isOurs = name => !this.#plan.services.some(each => each.name === name && each.isContainer);
    for (const [name, port] of this.#ports)
      if (isOurs(name) && !(await isFree(port))) this.#problem(`port ${port} of ${name} is held ${when}`);
  }

  async #checkFiles(when) {
    const expected = new Set(['daemon.sh', 'fuge.yml', 'package.json', 'worker.cjs', 'log/']);
    for (const file of filesOf(this.#project))
      if (!expected.has(file) && !file.startsWith('log/')) this.#problem(`file left in the project ${when}: ${file}`);
    // Node's cache of compiled code is meant to stay, and so is the history of what was typed.
    for (const [name, allowed] of [
      ['tmp', /^node-compile-cache/],
      ['run', /^fuge\/$/],
      ['state', /^fuge\/(history)?$/],
    ])
      for (const file of filesOf(path.join(this.#folder, name)))
        if (!allowed.test(file)) this.#problem(`file left in ${name} ${when}: ${file}`);
    for (const socket of socketsBelow(this.#folder)) this.#problem(`socket left ${when}: ${socket}`);
  }
}

const isGuard = ({ command }) => command.includes('fuge-guard');

async function freePort() {
  for (;;) {
    const port = nextPort++;
    if (await isFree(port)) return port;
  }
}

async function until(isSo, ms) {
  const end = performance.now() + ms;
  for (;;) {
    if (isSo()) return true;
    if (performance.now() > end) return false;
    await delay(LOOK_EVERY_MS);
  }
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

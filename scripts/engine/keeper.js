// Owns one Docker engine made for tests: its folder, bridge, containerd and dockerd. It is a process of its own in a session of its own, so that
// no Ctrl-C reaches it, and it removes everything as soon as its channel closes: however the one who asked for it has ended.
//
//     asked over the channel: open, start, stop, kill; answered by { done, … } or { failed }
//
// Nothing here is shared with an engine that may already run: own containerd, own files, own bridge, own addresses, and no firewall rules but one
// that names these addresses.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './api.js';
import { familyOf, run, TOOLS_PATH } from './machine.js';

/** ms until a program counts as not starting: a loaded machine is slow. */
const STARTING_MS = 60_000;
/** ms that dockerd may take to end when nothing runs in it. */
const ENDING_MS = 15_000;
const LOOK_EVERY_MS = 20;
/** Address ranges are 10.FIRST.0.0/16 to 10.LAST.0.0/16; each engine takes one for itself. */
const FIRST = 200;
const LAST = 250;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

/** @type {string} */
let folder;
/** @type {{ range: string, prefix: string, bridge: string, hasRule: boolean }} */
let network;
/** @type {import('node:child_process').ChildProcess | undefined} */
let containerd;
/** @type {import('node:child_process').ChildProcess | undefined} */
let dockerd;

const own = (/** @type {string} */ name) => path.join(folder, name);
const cgroup = () => `fuge-engine-${process.pid}`;

const actions = {
  /** @param {{ liveRestore?: boolean }} options */
  async open({ liveRestore = false }) {
    folder = mkdtempSync(path.join(tmpdir(), 'fuge-engine-'));
    network = makeNetwork();
    writeFileSync(own('containerd.toml'), containerdConfig());
    writeFileSync(own('dockerd.json'), JSON.stringify(dockerdConfig(liveRestore), undefined, 2));
    containerd = launch('containerd', ['--config', own('containerd.toml')]);
    await actions.start();
    return { socket: own('docker.sock'), folder };
  },
  async start() {
    if (dockerd) throw new Error('the engine runs already');
    const started = launch('dockerd', ['--config-file', own('dockerd.json')]);
    dockerd = started;
    const end = performance.now() + STARTING_MS;
    while (!(await isAnswering())) {
      if (started.exitCode !== null || started.signalCode !== null || performance.now() > end) {
        dockerd = undefined;
        await endProgram(started, 'SIGKILL');
        throw new Error(`dockerd does not start: ${lastWords()}`);
      }
      await delay(LOOK_EVERY_MS);
    }
    return { pid: started.pid };
  },
  /** As a reboot does: what runs in it is stopped first (unless it is told to let it live). */
  async stop() {
    await endProgram(dockerd, 'SIGTERM');
    dockerd = undefined;
  },
  /** As a crash does: what runs in it goes on. */
  async kill() {
    await endProgram(dockerd, 'SIGKILL');
    dockerd = undefined;
  },
};

process.on(
  'message',
  async (/** @type {{ id: number, action: keyof typeof actions, options: object }} */ { id, action, options }) => {
    try {
      process.send?.({ id, done: (await actions[action](options)) ?? {} });
    } catch (error) {
      process.send?.({ id, failed: error instanceof Error ? error.message : String(error) });
    }
  },
);
process.on('disconnect', async () => {
  await clear();
  process.exit();
});

/** @param {string} program @param {string[]} args */
function launch(program, args) {
  const child = spawn('sh', ['-c', `exec "$@" >> "$0" 2>&1`, own(`${program}.log`), program, ...args], {
    stdio: 'ignore',
    env: { ...process.env, PATH: TOOLS_PATH, TMPDIR: folder },
    detached: true,
  });
  child.on('error', () => {});
  return child;
}

async function isAnswering() {
  try {
    await ask(own('docker.sock'), 'GET', '/_ping');
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {import('node:child_process').ChildProcess | undefined} child
 * @param {NodeJS.Signals} signal
 */
async function endProgram(child, signal) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), ENDING_MS);
  await ended;
  clearTimeout(force);
}

function lastWords() {
  const said = ['containerd', 'dockerd'].flatMap(program => {
    try {
      return readFileSync(own(`${program}.log`), 'utf8')
        .trim()
        .split('\n');
    } catch {
      return [];
    }
  });
  const telling = said.filter(line => /level=(error|fatal)|failed|not found/i.test(line));
  return (telling.length > 0 ? telling : said).slice(-3).join(' | ');
}

const containerdConfig = () => `version = 2
root = "${own('containerd')}"
state = "${own('containerd-run')}"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${own('containerd.sock')}"
[ttrpc]
  address = "${own('containerd.sock.ttrpc')}"
`;

/** @param {boolean} liveRestore */
const dockerdConfig = liveRestore => ({
  'data-root': own('data'),
  'exec-root': own('exec'),
  pidfile: own('dockerd.pid'),
  hosts: [`unix://${own('docker.sock')}`],
  containerd: own('containerd.sock'),
  group: '',
  'cgroup-parent': `/${cgroup()}`,
  'live-restore': liveRestore,
  'log-level': 'warn',
  bridge: network.bridge,
  'default-address-pools': [{ base: `${network.prefix}.128.0/17`, size: 24 }],
  // An engine that writes rules begins by flushing those of another. Ports are published by docker-proxy alone.
  iptables: false,
  ip6tables: false,
  'ip-masq': false,
  'ip-forward': false,
});

/** A range of addresses that nobody has, and a bridge in it. */
function makeNetwork() {
  for (let second = FIRST; second <= LAST; second++) {
    const prefix = `10.${second}`;
    const range = `${prefix}.0.0/16`;
    if (run('ip', ['-4', 'route', 'show', 'table', 'all']).includes(`${prefix}.`)) continue;
    try {
      // Claims the range (it fails where another engine was faster), and what is sent to a network that is gone goes nowhere.
      run('ip', ['route', 'add', 'unreachable', range]);
    } catch (error) {
      const { stderr = '' } = /** @type {{ stderr?: string }} */ (error);
      if (stderr.includes('File exists')) continue;
      throw new Error(`ip route add: ${stderr.trim()}`);
    }
    const bridge = `fuge-e${second}`;
    network = { range, prefix, bridge, hasRule: false };
    run('ip', ['link', 'add', bridge, 'type', 'bridge']);
    run('ip', ['addr', 'add', `${prefix}.0.1/24`, 'dev', bridge]);
    run('ip', ['link', 'set', bridge, 'up']);
    // Another engine on this machine may have forbidden whatever it does not know.
    run('iptables', ['-w', '-I', 'FORWARD', ...rule(range)]);
    return { ...network, hasRule: true };
  }
  throw new Error(`no free range of addresses from 10.${FIRST}.0.0/16 to 10.${LAST}.0.0/16`);
}

/** @param {string} range */
const rule = range => ['-s', range, '-d', range, '-j', 'ACCEPT'];

/** Everything, whatever state it is in. What is gone already is no failure. */
async function clear() {
  if (dockerd && (await isAnswering())) {
    const containers = await ask(own('docker.sock'), 'GET', '/containers/json?all=1').catch(() => []);
    await Promise.all(
      containers.map((/** @type {{ Id: string }} */ { Id }) =>
        ask(own('docker.sock'), 'DELETE', `/containers/${Id}?force=1&v=1`).catch(() => {}),
      ),
    );
  }
  await endProgram(dockerd, 'SIGTERM');
  // Shims outlive their engine, and so does what runs in them.
  if (folder) for (const pid of familyOf(folder)) attempt(() => process.kill(pid, 'SIGKILL'));
  await endProgram(containerd, 'SIGTERM');
  if (folder) for (const pid of familyOf(folder)) attempt(() => process.kill(pid, 'SIGKILL'));
  if (network) removeNetwork();
  if (!folder) return;
  for (const line of readFileSync('/proc/self/mounts', 'utf8').trim().split('\n').reverse()) {
    const [, target = ''] = line.split(' ');
    if (target.startsWith(`${folder}/`)) attempt(() => run('umount', ['-l', target]));
  }
  for (let tries = 0; tries < 50; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      break;
    } catch {
      await delay(LOOK_EVERY_MS); // a mount that is on its way out
    }
  }
  for (const controller of readdirSync('/sys/fs/cgroup')) {
    attempt(() => rmdirSync(`/sys/fs/cgroup/${controller}/${cgroup()}`));
  }
  attempt(() => rmdirSync(`/sys/fs/cgroup/${cgroup()}`));
}

function removeNetwork() {
  const { range, prefix, hasRule } = network;
  if (hasRule) attempt(() => run('iptables', ['-w', '-D', 'FORWARD', ...rule(range)]));
  // Its own, and those of networks that were made in it.
  for (const line of run('ip', ['-4', '-o', 'addr']).split('\n')) {
    const [, device, , address] = line.split(/\s+/);
    if (device && address?.startsWith(`${prefix}.`)) attempt(() => run('ip', ['link', 'del', device]));
  }
  attempt(() => run('ip', ['link', 'del', network.bridge]));
  attempt(() => run('ip', ['route', 'del', 'unreachable', range]));
}

/** @param {() => unknown} act */
function attempt(act) {
  try {
    act();
  } catch {
    // it was gone
  }
}

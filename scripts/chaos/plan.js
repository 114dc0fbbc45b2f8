// What one round does, decided before it begins: the system, what is typed, saved and signalled, and how fuge dies.

/**
 * How services live. `run` gets the folder's helper programs; `heavy` ones are few in a system. `port`: it listens on the
 * one it declares.
 */
const KINDS = [
  { kind: 'node', run: 'node worker.cjs' },
  { kind: 'listening', run: 'node worker.cjs listen PORT', port: true },
  { kind: 'npm', run: 'npm run --silent work', heavy: true },
  { kind: 'shell', run: `sh -c 'node worker.cjs; true'` },
  { kind: 'shell-listening', run: `sh -c 'node worker.cjs listen PORT; true'`, port: true },
  { kind: 'stubborn', run: 'node worker.cjs stubborn' },
  { kind: 'stubborn-shell', run: `sh -c 'trap "" TERM INT HUP; while :; do sleep 0.3; done'` },
  { kind: 'stubborn-listening', run: 'node worker.cjs stubborn listen PORT', port: true },
  { kind: 'crashing', run: `sh -c 'sleep 0.2; echo no luck; exit 3'`, restarts: true },
  { kind: 'crashing-at-once', run: `sh -c 'exit 1'`, restarts: true },
  { kind: 'completing', run: `sh -c 'echo done'` },
  { kind: 'forking', run: `sh -c 'for i in 1 2 3; do sleep 1000 & done; wait'` },
  { kind: 'abandoning', run: `sh -c 'sleep 1000 & sleep 0.1; exit 0'` },
  { kind: 'breeding', run: `sh -c 'while :; do sleep 0.05 & sleep 0.02; done'`, heavy: true },
  { kind: 'daemon', run: `sh -c 'setsid sleep 1000 & exec sleep 1000'` },
  { kind: 'stubborn-daemon', run: `sh -c '(setsid sh daemon.sh &); exec sleep 1000'` },
  {
    kind: 'daemon-listening',
    run: `sh -c '(setsid node worker.cjs stubborn listen PORT &); exec sleep 1000'`,
    port: true,
  },
  { kind: 'flooding', run: `sh -c 'yes a flood of lines that nobody reads; true'`, heavy: true },
  { kind: 'mumbling', run: `sh -c 'while :; do printf .; sleep 0.02; done'` },
  { kind: 'stopped', run: `sh -c 'kill -STOP $$; sleep 1000'` },
  { kind: 'silent', run: `sh -c 'exec sleep 1000 > /dev/null 2>&1'` },
  { kind: 'missing', run: 'no-such-program' },
];
/** The same for containers: `image` and `args` in place of `run`. They cost time: few are in a system. */
const CONTAINER_KINDS = [
  { kind: 'container', image: 'calm:1' },
  { kind: 'container-stubborn', image: 'stubborn:1' },
  { kind: 'container-flooding', image: 'flooding:1' },
  { kind: 'container-healthy', image: 'healthy:1' },
  { kind: 'container-unhealthy', image: 'unhealthy:1', isEndless: true },
  {
    kind: 'container-crashing',
    image: 'busybox:1',
    args: ['sh', '-c', 'sleep 0.2; echo no luck; exit 3'],
    restarts: true,
  },
  { kind: 'container-completing', image: 'busybox:1', args: ['echo', 'done'] },
  { kind: 'container-listening', image: 'busybox:1', args: ['httpd', '-f', '-p', '80'], port: 80 },
  { kind: 'container-missing', image: 'no-such-image:1', pull: 'never' },
];
const MOST_CONTAINERS = 3;
/** What others may do to a container behind fuge's back. */
const BLOWS = ['kill', 'stop', 'remove', 'pause', 'restart'];

/** Ways to die; the later ones leave no time for last words. */
const DEATHS = [
  'exit',
  'SIGTERM',
  'SIGHUP',
  'SIGINT',
  'SIGINT twice',
  'end of input',
  'SIGTERM, then kill -9',
  'kill -9',
  'kill -9 with its guard',
];
const DEATHS_IN_TERMINAL = [
  'exit',
  'SIGTERM',
  'SIGHUP',
  'Ctrl-C',
  'closed terminal',
  'kill -9',
  'kill -9 with its guard',
];
const SIGNALS = ['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGSTOP', 'SIGCONT'];

/** These deaths wait for every command that was typed before: nothing in such a round may wait for what never comes. */
const PATIENT = new Set(['exit', 'end of input']);
/** Keys that mean nothing to a container. */
const OF_PROCESSES = new Set(['prerun', 'on_exit', 'on_ready', 'once']);
/** Kinds that never become ready. */
const UNREADY = /crashing|completing|abandoning|missing|unhealthy/;

/**
 * @param keys Those that a service may have in the fuge under test.
 * @param hasEngine Whether there may be containers.
 */
export function planRound(random, keys, hasEngine) {
  const isTerminal = random.chance(0.2);
  const death = random.pick(isTerminal ? DEATHS_IN_TERMINAL : DEATHS);
  const services = planServices(random, keys, PATIENT.has(death), hasEngine);
  const free = services.filter(({ keys }) => !keys.some(key => /^(depends_on|ready|prerun)/.test(key)));
  const quick = free.filter(({ kind }) => !UNREADY.test(kind));
  return {
    services,
    isTerminal,
    global: { monitor: random.chance(0.7), stop_grace_period: `${random.between(1, 5) * 100}ms` },
    actions: planActions(random, services, PATIENT.has(death)),
    death,
    /** ms between the two blows, where there are two. */
    betweenMs: random.between(0, 400),
    /** Services that the next fuge starts. */
    again: [...new Set([random.pick(quick) ?? free[0] ?? services.at(-1), ...random.some(quick, 0.3)])].map(
      ({ name }) => name,
    ),
  };
}

function planServices(random, keys, isPatient, hasEngine) {
  const count = random.between(3, 12);
  const services = [];
  let heavy = 0;
  let containers = hasEngine ? random.between(0, MOST_CONTAINERS) : 0;
  while (services.length < count) {
    const isContainer = containers > 0 && random.chance(containers / (count - services.length));
    const kind = random.pick(isContainer ? CONTAINER_KINDS : KINDS);
    if (isPatient && kind.isEndless) continue;
    if (kind.heavy && ++heavy > 2) continue;
    if (isContainer) containers--;
    const name = `${String.fromCharCode(97 + services.length)}-${kind.kind}`;
    const service = { ...kind, name, isContainer, hasPort: kind.port !== undefined, keys: [] };
    if (kind.pull && keys.has('pull_policy')) service.keys.push(`pull_policy: ${kind.pull}`);
    if (kind.restarts && random.chance(0.7))
      service.keys.push('restart_on_error: true', `max_restarts: ${random.between(1, 4)}`);
    if (random.chance(0.1)) service.keys.push(`delay_start: ${random.between(1, 3) * 100}`);
    if (!isContainer && random.chance(0.2))
      service.keys.push(`build: sh -c '${random.pick(['exit 0', 'sleep 0.3', 'exit 1', 'sleep 2'])}'`);
    if (!isContainer && random.chance(0.1)) service.keys.push(`build: sh -c '(setsid sleep 1000 &); exit 0'`);
    addNewKeys(random, keys, service, services, isPatient);
    // The last of two keys of one name would be told as a mistake.
    service.keys = [...new Map(service.keys.map(line => [line.split(':')[0], line])).values()];
    services.push(service);
  }
  return services;
}

/** Keys that came later than the first version this script knew. */
function addNewKeys(random, keys, service, earlier, isPatient) {
  const has = key => keys.has(key) && !(service.isContainer && OF_PROCESSES.has(key));
  const pick = (quick, endless) => random.pick(isPatient ? quick : [...quick, ...endless]);
  const needed = isPatient ? earlier.filter(({ kind }) => !UNREADY.test(kind)) : earlier;
  if (has('depends_on') && earlier.length > 0 && random.chance(0.4)) {
    const needs = random.some(needed, 1.5 / earlier.length);
    if (needs.length > 0) service.keys.push(`depends_on: [${needs.map(({ name }) => name).join(', ')}]`);
  }
  if (has('ready') && random.chance(0.15))
    service.keys.push(`ready: { exec: "${pick(['true'], ['false', 'sleep 1000'])}", timeout: 200ms }`);
  if (has('live') && random.chance(0.1))
    service.keys.push(`live: { exec: "${pick(['true'], ['false'])}", interval: 100ms, retries: 2 }`);
  if (has('prerun') && random.chance(0.1))
    service.keys.push(`prerun: sh -c '${pick(['exit 0', 'setsid sleep 1000 & exit 0'], ['exit 1', 'sleep 1000'])}'`);
  if (has('on_exit') && random.chance(0.1)) service.keys.push(`on_exit: sh -c 'sleep 0.1'`);
  if (has('on_ready') && random.chance(0.1))
    service.keys.push(`on_ready: sh -c '${random.pick(['exit 0', 'sleep 1000'])}'`);
  if (has('once') && /complet|crash/.test(service.kind) && random.chance(0.5)) service.keys.push('once: true');
}

function planActions(random, services, isPatient) {
  const containers = services.filter(({ isContainer }) => isContainer);
  const actions = [];
  const name = () => random.pick(services).name;
  const type = line => actions.push({ type: 'type', line });
  // Most begin as users do.
  if (random.chance(0.8)) type('start all');
  else type(`start ${name()} ${name()}`);
  const count = random.between(2, 10);
  for (let i = 0; i < count; i++) {
    actions.push({ type: 'wait', ms: random.pick([0, 0, 20, 50, 100, 200, 400]) });
    const what = random.between(1, 20);
    if (what <= 3) type(`restart ${name()}`);
    else if (what <= 5) type(`stop ${name()}`);
    else if (what === 6) type(`kill ${name()}`);
    else if (what === 7) type(`start ${name()}`);
    else if (what === 8) type(random.pick(['stop all', 'restart all', 'kill all']));
    else if (what === 9)
      type(random.pick(['ps', `info ${name()}`, `env ${name()}`, `logs ${name()}`, 'grep flood', 'status']));
    else if (what === 10) type(random.pick(['unwatch all', 'watch all', `untail ${name()}`, 'reload']));
    else if (what === 11) type(random.pick(['build all', 'apply sleep 0.1', 'papply true', `build ${name()}`]));
    else if (what === 12)
      type(random.pick(['', '# nothing', 'strat all', 'start nobody', 'echo "', '\u0007', 'sleep 0.1']));
    else if (what <= 15)
      for (let n = random.pick([1, 1, 20]); n > 0; n--) actions.push({ type: 'save', file: 'worker.cjs' });
    else if (what === 16 && random.chance(0.3)) actions.push({ type: 'kill guard' });
    else if (what === 16) actions.push({ type: 'change system', service: name() });
    else if (what <= 18 && containers.length > 0)
      actions.push({
        type: 'blow',
        service: random.pick(containers).name,
        blow: random.pick(isPatient ? BLOWS.filter(each => each !== 'pause') : BLOWS),
      });
    else if (what === 19 && containers.length > 0 && random.chance(0.3)) actions.push({ type: 'restart engine' });
    else actions.push({ type: 'signal', service: name(), signal: random.pick(SIGNALS), toGroup: random.chance(0.3) });
  }
  actions.push({ type: 'wait', ms: random.pick([0, 10, 100, 300, 600]) });
  return actions;
}

// Compares what fuge 2 and ours understood of one file. A difference is either of a kind that is meant, or a text.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseDotenv } from '../../dist/dotenv.js';
import { environmentOf } from '../../dist/supervisor/discovery/environment.js';

/** `text` is the file's text, to know what was said explicitly. */
export function* compareSystems(theirs, ours, text) {
  const containers = theirs.topology.containers;
  yield* compareGlobals(theirs.global, ours, text);
  const names = Object.keys(containers).filter(name => !name.startsWith('x-'));
  const ourNames = [...ours.services.keys()];
  for (const name of names)
    if (!ours.services.has(name)) {
      if (name === 'services') yield { kind: 'a Compose file without "version" is no longer one service "services"' };
      else yield { text: `${name}: ours does not have it` };
    }
  for (const name of ourNames)
    if (!(name in containers)) {
      if (names.includes('services'))
        yield { kind: 'a Compose file without "version" is no longer one service "services"' };
      else yield { text: `${name}: fuge 2 does not have it` };
    }
  const common = names.filter(name => ours.services.has(name));
  if (
    !isDeepStrictEqual(
      common,
      ourNames.filter(name => name in containers),
    )
  )
    yield { text: `the order differs: ${common.join(' ')} / ${ourNames.join(' ')}` };
  const generated = generatedNames(containers);
  for (const name of common) {
    for (const difference of compareServices(containers[name], ours.services.get(name), theirs, ours, generated))
      yield difference.text === undefined ? difference : { text: `${name}: ${difference.text}` };
  }
}

function* compareGlobals(theirs, ours, text) {
  yield* same('run_containers', theirs.run_containers, ours.runContainers);
  yield* same('container_engine_url', theirs.container_engine_url || undefined, ours.containerEngine);
  yield* same('dns_enabled', theirs.dns_enabled, ours.dns.enabled);
  if (/^\s+dns_host:/m.test(text)) yield* same('dns_host', theirs.dns_host, ours.dns.host);
  else if (theirs.dns_host !== ours.dns.host) yield { kind: 'dns_host is 127.0.0.1 by default' };
  yield* same('dns_port', theirs.dns_port, ours.dns.port);
  yield* same('dns_namespace', theirs.dns_namespace, ours.dns.namespace);
  yield* same('dns_suffix', theirs.dns_suffix, ours.dns.suffix);
  yield* same('auto_generate_environment', theirs.auto_generate_environment, ours.discovery);
  const environment = { ...ours.environment, ...Object.assign({}, ...ours.envFiles.map(readEnvFile)) };
  yield* sameEnvironment('global environment', theirs.environment, environment);
  const records = (theirs.dns_external ?? []).length;
  if (records !== ours.dns.external.length)
    yield { text: `dns_external: ${records} / ${ours.dns.external.length} records` };
}

function* compareServices(theirs, service, system, ours, generated) {
  if (theirs.type === 'process' && !theirs.run && service.type === 'container' && service.build) {
    yield { kind: 'a build of which nothing says what it runs is a container' };
    return;
  }
  yield* same('type', theirs.type, service.type);
  yield* same('host', theirs.host, service.host);
  yield* same('tail', theirs.tail, service.tail);
  yield* comparePorts(theirs, service, ours);
  yield* same('auto_generate_environment', theirs.auto_generate_environment, service.advertised);
  yield* same('dns_enabled', theirs.dns_enabled, service.dns.enabled);
  yield* same('dns_namespace', theirs.dns_namespace, service.dns.namespace);
  yield* same('dns_suffix', theirs.dns_suffix, service.dns.suffix);
  if (theirs.dns_enabled && Object.keys(theirs.ports).length > 0) {
    const suffix = [service.dns.namespace, service.dns.suffix]
      .filter(Boolean)
      .map(part => `.${part}`)
      .join('');
    const name = `${service.name}${suffix}`;
    if (system.global.dns?.A[name] === undefined) yield { text: `fuge 2 has no DNS name ${name}` };
  }
  if (service.type === 'external') return;
  yield* same('delay_start', theirs.delay_start, service.delayMs);
  yield* same('restart_on_error', theirs.restart_on_error, service.restart.when === 'on-failure');
  yield* same('max_restarts', theirs.max_restarts, service.restart.limit);
  yield* same('repository_url', theirs.repository_url, service.repository);
  const wanted = [theirs.group ?? system.global.group ?? 'default'].flat();
  yield* same('group', wanted, [...service.groups]);
  const environment = { ...Object.assign({}, ...service.envFiles.map(readEnvFile)), ...service.environment };
  const global = { ...ours.environment, ...Object.assign({}, ...ours.envFiles.map(readEnvFile)) };
  const explicit = Object.fromEntries(
    Object.entries(theirs.environment).filter(
      ([name]) => !generated.has(name) || name in environment || name in global,
    ),
  );
  for (const difference of sameEnvironment('environment', explicit, { ...global, ...environment })) {
    // Compose says: relative to the Compose file. fuge 2 took the build's directory.
    const included = service.at.file !== ours.file && service.type === 'process' && service.envFiles.length > 0;
    yield included ? { kind: 'env_file of a Compose service is relative to the Compose file' } : difference;
  }
  yield* compareGenerated(theirs, service, ours, generated);
  if (service.type === 'container') {
    yield* same('image', theirs.image, service.image);
    return;
  }
  yield* same('monitor', theirs.monitor, service.watch.enabled);
  yield* same('monitor_excludes', theirs.monitor_excludes ?? [], [...service.watch.excludes]);
  if (theirs.path === undefined)
    yield { kind: "without a path, the system file's directory instead of the current one" };
  else yield* same('path', stripSlash(theirs.path), service.cwd);
  yield* compareCommand('run', theirs.run, service);
}

function stripSlash(directory) {
  return path.resolve(directory);
}

function* compareCommand(key, theirs, service) {
  const { command } = service;
  const line = Array.isArray(theirs) ? theirs.join(' ') : (theirs ?? '');
  if (line.trim() === '') {
    if (command !== undefined) yield { kind: 'a command is found in the Dockerfile where fuge 2 finds none' };
    return;
  }
  let words = line.trim().split(/\s+/);
  if (service.type === 'node' && words[0] === 'node') words = words.slice(1);
  if (command === undefined) yield { text: `${key}: fuge 2 runs ${line}, ours nothing` };
  else if (command.kind === 'shell') yield { kind: 'a command that needs a shell gets one' };
  else if (!isDeepStrictEqual(words, [...command.argv])) {
    if (/["'\\]/.test(line)) yield { kind: 'quotes of a command are removed' };
    else yield { text: `${key}: ${JSON.stringify(words)} / ${JSON.stringify(command.argv)}` };
  }
}

function* comparePorts(theirs, service, ours) {
  const expected = Object.entries(theirs.ports).map(([name, [host, target]]) => ({
    name,
    host: Number(host),
    target: target === undefined || target === null ? undefined : Number(target),
  }));
  const actual = service.ports.map(({ name, host, target }) => ({ name, host, target }));
  if (isDeepStrictEqual(expected, actual)) return;
  const automatic = service.ports.some(port => port.automatic);
  const declared = new Set(
    [...ours.services.values()]
      .flatMap(one => one.ports)
      .filter(port => !port.automatic)
      .map(port => port.host),
  );
  if (automatic && expected.length === 1 && [...declared].some(port => port >= 10_000 && port <= actual[0].host))
    yield { kind: 'an automatic port passes over declared ones' };
  else yield { text: `ports: ${JSON.stringify(expected)} / ${JSON.stringify(actual)}` };
}

/** Names that fuge 2 makes for discovery. */
function generatedNames(containers) {
  const names = new Set(['SERVICE_HOST', 'SERVICE_PORT', 'DNS_HOST', 'DNS_PORT', 'DNS_NAMESPACE', 'DNS_SUFFIX']);
  for (const [key, { ports }] of Object.entries(containers)) {
    const upper = key.toUpperCase();
    for (const ending of ['SERVICE_HOST', 'SERVICE_PORT', 'PORT']) names.add(`${upper}_${ending}`);
    for (const [host] of Object.values(ports))
      for (const ending of ['', '_PROTO', '_PORT', '_ADDR']) names.add(`${upper}_PORT_${host}_TCP${ending}`);
  }
  return names;
}

function readEnvFile(file) {
  if (!existsSync(file.path)) return {};
  return Object.fromEntries(parseDotenv(readFileSync(file.path, 'utf8')).values);
}

function* sameEnvironment(what, theirs, ours) {
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const [a, b] = [theirs[name], ours[name]].map(value => (value === undefined ? undefined : String(value)));
    if (a === b) continue;
    // fuge 2 takes env files word by word: quotes, comments and export stay in them.
    if (a !== undefined && b !== undefined && /^["']|\s#|\$/.test(a))
      yield { kind: 'env files: quotes, comments and variables are understood' };
    else if (a === undefined && b !== undefined)
      yield { kind: 'env files: empty values, export and spaces around = are understood' };
    else yield { text: `${what} ${name}: ${JSON.stringify(a)} / ${JSON.stringify(b)}` };
  }
}

function* same(what, theirs, ours) {
  if (!isDeepStrictEqual(theirs, ours)) yield { text: `${what}: ${JSON.stringify(theirs)} / ${JSON.stringify(ours)}` };
}

/** Every variable that fuge 2 makes must have its value here, too; ours may make more (docs: discovery). */
function* compareGenerated(theirs, service, ours, generated) {
  const read = file => (existsSync(file.path) ? readFileSync(file.path, 'utf8') : undefined);
  const { variables } = environmentOf(ours, service, { process: {}, read });
  const actual = new Map(variables.map(({ name, value, source }) => [name, { value, source }]));
  const automatic = [...ours.services.values()].flatMap(one =>
    one.ports.some(port => port.automatic) ? one.name.toUpperCase() : [],
  );
  for (const [name, value] of Object.entries(theirs.environment)) {
    const own = actual.get(name);
    if (!generated.has(name) || own?.value === String(value)) continue;
    // In fuge 2 they never reached the container, where they would have been wrong.
    if (service.type === 'container') yield { kind: "a container's variables say what is true inside of it" };
    else if (own && own.source !== 'generated') yield { kind: "a generated variable never goes over the user's" };
    else if (name === 'SERVICE_PORT' && service.ports.length > 1)
      yield { kind: 'SERVICE_PORT is the first port, not the last' };
    else if (name.startsWith('SERVICES_') && !ours.services.has('services'))
      yield { kind: 'a Compose file without "version" is no longer one service "services"' };
    else if (name === 'DNS_HOST' && value === '0.0.0.0') yield { kind: 'dns_host is 127.0.0.1 by default' };
    else if (name === 'SERVICE_PORT' && service.ports[0]?.automatic)
      yield { kind: 'an automatic port passes over declared ones' };
    else if (automatic.some(upper => name.startsWith(`${upper}_`)))
      yield { kind: 'an automatic port passes over declared ones' };
    else yield { text: `generated ${name}: ${JSON.stringify(value)} / ${JSON.stringify(own?.value)}` };
  }
}

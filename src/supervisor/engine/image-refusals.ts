/** Says why an image could not be fetched or built. */
import type { ContainerService } from '../../system.js';
import { DOCKER_HUB, parseImageReference } from './image-reference.js';
import { plainWords, type Rule, type Told } from './refusal.js';

const IMAGE = ['image', 'build'];
const BUILD = ['build', 'image'];

export const IMAGE_RULES: readonly Rule[] = [
  {
    words: /invalid reference format/i,
    tell: (_, service) => ({
      code: 'bad-image',
      message: `"${service.image}" is no name of an image`,
      keys: IMAGE,
      hint: 'write name:tag, or registry/name:tag, with a name in lower case',
    }),
  },
  {
    words: /does not match the specified platform: wanted (\S+?),? actual: (\S+)/i,
    tell: ([, wanted, actual], service) => otherPlatform(service, service.image, wanted!, actual!),
  },
  {
    words: /no matching manifest for ([^\s,]+)|image operating system "(\S+)" cannot be used/i,
    tell: ([, wanted, system], service) => otherPlatform(service, service.image, wanted ?? 'this machine', system),
  },
  {
    words: /toomanyrequests|pull rate limit|429 Too Many/i,
    tell: (found, service) => {
      const { image, registry, login } = fetched(found, service);
      return {
        code: 'registry-limit',
        message: `${registry} gives out no more images for now ("${image}")`,
        keys: IMAGE,
        hint: `wait, or log in for a higher limit: ${login}`,
      };
    },
  },
  {
    words:
      /pull access denied|access to the resource is denied|": denied|unauthorized|no basic auth credentials|authentication required|insufficient_scope|incorrect username or password|\b40[13] (?:Forbidden|Unauthorized)/i,
    tell: (found, service) => {
      const { image, registry, login } = fetched(found, service);
      return {
        code: 'registry-denied',
        message: `${registry} does not give out "${image}": it may not exist, or not without a login`,
        keys: IMAGE,
        hint: `check its name, or log in: ${login}`,
      };
    },
  },
  {
    words: /x509: |server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i,
    tell: (found, service) => {
      const { image, registry, host } = fetched(found, service);
      return {
        code: 'registry-tls',
        message: `the engine does not trust ${registry} ("${image}"): ${lastPart(found.input)}`,
        keys: IMAGE,
        hint: `give it a certificate that the engine knows, or add "${host}" to "insecure-registries" in the engine's daemon.json`,
      };
    },
  },
  {
    words:
      /(?:\/v2\/|\blookup |\bdial |registry|resolve reference|resolve source)[\s\S]*(?:no such host|server misbehaving|connection refused|connection reset|no route to host|network is unreachable|i\/o timeout|deadline exceeded|TLS handshake timeout|request canceled|Client\.Timeout|name resolution|\bEOF\b)/i,
    tell: (found, service) => {
      const { image, registry } = fetched(found, service);
      return {
        code: 'registry-unreachable',
        message: `${registry} can't be reached for "${image}": ${lastPart(found.input)}`,
        keys: IMAGE,
        hint: `check the network, the engine's proxy, and the name of the image`,
      };
    },
  },
  {
    words:
      /manifest (?:for .+ |unknown|.*not found)|repository name not known|name unknown|reference "?\S+"?: .*not found|resolve source metadata.*not found/i,
    tell: (found, service) => {
      const { image, registry } = fetched(found, service);
      return {
        code: 'missing-image',
        message: `${registry} has no image "${image}"`,
        keys: IMAGE,
        hint:
          service.build === undefined
            ? 'check its name and tag; an image that is made here needs build'
            : 'check the name and the tag',
      };
    },
  },
  {
    words: /no such image/i,
    tell: (_, service) => ({
      code: 'missing-image',
      message: `there is no image "${service.image}" in the engine`,
      keys: IMAGE,
      hint: service.pull === 'never' ? 'fetch or build it, or take away pull_policy: never' : 'check its name and tag',
    }),
  },
  {
    words:
      /Cannot locate (?:specified )?Dockerfile: (.+)|(?:failed to read dockerfile|dockerfile).*: (.+): no such file/i,
    tell: ([, classic, other], service) =>
      build(service, 'missing-dockerfile', `there is no ${classic ?? other} in ${service.build?.context}`, [
        'build.dockerfile',
      ]),
  },
  {
    words: /failed to reach build target (\S+)|target stage "?([^\s"]+)"? could not be found/i,
    tell: ([, classic, other], service) =>
      build(service, 'build-failed', `its Dockerfile has no stage "${classic ?? other}"`, ['build.target']),
  },
  {
    words: /(?:the )?--?\w+ option requires BuildKit/i,
    tell: ([found], service) => ({
      ...build(service, 'build-failed', `its Dockerfile needs BuildKit (${found})`),
      hint: `build it with \`docker build -t ${service.image} ${service.build?.context ?? '.'}\`, and name it by image alone`,
    }),
  },
  {
    words:
      /^(?:The command '([\s\S]*)' returned a non-zero code: (\d+))|process "([\s\S]*)" did not complete successfully: exit code: (\d+)/i,
    tell: ([, command, code, other, otherCode], service) => ({
      ...build(
        service,
        'build-failed',
        `a step of its build ended with code ${code ?? otherCode}: ${shell(command ?? other!)}`,
      ),
      hint: 'its lines above say why',
    }),
  },
  {
    words: /^(?:COPY|ADD) failed: ([\s\S]*)/i,
    tell: ([, why], service) => {
      const [, file] = /\bstat "?([^\s":]+)"?: /i.exec(why!) ?? [];
      const context = service.build?.context ?? 'its context';
      return {
        ...build(
          service,
          'build-failed',
          `its Dockerfile ${file === undefined ? `can't copy: ${plainWords(why!)}` : `copies ${file}, which is not in ${context}`}`,
        ),
        hint: 'check the path, and the lines of .dockerignore',
      };
    },
  },
  {
    words: /dockerfile parse error|no build stage in current context|unknown instruction|no Dockerfile/i,
    tell: ({ input }, service) =>
      build(service, 'bad-dockerfile', `its Dockerfile: ${plainWords(input).replace(/^dockerfile parse error /i, '')}`),
  },
];

export function otherPlatform(
  service: ContainerService,
  image: string,
  wanted: string,
  actual: string | undefined,
): Told {
  return {
    code: 'image-platform',
    message: `there is no "${image}" for ${wanted}${actual === undefined ? '' : `, it is for ${actual}`}`,
    keys: ['platform', ...IMAGE],
    hint:
      service.platform === undefined
        ? 'choose another image, or name one of its platforms: platform: linux/amd64 (slower, where the engine can run it at all)'
        : `change platform${actual === undefined ? '' : ` to ${actual}`}, or choose another image`,
  };
}

function build(service: ContainerService, code: string, message: string, keys: readonly string[] = []): Told {
  return {
    code,
    message,
    keys: [...keys, ...BUILD],
    hint: `it is built in ${service.build?.context ?? 'its context'}`,
  };
}

/** What was to be fetched: a build may have wanted the image that it begins with. */
function fetched({ input }: RegExpExecArray, service: ContainerService) {
  const named = /manifest for (\S+) not found|access denied for ([^\s,]+)|reference "([^"]+)"/i
    .exec(input)
    ?.slice(1)
    .find(Boolean);
  const address = /https?:\/\/([^/"\s]+)\/v2/.exec(input)?.[1] ?? /lookup (\S+?)(?: on |:)/.exec(input)?.[1];
  const image = named ?? (service.build === undefined ? service.image : 'an image');
  const ofImage = parseImageReference(image)?.registry;
  const host = named === undefined && address !== undefined ? address : (ofImage ?? address ?? DOCKER_HUB);
  const isHub = host === DOCKER_HUB || host.endsWith(`.${DOCKER_HUB}`);
  return {
    image,
    host: isHub ? DOCKER_HUB : host,
    registry: isHub ? 'Docker Hub' : `the registry ${host}`,
    login: isHub ? 'docker login' : `docker login ${host}`,
  };
}

/** The engine puts the cause last. */
function lastPart(said: string): string {
  const parts = plainWords(said).split(': ');
  return (parts.at(-1) ?? said).replace(/ \(Client\.Timeout.*$/, '');
}

function shell(command: string): string {
  return command.replace(/^\/bin\/sh -c /, '').trim();
}

/** Says why a container could not be made or started. */
import type { ContainerService } from '../../system.js';
import { plainWords, type Rule } from './refusal.js';

const RUN = ['args', 'command', 'entrypoint', 'image'];
const MEMORY = ['memory', 'mem_limit', 'deploy', 'memswap_limit', 'mem_reservation'];

export const CONTAINER_RULES: readonly Rule[] = [
  // The command.
  {
    words:
      /exec:? "?([^":]+)"?: (?:executable file not found|stat [^:]+: no such file or directory|no such file or directory)|executable file [`"']?([^`"']+)[`"']? not found/i,
    tell: ([, docker, podman], service) => ({
      code: 'missing-executable',
      message: `there is no program "${docker ?? podman}" in the image "${service.image}"`,
      keys: keysOfProgram(service, (docker ?? podman)!),
      hint: 'change the command, or take an image that has it',
    }),
  },
  {
    words:
      /exec:? "?([^":]+)"?: (?:permission denied|is a directory)|open executable: (?:Permission denied|Is a directory)/i,
    tell: ([, program], service) => ({
      code: 'not-executable',
      message: `${program ?? 'its program'} is not executable in the container`,
      keys: keysOfProgram(service, program ?? ''),
      hint: 'make it executable (chmod +x), or name its interpreter',
    }),
  },
  {
    words: /exec format error/i,
    tell: (_, service) => ({
      code: 'image-platform',
      message: `its program is made for another kind of machine, or is a script without a first line like #!/bin/sh`,
      keys: ['platform', ...RUN],
      hint: `see what "${service.image}" is made for: docker image inspect ${service.image}`,
    }),
  },
  {
    words: /no command specified|no CMD or ENTRYPOINT/i,
    tell: (_, service) => ({
      code: 'no-command',
      message: `the image "${service.image}" does not say what to run`,
      keys: ['image', 'entrypoint'],
      hint: 'say it with args or entrypoint',
    }),
  },
  {
    words: /unable to find (user|group) (\S+?):|no matching entries in (passwd) file/i,
    tell: ([, what, name], service) => ({
      code: 'missing-user',
      message: `the image "${service.image}" has no ${what ?? 'user'} "${name ?? service.user ?? ''}"`,
      keys: ['user', 'group_add'],
      hint: 'use one of its users, or a number',
    }),
  },
  {
    words: /working directory '(.*?)' is invalid/i,
    tell: ([, directory]) => ({
      code: 'bad-directory',
      message: `its working directory "${directory}" is no absolute path`,
      keys: ['working_dir'],
    }),
  },
  {
    words: /mkdir (\S+): not a directory/i,
    tell: ([, directory], service) =>
      service.workingDir === undefined
        ? undefined
        : {
            code: 'bad-directory',
            message: `its working directory "${directory}" is a file in the container`,
            keys: ['working_dir'],
          },
  },
  // Mounts.
  {
    words: /bind source path does not exist: (.+)|statfs (\/[^:]*): no such file or directory/i,
    tell: ([, docker, podman], service) => {
      const source = (docker ?? podman)!.trim();
      return {
        code: 'missing-mount',
        message: `there is no ${source} on the machine of the engine`,
        keys: keysOfMount(service, source),
        hint: 'make it, or change the path of the volume',
      };
    },
  },
  {
    words: /Mounts denied|path (\S+) is not shared from the host/i,
    tell: ([, source], service) => ({
      code: 'mount-denied',
      message: `the engine may not see ${source ?? 'a folder that is mounted'}`,
      keys: keysOfMount(service, source),
      hint: 'share the folder in the settings of Docker Desktop (Resources, File sharing)',
    }),
  },
  {
    words: /error while creating mount source path '([^']+)': (?:mkdir \S+: )?(.+)/i,
    tell: ([, source, why], service) => ({
      code: 'missing-mount',
      message: `the engine can't make ${source}: ${why}`,
      keys: keysOfMount(service, source),
      hint: 'make it yourself, or change the path of the volume',
    }),
  },
  {
    words:
      /error mounting "([^"]+)" to rootfs at "([^"]+)"[\s\S]*not a directory|mounting \\?"([^"\\]+)\\?" to rootfs [\s\S]*at \\?"([^"\\]+)\\?"[\s\S]*not a directory/i,
    tell: ([, source, target, oldSource, oldTarget], service) => ({
      code: 'bad-mount',
      message: `${source ?? oldSource} can't be mounted at ${target ?? oldTarget}: one is a file, the other a directory`,
      keys: keysOfMount(service, source ?? oldSource, target ?? oldTarget),
      hint: 'the engine makes a directory of a path that is missing: look whether the file is there',
    }),
  },
  {
    words: /error mounting "([^"]+)" to rootfs at "([^"]+)": ([\s\S]+)/i,
    tell: ([, source, target, why], service) => ({
      code: 'bad-mount',
      message: `${source} can't be mounted at ${target}: ${lastWords(why!)}`,
      keys: keysOfMount(service, source, target),
    }),
  },
  {
    words: /duplicate mount point: (\S+)/i,
    tell: ([, target], service) => ({
      code: 'bad-mount',
      message: `two things are mounted at ${target}`,
      keys: keysOfMount(service, undefined, target),
      hint: 'take one away',
    }),
  },
  {
    words: /error looking up volume plugin (\S+?):/i,
    tell: ([, driver]) => ({
      code: 'missing-plugin',
      message: `the engine has no volume driver "${driver}"`,
      keys: ['volumes'],
      hint: `install it (docker plugin install), or change the driver of the volume`,
    }),
  },
  {
    words: /invalid (?:mount config|volume specification|mount path)/i,
    tell: ({ input }) => ({
      code: 'bad-mount',
      message: `the engine does not take a volume of it: ${plainWords(input)}`,
      keys: ['volumes', 'tmpfs'],
    }),
  },
  // Networks.
  {
    words: /network (\S+) not found|unable to find network with name or ID (\S+?):/i,
    tell: ([, docker, podman]) => ({
      code: 'missing-network',
      message: `there is no network "${docker ?? podman}" in the engine`,
      keys: ['network_mode', 'networks'],
      hint: `make it: docker network create ${docker ?? podman}`,
    }),
  },
  {
    words: /no such container: (\S+)|cannot join network of a non running container: (\S+)/i,
    tell: ([, gone, stopped], service) => {
      const shares = [service.networkMode, service.ipc, service.pid].some(mode =>
        /^(?:container|service):/.test(mode ?? ''),
      );
      return shares
        ? {
            code: 'missing-container',
            message: `the container "${short((gone ?? stopped)!)}", which it shares with, does not run`,
            keys: ['network_mode', 'ipc', 'pid'],
            hint: 'start it first',
          }
        : undefined;
    },
  },
  {
    words: /pool overlaps with other one|invalid pool request|subnet .* already in use/i,
    tell: () => ({
      code: 'network-overlap',
      message: 'the addresses of its network overlap with those of another one',
      keys: ['networks'],
      hint: 'choose another subnet, or remove the other network (docker network ls)',
    }),
  },
  {
    words: /non-overlapping IPv4 address pool|address pools have been fully subnetted|no available network/i,
    tell: () => ({
      code: 'no-addresses',
      message: 'the engine has no addresses left for a further network',
      keys: ['networks'],
      hint: 'remove networks that nobody uses: docker network prune',
    }),
  },
  {
    words:
      /Invalid address (\S+?): It does not belong|no configured subnet.* contain(?:s|ing) IP address (\S+)|user specified IP address is supported/i,
    tell: ([, docker, other]) => ({
      code: 'bad-address',
      message: `the address ${docker ?? other ?? 'that it asks for'} is not one of its network`,
      keys: ['networks'],
      hint: 'give the network a subnet with this address in it',
    }),
  },
  {
    words: /^Address already in use$/i,
    tell: () => ({
      code: 'bad-address',
      message: 'the address that it asks for in its network is taken by another container',
      keys: ['networks'],
      hint: 'choose another one (docker network inspect shows them)',
    }),
  },
  {
    words: /listen \w+ (\S+?):\d+: bind: cannot assign requested address/i,
    tell: ([, address], service) => ({
      code: 'bad-address',
      message: `this machine has no address ${address} to publish a port at`,
      keys: service.ports.map((_, index) => `ports.${index}`),
      hint: 'use 127.0.0.1, or one of its own addresses',
    }),
  },
  {
    words: /privileged port (\d+)|listen \w+ \S*?:(\d+): bind: permission denied/i,
    tell: ([, podman, docker], service) => ({
      code: 'port-denied',
      message: `the engine may not open port ${podman ?? docker}`,
      keys: [`ports.${service.ports.findIndex(port => port.host === Number(podman ?? docker))}`, 'ports'],
      hint: 'use a port from 1024 on',
    }),
  },
  // Limits.
  {
    words: /minimum memory limit (?:allowed is|can not be less than) (\S+)/i,
    tell: ([, least]) => ({
      code: 'bad-limit',
      message: `its memory limit is too small: the engine takes no less than ${least}`,
      keys: MEMORY,
    }),
  },
  {
    words: /minimum memoryswap limit|memoryswap without memory|minimum memory limit .* memory reservation/i,
    tell: ({ input }) => ({
      code: 'bad-limit',
      message: `its memory limits contradict each other: ${plainWords(input).replace(/, see usage$/, '')}`,
      keys: ['memswap_limit', ...MEMORY],
    }),
  },
  {
    words: /range of CPUs is from \S+ to (\S+),/i,
    tell: ([, most]) => ({
      code: 'bad-limit',
      message: `it asks for more CPUs than the ${Number(most)} that the engine has`,
      keys: ['cpus', 'deploy'],
    }),
  },
  {
    words: /OOM-killed|cannot allocate memory|memory\.limit_in_bytes|memory\.max/i,
    tell: () => ({
      code: 'bad-limit',
      message: 'its memory limit is too small for it to start',
      keys: MEMORY,
      hint: 'raise it',
    }),
  },
  // What the machine lacks.
  {
    words: /no space left on device|disk quota exceeded|not enough space/i,
    tell: () => ({
      code: 'no-space',
      message: 'the engine has no space left on its disk',
      keys: [],
      hint: 'see what takes it: docker system df; remove what nobody uses: docker system prune',
    }),
  },
  {
    words: /adding custom device "([^"]+)"|error gathering device information.* "([^"]+)"/i,
    tell: ([, device, other]) => ({
      code: 'missing-device',
      message: `the engine's machine has no device ${device ?? other}`,
      keys: ['devices'],
    }),
  },
  {
    words: /could not select device driver/i,
    tell: () => ({
      code: 'missing-device',
      message: 'the engine can give it no such device, for instance a GPU',
      keys: ['devices', 'deploy'],
    }),
  },
  {
    words: /sysctl "?([\w.]+)"?/i,
    tell: ([, name], service) =>
      name !== undefined && name in service.sysctls
        ? {
            code: 'bad-sysctl',
            message: `the engine can't set ${name} for one container`,
            keys: [`sysctls.${name}`, 'sysctls'],
          }
        : undefined,
  },
  {
    words: /setting rlimits?/i,
    tell: () => ({ code: 'bad-limit', message: 'the engine does not take its ulimits', keys: ['ulimits'] }),
  },
  {
    words: /error looking up logging plugin (\S+?):/i,
    tell: ([, driver]) => ({
      code: 'missing-plugin',
      message: `the engine has no logging driver "${driver}"`,
      keys: ['logging'],
    }),
  },
  {
    words: /invalid signal: (\S+)/i,
    tell: ([, signal]) => ({ code: 'bad-signal', message: `there is no signal "${signal}"`, keys: ['stop_signal'] }),
  },
  {
    words: /invalid container name \((.*?)\)/i,
    tell: ([, name]) => ({
      code: 'bad-name',
      message: `"${name}" is no name for a container`,
      keys: ['container_name'],
      hint: 'letters, digits, "_", "." and "-" are allowed',
    }),
  },
  {
    words: /unknown capability/i,
    tell: ({ input }) => ({ code: 'bad-capability', message: plainWords(input), keys: ['cap_add', 'cap_drop'] }),
  },
];

/** The program comes from the entrypoint, or else from the arguments, or from the image. */
function keysOfProgram({ entrypoint, args }: ContainerService, program: string): readonly string[] {
  if (entrypoint?.[0] === program) return ['entrypoint', ...RUN];
  return args?.[0] === program ? RUN : ['image'];
}

function keysOfMount(service: ContainerService, source?: string, target?: string): readonly string[] {
  const index = service.mounts.findIndex(
    mount => (target !== undefined && mount.target === target) || (mount.type === 'bind' && mount.source === source),
  );
  return index === -1 ? ['volumes'] : [`volumes.${index}`, 'volumes', 'tmpfs'];
}

/** Ids are long. */
function short(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}

function lastWords(said: string): string {
  return plainWords(said).split(': ').at(-1)!;
}
